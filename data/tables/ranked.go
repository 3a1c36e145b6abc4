package tables

import "io"

// RankedRow is a lapsed customer in the order of a stored model.
type RankedRow struct {
	Rank        int64 // 1 first
	CustomerID  string
	Group       int32
	Probability float64
}

type rankedColumns struct {
	Rank        int64   `parquet:"rank,delta"`
	CustomerID  string  `parquet:"customer_id"`
	Group       int32   `parquet:"group"`
	Probability float64 `parquet:"probability"`
}

// RankedWriter writes a ranked list. The same rows give the same bytes.
type RankedWriter struct{ columnWriter[RankedRow] }

// NewRankedWriter starts a file on w. Close finishes it.
func NewRankedWriter(w io.Writer) *RankedWriter {
	return &RankedWriter{newColumnWriter[rankedColumns](w, func(c *rowColumns, r *RankedRow) {
		c.ints(r.Rank)
		c.texts(r.CustomerID)
		c.ints(int64(r.Group))
		c.floats(r.Probability)
	})}
}
