package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
)

const (
	tailBytes = 8        // the length of the footer and the end mark
	headBytes = 512      // enough to say what a file is that is no Parquet
	endBytes  = 64 << 10 // read in one go: most footers as a whole
)

// smallest is the size of a Parquet file with an empty footer.
const smallest = len(magic) + 1 + tailBytes

// Check reads head and footer of a Parquet file of size bytes and proves that
// they fit together and into the file: end marks, footer, schema, and for every
// row group the place, size and number of values of each column. It reads no
// pages. It fails with an *Error that says what is wrong, or with the error of r.
func Check(r io.ReaderAt, size int64, limits Limits) (*Footer, error) {
	b, err := readFooter(r, size, limits.memory())
	if err != nil {
		return nil, err
	}
	raw, fault := decodeFooter(b, limits.memory())
	if fault != nil {
		return nil, fault
	}
	f := &Footer{RowGroups: raw.groups, Rows: raw.rows, CreatedBy: raw.createdBy,
		checksums: make([]atomic.Int32, len(raw.groups))}
	if f.Columns, fault = leaves(raw.elements); fault != nil {
		return nil, fault
	}
	if fault = f.checkRowGroups(raw.sortedBy); fault != nil {
		return nil, fault
	}
	if fault = f.checkPlaces(size - tailBytes - int64(len(b))); fault != nil {
		return nil, fault
	}
	return f, nil
}

// readFooter checks the marks at both ends and returns the footer's bytes.
func readFooter(r io.ReaderAt, size, limit int64) ([]byte, error) {
	if size <= 0 {
		return nil, wrong("the file is empty")
	}
	end := make([]byte, min(size, endBytes))
	if err := readFull(r, end, size-int64(len(end))); err != nil {
		return nil, err
	}
	head, tail := end[:min(len(end), headBytes)], end[max(0, len(end)-tailBytes):]
	if int64(len(end)) < size {
		head = make([]byte, headBytes)
		if err := readFull(r, head, 0); err != nil {
			return nil, err
		}
	}
	if fault := checkMarks(head, tail, size); fault != nil {
		return nil, fault
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	room := size - tailBytes - int64(len(magic))
	if n == 0 || n > room {
		return nil, wrong("the footer is said to be %s long, the file has room for %s", bytesText(n), bytesText(room))
	}
	if 3*n > limit {
		return nil, wrong("the footer of %s is too large for the memory limit of %s", bytesText(n), bytesText(limit))
	}
	if before := int64(len(end)) - tailBytes - n; before >= 0 {
		return slices.Clone(end[before : before+n]), nil // without the rest, which would stay in memory
	}
	b := make([]byte, n)
	return b, readFull(r, b, size-tailBytes-n)
}

func checkMarks(head, tail []byte, size int64) *Error {
	starts, ends := mark(head), mark(tail[max(0, len(tail)-len(magic)):])
	switch {
	case starts == encryptedMagic || starts == magic && ends == encryptedMagic:
		return wrong("the file is encrypted, which cannot be read")
	case starts != magic && ends == magic:
		return wrong("the file ends like Parquet but starts with other bytes (%q): its beginning is damaged", starts)
	case starts != magic && !strings.HasPrefix(magic, starts):
		return wrong("this is no Parquet file, it looks like %s", KindOf(head))
	case size < int64(smallest):
		return wrong("the file is cut short: it has only %s", bytesText(size))
	case ends != magic:
		return wrong("the file starts like Parquet but does not end like it: it was cut short or is still being written")
	}
	return nil
}

func mark(b []byte) string { return string(b[:min(len(b), len(magic))]) }

func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return wrong("the file ended at byte %s while it was read: it became shorter", count(at+int64(n)))
	}
	return fmt.Errorf("reading %s at byte %s: %w", bytesText(int64(len(b))), count(at), err)
}

func (f *Footer) checkRowGroups(sortedBy [][]int32) *Error {
	if f.Rows < 0 {
		return wrong("the footer is damaged: it says %s rows", count(f.Rows))
	}
	var rows uint64
	for i := range f.RowGroups {
		g := &f.RowGroups[i]
		if g.Rows < 0 {
			return wrong("it says %s rows", count(g.Rows)).in("", i+1)
		}
		var carry uint64
		if rows, carry = bits.Add64(rows, uint64(g.Rows), 0); carry != 0 {
			return wrong("the row groups say more rows than can be counted")
		}
		if err := f.checkColumns(g); err != nil {
			return err.in("", i+1)
		}
		for _, c := range sortedBy[i] {
			if c < 0 || int(c) >= len(f.Columns) {
				return wrong("it is said to be sorted by column number %d of %d", c, len(f.Columns)).in("", i+1)
			}
		}
	}
	if rows != uint64(f.Rows) {
		return wrong("the footer says %s rows, its row groups hold %d", count(f.Rows), rows)
	}
	return nil
}

func (f *Footer) checkColumns(g *RowGroup) *Error {
	if len(g.Chunks) != len(f.Columns) {
		return wrong("it holds %d columns, the schema has %d", len(g.Chunks), len(f.Columns))
	}
	for i := range g.Chunks {
		if err := g.Chunks[i].check(&f.Columns[i], g.Rows); err != nil {
			return err.in(f.Columns[i].Name, 0)
		}
	}
	return nil
}

// requiredFields are those that the metadata of a chunk must state: 1 to 7 and 9.
const requiredFields = 0b10_1111_1110

func (c *Chunk) check(column *Column, rows int64) *Error {
	switch {
	case c.encrypted:
		return wrong("it is encrypted, which cannot be read")
	case c.otherFile:
		return wrong("its data lies in another file, which cannot be read")
	case c.stated&requiredFields != requiredFields:
		return wrong("the footer does not say its type, size or place")
	case c.physical != column.Physical:
		return wrong("the schema says %s, the row group %s", column.Physical, c.physical)
	case !slices.Equal(c.path, column.Path):
		return wrong("the row group holds the column %q in its place", strings.Join(c.path, "."))
	case c.Values < rows || column.MaxRepetition == 0 && c.Values != rows:
		return wrong("it holds %s values for %s rows", count(c.Values), count(rows))
	case c.UncompressedBytes < 0:
		return wrong("its uncompressed size is negative: %d", c.UncompressedBytes)
	}
	return nil
}

// place is the stretch of the file that a chunk takes.
type place struct {
	start, end    int64
	group, column int
}

// checkPlaces proves that every chunk lies between the head mark and the
// footer, and that no two overlap.
func (f *Footer) checkPlaces(footerAt int64) *Error {
	var places []place
	for g := range f.RowGroups {
		for i := range f.RowGroups[g].Chunks {
			c := &f.RowGroups[g].Chunks[i]
			if c.Values == 0 && c.CompressedBytes == 0 {
				continue // nothing was written
			}
			if err := c.checkPlace(footerAt); err != nil {
				return err.in(f.Columns[i].Name, g+1)
			}
			places = append(places, place{c.Start(), c.End(), g, i})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.start != b.start {
			return int(max(-1, min(1, a.start-b.start)))
		}
		return int(max(-1, min(1, a.end-b.end)))
	})
	for i := 1; i < len(places); i++ {
		if a, b := places[i-1], places[i]; a.end > b.start {
			return wrong("its data at byte %s lies over that of column %q, row group %d", count(b.start),
				f.Columns[a.column].Name, a.group+1).in(f.Columns[b.column].Name, b.group+1)
		}
	}
	return nil
}

func (c *Chunk) checkPlace(footerAt int64) *Error {
	start, room := c.Start(), footerAt-c.Start()
	switch {
	case c.DictionaryOffset < 0 || start < int64(len(magic)) || room <= 0:
		return wrong("its data is said to start at byte %s, the data of the file lies between bytes %d and %s", count(start), len(magic), count(footerAt))
	case c.CompressedBytes <= 0 || c.CompressedBytes > room:
		return wrong("it is said to take %s from byte %s, the footer starts at byte %s", bytesText(c.CompressedBytes), count(start), count(footerAt))
	case c.Values > 0 && (c.DataOffset < start || c.DataOffset >= c.End()):
		return wrong("its first page is said to start at byte %s, outside its data", count(c.DataOffset))
	}
	return nil
}
