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
					if !yield(ScoreGroup{string(c.id[i].ByteArray()), c.number[i].Int32()}, nil) {
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
	id, number   [valuesAtOnce]parquet.Value
	rows         int // that were read last
}

func (c *groupColumnsReader) next(rows int) (err error) {
	defer recovered(&err)
	c.rows = rows
	if err := readValues(c.ids, c.id[:rows]); err != nil {
		return err
	}
	return readValues(c.numbers, c.number[:rows])
}

// readValues fills a stretch of values.
func readValues(r parquet.ValueReader, values []parquet.Value) error {
	for have := 0; have < len(values); {
		n, err := r.ReadValues(values[have:])
		if have += n; have < len(values) && (err != nil || n == 0) {
			return fmt.Errorf("%d values of a column, want %d: %w", have, len(values), err)
		}
	}
	return nil
}
