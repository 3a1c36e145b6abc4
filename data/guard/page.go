package guard

import "encoding/binary"

// Page is a page of a column, or its dictionary.
type Page struct {
	Dictionary bool    // Values are those to which the numbers of later pages refer
	Rows       int     // values and nulls; 0 for a dictionary
	Set        []bool  // by row: whether it holds a value; nil where all do
	Codes      []int32 // numbers of values in the dictionary, nulls left out; nil where Values are the values
	Values     Values
}

// pageLevels is what the levels of a page say.
type pageLevels struct {
	rows, set  int    // rows that start in it, and values that are not null
	definition []byte // proven levels; none where the column has none
}

// body unpacks and proves the uncompressed bytes of a page; levels are those in
// front of a page of version 2. It also returns how many rows start in the page.
func (p *pageWalk) body(h *pageHeader, levels, b []byte) (page Page, rows int, err *Error) {
	if h.kind == dictionaryPage {
		page.Dictionary = true
		page.Values, err = p.plain(b, int(h.values))
		return page, 0, err
	}
	found, rest, err := p.levelsOf(h, levels, b)
	if err != nil {
		return page, 0, err
	}
	if page.Rows = int(h.values); found.set < page.Rows {
		p.set = resize(p.set, page.Rows)
		defined(found.definition, p.column.MaxDefinition, p.set)
		page.Set = p.set
	}
	if p.column.Logical.Meaning == Null {
		if found.set > 0 {
			return page, 0, wrong("%s values in a column that is always null", count(int64(found.set)))
		}
		return page, found.rows, nil
	}
	page.Values, page.Codes, err = p.values(h.encoding, rest, found.set)
	return page, found.rows, err
}

// levelsOf walks the levels in front of the values, and returns the bytes of the
// values as well.
func (p *pageWalk) levelsOf(h *pageHeader, levels, b []byte) (found pageLevels, rest []byte, err *Error) {
	if h.kind == dataPageV2 {
		found, err = p.levelsV2(h, levels)
		return found, b, err
	}
	found = pageLevels{rows: int(h.values), set: int(h.values)}
	if p.column.MaxRepetition > 0 {
		t, _, after, err := levelsV1(h.repetition, "repetition", b, found.rows, p.column.MaxRepetition)
		if err != nil {
			return found, nil, err
		}
		found.rows, b = t.zero, after
	}
	if p.column.MaxDefinition > 0 {
		t, levels, after, err := levelsV1(h.definition, "definition", b, found.set, p.column.MaxDefinition)
		if err != nil {
			return found, nil, err
		}
		found.set, found.definition, b = t.equal, levels, after
	}
	return found, b, nil
}

// levelsV1 takes levels with their length in front.
func levelsV1(e Encoding, name string, b []byte, n, top int) (t tally, taken, rest []byte, err *Error) {
	if e != RLE {
		return t, nil, nil, wrong("its %s levels are stored as %s, which cannot be read", name, e)
	}
	if len(b) < 4 {
		return t, nil, nil, wrong("it ends in its %s levels", name)
	}
	size := uint64(binary.LittleEndian.Uint32(b))
	if size > uint64(len(b)-4) {
		return t, nil, nil, wrong("its %s levels are said to be %s long, %s are left", name, bytesText(int64(size)), bytesText(int64(len(b)-4)))
	}
	taken, rest = b[4:4+size], b[4+size:]
	if t, err = levels(taken, n, top); err != nil {
		err = wrong("in its %s levels: %s", name, err.What)
	}
	return t, taken, rest, err
}

// levelsV2 takes the levels of a page of version 2, which stand uncompressed at
// its start with their lengths in the header.
func (p *pageWalk) levelsV2(h *pageHeader, b []byte) (found pageLevels, err *Error) {
	n := int(h.values)
	found = pageLevels{rows: n, set: n, definition: b[h.repetitionBytes:h.levelBytes]}
	if p.column.MaxRepetition > 0 && n > 0 {
		t, err := levels(b[:h.repetitionBytes], n, p.column.MaxRepetition)
		if err != nil {
			return found, wrong("in its repetition levels: %s", err.What)
		}
		found.rows = t.zero
	}
	if p.column.MaxDefinition > 0 && n > 0 {
		t, err := levels(found.definition, n, p.column.MaxDefinition)
		if err != nil {
			return found, wrong("in its definition levels: %s", err.What)
		}
		found.set = t.equal
	}
	switch {
	case found.rows != int(h.rows):
		return found, wrong("it says %d rows and holds %d", h.rows, found.rows)
	case n-found.set != int(h.nulls):
		return found, wrong("it says %d nulls and holds %d", h.nulls, n-found.set)
	}
	return found, nil
}
