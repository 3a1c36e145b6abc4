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
	Shown             // what to show the customer
}

type referralColumns struct {
	CustomerID        string   `parquet:"customer_id"`
	List              string   `parquet:"list,dict"`
	LastPurchaseDay   int32    `parquet:"last_purchase_day,date"`
	PurchaseDays      int64    `parquet:"purchase_days"`
	Value             int64    `parquet:"value,decimal(4:18)"`
	ReturnedLineShare *float64 `parquet:"returned_line_share"`
	BulkLineShare     *float64 `parquet:"bulk_line_share"`
	Reason            string   `parquet:"reason"`
	shownColumns

	returned, bulk float64
}

// ReferralsWriter writes the lists of referrals. The same rows give the same bytes.
type ReferralsWriter struct {
	tableWriter[Referral, referralColumns]
}

// NewReferralsWriter starts a file on w. Close finishes it.
func NewReferralsWriter(w io.Writer) *ReferralsWriter {
	return &ReferralsWriter{*newTableWriter(w, func(c *referralColumns, r *Referral) {
		c.CustomerID, c.List, c.LastPurchaseDay, c.PurchaseDays, c.Value, c.Reason = r.CustomerID, r.List, int32(r.LastPurchaseDay), r.PurchaseDays, int64(r.Value), r.Reason
		c.ReturnedLineShare, c.BulkLineShare = nullable(&c.returned, r.ReturnedLineShare), nullable(&c.bulk, r.BulkLineShare)
		c.shownColumns = shownColumnsOf(&r.Shown)
	})}
}

// ReadReferrals yields the rows of the lists of referrals in order. The first error
// ends it.
func ReadReferrals(r io.ReaderAt, size int64) iter.Seq2[Referral, error] {
	return readTable(r, size, func(c *referralColumns) Referral {
		return Referral{CustomerID: c.CustomerID, List: c.List, LastPurchaseDay: data.Day(c.LastPurchaseDay), PurchaseDays: c.PurchaseDays, Value: data.Money(c.Value),
			ReturnedLineShare: orNaN(c.ReturnedLineShare), BulkLineShare: orNaN(c.BulkLineShare), Reason: c.Reason, Shown: c.shown()}
	})
}
