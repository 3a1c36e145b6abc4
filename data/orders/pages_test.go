package orders

import (
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Pages of any size, compression and version give the lines that were written, also
// where the pages of one column end elsewhere than those of others.
func TestReadOrders_PagesOfAnySizeHoldTheSameLines(t *testing.T) {
	lines := testLines(9000)
	for _, rows := range []int{30, 700, 2000, 9000} {
		for name, codec := range map[string]parquet.WriterOption{
			"lz4":  parquet.Compression(&parquet.Lz4Raw),
			"zstd": parquet.Compression(&parquet.Zstd),
		} {
			for version := 1; version <= 2; version++ {
				f := plainFile()
				f.options = []parquet.WriterOption{codec, parquet.DataPageVersion(version), parquet.PageBufferSize(700 * rows), parquet.MaxRowsPerRowGroup(int64(rows))}
				path := f.write(t, t.TempDir(), fmt.Sprintf("%s-%d-%d.parquet", name, version, rows), lines[:min(3*rows, len(lines))])
				got, err := readOrders(t, Options{}, path)
				if err != nil {
					t.Fatal(err)
				}
				sameLines(t, got.lines, meant(lines[:min(3*rows, len(lines))]))
			}
		}
	}
}
