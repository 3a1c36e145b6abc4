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
	t := newTableWriter(w, func(c *pooledColumns, r *PooledRow) { *c = pooledColumns(*r) })
	if err := t.Write(rows); err != nil {
		return err
	}
	return t.Close()
}

// ReadPooled yields the rows of the map of a pool. The first error ends it.
func ReadPooled(r io.ReaderAt, size int64) iter.Seq2[PooledRow, error] {
	return readTable(r, size, func(c *pooledColumns) PooledRow { return PooledRow(*c) })
}
