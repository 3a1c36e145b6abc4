package tables

import (
	"io"
	"iter"

	"winback/data"
)

// CustomerRow is what the diagnosis says of a customer, lapsed or not, as far as
// other commands ask for it.
type CustomerRow struct {
	CustomerID   string
	RecencyDays  int64 // as-of day minus the last purchase day
	PurchaseDays int64
	Value        data.Money // of all purchases
	Stage        string     // by the clock in force
}

type customerColumns struct {
	CustomerID   string `parquet:"customer_id"`
	RecencyDays  int64  `parquet:"recency_days"`
	PurchaseDays int64  `parquet:"purchase_days"`
	Value        int64  `parquet:"value,decimal(4:18)"`
	Stage        string `parquet:"stage,dict"`
}

// ReadCustomers yields the rows of a customers file, by id. The first error,
// which names the column but not the file, ends it.
func ReadCustomers(r io.ReaderAt, size int64) iter.Seq2[CustomerRow, error] {
	return readTable(r, size, func(c *customerColumns) CustomerRow {
		return CustomerRow{c.CustomerID, c.RecencyDays, c.PurchaseDays, data.Money(c.Value), c.Stage}
	})
}
