package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"winback/data/guard"
)

// pageCursor walks the pages of one column chunk. Columns of a row group are
// read side by side in steps that end where any of them ends a page.
type pageCursor struct {
	name  string
	pages parquet.Pages
	page  parquet.Page
	dict  parquet.Dictionary
	rows  int // rows of the page
	at    int // rows of the page already given out
}

func newPageCursor(chunk parquet.ColumnChunk, name string) pageCursor {
	return pageCursor{name: name, pages: chunk.Pages()}
}

// load makes sure that rows are left in the page, reading the next one where
// needed. It says whether a new page was read.
func (c *pageCursor) load() (fresh bool, err error) {
	for c.at == c.rows {
		c.release()
		page, err := c.pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return false, fmt.Errorf("column %q: ends before its row group does", c.name)
		}
		if err != nil {
			return false, fmt.Errorf("column %q: %w", c.name, err)
		}
		c.page, c.rows, c.at, fresh = page, int(page.NumValues()), 0, true
		c.dict = page.Dictionary()
	}
	return fresh, nil
}

func (c *pageCursor) left() int { return c.rows - c.at }

func (c *pageCursor) release() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
}

func (c *pageCursor) close() error {
	c.release()
	return c.pages.Close()
}

// expand spreads the values of a page over its rows: row i holds value k for
// the k-th defined row, and null where the row is not defined.
func expand[T any](defs []byte, values []T, null T, out []T) error {
	k := 0
	for i, d := range defs {
		if d == 0 {
			out[i] = null
			continue
		}
		if k == len(values) {
			return errors.New("fewer values than its levels define")
		}
		out[i] = values[k]
		k++
	}
	return nil
}

// numberCursor reads a column as whole numbers.
type numberCursor struct {
	pageCursor
	convert    numberConverter
	dictValues []int64
	dictOf     parquet.Dictionary
	scratch    []int64
	values     []int64 // of the page's rows
}

func (c *numberCursor) next() error {
	fresh, err := c.load()
	if err != nil || !fresh {
		return err
	}
	if err := c.read(); err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	return nil
}

func (c *numberCursor) read() error {
	c.values = resize(c.values, c.rows)
	defs := c.page.DefinitionLevels()
	values := c.values
	if len(defs) > 0 {
		c.scratch = resize(c.scratch, c.rows-int(c.page.NumNulls()))
		values = c.scratch
	}
	data := c.page.Data()
	if c.dict != nil {
		if err := c.lookup(data.Int32(), values); err != nil {
			return err
		}
	} else {
		n, err := valueCount(data)
		if err != nil {
			return err
		}
		if n < len(values) {
			return fmt.Errorf("page holds %d values, want %d", n, len(values))
		}
		if err := c.convert(firstValues(data, len(values)), values); err != nil {
			return err
		}
	}
	if len(defs) == 0 {
		return nil
	}
	if len(defs) != c.rows {
		return fmt.Errorf("page holds %d levels, want %d", len(defs), c.rows)
	}
	return expand(defs, values, absent, c.values)
}

func (c *numberCursor) lookup(index []int32, out []int64) error {
	if c.dictOf != c.dict {
		data := c.dict.Page().Data()
		n := c.dict.Len()
		have, err := valueCount(data)
		if err != nil {
			return err
		}
		if have < n {
			return fmt.Errorf("dictionary holds %d values, want %d", have, n)
		}
		c.dictValues = resize(c.dictValues, n)
		if err := c.convert(firstValues(data, n), c.dictValues); err != nil {
			return err
		}
		c.dictOf = c.dict
	}
	if len(index) < len(out) {
		return fmt.Errorf("page holds %d values, want %d", len(index), len(out))
	}
	dict := c.dictValues
	for i := range out {
		k := uint32(index[i])
		if k >= uint32(len(dict)) {
			return fmt.Errorf("dictionary index %d is outside of its %d values", index[i], len(dict))
		}
		out[i] = dict[k]
	}
	return nil
}

// entries are the texts of a column chunk: those of its dictionary first, then
// the plain values of the page at hand.
type entries struct {
	bytes []byte
	ends  []uint32 // entry e is bytes[ends[e-1]:ends[e]]
}

func (e *entries) len() int { return len(e.ends) }

func (e *entries) at(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = e.ends[i-1]
	}
	return e.bytes[start:e.ends[i]]
}

func (e *entries) truncate(n int) {
	e.ends = e.ends[:n]
	end := uint32(0)
	if n > 0 {
		end = e.ends[n-1]
	}
	e.bytes = e.bytes[:end]
}

// textCursor reads a column as texts: each row is an index into entries, or a
// negative mark.
type textCursor struct {
	pageCursor
	leaf    leaf
	entries entries
	dictLen int // entries that belong to the dictionary
	dictOf  parquet.Dictionary
	scratch []int32
	rowsAt  []int32 // entry of each of the page's rows
	// onEntries is told of entries [from, len) whenever new ones came; those
	// from the index on replace earlier ones.
	onEntries func(e *entries, from int)
}

const (
	noText         = int32(-1) // null or empty
	unreadableText = int32(-2)
)

func (c *textCursor) next() error {
	fresh, err := c.load()
	if err != nil || !fresh {
		return err
	}
	if err := c.read(); err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	return nil
}

func (c *textCursor) read() error {
	if err := c.loadDictionary(); err != nil {
		return err
	}
	c.rowsAt = resize(c.rowsAt, c.rows)
	defs := c.page.DefinitionLevels()
	values := c.rowsAt
	if len(defs) > 0 {
		c.scratch = resize(c.scratch, c.rows-int(c.page.NumNulls()))
		values = c.scratch
	}
	data := c.page.Data()
	if c.dict != nil {
		index := data.Int32()
		if len(index) < len(values) {
			return fmt.Errorf("page holds %d values, want %d", len(index), len(values))
		}
		for i := range values {
			if uint32(index[i]) >= uint32(c.dictLen) {
				return fmt.Errorf("dictionary index %d is outside of its %d values", index[i], c.dictLen)
			}
			values[i] = index[i]
		}
	} else {
		c.entries.truncate(c.dictLen)
		if err := c.readPlain(data, values); err != nil {
			return err
		}
		c.onEntries(&c.entries, c.dictLen)
	}
	if len(defs) == 0 {
		return nil
	}
	if len(defs) != c.rows {
		return fmt.Errorf("page holds %d levels, want %d", len(defs), c.rows)
	}
	return expand(defs, values, noText, c.rowsAt)
}

// readPlain makes entries of the values of a page without dictionary. Equal
// values that follow each other, as those of the lines of an order do, share
// one.
func (c *textCursor) readPlain(v encoding.Values, rows []int32) error {
	have, err := valueCount(v)
	if err != nil {
		return err
	}
	if have < len(rows) {
		return fmt.Errorf("page holds %d values, want %d", have, len(rows))
	}
	if v.Kind() == encoding.ByteArray && len(rows) > 0 && !c.leaf.means(guard.Decimal) {
		data, offsets := v.ByteArray()
		if offsets = offsets[:len(rows)+1]; validTexts(data, offsets) {
			c.entries.appendStretches(data, offsets, rows)
			return nil
		}
	}
	for i := range rows {
		rows[i] = int32(c.dictLen + i)
	}
	return c.appendEntries(v, len(rows))
}

// appendStretches adds one entry for each stretch of equal texts and notes the
// entry of each text in rows.
func (e *entries) appendStretches(data []byte, offsets []uint32, rows []int32) {
	texts, ends := e.bytes, e.ends // kept at hand: a field is written through memory
	at := int32(len(ends)) - 1
	var last []byte
	start := offsets[0]
	for i, end := range offsets[1 : len(rows)+1] {
		text := data[start:end]
		if i == 0 || !sameText(text, last) {
			texts = append(texts, text...)
			ends = append(ends, uint32(len(texts)))
			at++
			last = text
		}
		rows[i] = at
		start = end
	}
	e.bytes, e.ends = texts, ends
}

// sameText compares two texts; those of up to 16 bytes, as most ids are, without
// a call.
func sameText(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	if n := len(a); n >= 8 && n <= 16 {
		return binary.LittleEndian.Uint64(a) == binary.LittleEndian.Uint64(b) && binary.LittleEndian.Uint64(a[n-8:]) == binary.LittleEndian.Uint64(b[n-8:])
	}
	return bytes.Equal(a, b)
}

func (c *textCursor) loadDictionary() error {
	if c.dict == nil || c.dict == c.dictOf {
		return nil
	}
	c.entries.truncate(0)
	c.dictLen = c.dict.Len()
	if err := c.appendEntries(c.dict.Page().Data(), c.dictLen); err != nil {
		return err
	}
	c.dictOf = c.dict
	c.onEntries(&c.entries, 0)
	return nil
}

// appendEntries writes n values as a person would write them.
func (c *textCursor) appendEntries(v encoding.Values, n int) error {
	have, err := valueCount(v)
	if err != nil {
		return err
	}
	if have < n {
		return fmt.Errorf("page holds %d values, want %d", have, n)
	}
	if n == 0 {
		return nil
	}
	e := &c.entries
	if v.Kind() == encoding.ByteArray && !c.leaf.means(guard.Decimal) {
		data, offsets := v.ByteArray()
		if offsets = offsets[:n+1]; validTexts(data, offsets) {
			base := uint32(len(e.bytes)) - offsets[0]
			e.bytes = append(e.bytes, data[offsets[0]:offsets[n]]...)
			for _, end := range offsets[1:] {
				e.ends = append(e.ends, base+end)
			}
			return nil
		}
	}
	if err := exactFloats(v, n); err != nil {
		return err
	}
	for i := 0; i < n; i++ {
		e.bytes = appendValue(e.bytes, v, i, c.leaf)
		e.ends = append(e.ends, uint32(len(e.bytes)))
	}
	return nil
}

// valueCount says how many values there are, by their bytes.
func valueCount(v encoding.Values) (int, error) {
	data, offsets := v.Data()
	switch v.Kind() {
	case encoding.Int32, encoding.Float:
		return len(data) / 4, nil
	case encoding.Int64, encoding.Double:
		return len(data) / 8, nil
	case encoding.Int96:
		return len(data) / 12, nil
	case encoding.Boolean:
		return len(data) * 8, nil
	case encoding.ByteArray:
		return max(len(offsets)-1, 0), nil
	case encoding.FixedLenByteArray:
		_, size := v.FixedLenByteArray()
		if size <= 0 {
			return 0, errors.New("values of no bytes")
		}
		return len(data) / size, nil
	}
	return 0, errors.New("values of an unknown kind")
}

// firstValues cuts the values to the first n, since decoders may hand out
// padding behind them.
func firstValues(v encoding.Values, n int) encoding.Values {
	switch v.Kind() {
	case encoding.Int32:
		return encoding.Int32Values(v.Int32()[:n])
	case encoding.Int64:
		return encoding.Int64Values(v.Int64()[:n])
	case encoding.Float:
		return encoding.FloatValues(v.Float()[:n])
	case encoding.Double:
		return encoding.DoubleValues(v.Double()[:n])
	case encoding.Int96:
		return encoding.Int96Values(v.Int96()[:n])
	}
	return v
}

// textLeaf says whether a column can hold ids or names.
func textLeaf(l leaf) error {
	if l.Physical == guard.Int96 || l.Physical == guard.Boolean || l.means(guard.Timestamp, guard.Date, guard.TimeOfDay, guard.Interval, guard.Float16) {
		return fmt.Errorf("want an id or a name, have %s", l.typeName())
	}
	return nil
}

// resize returns scratch space of n elements, in place where there is room. It
// makes somewhat more than asked for, so that slowly growing sizes do not
// allocate each time.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+min(n/8, roomy/8))
	}
	return s[:n]
}
