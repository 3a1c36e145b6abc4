// Package ordertest turns invented order lines into orders as the product reads
// them, for tests.
package ordertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// Read writes the lines as one Parquet file in memory, with the columns that
// the tags of T name, and reads them back as orders.
func Read[T any](t testing.TB, lines []T, opts orders.Options) *orders.Table {
	t.Helper()
	return ReadFiles(t, opts, lines)
}

// ReadFiles does the same with several files: 0.parquet, 1.parquet and so on.
func ReadFiles[T any](t testing.TB, opts orders.Options, files ...[]T) *orders.Table {
	t.Helper()
	mem := fsystest.NewMem()
	if err := mem.MkdirAll("/orders"); err != nil {
		t.Fatal(err)
	}
	for i, lines := range files {
		write(t, mem, fmt.Sprintf("/orders/%d.parquet", i), lines)
	}
	found, err := source.Find(mem, []string{"/orders"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	orders, err := orders.Read(context.Background(), mem, found, opts)
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

func write[T any](t testing.TB, files fsys.FS, path string, lines []T) {
	t.Helper()
	f, err := files.Create(path)
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
}
