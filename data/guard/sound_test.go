package guard

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// soundFiles returns the sound files of testdata by name, and those that
// parquet-go itself writes.
func soundFiles(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/sound/*.parquet")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sound files in testdata: %v", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = b
	}
	for name, b := range ownFiles(t) {
		files[name] = b
	}
	return files
}

type ownOrder struct {
	Customer int64    `parquet:"customer_id"`
	Order    string   `parquet:"order_id,dict"`
	Time     int64    `parquet:"order_time,timestamp(microsecond),delta"`
	Amount   int64    `parquet:"amount,decimal(2:12)"`
	Price    *float64 `parquet:"price,optional"`
	Quantity *int32   `parquet:"quantity,optional,dict"`
	Product  *string  `parquet:"product,optional"`
	Channel  string   `parquet:"channel,dict"`
	Gift     bool     `parquet:"gift"`
	Tags     []string `parquet:"tags,list"`
}

func ownOrders(n int) []ownOrder {
	rows := make([]ownOrder, n)
	for i := range rows {
		price, quantity, product := float64(i%40)+0.5, int32(i%13), fmt.Sprintf("sku-%03d", i*7%101)
		rows[i] = ownOrder{Customer: int64(12000 + i*31%97), Order: fmt.Sprint(480000 + i/3), Time: 1262599800000000 + int64(i)*61_000_000,
			Amount: int64(i*37%9000) - 200, Channel: []string{"web", "phone", "shop"}[i%3], Gift: i%4 == 0, Tags: []string{"a", fmt.Sprint(i)}[:i%3]}
		if i%10 > 0 {
			rows[i].Price = &price
		}
		if i%5 > 0 {
			rows[i].Quantity = &quantity
		}
		if i%17 > 0 {
			rows[i].Product = &product
		}
	}
	return rows
}

func ownFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, options := range map[string][]parquet.WriterOption{
		"own-snappy-v1.parquet": {parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1), parquet.MaxRowsPerRowGroup(150)},
		"own-zstd-v2.parquet":   {parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(2), parquet.PageBufferSize(500)},
		"own-plain.parquet":     {parquet.DataPageVersion(2)},
	} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[ownOrder](&b, options...)
		if _, err := w.Write(ownOrders(400)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	return files
}

// guarded reads every flat column behind the guard, and returns a digest of
// all values and whether all of them had page checksums.
func guarded(b []byte, limits Limits) (digest uint64, summed bool, err error) {
	r, size := bytes.NewReader(b), int64(len(b))
	footer, err := Check(r, size, limits)
	if err != nil {
		return 0, false, err
	}
	err = Run("file", func() error {
		digest, summed, err = decode(r, size, footer, limits)
		return err
	})
	return digest, summed, err
}

func decode(r io.ReaderAt, size int64, footer *Footer, limits Limits) (uint64, bool, error) {
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.FileReadMode(parquet.ReadModeSync))
	if err != nil {
		return 0, false, fmt.Errorf("open behind the guard: %w", err)
	}
	digest, summed := fnv.New64a(), true
	for g, group := range file.RowGroups() {
		for c, chunk := range group.ColumnChunks() {
			column := &footer.Columns[c]
			if footer.RowGroups[g].Chunks[c].Codec == LZ4Raw {
				summed = false // read by the page reader alone
			} else if sums, err := footer.CheckChunk(r, g, c, limits); err != nil {
				return 0, false, err
			} else {
				summed = summed && sums
			}
			if !column.Flat() || column.Logical.Meaning == Null {
				continue
			}
			rows, err := digestColumn(digest, footer, r, g, c, limits, chunk)
			if err != nil {
				return 0, false, err
			}
			if rows != footer.RowGroups[g].Rows {
				return 0, false, fmt.Errorf("column %q: the decoder gave %d rows of %d", column.Name, rows, footer.RowGroups[g].Rows)
			}
		}
	}
	return digest.Sum64(), summed, nil
}

// errOpinions says that two decoders read other values from the same bytes.
var errOpinions = errors.New("the decoders do not agree")

// digestColumn reads a column with the page reader, and asks parquet-go for a second
// opinion.
func digestColumn(digest io.Writer, footer *Footer, r io.ReaderAt, group, column int, limits Limits, chunk parquet.ColumnChunk) (rows int64, err error) {
	name := footer.Columns[column].Name
	var p PageReader
	if err := p.Open(footer, r, group, column, limits); err != nil {
		return 0, err
	}
	var have [][]byte
	err = eachRow(&p, func(value []byte) {
		have = append(have, bytes.Clone(value))
		fmt.Fprintf(digest, "%t|%x\n", value == nil, value)
	})
	if err != nil || footer.RowGroups[group].Chunks[column].Codec == LZ4Raw {
		return int64(len(have)), err // parquet-go 0.32 fills some pages of LZ4_RAW with zeros, and never ends with some
	}
	err = eachValue(chunk, func(v parquet.Value) error {
		if i := rows; i == int64(len(have)) || v.IsNull() != (have[i] == nil) || !v.IsNull() && !bytes.Equal(have[i], valueBytes(v)) {
			return fmt.Errorf("column %q, row %d: %w", name, i, errOpinions)
		}
		rows++
		return nil
	})
	if err == nil && rows != int64(len(have)) {
		err = fmt.Errorf("column %q: %w", name, errOpinions)
	}
	if err != nil {
		err = fmt.Errorf("column %q behind the guard: %w", name, err)
	}
	return rows, err
}

// eachValue hands out the values of a chunk as parquet-go decodes them.
func eachValue(chunk parquet.ColumnChunk, do func(parquet.Value) error) error {
	pages := chunk.Pages()
	defer pages.Close()
	values := make([]parquet.Value, 64)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if dict := page.Dictionary(); dict != nil {
			numbers := page.Data()
			for _, i := range numbers.Int32() {
				_ = dict.Index(i)
			}
		}
		reader := page.Values()
		for {
			n, err := reader.ReadValues(values)
			for _, v := range values[:n] {
				if err := do(v); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
		}
		parquet.Release(page)
	}
}

func TestCheck_PassesRealHistories(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/*/*/*.parquet")
	more, _ := filepath.Glob("../../../shared/*/*.parquet")
	if names = append(names, more...); len(names) == 0 {
		t.Skip("no data sets beside the repository")
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		footer, err := Check(bytes.NewReader(b), int64(len(b)), Limits{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		for g := range footer.RowGroups {
			for c := range footer.Columns {
				if _, err := footer.CheckChunk(bytes.NewReader(b), g, c, Limits{}); err != nil {
					t.Errorf("%s: %v", filepath.Base(name), err)
				}
			}
		}
	}
}

func TestCheck_PassesSoundFilesOfSeveralWriters(t *testing.T) {
	for name, b := range soundFiles(t) {
		t.Run(name, func(t *testing.T) {
			_, summed, err := guarded(b, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("page checksums: %v", summed)
		})
	}
}
