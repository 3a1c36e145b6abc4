package tables

import (
	"io"
	"iter"

	"winback/data"
)

// ContactRow is one customer of a recall list, and of the holdout.
type ContactRow struct {
	Rank             int64   // 1 first; counts through contacts and holdout together
	Group            int32   // 1 first
	RankInGroup      int64   // 1 first
	CustomerID       string  // as a person writes it
	Probability      float64 // of a purchase day within the horizon, contacted or not; (0, 1)
	ExpectedSpend    float64 // currency, within the horizon, if the customer returns; NaN: unknown
	ExpectedMargin   float64 // currency; probability × expected spend × margin rate; NaN: unknown
	RecencyDays      int64   // as-of day minus the last purchase day
	Orders           int64
	Monetary         data.Money // value of all purchases
	LastPurchaseDay  data.Day
	Stage            string // active, silent, sleeping or lost
	PreferredChannel string // "" where no purchase has a channel; null in the file
	Reason           string // words for a marketer; "": none, null in the file
	PreferredHour    *int32 // hour of the day, 0 to 23; nil: too little is known, null in the file
	Shown                   // what to show the customer
	When                    // when to contact the customer
}

// contactColumns is the layout of contacts and holdout files.
type contactColumns struct {
	Rank             int64    `parquet:"rank,delta"`
	Group            int32    `parquet:"group"`
	RankInGroup      int64    `parquet:"rank_in_group,delta"`
	CustomerID       string   `parquet:"customer_id"`
	Probability      float64  `parquet:"probability"`
	ExpectedSpend    *float64 `parquet:"expected_spend"`
	ExpectedMargin   *float64 `parquet:"expected_margin"`
	RecencyDays      int64    `parquet:"recency_days"`
	Orders           int64    `parquet:"orders"`
	Monetary         int64    `parquet:"monetary,decimal(4:18),delta"`
	LastPurchaseDay  int32    `parquet:"last_purchase_day,date"`
	Stage            string   `parquet:"stage,dict"`
	PreferredChannel string   `parquet:"preferred_channel,optional,dict"`
	Reason           string   `parquet:"reason,optional"`
	PreferredHour    *int32   `parquet:"preferred_hour"`
	shownColumns
	whenColumns
}

// contactDoubles is the same with money as DOUBLE. Embedded fields in common
// would lose their nulls in the Parquet library.
type contactDoubles struct {
	Rank             int64    `parquet:"rank,delta"`
	Group            int32    `parquet:"group"`
	RankInGroup      int64    `parquet:"rank_in_group,delta"`
	CustomerID       string   `parquet:"customer_id"`
	Probability      float64  `parquet:"probability"`
	ExpectedSpend    *float64 `parquet:"expected_spend"`
	ExpectedMargin   *float64 `parquet:"expected_margin"`
	RecencyDays      int64    `parquet:"recency_days"`
	Orders           int64    `parquet:"orders"`
	Monetary         float64  `parquet:"monetary"`
	LastPurchaseDay  int32    `parquet:"last_purchase_day,date"`
	Stage            string   `parquet:"stage,dict"`
	PreferredChannel string   `parquet:"preferred_channel,optional,dict"`
	Reason           string   `parquet:"reason,optional"`
	PreferredHour    *int32   `parquet:"preferred_hour"`
	shownColumns
	whenColumns
}

// ContactsWriter writes a recall list or the holdout, row by row in rank
// order. The same rows give the same bytes.
type ContactsWriter struct{ columnWriter[ContactRow] }

// NewContactsWriter starts a file on w with amounts of a type. Close finishes it.
func NewContactsWriter(w io.Writer, money data.MoneyType) *ContactsWriter {
	return &ContactsWriter{newSchemaWriter(w, moneySchema[contactColumns, contactDoubles](money), func(c *rowColumns, r *ContactRow) {
		c.ints(r.Rank, int64(r.Group), r.RankInGroup)
		c.texts(r.CustomerID)
		c.floats(r.Probability, r.ExpectedSpend, r.ExpectedMargin)
		c.ints(r.RecencyDays, r.Orders)
		c.money(r.Monetary, money)
		c.ints(int64(r.LastPurchaseDay))
		c.texts(r.Stage, r.PreferredChannel, r.Reason)
		c.hour(r.PreferredHour)
		c.shown(&r.Shown)
		c.texts(r.Weekday)
		c.unlessZero(int64(r.WaitUntil))
		c.texts(r.WaitReason)
	})}
}

func (d *contactDoubles) row() ContactRow {
	c := contactColumns{Rank: d.Rank, Group: d.Group, RankInGroup: d.RankInGroup, CustomerID: d.CustomerID, Probability: d.Probability,
		ExpectedSpend: d.ExpectedSpend, ExpectedMargin: d.ExpectedMargin, RecencyDays: d.RecencyDays, Orders: d.Orders,
		Monetary: int64(data.MoneyOf(d.Monetary)), LastPurchaseDay: d.LastPurchaseDay, Stage: d.Stage, PreferredChannel: d.PreferredChannel, PreferredHour: d.PreferredHour, Reason: d.Reason, shownColumns: d.shownColumns, whenColumns: d.whenColumns}
	return c.row()
}

func (c *contactColumns) row() ContactRow {
	return ContactRow{
		Rank: c.Rank, Group: c.Group, RankInGroup: c.RankInGroup,
		CustomerID: c.CustomerID, Probability: c.Probability,
		ExpectedSpend: orNaN(c.ExpectedSpend), ExpectedMargin: orNaN(c.ExpectedMargin),
		RecencyDays: c.RecencyDays, Orders: c.Orders,
		Monetary: data.Money(c.Monetary), LastPurchaseDay: data.Day(c.LastPurchaseDay),
		Stage: c.Stage, PreferredChannel: c.PreferredChannel, PreferredHour: c.PreferredHour, Reason: c.Reason, Shown: c.shown(), When: c.when(),
	}
}

// ReadContacts yields the rows of a contacts or holdout file in rank order,
// whatever the type of its money. The first error, which names the column but not
// the file, ends it.
func ReadContacts(r io.ReaderAt, size int64) iter.Seq2[ContactRow, error] {
	return readMoneyTable(r, size, "monetary", (*contactColumns).row, (*contactDoubles).row)
}
