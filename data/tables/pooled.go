package tables

import (
	"io"
	"iter"
)

// PooledRow is a customer of a source and whom the pool takes it for.
type PooledRow struct {
	Source           string // by its name
	SourceCustomerID string // as the source writes it
	CustomerID       string // of the pool
}

type pooledColumns struct {
	Source           string `parquet:"source,dict"`
	SourceCustomerID string `parquet:"source_customer_id"`
	CustomerID       string `parquet:"customer_id"`
}

// WritePooled writes the map of a pool in the order given. The same rows give the same
// bytes.
func WritePooled(w io.Writer, rows []PooledRow) error {
	return writeColumns[pooledColumns](w, rows, func(c *rowColumns, r *PooledRow) { c.texts(r.Source, r.SourceCustomerID, r.CustomerID) })
}

// ReadPooled yields the rows of the map of a pool. The first error ends it.
func ReadPooled(r io.ReaderAt, size int64) iter.Seq2[PooledRow, error] {
	return readTable(r, size, func(c *pooledColumns) PooledRow { return PooledRow(*c) })
}
