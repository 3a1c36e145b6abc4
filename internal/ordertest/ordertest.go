// Package ordertest turns invented order lines into orders as the product reads
// them, for tests.
package ordertest

import (
	"context"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys/fsystest"
)

// Read writes the lines as one Parquet file in memory, with the columns that
// the tags of T name, and reads them back as orders.
func Read[T any](t testing.TB, lines []T, opts orders.Options) *orders.Table {
	t.Helper()
	files := fsystest.NewMem()
	f, err := files.Create("/orders.parquet")
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[T](f)
	if _, err := w.Write(lines); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := source.Find(files, []string{"/orders.parquet"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	orders, err := orders.Read(context.Background(), files, found, opts)
	if err != nil {
		t.Fatal(err)
	}
	return orders
}
