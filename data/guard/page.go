package guard

import "encoding/binary"

// body proves the uncompressed bytes of a page; levels are those in front of a
// page of version 2. It returns how many rows start in the page.
func (p *pageWalk) body(h *pageHeader, levels, b []byte) (rows int, err *Error) {
	if h.kind == dictionaryPage {
		return 0, p.plain(b, int(h.values))
	}
	rows, set, rest, err := p.levelsOf(h, levels, b)
	if err != nil {
		return 0, err
	}
	if p.column.Logical.Meaning == Null {
		if set > 0 {
			return 0, wrong("%s values in a column that is always null", count(int64(set)))
		}
		return rows, nil
	}
	return rows, p.values(h.encoding, rest, set)
}

// levelsOf walks the levels in front of the values: how many rows start, how
// many values are not null, and the bytes of the values.
func (p *pageWalk) levelsOf(h *pageHeader, levels, b []byte) (rows, set int, rest []byte, err *Error) {
	if h.kind == dataPageV2 {
		rows, set, err = p.levelsV2(h, levels)
		return rows, set, b, err
	}
	rows, set = int(h.values), int(h.values)
	if p.column.MaxRepetition > 0 {
		t, after, err := levelsV1(h.repetition, "repetition", b, rows, p.column.MaxRepetition)
		if err != nil {
			return 0, 0, nil, err
		}
		rows, b = t.zero, after
	}
	if p.column.MaxDefinition > 0 {
		t, after, err := levelsV1(h.definition, "definition", b, set, p.column.MaxDefinition)
		if err != nil {
			return 0, 0, nil, err
		}
		set, b = t.equal, after
	}
	return rows, set, b, nil
}

// levelsV1 takes levels with their length in front.
func levelsV1(e Encoding, name string, b []byte, n, top int) (t tally, rest []byte, err *Error) {
	if e != RLE {
		return t, nil, wrong("its %s levels are stored as %s, which cannot be read", name, e)
	}
	if len(b) < 4 {
		return t, nil, wrong("it ends in its %s levels", name)
	}
	size := uint64(binary.LittleEndian.Uint32(b))
	if size > uint64(len(b)-4) {
		return t, nil, wrong("its %s levels are said to be %s long, %s are left", name, bytesText(int64(size)), bytesText(int64(len(b)-4)))
	}
	if t, err = levels(b[4:4+size], n, top); err != nil {
		err = wrong("in its %s levels: %s", name, err.What)
	}
	return t, b[4+size:], err
}

// levelsV2 takes the levels of a page of version 2, which stand uncompressed at
// its start with their lengths in the header.
func (p *pageWalk) levelsV2(h *pageHeader, b []byte) (rows, set int, err *Error) {
	n := int(h.values)
	rows, set = n, n
	if p.column.MaxRepetition > 0 && n > 0 {
		t, err := levels(b[:h.repetitionBytes], n, p.column.MaxRepetition)
		if err != nil {
			return 0, 0, wrong("in its repetition levels: %s", err.What)
		}
		rows = t.zero
	}
	if p.column.MaxDefinition > 0 && n > 0 {
		t, err := levels(b[h.repetitionBytes:h.levelBytes], n, p.column.MaxDefinition)
		if err != nil {
			return 0, 0, wrong("in its definition levels: %s", err.What)
		}
		set = t.equal
	}
	switch {
	case rows != int(h.rows):
		return 0, 0, wrong("it says %d rows and holds %d", h.rows, rows)
	case n-set != int(h.nulls):
		return 0, 0, wrong("it says %d nulls and holds %d", h.nulls, n-set)
	}
	return rows, set, nil
}
