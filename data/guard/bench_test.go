package guard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// The cost of the guard beside that of decoding the same columns to values:
// with page checksums, and as if there were none.
func BenchmarkGuard(b *testing.B) {
	for name, codec := range map[string]parquet.WriterOption{
		"snappy": parquet.Compression(&parquet.Snappy),
		"zstd":   parquet.Compression(&parquet.Zstd),
	} {
		file := benchFile(b, codec)
		r, size := bytes.NewReader(file), int64(len(file))
		footer, err := Check(r, size, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/checksums", func(b *testing.B) { benchChunks(b, footer, r) })
		b.Run(name+"/decode", func(b *testing.B) { benchDecode(b, footer, r, size) })
		for c := range footer.RowGroups[0].Chunks {
			footer.RowGroups[0].Chunks[c].pageStats = nil
		}
		b.Run(name+"/values", func(b *testing.B) { benchChunks(b, footer, r) })
	}
}

func benchFile(b *testing.B, codec parquet.WriterOption) []byte {
	type row struct {
		Customer string  `parquet:"customer_id,plain"`
		Order    int64   `parquet:"order_id,plain"`
		Time     int64   `parquet:"order_time,timestamp(microsecond),plain"`
		Amount   float64 `parquet:"amount,plain"`
		Quantity *int32  `parquet:"quantity,optional,dict"`
		Product  string  `parquet:"product,dict"`
		Channel  string  `parquet:"channel,dict"`
	}
	rows := make([]row, 200_000)
	for i := range rows {
		quantity := int32(i % 7)
		rows[i] = row{fmt.Sprintf("C%07d", i*7919%90001), int64(480000 + i/3), 1262599800000000 + int64(i)*977_351, float64(i*31%9000) / 100,
			&quantity, fmt.Sprintf("sku-%d", i*37%8000), []string{"web", "phone", "shop"}[i%3]}
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[row](&out, codec, parquet.DataPageVersion(1))
	if _, err := w.Write(rows); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func benchChunks(b *testing.B, footer *Footer, r io.ReaderAt) {
	for b.Loop() {
		for c := range footer.Columns {
			if _, err := footer.CheckChunk(r, 0, c, Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchDecode(b *testing.B, footer *Footer, r io.ReaderAt, size int64) {
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		b.Fatal(err)
	}
	values := make([]parquet.Value, 1024)
	for b.Loop() {
		for c := range footer.Columns {
			pages := file.RowGroups()[0].ColumnChunks()[c].Pages()
			for {
				page, err := pages.ReadPage()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				for reader := page.Values(); ; {
					if _, err := reader.ReadValues(values); err != nil {
						break
					}
				}
				parquet.Release(page)
			}
			pages.Close()
		}
	}
}
