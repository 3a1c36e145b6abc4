package tables

import (
	"io"
	"iter"

	"winback/data"
	"winback/data/columnar"
)

// ShowSlots is how many products the lists have columns for.
const ShowSlots = 3

// Shown are the products that a list says to show a customer, best first.
type Shown struct {
	Products [ShowSlots]string // "": none left, null in the file
	Kinds    [ShowSlots]string // again, goes with or hot; "" without a product
	Reason   string            // of the first, in words
}

// shownColumns is the part of a list's layout that says what to show.
type shownColumns struct {
	Show1  string `parquet:"show_1,optional,dict"`
	Show2  string `parquet:"show_2,optional,dict"`
	Show3  string `parquet:"show_3,optional,dict"`
	Kind1  string `parquet:"show_kind_1,optional,dict"`
	Kind2  string `parquet:"show_kind_2,optional,dict"`
	Kind3  string `parquet:"show_kind_3,optional,dict"`
	Reason string `parquet:"show_reason,optional,dict"`
}

func (c *shownColumns) shown() Shown {
	return Shown{[ShowSlots]string{c.Show1, c.Show2, c.Show3}, [ShowSlots]string{c.Kind1, c.Kind2, c.Kind3}, c.Reason}
}

// ShowRow is a product for a customer.
type ShowRow struct {
	CustomerID string
	Slot       int32 // 1 is shown first
	Product    string
	Kind       string // again, goes with or hot
	Score      float64
	BoughtDays int64    // purchase days of the customer with the product; 0: never bought
	LastBought data.Day // null in the file where never bought
	From       string   // own product from which it follows; "": none, null in the file
	Buyers     int64    // customers in the last weeks
	Reason     string
}

type showColumns struct {
	CustomerID string  `parquet:"customer_id"`
	Slot       int32   `parquet:"slot"`
	Product    string  `parquet:"product,dict"`
	Kind       string  `parquet:"kind,dict"`
	Score      float64 `parquet:"score"`
	BoughtDays int64   `parquet:"bought_days"`
	LastBought *int32  `parquet:"last_bought,optional,date"`
	From       string  `parquet:"from_product,optional,dict"`
	Buyers     int64   `parquet:"buyers_28d"`
	Reason     string  `parquet:"reason,dict"`
}

// ShowsWriter writes the table of shown products. The same rows give the same bytes.
type ShowsWriter struct{ columnWriter[ShowRow] }

// NewShowsWriter starts a file on w. Close finishes it.
func NewShowsWriter(w io.Writer) *ShowsWriter {
	return &ShowsWriter{newColumnWriter[showColumns](w, func(c *rowColumns, r *ShowRow) {
		c.texts(r.CustomerID)
		c.ints(int64(r.Slot))
		c.texts(r.Product, r.Kind)
		c.floats(r.Score)
		c.ints(r.BoughtDays)
		if r.BoughtDays > 0 {
			c.ints(int64(r.LastBought))
		} else {
			c.ints(columnar.NullInt)
		}
		c.texts(r.From)
		c.ints(r.Buyers)
		c.texts(r.Reason)
	})}
}

// ReadShows yields the rows of a table of shown products by customer id and slot.
// The first error, which names the column but not the file, ends it.
func ReadShows(r io.ReaderAt, size int64) iter.Seq2[ShowRow, error] {
	return readTable(r, size, func(c *showColumns) ShowRow {
		row := ShowRow{CustomerID: c.CustomerID, Slot: c.Slot, Product: c.Product, Kind: c.Kind, Score: c.Score, BoughtDays: c.BoughtDays, From: c.From, Buyers: c.Buyers, Reason: c.Reason}
		if c.LastBought != nil {
			row.LastBought = data.Day(*c.LastBought)
		}
		return row
	})
}

// ProductPair is a product that customers took when they came back, after another
// that they had.
type ProductPair struct {
	Product, Next string
	Chance        float64 // drawn towards the share of all returns
	Events        int64   // returns of customers who had the product
	Bought        int64   // of them with the next one
	Rank          int32   // 1 is the likeliest
}

type pairColumns struct {
	Product string  `parquet:"product,dict"`
	Next    string  `parquet:"next_product,dict"`
	Chance  float64 `parquet:"chance"`
	Events  int64   `parquet:"events"`
	Bought  int64   `parquet:"bought"`
	Rank    int32   `parquet:"rank"`
}

// PairsWriter writes the table of product pairs. The same rows give the same bytes.
type PairsWriter struct{ columnWriter[ProductPair] }

// NewPairsWriter starts a file on w. Close finishes it.
func NewPairsWriter(w io.Writer) *PairsWriter {
	return &PairsWriter{newColumnWriter[pairColumns](w, func(c *rowColumns, r *ProductPair) {
		c.texts(r.Product, r.Next)
		c.floats(r.Chance)
		c.ints(r.Events, r.Bought, int64(r.Rank))
	})}
}

// HotProduct is one of the products of most buyers.
type HotProduct struct {
	Rank                          int32 // 1 has most buyers
	Product                       string
	Category                      string // "": none, null in the file
	Buyers28, Buyers60, Buyers365 int64  // customers in so many days before the as-of day
}

type hotColumns struct {
	Rank      int32  `parquet:"rank"`
	Product   string `parquet:"product"`
	Category  string `parquet:"category,optional,dict"`
	Buyers28  int64  `parquet:"buyers_28d"`
	Buyers60  int64  `parquet:"buyers_60d"`
	Buyers365 int64  `parquet:"buyers_365d"`
}

// WriteHotProducts writes the table of hot products in the order given.
func WriteHotProducts(w io.Writer, rows []HotProduct) error {
	return writeColumns[hotColumns](w, rows, func(c *rowColumns, r *HotProduct) {
		c.ints(int64(r.Rank))
		c.texts(r.Product, r.Category)
		c.ints(r.Buyers28, r.Buyers60, r.Buyers365)
	})
}
