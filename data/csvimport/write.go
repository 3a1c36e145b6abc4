package csvimport

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/parse"
	"winback/data/tables"
	"winback/internal/fsys"
)

// importKind is the Parquet form of an imported column.
type importKind uint8

const (
	kindText    importKind = iota // STRING; empty cells are null
	kindWhole                     // INT64
	kindDecimal                   // DECIMAL(18, scale) on INT64
	kindDouble                    // DOUBLE: decimals of more than 18 digits
	kindDay                       // DATE
	kindTime                      // TIMESTAMP(µs), local or UTC
)

// importType is the type of an imported column.
type importType struct {
	kind      importKind
	sign      parse.DecimalSign
	written   bool // numbers with more than digits, minus and decimal point
	scale     int
	order     parse.DateOrder
	orderOpen bool // the order was found or given, the dates do not say it
	zoned     bool
	nullable  bool
}

// node is the column in the Parquet schema.
func (t importType) node() parquet.Node {
	var n parquet.Node
	switch t.kind {
	case kindWhole:
		n = parquet.Int(64)
	case kindDecimal:
		n = parquet.Decimal(t.scale, parse.MaxDigits, parquet.Int64Type)
	case kindDouble:
		n = parquet.Leaf(parquet.DoubleType)
	case kindDay:
		n = parquet.Date()
	case kindTime:
		n = parquet.TimestampAdjusted(parquet.Microsecond, t.zoned)
	default:
		n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
	if t.nullable {
		n = parquet.Optional(n)
	}
	return n
}

// String names the type for people.
func (t importType) String() string {
	order, sign := "", ""
	if t.orderOpen {
		order = ", read as " + t.order.String()
	}
	if t.written {
		sign = ", read with decimal " + t.sign.String()
	}
	switch t.kind {
	case kindWhole:
		return "whole number" + sign
	case kindDecimal:
		return fmt.Sprintf("decimal, %d places%s", t.scale, sign)
	case kindDouble:
		return "real number" + sign
	case kindDay:
		return "date" + order
	case kindTime:
		if t.zoned {
			return "time in UTC" + order
		}
		return "local time" + order
	}
	return "text"
}

// value turns a cell into a Parquet value; null is true for a cell without a
// value.
func (t importType) value(cell string) (v parquet.Value, null, ok bool) {
	if t.kind == kindText {
		return parquet.ByteArrayValue([]byte(cell)), cell == "", true
	}
	cell = strings.TrimSpace(cell)
	if parse.IsMissing(cell) {
		return v, true, true
	}
	switch t.kind {
	case kindWhole, kindDecimal:
		n, ok := parseUnscaled(cell, t.sign, t.scale)
		return parquet.Int64Value(n), false, ok
	case kindDouble:
		n, ok := parseDouble(cell, t.sign)
		return parquet.DoubleValue(n), false, ok
	}
	w, ok := parse.ParseWrittenTime(cell, t.order)
	if t.kind == kindDay {
		return parquet.Int32Value(int32(data.DayOfMicros(w.Micros))), false, ok
	}
	return parquet.Int64Value(w.Micros), false, ok
}

// orderedGroup is a Parquet group whose columns keep the order of the file
// they come from; the library's own sorts them by name.
type orderedGroup struct {
	parquet.Group
	names []string
}

// Fields returns the columns in the order of names.
func (g orderedGroup) Fields() []parquet.Field {
	byName := map[string]parquet.Field{}
	for _, f := range g.Group.Fields() {
		byName[f.Name()] = f
	}
	fields := make([]parquet.Field, len(g.names))
	for i, name := range g.names {
		fields[i] = byName[name]
	}
	return fields
}

// write reads the file for the second time, into the unfinished Parquet file.
func (s *csvSource) write(ctx context.Context, fsy fsys.FS, target string, types map[string]importType, spec Spec) (File, error) {
	result := File{Source: s.path, Path: target}
	unfinished := unfinishedName(target)
	if err := fsy.RemoveAll(unfinished); err != nil {
		return result, err
	}
	file, err := fsy.Create(unfinished)
	if err != nil {
		return result, err
	}
	rows := s.rowWriter(file, types)
	err = s.each(ctx, spec.Progress, &rows.bad, rows.add)
	if err == nil {
		err = rows.bad.err(s.path)
	}
	if err == nil {
		err = rows.close()
	}
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return result, err
	}
	result.Rows = rows.count
	for i, name := range s.names {
		result.Columns = append(result.Columns, Column{Name: name, Type: rows.types[i].String(), Empty: rows.empty[i]})
	}
	return result, nil
}

// importRows writes CSV records as Parquet rows.
type importRows struct {
	source  *csvSource
	types   []importType
	w       *parquet.GenericWriter[any]
	pending []parquet.Row
	empty   []int64
	count   int64
	bad     badRows
}

func (s *csvSource) rowWriter(file fsys.File, types map[string]importType) *importRows {
	rows := &importRows{source: s, empty: make([]int64, len(s.names))}
	group := orderedGroup{Group: parquet.Group{}, names: s.names}
	for _, name := range s.names {
		rows.types = append(rows.types, types[name])
		group.Group[name] = types[name].node()
	}
	options := append(tables.OutputOptions(), parquet.NewSchema("orders", group))
	rows.w = parquet.NewGenericWriter[any](file, options...)
	return rows
}

func (r *importRows) add(line int, record []string) error {
	row := make(parquet.Row, len(record))
	for i, cell := range record {
		t := &r.types[i]
		v, null, ok := t.value(cell)
		if !ok || null && !t.nullable {
			return &data.InputError{Path: r.source.path, Err: fmt.Errorf("line %d, column %d %q: want %s, found %s; the file changed while it was read",
				line, i+1, r.source.names[i], t, parse.ShortQuote(cell))}
		}
		switch {
		case null:
			r.empty[i]++
			row[i] = parquet.NullValue().Level(0, 0, i)
		case t.nullable:
			row[i] = v.Level(0, 1, i)
		default:
			row[i] = v.Level(0, 0, i)
		}
	}
	r.count++
	r.pending = append(r.pending, row)
	if len(r.pending) == tables.WriteBatch {
		return r.flush()
	}
	return nil
}

func (r *importRows) flush() error {
	_, err := r.w.WriteRows(r.pending)
	r.pending = r.pending[:0]
	return err
}

func (r *importRows) close() error {
	if err := r.flush(); err != nil {
		return err
	}
	return r.w.Close()
}
