package orders

import (
	"strings"

	"winback/data"
	"winback/data/columns"
)

// A sealed block holds the histories of a partition as they were built, so
// that to walk over them again takes no sorting: each customer once, in order,
// and no identities. It has the form of other blocks, with the codes of names
// in byte order.

// seal returns the histories as a block of its own memory.
func (e *blockEncoder) seal(h *Histories) []byte {
	e.runs, e.counts = e.runs[:0], e.counts[:0]
	for c := range h.Customers() {
		first := len(e.runs)
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			if n := len(e.runs); n == first || e.runs[n-1].time != h.Time[i] || e.runs[n-1].order != h.Order[i] {
				e.runs = append(e.runs, stagedRun{h.Time[i], h.Order[i], uint32(i)})
			}
		}
		e.counts = append(e.counts, uint32(len(e.runs)-first))
	}
	e.begin(blockCounts{lines: h.Lines(), runs: len(e.runs), customers: h.Customers()})
	packIDs(e, h.Customers(), func(c int) string { return h.IDs[c] })
	packColumn(e, e.counts, wholeScales)
	e.packRuns(e.runs, h.Lines())
	e.packPositions(nil)
	e.numbers(h.Lines())
	clear(e.column)
	e.packWords(e.column)
	packColumn(e, h.Amount, moneyScales)
	packColumn(e, h.Quantity, moneyScales)
	for _, role := range data.NamedRoles {
		packColumn(e, h.Codes[role], wholeScales)
	}
	out := e.room(0, 1, 1, h.Lines()) // of flags, as packLines writes them
	for i, f := range h.Flags {
		out[i] = byte(f)
	}
	return e.end()
}

func packColumn[T whole](e *blockEncoder, v []T, scales scaleSet) {
	column := e.numbers(len(v))
	for i, x := range v {
		column[i] = int64(x)
	}
	e.pack(scales)
}

// unseal returns the histories of a sealed block, valid until the next call of
// a method of the builder.
func (b *historyBuilder) unseal(block []byte, names *Names) (*Histories, error) {
	r, err := openBlock(block)
	if err != nil {
		return nil, err
	}
	h := &b.out
	h.Names = names
	b.shrink(r.lines)
	b.unsealIDs(&r)
	if err := b.unsealRuns(&r); err != nil {
		return nil, err
	}
	r.column(r.positions)
	r.column(r.lines) // identities
	h.Amount, h.Quantity = columns.Resize(h.Amount, r.lines), columns.Resize(h.Quantity, r.lines)
	unpack(r.column(r.lines), h.Amount)
	unpack(r.column(r.lines), h.Quantity)
	for _, role := range data.NamedRoles {
		h.Codes[role] = columns.Resize(h.Codes[role], r.lines)
		unpack(r.column(r.lines), h.Codes[role])
	}
	h.Flags = columns.Resize(h.Flags, r.lines)
	unpack(r.column(r.lines), h.Flags)
	return h, r.err
}

// unsealIDs writes down the ids, in one text for all.
func (b *historyBuilder) unsealIDs(r *blockReader) {
	prefix, ends, rests := r.ids(b.lengths)
	b.lengths = ends
	if r.err != nil {
		return
	}
	var ids strings.Builder
	ids.Grow(len(rests) + len(ends)*len(prefix))
	start := int32(0)
	for _, end := range ends {
		ids.Write(prefix)
		ids.Write(rests[start:end])
		start = end
	}
	all, at := ids.String(), 0
	b.out.IDs = make([]string, len(ends))
	start = 0
	for c, end := range ends {
		size := len(prefix) + int(end-start)
		b.out.IDs[c] = all[at : at+size]
		at, start = at+size, end
	}
}

// unsealRuns lays out where customers start, and the times and orders of their
// lines.
func (b *historyBuilder) unsealRuns(r *blockReader) error {
	h := &b.out
	b.customers = columns.Resize(b.customers, r.customers)
	unpack(r.column(r.customers), b.customers)
	b.runs = columns.Resize(b.runs, r.runs)
	if r.err != nil {
		return r.err
	}
	if _, err := b.openRuns(r, b.runs, 0); err != nil {
		return err
	}
	h.Start, h.Time, h.Order = columns.Resize(h.Start, r.customers+1), columns.Resize(h.Time, r.lines), columns.Resize(h.Order, r.lines)
	line, runs := int32(0), b.runs
	for c, n := range b.customers {
		h.Start[c] = line
		if n < 0 || int(n) > len(runs) {
			return errBlock
		}
		for _, run := range runs[:n] {
			for range run.lines {
				h.Time[line], h.Order[line] = run.time, run.order
				line++
			}
		}
		runs = runs[n:]
	}
	h.Start[r.customers] = line
	if int(line) != r.lines {
		return errBlock
	}
	return nil
}
