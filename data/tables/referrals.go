package tables

import (
	"io"
	"iter"

	"winback/data"
)

// Referral is a customer who may be asked to recommend the shop, or who looks like
// a reseller.
type Referral struct {
	CustomerID        string
	List              string // content, loyal, durable or reseller
	LastPurchaseDay   data.Day
	PurchaseDays      int64
	Value             data.Money // of all purchases
	ReturnedLineShare float64    // returned lines over lines bought in 365 days; NaN: not looked at, null in the file
	BulkLineShare     float64    // lines in bulk over all lines bought; NaN: not looked at, null in the file
	Reason            string
	PreferredHour     *int32 // as in ContactRow
	Shown                    // what to show the customer
}

type referralColumns struct {
	CustomerID        string   `parquet:"customer_id"`
	List              string   `parquet:"list,dict"`
	LastPurchaseDay   int32    `parquet:"last_purchase_day,date"`
	PurchaseDays      int64    `parquet:"purchase_days"`
	Value             int64    `parquet:"value,decimal(4:18),delta"`
	ReturnedLineShare *float64 `parquet:"returned_line_share"`
	BulkLineShare     *float64 `parquet:"bulk_line_share"`
	Reason            string   `parquet:"reason"`
	PreferredHour     *int32   `parquet:"preferred_hour"`
	shownColumns
}

// referralDoubles is the same with money as DOUBLE.
type referralDoubles struct {
	CustomerID        string   `parquet:"customer_id"`
	List              string   `parquet:"list,dict"`
	LastPurchaseDay   int32    `parquet:"last_purchase_day,date"`
	PurchaseDays      int64    `parquet:"purchase_days"`
	Value             float64  `parquet:"value"`
	ReturnedLineShare *float64 `parquet:"returned_line_share"`
	BulkLineShare     *float64 `parquet:"bulk_line_share"`
	Reason            string   `parquet:"reason"`
	PreferredHour     *int32   `parquet:"preferred_hour"`
	shownColumns
}

// ReferralsWriter writes the lists of referrals. The same rows give the same bytes.
type ReferralsWriter struct{ columnWriter[Referral] }

// NewReferralsWriter starts a file on w with amounts of a type. Close finishes it.
func NewReferralsWriter(w io.Writer, money data.MoneyType) *ReferralsWriter {
	return &ReferralsWriter{newSchemaWriter(w, moneySchema[referralColumns, referralDoubles](money), func(c *rowColumns, r *Referral) {
		c.texts(r.CustomerID, r.List)
		c.ints(int64(r.LastPurchaseDay), r.PurchaseDays)
		c.money(r.Value, money)
		c.floats(r.ReturnedLineShare, r.BulkLineShare)
		c.texts(r.Reason)
		c.hour(r.PreferredHour)
		c.shown(&r.Shown)
	})}
}

func (c *referralColumns) row() Referral {
	return Referral{CustomerID: c.CustomerID, List: c.List, LastPurchaseDay: data.Day(c.LastPurchaseDay), PurchaseDays: c.PurchaseDays, Value: data.Money(c.Value),
		ReturnedLineShare: orNaN(c.ReturnedLineShare), BulkLineShare: orNaN(c.BulkLineShare), Reason: c.Reason, Shown: c.shown()}
}

func (d *referralDoubles) row() Referral {
	c := referralColumns{CustomerID: d.CustomerID, List: d.List, LastPurchaseDay: d.LastPurchaseDay, PurchaseDays: d.PurchaseDays, Value: int64(data.MoneyOf(d.Value)),
		ReturnedLineShare: d.ReturnedLineShare, BulkLineShare: d.BulkLineShare, Reason: d.Reason, shownColumns: d.shownColumns}
	return c.row()
}

// ReadReferrals yields the rows of the lists of referrals in order, whatever the type
// of their money. The first error ends it.
func ReadReferrals(r io.ReaderAt, size int64) iter.Seq2[Referral, error] {
	return readMoneyTable(r, size, "value", (*referralColumns).row, (*referralDoubles).row)
}
