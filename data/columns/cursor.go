package columns

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"winback/data/guard"
	"winback/internal/readahead"
)

// RowGroup is a row group of an order file that is open.
type RowGroup struct {
	file   io.ReaderAt
	footer *guard.Footer
	index  int
	limits guard.Limits
}

// Fetch reads the chunks of columns in few readings, or reads on in each in large ones
// where they take more than most bytes. What cannot be read is read again where it is
// needed, and told there.
func (g *RowGroup) Fetch(into *readahead.Fetched, leaves []Leaf, most int64) {
	file, ok := g.file.(*readahead.File)
	if !ok || len(leaves) == 0 {
		return
	}
	var spans []readahead.Span
	for _, l := range leaves {
		c := &g.footer.RowGroups[g.index].Chunks[l.index]
		spans = append(spans, readahead.Span{Start: c.Start(), End: c.End()})
	}
	if into.Fetch(file, spans, most) == nil {
		g.file = into
	}
}

// FetchToScan reads the chunk of a column that is looked at as a whole before it is
// decoded: small ones so that they are remembered until then.
func (g *RowGroup) FetchToScan(l Leaf, memory int64) {
	file, ok := g.file.(*readahead.File)
	c := &g.footer.RowGroups[g.index].Chunks[l.index]
	if n := c.End() - c.Start(); ok && n > 0 && n <= readahead.MostPiece {
		_, _ = file.ReadAt(make([]byte, n), c.Start())
		return
	}
	g.Fetch(new(readahead.Fetched), []Leaf{l}, cmp.Or(memory, guard.DefaultMemoryBytes)/64)
}

// Rows is how many rows the row group has.
func (g *RowGroup) Rows() int { return int(g.footer.RowGroups[g.index].Rows) }

// PageCursor walks the pages of one column chunk. Columns of a row group are
// read side by side in steps that end where any of them ends a page.
type PageCursor struct {
	Name  string
	Leaf  Leaf
	pages guard.PageReader
	Page  *guard.Page
	Rows  int // rows of the page
	At    int // rows of the page already given out
}

// Open goes to the first page of a column.
func (c *PageCursor) Open(g *RowGroup, l Leaf, name string) error {
	c.Leaf, c.Name, c.Page, c.Rows, c.At = l, name, nil, 0, 0
	return c.pages.Open(g.footer, g.file, g.index, l.index, g.limits)
}

// Next makes sure that rows are left in the page, reading on where needed. take is
// called with every page and dictionary that is read.
func (c *PageCursor) Next(take func() error) error {
	for c.At == c.Rows {
		page, err := c.pages.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("column %q: ends before its row group does", c.Name)
		}
		if err != nil {
			return err
		}
		c.Page, c.Rows, c.At = page, page.Rows, 0
		if err := take(); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	return nil
}

// End proves what follows the rows that were given out: that the pages hold as many
// as the row group, with checksums on all of them or on none.
func (c *PageCursor) End() error {
	for {
		if _, err := c.pages.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Left is how many rows of the page have not been given out.
func (c *PageCursor) Left() int { return c.Rows - c.At }

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

// NumberCursor reads a column as whole numbers.
type NumberCursor struct {
	PageCursor
	Convert    Converter
	dictionary []int64
	scratch    []int64
	Values     []int64 // of the page's rows
}

// Next makes sure that rows are left in the page, reading on where needed.
func (c *NumberCursor) Next() error { return c.PageCursor.Next(c.take) }

// take converts the page or dictionary that was read.
func (c *NumberCursor) take() error {
	p := c.Page
	if p.Dictionary {
		c.dictionary = Resize(c.dictionary, p.Values.Count)
		return c.Convert(p.Values, c.dictionary)
	}
	c.Values = Resize(c.Values, p.Rows)
	if p.Set == nil {
		return c.decode(c.Values)
	}
	c.scratch = Resize(c.scratch, len(p.Codes)+p.Values.Count)
	if err := c.decode(c.scratch); err != nil {
		return err
	}
	expand(p.Set, c.scratch, Absent, c.Values)
	return nil
}

// decode gives the values of the page that are set.
func (c *NumberCursor) decode(out []int64) error {
	if c.Page.Codes == nil {
		return c.Convert(c.Page.Values, out)
	}
	dictionary := c.dictionary
	for i, code := range c.Page.Codes {
		out[i] = dictionary[code]
	}
	return nil
}

// TextCursor reads a column as texts: each row is an index into entries, or a
// negative mark.
type TextCursor struct {
	PageCursor
	Entries Entries
	OwnLen  int     // entries of the pages; those behind are carried
	dictLen int     // entries that belong to the dictionary
	RowsAt  []int32 // entry of each of the page's rows
	Mark    bool    // values are read as marks: "true" or ""
	plain   []int32 // entries of values that stand in their page
	spread  []int32 // entries with the nulls among them
	// OnEntries is told of entries [from, len) whenever new ones came; those
	// from the index on replace earlier ones. nil: nobody asks.
	OnEntries func(e *Entries, from int)
}

// NoText is the entry of rows that are null.
const NoText = int32(-1)

// Reset forgets the entries of the chunk before.
func (c *TextCursor) Reset() {
	c.Entries.Truncate(0)
	c.dictLen, c.OwnLen = 0, 0
}

// Next makes sure that rows are left in the page, reading on where needed.
func (c *TextCursor) Next() error { return c.PageCursor.Next(c.take) }

// take makes entries of the page or dictionary that was read.
func (c *TextCursor) take() error {
	p := c.Page
	if p.Dictionary {
		return c.takeDictionary()
	}
	c.RowsAt = p.Codes
	if p.Codes == nil {
		if err := c.takePlain(); err != nil {
			return err
		}
	}
	if p.Set != nil {
		c.spread = Resize(c.spread, p.Rows)
		expand(p.Set, c.RowsAt, NoText, c.spread)
		c.RowsAt = c.spread
	}
	return nil
}

func (c *TextCursor) takeDictionary() error {
	v := &c.Page.Values
	c.Entries.Truncate(0)
	c.dictLen = v.Count
	if !c.holdsText() || !c.Entries.appendTexts(v) {
		if err := c.write(v); err != nil {
			return err
		}
	}
	c.OwnLen = c.Entries.Len()
	c.tell(0)
	return nil
}

// takePlain makes entries of the values of a page without dictionary.
func (c *TextCursor) takePlain() error {
	v := &c.Page.Values
	c.Entries.Truncate(c.dictLen)
	c.plain = Resize(c.plain, v.Count)
	c.RowsAt = c.plain
	if !c.holdsText() || !c.Entries.appendStretches(v, c.plain) {
		for i := range c.plain {
			c.plain[i] = int32(c.dictLen + i)
		}
		if err := c.write(v); err != nil {
			return err
		}
	}
	c.OwnLen = c.Entries.Len()
	c.tell(c.dictLen)
	return nil
}

// write adds an entry for each value that is no plain text.
func (c *TextCursor) write(v *guard.Values) error {
	if c.Mark {
		return c.Entries.appendMarks(v, c.Leaf)
	}
	return c.Entries.appendWritten(v, c.Leaf)
}

func (c *TextCursor) tell(from int) {
	if c.OnEntries != nil {
		c.OnEntries(&c.Entries, from)
	}
}

// each gives the texts of the next most rows and of the rest of their last page; nil
// where there is none. The text is valid until give returns, whose error ends it.
func (c *TextCursor) each(most int, give func([]byte) error) error {
	for left := most; left > 0; left -= c.Rows {
		c.At = c.Rows
		if err := c.Next(); err != nil {
			return err
		}
		for _, e := range c.RowsAt {
			var text []byte
			if e >= 0 {
				text = c.Entries.At(int(e))
			}
			if err := give(text); err != nil {
				return err
			}
		}
	}
	c.At = c.Rows
	return nil
}

// holdsText says whether the bytes of a value are what a person would write.
func (c *TextCursor) holdsText() bool {
	return c.Leaf.Physical == guard.ByteArray && !c.Leaf.means(guard.Decimal) && !c.Mark
}

// textLeaf says whether a column can hold ids or names.
func textLeaf(l Leaf) error {
	if l.Physical == guard.Int96 || l.Physical == guard.Boolean || l.means(guard.Timestamp, guard.Date, guard.TimeOfDay, guard.Interval, guard.Float16) {
		return fmt.Errorf("want an id or a name, have %s", l.typeName())
	}
	return nil
}

// Resize returns scratch space of n elements, in place where there is room. It
// makes somewhat more than asked for, so that slowly growing sizes do not
// allocate each time.
func Resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+min(n/8, 1<<16))
	}
	return s[:n]
}
