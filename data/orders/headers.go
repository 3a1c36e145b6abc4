package orders

import (
	"slices"
	"sync"

	"winback/data"
	"winback/internal/fsys"
)

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
		group := f.rowGroup(handle, g, opts.MemoryBytes)
		if err := h.collect(f, group, opts); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *fileHeaders) collect(f *ReadFile, group *openRowGroup, opts Options) error {
	var rows []*orderHeader // nil where there is no order
	err := f.textsOf(data.OrderID, group, group.rows(), func(id []byte) { rows = append(rows, h.order(id, true)) })
	values := map[string]string{} // one copy of each
	for _, r := range carriedRoles {
		if err != nil || !h.roles[r] || !f.cols[r].isLeaf {
			continue
		}
		i := -1
		if isNumber(r) {
			err = f.numbersOf(r, group, opts.found, opts.columns(), group.rows(), func(v int64) {
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
		err = f.textsOf(r, group, group.rows(), func(text []byte) {
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
			c.entries.add([]byte(text))
			known[text] = at
		}
		out[i], touched[i] = at, true
	}
	r.learn(role, &c.entries, c.ownLen)
	return out
}

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
