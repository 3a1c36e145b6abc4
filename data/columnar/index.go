package columnar

import (
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunkIndex says where the pages of a chunk lie and what they hold.
type chunkIndex struct {
	locations []format.PageLocation // from the first page on
	bounds    []bounds
	unbounded bool // a page has values and no bounds: NaN alone
}

func (x *chunkIndex) add(at format.PageLocation, b bounds, rows int) {
	x.locations, x.bounds = append(x.locations, at), append(x.bounds, b)
	x.unbounded = x.unbounded || b.kind == noBounds && b.nulls < int64(rows)
}

// pageIndex is the same as the file says it; without bounds where a page has none.
type pageIndex struct {
	bounds  *format.ColumnIndex
	offsets format.OffsetIndex
}

// indexAt is the index of a chunk whose first page lies at a place of the file.
func (c *chunk) indexAt(first int64) (p pageIndex) {
	for _, l := range c.index.locations {
		l.Offset += first
		p.offsets.PageLocations = append(p.offsets.PageLocations, l)
	}
	if c.index.unbounded {
		return p
	}
	p.bounds = &format.ColumnIndex{BoundaryOrder: order(c.index.bounds)}
	for i := range c.index.bounds {
		b := &c.index.bounds[i]
		s := b.statistics(c.width())
		p.bounds.NullPages = append(p.bounds.NullPages, b.kind == noBounds)
		p.bounds.MinValues, p.bounds.MaxValues = append(p.bounds.MinValues, s.MinValue), append(p.bounds.MaxValues, s.MaxValue)
		p.bounds.NullCounts = append(p.bounds.NullCounts, b.nulls)
	}
	return p
}

// order is that in which both bounds go from page to page, but for pages of nulls.
func order(pages []bounds) format.BoundaryOrder {
	up, down := true, true
	var last *bounds
	for i := range pages {
		b := &pages[i]
		if b.kind == noBounds {
			continue
		}
		if last != nil {
			low, high := b.compare(last)
			up, down = up && low >= 0 && high >= 0, down && low <= 0 && high <= 0
		}
		last = b
	}
	switch {
	case up:
		return format.Ascending
	case down:
		return format.Descending
	}
	return format.Unordered
}

// writeIndexes writes the bounds of all pages, and then their places.
func (w *Writer) writeIndexes() error {
	if !w.layout.PageIndex {
		return nil
	}
	for g, columns := range w.indexes {
		for i := range columns {
			if columns[i].bounds == nil {
				continue
			}
			c := &w.metadata.RowGroups[g].Columns[i]
			if err := w.writeIndex(&c.ColumnIndexOffset, &c.ColumnIndexLength, columns[i].bounds); err != nil {
				return err
			}
		}
	}
	for g, columns := range w.indexes {
		for i := range columns {
			c := &w.metadata.RowGroups[g].Columns[i]
			if err := w.writeIndex(&c.OffsetIndexOffset, &c.OffsetIndexLength, &columns[i].offsets); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) writeIndex(at *int64, size *int32, index any) error {
	b, err := thrift.Marshal(&w.encoder.protocol, index)
	if err != nil {
		return err
	}
	*at, *size = w.at, int32(len(b))
	return w.write(b)
}
