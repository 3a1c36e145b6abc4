package tables

import (
	"io"
	"iter"
)

// ForecastRow is what was foretold of a lapsed customer.
type ForecastRow struct {
	CustomerID  string  `parquet:"customer_id"`
	Group       int32   `parquet:"group"`
	Probability float64 `parquet:"probability"` // of a return without a contact
}

// ForecastWriter writes a table of forecasts, row by row. The same rows give the same bytes.
type ForecastWriter struct{ columnWriter[ForecastRow] }

// NewForecastWriter starts a file on w. Close finishes it.
func NewForecastWriter(w io.Writer) *ForecastWriter {
	return &ForecastWriter{newColumnWriter[ForecastRow](w, func(c *rowColumns, r *ForecastRow) {
		c.texts(r.CustomerID)
		c.ints(int64(r.Group))
		c.floats(r.Probability)
	})}
}

// ReadForecast yields the rows of such a file in order. The first error ends it.
func ReadForecast(r io.ReaderAt, size int64) iter.Seq2[ForecastRow, error] {
	return readTable(r, size, func(c *ForecastRow) ForecastRow { return *c })
}

// SettledRow is a group of a forecast beside what came. Rates are of its customers
// who were not contacted.
type SettledRow struct {
	AsOf        int32   `parquet:"as_of,date"`
	Group       int32   `parquet:"group"`
	Customers   int64   `parquet:"customers"`
	Probability float64 `parquet:"probability"` // mean
	Low         float64 `parquet:"low"`         // of the rate that was foretold, 95 %
	High        float64 `parquet:"high"`
	Returned    int64   `parquet:"returned"`
	Rate        float64 `parquet:"rate"`
	Inside      bool    `parquet:"inside"` // the rate lies within low and high
}

// WriteSettled writes settled forecasts, in the order given.
func WriteSettled(w io.Writer, rows []SettledRow) error {
	t := newTableWriter(w, func(c, r *SettledRow) { *c = *r })
	if err := t.Write(rows); err != nil {
		return err
	}
	return t.Close()
}

// ReadSettled yields the rows of such a file in order. The first error ends it.
func ReadSettled(r io.ReaderAt, size int64) iter.Seq2[SettledRow, error] {
	return readTable(r, size, func(c *SettledRow) SettledRow { return *c })
}
