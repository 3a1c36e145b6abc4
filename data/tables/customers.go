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
	Stage        string `parquet:"stage,dict"`
}

type (
	customerDecimals struct {
		customerColumns
		Value int64 `parquet:"value,decimal(4:18)"`
	}
	customerDoubles struct {
		customerColumns
		Value float64 `parquet:"value"`
	}
)

func (c *customerColumns) row(value data.Money) CustomerRow {
	return CustomerRow{c.CustomerID, c.RecencyDays, c.PurchaseDays, value, c.Stage}
}

// ReadCustomers yields the rows of a customers file, by id, whatever the type of
// its money. The first error, which names the column but not the file, ends it.
func ReadCustomers(r io.ReaderAt, size int64) iter.Seq2[CustomerRow, error] {
	return readMoneyTable(r, size, "value",
		func(c *customerDecimals) CustomerRow { return c.row(data.Money(c.Value)) },
		func(c *customerDoubles) CustomerRow { return c.row(data.MoneyOf(c.Value)) })
}
