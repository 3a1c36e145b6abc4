package tables

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// NumberColumn is a column of a Parquet file as models read it: numbers, days since
// 1970-01-01, or texts.
type NumberColumn struct {
	Name   string
	Values []float32 // NaN: null; of a text its place in Levels
	Levels []string  // of a text, ascending in byte order and not nil; nil of others
}

// ReadNumbers reads the columns of a Parquet file without groups, in the order of
// the file, of the rows whose text in column id is kept; column id itself and those
// of truth values are passed over. Decimals are in whole units. The error names what is
// missing or of another type.
func ReadNumbers(r io.ReaderAt, size int64, id string, keep func(text string) bool) (ids []string, columns []NumberColumn, err error) {
	defer recovered(&err)
	f, err := openTable(r, size, nil)
	if err != nil {
		return nil, nil, err
	}
	leaf, found := f.Schema().Lookup(id)
	if !found || leaf.Node.Type().Kind() != parquet.ByteArray {
		return nil, nil, fmt.Errorf("column %q is missing, or holds no text", id)
	}
	kept := make([][]bool, len(f.RowGroups())) // by group and row
	for g, group := range f.RowGroups() {
		err := eachValue(group.ColumnChunks()[leaf.ColumnIndex], func(v parquet.Value) error {
			text := string(v.ByteArray())
			kept[g] = append(kept[g], keep(text))
			if kept[g][len(kept[g])-1] {
				ids = append(ids, text)
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	for i, field := range f.Schema().Fields() {
		if field.Name() == id || !field.Leaf() || field.Type().Kind() == parquet.Boolean {
			continue
		}
		column, err := readNumbers(f, i, field, kept, len(ids))
		if err != nil {
			return nil, nil, fmt.Errorf("column %q: %w", field.Name(), err)
		}
		columns = append(columns, column)
	}
	return ids, columns, nil
}

func readNumbers(f *parquet.File, at int, field parquet.Field, kept [][]bool, rows int) (NumberColumn, error) {
	c := NumberColumn{Name: field.Name(), Values: make([]float32, 0, rows)}
	number, err := numberOf(field)
	places := map[string]int{}
	if err != nil {
		return c, err
	}
	for g, group := range f.RowGroups() {
		row := 0
		err := eachValue(group.ColumnChunks()[at], func(v parquet.Value) error {
			if row++; row > len(kept[g]) {
				return errors.New("more values than rows")
			}
			switch {
			case !kept[g][row-1]:
			case v.IsNull():
				c.Values = append(c.Values, float32(math.NaN()))
			case number == nil:
				place, known := places[string(v.ByteArray())]
				if !known {
					place = len(places)
					places[string(v.ByteArray())] = place
				}
				c.Values = append(c.Values, float32(place))
			default:
				c.Values = append(c.Values, float32(number(v)))
			}
			return nil
		})
		if err == nil && row != len(kept[g]) {
			err = fmt.Errorf("%d values in %d rows", row, len(kept[g]))
		}
		if err != nil {
			return c, err
		}
	}
	if number == nil {
		c.order(places)
	}
	return c, nil
}

// order turns places in order of appearance into places in Levels.
func (c *NumberColumn) order(places map[string]int) {
	c.Levels = make([]string, 0, len(places))
	for text := range places {
		c.Levels = append(c.Levels, text)
	}
	slices.Sort(c.Levels)
	now := make([]float32, len(places))
	for i, text := range c.Levels {
		now[places[text]] = float32(i)
	}
	for i, v := range c.Values {
		if v == v {
			c.Values[i] = now[int(v)]
		}
	}
}

// numberOf reads the values of a column; nil of texts.
func numberOf(field parquet.Field) (func(parquet.Value) float64, error) {
	scale := 1.0
	if logical := field.Type().LogicalType(); logical != nil {
		if decimal, is := logical.Value.(*format.DecimalType); is {
			scale = math.Pow10(int(decimal.Scale))
		}
	}
	switch kind := field.Type().Kind(); kind {
	case parquet.ByteArray:
		return nil, nil
	case parquet.Int32:
		return func(v parquet.Value) float64 { return float64(v.Int32()) / scale }, nil
	case parquet.Int64:
		return func(v parquet.Value) float64 { return float64(v.Int64()) / scale }, nil
	case parquet.Double:
		return func(v parquet.Value) float64 { return v.Double() }, nil
	default:
		return nil, fmt.Errorf("is %s, want numbers, days or texts", kind)
	}
}

// eachValue hands over the values of a column chunk, nulls too.
func eachValue(chunk parquet.ColumnChunk, do func(parquet.Value) error) error {
	pages := chunk.Pages()
	defer pages.Close()
	values := make([]parquet.Value, WriteBatch)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for in := page.Values(); ; {
			n, err := in.ReadValues(values)
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
