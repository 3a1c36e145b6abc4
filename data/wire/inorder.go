package wire

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go"
)

// InOrder is Parquet with the rows in an order of their own, so that the same rows give
// the same file in whatever order they came. It holds all of them in memory.
func (s *Stream) InOrder() (file []byte, err error) {
	err = decoded(func() error {
		f := &linesFile{}
		var rows sortedRows
		err := s.each(func(batch arrow.Record) error {
			if f.writer == nil {
				if err := f.begin(batch.Schema()); err != nil {
					return err
				}
				rows.columns = make([][]parquet.Value, len(f.columns))
			}
			batch.Retain() // its memory is that of the values
			for i, column := range batch.Columns() {
				rows.columns[i] = f.appendValues(rows.columns[i], i, column)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := rows.write(f); err != nil {
			return err
		}
		err = f.writer.Close()
		file = f.out.Bytes()
		return err
	})
	return file, err
}

// sortedRows are rows as columns, which a hash of all their values sorts.
type sortedRows struct {
	columns [][]parquet.Value
	order   []sortedRow
}

type sortedRow struct {
	hash uint64
	row  int
}

func (s *sortedRows) sort() {
	s.order = make([]sortedRow, len(s.columns[0]))
	for row := range s.order {
		s.order[row].row = row
	}
	const spread = 0x9e3779b97f4a7c15 // odd: 2^64 divided by the golden ratio
	for _, column := range s.columns {
		for row, v := range column {
			value := v.Uint64() ^ uint64(v.DefinitionLevel())<<63
			if isBytes(v) {
				value = xxhash.Sum64(v.ByteArray())
			}
			hash := &s.order[row].hash
			*hash = (bits.RotateLeft64(*hash, 29) ^ value) * spread
		}
	}
	slices.SortFunc(s.order, func(a, b sortedRow) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return s.compare(a.row, b.row)
	})
}

// compare is an order of rows with the same hash.
func (s *sortedRows) compare(a, b int) int {
	for _, column := range s.columns {
		x, y := column[a], column[b]
		order := cmp.Compare(x.DefinitionLevel(), y.DefinitionLevel())
		if order == 0 && isBytes(x) {
			order = bytes.Compare(x.ByteArray(), y.ByteArray())
		} else if order == 0 {
			order = cmp.Compare(x.Uint64(), y.Uint64())
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func isBytes(v parquet.Value) bool {
	k := v.Kind()
	return k == parquet.ByteArray || k == parquet.FixedLenByteArray
}

func (s *sortedRows) write(f *linesFile) error {
	s.sort()
	out := f.writer.ColumnWriters()
	for group := range slices.Chunk(s.order, groupRows) {
		for i, column := range s.columns {
			f.values = f.values[:0]
			for _, r := range group {
				f.values = append(f.values, column[r.row])
			}
			if _, err := out[f.columns[i]].WriteRowValues(f.values); err != nil {
				return err
			}
		}
		if err := f.writer.Flush(); err != nil {
			return err
		}
	}
	return nil
}
