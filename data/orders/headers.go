package orders

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// Some exports write what belongs to the whole order on one row of it alone, and
// leave it empty on its other rows. Whether a table does so is found from a
// sample; its rows are then completed, whatever their order within the file.

// headerRoles says of which roles one row of each order has the value.
type headerRoles [data.RoleCount]bool

// carriedRoles are those that may belong to the whole order. An amount is not
// carried: on the other rows it is 0.
var carriedRoles = [...]data.Role{data.Customer, data.Time, data.Amount, data.Channel, data.Status, data.Currency}

const (
	sampledFiles     = 8
	headerSampleRows = 1 << 16 // of a file
	fewestOrders     = 3       // that show the pattern
)

// findHeaders looks at the first rows of some files.
func findHeaders(ctx context.Context, fsy fsys.FS, files []ReadFile, opts Options) (headerRoles, error) {
	var found headerRoles
	var once, several [data.RoleCount]int
	for i := range min(sampledFiles, len(files)) {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		f := &files[i*len(files)/min(sampledFiles, len(files))]
		if !f.cols[data.OrderID].isLeaf || len(f.footer.RowGroups) == 0 {
			continue
		}
		err := guard.Run(f.Path, func() error { return sampleHeaders(fsy, f, opts, &once, &several) })
		if err != nil {
			return found, &data.InputError{Path: f.Path, Err: err}
		}
	}
	for _, r := range carriedRoles {
		found[r] = once[r] >= fewestOrders && once[r] >= 9*several[r]
	}
	return found, nil
}

// sampleHeaders counts the orders of several rows of which one alone has a value,
// and those of which more have one.
func sampleHeaders(fsy fsys.FS, f *ReadFile, opts Options, once, several *[data.RoleCount]int) error {
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return err
	}
	defer handle.Close()
	var groups []openRowGroup
	for g, rows := 0, 0; g < len(f.footer.RowGroups) && rows < headerSampleRows; g++ {
		groups = append(groups, openRowGroup{handle, f.footer, g, guard.Limits{MemoryBytes: opts.MemoryBytes}})
		rows += groups[g].rows()
	}
	var ids []uint64
	for _, r := range carriedRoles {
		if !f.cols[r].isLeaf {
			continue
		}
		first, err := filledRows(f, r, groups, opts, true)
		if err != nil {
			return err
		}
		if !slices.Contains(first, false) {
			continue
		}
		if ids == nil {
			if ids, err = orderHashes(f, groups); err != nil {
				return err
			}
		}
		filled, err := filledRows(f, r, groups, opts, false)
		if err != nil {
			return err
		}
		countHeaders(ids, filled, &once[r], &several[r])
	}
	return nil
}

func countHeaders(ids []uint64, filled []bool, once, several *int) {
	type seen struct{ rows, filled int }
	orders := map[uint64]seen{}
	for i := range min(len(ids), len(filled)) {
		if ids[i] == 0 {
			continue
		}
		s := orders[ids[i]]
		s.rows++
		if filled[i] {
			s.filled++
		}
		orders[ids[i]] = s
	}
	for _, s := range orders {
		switch {
		case s.rows > 1 && s.filled == 1:
			*once++
		case s.rows > 1 && s.filled > 1:
			*several++
		}
	}
}

// filledRows says of the rows of row groups which have a value of a role; of the
// first pages alone where that is asked for.
func filledRows(f *ReadFile, r data.Role, groups []openRowGroup, opts Options, firstPage bool) (filled []bool, err error) {
	for i := range groups {
		most := min(groups[i].rows(), headerSampleRows)
		if firstPage {
			most = 1
		}
		if isNumber(r) {
			err = numbersOf(f, r, &groups[i], opts, most, func(v int64) { filled = append(filled, v != absent) })
		} else {
			err = textsOf(f, r, &groups[i], most, func(text []byte) { filled = append(filled, !isEmptyText(text)) })
		}
		if err != nil {
			return nil, err
		}
	}
	return filled, nil
}

func orderHashes(f *ReadFile, groups []openRowGroup) (ids []uint64, err error) {
	for i := range groups {
		err = errors.Join(err, textsOf(f, data.OrderID, &groups[i], min(groups[i].rows(), headerSampleRows), func(text []byte) {
			if isEmptyText(text) {
				ids = append(ids, 0)
			} else {
				ids = append(ids, textHash(text))
			}
		}))
	}
	return ids, err
}

// textsOf gives the texts of most rows and of the rest of their last page; nil
// where there is none.
func textsOf(f *ReadFile, r data.Role, group *openRowGroup, most int, give func([]byte)) error {
	c := textCursor{onEntries: func(*entries, int) {}}
	if err := c.open(group, f.cols[r].leaf, f.cols[r].name); err != nil {
		return err
	}
	for left := most; left > 0; left -= c.rows {
		c.at = c.rows
		if err := c.next(); err != nil {
			return err
		}
		for _, e := range c.rowsAt {
			if e < 0 {
				give(nil)
			} else {
				give(c.entries.at(int(e)))
			}
		}
	}
	return nil
}

// numbersOf gives the numbers of most rows and of the rest of their last page.
func numbersOf(f *ReadFile, r data.Role, group *openRowGroup, opts Options, most int, give func(int64)) (err error) {
	c, l := numberCursor{}, f.cols[r].leaf
	if r == data.Time {
		c.convert, err = timeConverter(l, opts.Zone, opts.timeOrder(l))
	} else {
		c.convert, err = fixedConverter(l, moneyPoint.written(opts.found.decimal[r]), false)
	}
	if err != nil {
		return err
	}
	if err := c.open(group, l, f.cols[r].name); err != nil {
		return err
	}
	for left := most; left > 0; left -= c.rows {
		c.at = c.rows
		if err := c.next(); err != nil {
			return err
		}
		for _, v := range c.values[:c.rows] {
			give(v)
		}
	}
	return nil
}

// orderHeader is what one order has on any of its rows: the least where rows
// differ, so that their order leaves no trace.
type orderHeader struct {
	texts [data.RoleCount]string
	time  int64
	paid  bool // a row has the amount
}

// fileHeaders are the headers of the orders of one file, by the hash of their id.
type fileHeaders struct {
	roles  headerRoles
	orders map[uint64]*orderHeader
}

// headerOnce finds the headers of a file when they are first asked for.
type headerOnce struct {
	once    sync.Once
	headers *fileHeaders
	err     error
}

func (r *reading) headersOf(fsy fsys.FS, f *ReadFile, file int) (*fileHeaders, error) {
	if r.opts.header == (headerRoles{}) || !f.cols[data.OrderID].isLeaf {
		return nil, nil
	}
	o := &r.headers[file]
	o.once.Do(func() { o.headers, o.err = collectHeaders(fsy, f, r.opts) })
	return o.headers, o.err
}

func collectHeaders(fsy fsys.FS, f *ReadFile, opts Options) (*fileHeaders, error) {
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	h := &fileHeaders{opts.header, map[uint64]*orderHeader{}}
	for g := range f.footer.RowGroups {
		group := openRowGroup{handle, f.footer, g, guard.Limits{MemoryBytes: opts.MemoryBytes}}
		if err := h.collect(f, &group, opts); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *fileHeaders) collect(f *ReadFile, group *openRowGroup, opts Options) error {
	var rows []*orderHeader // nil where there is no order
	err := textsOf(f, data.OrderID, group, group.rows(), func(id []byte) { rows = append(rows, h.order(id, true)) })
	values := map[string]string{} // one copy of each
	for _, r := range carriedRoles {
		if err != nil || !h.roles[r] || !f.cols[r].isLeaf {
			continue
		}
		i := -1
		if isNumber(r) {
			err = numbersOf(f, r, group, opts, group.rows(), func(v int64) {
				if i++; rows[i] == nil || v == absent {
					return
				}
				if r == data.Amount {
					rows[i].paid = true
				} else if v > placeholder && (rows[i].time == absent || v < rows[i].time) {
					rows[i].time = v
				}
			})
			continue
		}
		err = textsOf(f, r, group, group.rows(), func(text []byte) {
			if i++; rows[i] == nil || isEmptyText(text) {
				return
			}
			at := &rows[i].texts[r]
			if *at != "" && *at <= string(text) {
				return
			}
			own, ok := values[string(text)]
			if !ok {
				own = string(text)
				values[own] = own
			}
			*at = own
		})
	}
	return err
}

// order finds the header of an order; nil where there is none.
func (h *fileHeaders) order(id []byte, add bool) *orderHeader {
	if isEmptyText(id) {
		return nil
	}
	hash := textHash(id)
	o := h.orders[hash]
	if o == nil && add {
		o = &orderHeader{time: absent}
		h.orders[hash] = o
	}
	return o
}

// carry completes the rows of a batch.
func (r *rowGroupReader) carry(b *batch, cols *fileColumns) {
	ids := &r.texts[data.OrderID].entries
	headers := make([]*orderHeader, b.rows)
	for i, e := range b.text[data.OrderID] {
		if e >= 0 {
			headers[i] = r.headers.order(ids.at(int(e)), false)
		}
	}
	touched := make([]bool, b.rows)
	for _, role := range carriedRoles {
		if !r.headers.roles[role] || !cols[role].isLeaf {
			continue
		}
		switch role {
		case data.Time:
			fillNumbers(b.time, headers, touched, func(h *orderHeader) int64 { return h.time })
		case data.Amount:
			fillNumbers(b.amount, headers, touched, func(h *orderHeader) int64 {
				if h.paid {
					return 0
				}
				return absent
			})
		default:
			b.text[role] = r.carryTexts(role, b.text[role], headers, touched)
		}
	}
	for _, t := range touched {
		if t {
			r.norm.carried++
		}
	}
}

func fillNumbers(values []int64, headers []*orderHeader, touched []bool, of func(*orderHeader) int64) {
	for i, v := range values {
		if v != absent || headers[i] == nil {
			continue
		}
		if values[i] = of(headers[i]); values[i] != absent {
			touched[i] = true
		}
	}
}

// carryTexts returns the entries of a role with those of the headers in place of
// none. The texts of headers become entries behind those of the pages.
func (r *rowGroupReader) carryTexts(role data.Role, rows []int32, headers []*orderHeader, touched []bool) []int32 {
	c := &r.texts[role]
	known := map[string]int32{}
	c.entries.truncate(c.ownLen)
	out := slices.Clone(rows)
	for i, e := range rows {
		if headers[i] == nil || e != noText && (e < 0 || !isEmptyText(c.entries.at(int(e)))) {
			continue
		}
		text := headers[i].texts[role]
		if text == "" {
			continue
		}
		at, ok := known[text]
		if !ok {
			at = int32(c.entries.len())
			c.entries.bytes = append(c.entries.bytes, text...)
			c.entries.ends = append(c.entries.ends, uint32(len(c.entries.bytes)))
			known[text] = at
		}
		out[i], touched[i] = at, true
	}
	r.learn(role, &c.entries, c.ownLen)
	return out
}

func isEmptyText(text []byte) bool { return len(text) == 0 || len(bytes.TrimSpace(text)) == 0 }

// CarriedColumns are the columns whose values stand on one row of each order alone,
// in the order of the roles.
func (o *Table) CarriedColumns() []string {
	var names []string
	for r, carried := range o.opts.header {
		if carried {
			names = append(names, o.Column(data.Role(r)))
		}
	}
	return names
}
