package tables

import (
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
)

// ScoreGroup is the group of a lapsed customer.
type ScoreGroup struct {
	CustomerID string
	Group      int32
}

// ReadScoreGroups yields the first two columns of a scores table in order, which
// takes a fraction of reading it whole. The first error ends it.
func ReadScoreGroups(r io.ReaderAt, size int64) iter.Seq2[ScoreGroup, error] {
	return func(yield func(ScoreGroup, error) bool) {
		file, err := OpenScores(r, size)
		if err != nil {
			yield(ScoreGroup{}, err)
			return
		}
		for _, group := range file.file.RowGroups() {
			columns := group.ColumnChunks()
			c := groupColumnsReader{ids: parquet.NewColumnChunkValueReader(columns[0]), numbers: parquet.NewColumnChunkValueReader(columns[1])}
			for left := group.NumRows(); left > 0; left -= int64(c.rows) {
				if err := c.next(int(min(left, valuesAtOnce))); err != nil {
					yield(ScoreGroup{}, err)
					return
				}
				for i := range c.rows {
					if !yield(ScoreGroup{c.id[i], c.number[i]}, nil) {
						return
					}
				}
			}
		}
	}
}

// valuesAtOnce is how many values of a column are decoded at a time.
const valuesAtOnce = 4096

// groupColumnsReader reads both columns of a row group side by side.
type groupColumnsReader struct {
	ids, numbers parquet.ValueReader
	values       [valuesAtOnce]parquet.Value
	id           [valuesAtOnce]string
	number       [valuesAtOnce]int32
	rows         int // that were read last
}

func (c *groupColumnsReader) next(rows int) (err error) {
	defer recovered(&err)
	c.rows = rows
	err = readInto(c.ids, c.values[:rows], func(i int, v parquet.Value) { c.id[i] = string(v.ByteArray()) })
	if err != nil {
		return err
	}
	return readInto(c.numbers, c.values[:rows], func(i int, v parquet.Value) { c.number[i] = v.Int32() })
}

// readInto reads as many values as there is room for and hands out each before
// the next are read: a text stands in the memory of its page, which the next page
// takes over.
func readInto(r parquet.ValueReader, room []parquet.Value, use func(i int, v parquet.Value)) error {
	for have := 0; have < len(room); {
		n, err := r.ReadValues(room[have:])
		for i := have; i < have+n; i++ {
			use(i, room[i])
		}
		if have += n; have < len(room) && (err != nil || n == 0) {
			return fmt.Errorf("%d values of a column, want %d: %w", have, len(room), err)
		}
	}
	return nil
}
