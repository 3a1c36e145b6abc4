package orders

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// readsCounted counts what is read.
type readsCounted struct {
	fsys.FS
	mu           sync.Mutex
	opens, reads int
	bytes        int64
}

func (c *readsCounted) Open(path string) (fsys.ReadFile, error) {
	c.mu.Lock()
	c.opens++
	c.mu.Unlock()
	f, err := c.FS.Open(path)
	return &readCounted{f, c}, err
}

type readCounted struct {
	fsys.ReadFile
	counts *readsCounted
}

func (f *readCounted) ReadAt(p []byte, at int64) (int, error) {
	f.counts.mu.Lock()
	f.counts.reads++
	f.counts.bytes += int64(len(p))
	f.counts.mu.Unlock()
	return f.ReadFile.ReadAt(p, at)
}

// wideLine has columns that no role takes between those of the roles.
type wideLine struct {
	CustomerID string `parquet:"customer_id"`
	Note       string `parquet:"note"`
	OrderedAt  string `parquet:"ordered_at"`
	OrderID    string `parquet:"order_id"`
	Remark     string `parquet:"remark"`
	Amount     string `parquet:"amount"`
	ProductID  string `parquet:"product_id"`
}

func wideFile(t *testing.T, from, groups, rows int) []byte {
	t.Helper()
	var file bytes.Buffer
	w := parquet.NewGenericWriter[wideLine](&file, parquet.Compression(&parquet.Uncompressed))
	for g := range groups {
		lines := make([]wideLine, rows)
		for i := range lines {
			n := from + g*rows + i
			lines[i] = wideLine{fmt.Sprintf("customer-%09d", n*7919%1_000_003), fmt.Sprintf("%080d", n), fmt.Sprintf("2025-%02d-%02d", 1+n%12, 1+n%28),
				fmt.Sprintf("order-%09d", n), fmt.Sprintf("%040d", n), fmt.Sprintf("%d.%02d", n%500, n%100), fmt.Sprintf("product-%05d", n%3000)}
		}
		if _, err := w.Write(lines); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestRead_TakesFewReadingsAndFewBytesMore(t *testing.T) {
	for _, c := range []struct {
		name          string
		files, groups int
		memory        int64
		readsPerGroup float64
		share         float64
	}{
		{"many files", 4, 2, 1 << 30, 8, 1.15},
		{"one file", 1, 4, 1 << 30, 8, 1.15},
		{"row groups beyond the memory", 1, 2, 16 << 20, 60, 2}, // texts are looked at as a whole before they are decoded
	} {
		t.Run(c.name, func(t *testing.T) {
			mem := fsystest.NewMem()
			if err := mem.MkdirAll("/orders"); err != nil {
				t.Fatal(err)
			}
			const rows = 30_000
			for i := range c.files {
				putBytes(t, mem, fmt.Sprintf("/orders/part-%d.parquet", i), wideFile(t, i*c.groups*rows, c.groups, rows))
			}
			files := &readsCounted{FS: mem}
			found, err := source.Find(files, []string{"/orders"}, 0)
			if err != nil {
				t.Fatal(err)
			}
			o, err := Read(context.Background(), files, found, Options{Workers: 2, MemoryBytes: c.memory})
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			needed, groups := neededBytes(o), c.files*c.groups
			perGroup, share := float64(files.reads)/float64(groups), float64(files.bytes)/float64(needed)
			t.Logf("%d opens, %.1f readings a row group, %.3f of the bytes needed", files.opens, perGroup, share)
			if files.opens != c.files || perGroup > c.readsPerGroup || share > c.share {
				t.Errorf("%d opens, %.1f readings a row group, %.3f of the bytes needed", files.opens, perGroup, share)
			}
		})
	}
}

// neededBytes are those of the columns that were taken for roles.
func neededBytes(o *Table) (n int64) {
	for i := range o.Files {
		f := &o.Files[i]
		taken := map[string]bool{}
		for _, col := range f.Roles {
			taken[col.Name] = col.IsLeaf
		}
		for _, g := range f.Footer.RowGroups {
			for c, chunk := range g.Chunks {
				if taken[f.Footer.Columns[c].Name] {
					n += chunk.CompressedBytes
				}
			}
		}
	}
	return n
}

func putBytes(t *testing.T, files fsys.FS, path string, content []byte) {
	t.Helper()
	f, err := files.Create(path)
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
