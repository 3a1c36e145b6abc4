package tables

import (
	"io"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columnar"
)

// columnWriter writes the rows of a table that may have one for each customer, column by
// column. The same rows give the same bytes.
type columnWriter[R any] struct {
	file *columnar.Writer
	rows rowColumns
	add  func(*rowColumns, *R)
}

// newColumnWriter starts a file on w with the columns of struct C; add appends the values
// of a row in their order.
func newColumnWriter[C, R any](w io.Writer, add func(*rowColumns, *R)) columnWriter[R] {
	return newSchemaWriter(w, parquet.SchemaOf(new(C)), add)
}

func newSchemaWriter[R any](w io.Writer, schema *parquet.Schema, add func(*rowColumns, *R)) columnWriter[R] {
	layout := columnar.Layout{Schema: schema, Options: OutputOptions(), PageIndex: true, Compress: true}
	return columnWriter[R]{columnar.NewWriter(w, layout), rowColumns{columns: make([]columnar.Values, len(schema.Fields()))}, add}
}

// Write appends rows in the order given. The rows may be reused afterwards.
func (c *columnWriter[R]) Write(rows []R) error {
	for i := range rows {
		c.add(&c.rows, &rows[i])
		c.rows.next = 0
		if c.rows.count++; c.rows.count == columnar.PageRows {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *columnWriter[R]) flush() error {
	err := c.file.Write(c.rows.columns)
	c.rows.empty()
	return err
}

// Close writes what is left and the footer. It does not close the underlying
// writer. A table without rows is a valid file.
func (c *columnWriter[R]) Close() error {
	if err := c.flush(); err != nil {
		return err
	}
	return c.file.Close()
}

// writeColumns writes a file of rows.
func writeColumns[C, R any](w io.Writer, rows []R, add func(*rowColumns, *R)) error {
	t := newColumnWriter[C](w, add)
	if err := t.Write(rows); err != nil {
		return err
	}
	return t.Close()
}

// rowColumns take one row after the other, each value by the next column.
type rowColumns struct {
	columns []columnar.Values
	next    int // column
	count   int // rows
}

func (c *rowColumns) empty() {
	for i := range c.columns {
		c.columns[i].Empty()
	}
	c.count = 0
}

func (c *rowColumns) ints(values ...int64) {
	for _, v := range values {
		to := &c.columns[c.next]
		to.Ints = append(to.Ints, v)
		c.next++
	}
}

// floats are null where they are NaN and the column allows it.
func (c *rowColumns) floats(values ...float64) {
	for _, v := range values {
		to := &c.columns[c.next]
		to.Floats = append(to.Floats, v)
		c.next++
	}
}

// texts are null where they are empty and the column allows it.
func (c *rowColumns) texts(values ...string) {
	for _, v := range values {
		to := &c.columns[c.next]
		to.Texts = append(to.Texts, v)
		c.next++
	}
}

func (c *rowColumns) truth(v bool) {
	if v {
		c.ints(1)
	} else {
		c.ints(0)
	}
}

// unlessZero takes a number that is null where it is 0.
func (c *rowColumns) unlessZero(v int64) {
	if v == 0 {
		v = columnar.NullInt
	}
	c.ints(v)
}

// hour is null where it is not known.
func (c *rowColumns) hour(v *int32) {
	if v == nil {
		c.ints(columnar.NullInt)
	} else {
		c.ints(int64(*v))
	}
}

// money takes an amount as the file has it.
func (c *rowColumns) money(v data.Money, as data.MoneyType) {
	if as == data.MoneyDouble {
		c.floats(v.Float())
	} else {
		c.ints(int64(v))
	}
}

// shown are the columns of what to show.
func (c *rowColumns) shown(s *Shown) {
	c.texts(s.Products[:]...)
	c.texts(s.Kinds[:]...)
	c.texts(s.Reason)
}

// moneySchema is that of columns with amounts as DECIMAL, or as DOUBLE.
func moneySchema[C, D any](money data.MoneyType) *parquet.Schema {
	if money == data.MoneyDouble {
		return parquet.SchemaOf(new(D))
	}
	return parquet.SchemaOf(new(C))
}
