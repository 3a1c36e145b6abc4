package orders

import (
	"errors"
	"fmt"
	"io"

	"winback/data/guard"
)

// openRowGroup is a row group of an order file that is open.
type openRowGroup struct {
	file   io.ReaderAt
	footer *guard.Footer
	index  int
	limits guard.Limits
}

func (g *openRowGroup) rows() int { return int(g.footer.RowGroups[g.index].Rows) }

// pageCursor walks the pages of one column chunk. Columns of a row group are
// read side by side in steps that end where any of them ends a page.
type pageCursor struct {
	name  string
	leaf  leaf
	pages guard.PageReader
	page  *guard.Page
	rows  int // rows of the page
	at    int // rows of the page already given out
}

// open goes to the first page of a column.
func (c *pageCursor) open(g *openRowGroup, l leaf, name string) error {
	c.leaf, c.name, c.page, c.rows, c.at = l, name, nil, 0, 0
	return c.pages.Open(g.footer, g.file, g.index, l.index, g.limits)
}

// next makes sure that rows are left in the page, reading on where needed. take is
// called with every page and dictionary that is read.
func (c *pageCursor) next(take func() error) error {
	for c.at == c.rows {
		page, err := c.pages.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("column %q: ends before its row group does", c.name)
		}
		if err != nil {
			return err
		}
		c.page, c.rows, c.at = page, page.Rows, 0
		if err := take(); err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return nil
}

// end proves what follows the rows that were given out: that the pages hold as many
// as the row group, with checksums on all of them or on none.
func (c *pageCursor) end() error {
	for {
		if _, err := c.pages.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (c *pageCursor) left() int { return c.rows - c.at }

// expand spreads the values of a page over its rows: row i holds value k for
// the k-th row that is set, and null where it is not.
func expand[T any](set []bool, values []T, null T, out []T) {
	k := 0
	for i, s := range set {
		if !s {
			out[i] = null
			continue
		}
		out[i] = values[k]
		k++
	}
}

// numberCursor reads a column as whole numbers.
type numberCursor struct {
	pageCursor
	convert    numberConverter
	dictionary []int64
	scratch    []int64
	values     []int64 // of the page's rows
}

func (c *numberCursor) next() error { return c.pageCursor.next(c.take) }

// take converts the page or dictionary that was read.
func (c *numberCursor) take() error {
	p := c.page
	if p.Dictionary {
		c.dictionary = resize(c.dictionary, p.Values.Count)
		return c.convert(p.Values, c.dictionary)
	}
	c.values = resize(c.values, p.Rows)
	if p.Set == nil {
		return c.decode(c.values)
	}
	c.scratch = resize(c.scratch, len(p.Codes)+p.Values.Count)
	if err := c.decode(c.scratch); err != nil {
		return err
	}
	expand(p.Set, c.scratch, absent, c.values)
	return nil
}

// decode gives the values of the page that are set.
func (c *numberCursor) decode(out []int64) error {
	if c.page.Codes == nil {
		return c.convert(c.page.Values, out)
	}
	dictionary := c.dictionary
	for i, code := range c.page.Codes {
		out[i] = dictionary[code]
	}
	return nil
}

// textCursor reads a column as texts: each row is an index into entries, or a
// negative mark.
type textCursor struct {
	pageCursor
	entries entries
	ownLen  int     // entries of the pages; those behind are carried
	dictLen int     // entries that belong to the dictionary
	rowsAt  []int32 // entry of each of the page's rows
	plain   []int32 // entries of values that stand in their page
	spread  []int32 // entries with the nulls among them
	// onEntries is told of entries [from, len) whenever new ones came; those
	// from the index on replace earlier ones. nil: nobody asks.
	onEntries func(e *entries, from int)
}

const (
	noText         = int32(-1) // null or empty
	unreadableText = int32(-2)
)

// reset forgets the entries of the chunk before.
func (c *textCursor) reset() {
	c.entries.truncate(0)
	c.dictLen, c.ownLen = 0, 0
}

func (c *textCursor) next() error { return c.pageCursor.next(c.take) }

// take makes entries of the page or dictionary that was read.
func (c *textCursor) take() error {
	p := c.page
	if p.Dictionary {
		return c.takeDictionary()
	}
	c.rowsAt = p.Codes
	if p.Codes == nil {
		if err := c.takePlain(); err != nil {
			return err
		}
	}
	if p.Set != nil {
		c.spread = resize(c.spread, p.Rows)
		expand(p.Set, c.rowsAt, noText, c.spread)
		c.rowsAt = c.spread
	}
	return nil
}

func (c *textCursor) takeDictionary() error {
	v := &c.page.Values
	c.entries.truncate(0)
	c.dictLen = v.Count
	if !c.holdsText() || !c.entries.appendTexts(v) {
		if err := c.entries.appendWritten(v, c.leaf); err != nil {
			return err
		}
	}
	c.ownLen = c.entries.len()
	c.tell(0)
	return nil
}

// takePlain makes entries of the values of a page without dictionary.
func (c *textCursor) takePlain() error {
	v := &c.page.Values
	c.entries.truncate(c.dictLen)
	c.plain = resize(c.plain, v.Count)
	c.rowsAt = c.plain
	if !c.holdsText() || !c.entries.appendStretches(v, c.plain) {
		for i := range c.plain {
			c.plain[i] = int32(c.dictLen + i)
		}
		if err := c.entries.appendWritten(v, c.leaf); err != nil {
			return err
		}
	}
	c.ownLen = c.entries.len()
	c.tell(c.dictLen)
	return nil
}

func (c *textCursor) tell(from int) {
	if c.onEntries != nil {
		c.onEntries(&c.entries, from)
	}
}

// each gives the texts of the next most rows and of the rest of their last page; nil
// where there is none. The text is valid until give returns, whose error ends it.
func (c *textCursor) each(most int, give func([]byte) error) error {
	for left := most; left > 0; left -= c.rows {
		c.at = c.rows
		if err := c.next(); err != nil {
			return err
		}
		for _, e := range c.rowsAt {
			var text []byte
			if e >= 0 {
				text = c.entries.at(int(e))
			}
			if err := give(text); err != nil {
				return err
			}
		}
	}
	c.at = c.rows
	return nil
}

// holdsText says whether the bytes of a value are what a person would write.
func (c *textCursor) holdsText() bool {
	return c.leaf.Physical == guard.ByteArray && !c.leaf.means(guard.Decimal)
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
		return make([]T, n, n+min(n/8, 1<<16))
	}
	return s[:n]
}
