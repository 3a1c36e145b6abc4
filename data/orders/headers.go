package orders

import (
	"slices"
	"sync"

	"winback/data"
	"winback/data/columns"
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
	roles  columns.HeaderRoles
	orders map[uint64]*orderHeader
}

// headerOnce finds the headers of a file when they are first asked for.
type headerOnce struct {
	once    sync.Once
	headers *fileHeaders
	err     error
}

func (r *reading) headersOf(fsy fsys.FS, f *ReadFile, file int) (*fileHeaders, error) {
	if r.opts.header == (columns.HeaderRoles{}) || !f.Roles[data.OrderID].IsLeaf {
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
	for g := range f.Footer.RowGroups {
		group := f.RowGroup(handle, g, opts.MemoryBytes)
		if err := h.collect(f, group, opts); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *fileHeaders) collect(f *ReadFile, group *columns.RowGroup, opts Options) error {
	var rows []*orderHeader // nil where there is no order
	err := f.Texts(data.OrderID, group, group.Rows(), func(id []byte) { rows = append(rows, h.order(id, true)) })
	values := map[string]string{} // one copy of each
	for _, r := range columns.CarriedRoles {
		if err != nil || !h.roles[r] || !f.Roles[r].IsLeaf {
			continue
		}
		i := -1
		if columns.IsNumber(r) {
			err = f.Numbers(r, group, opts.found, opts.columns(), group.Rows(), func(v int64) {
				if i++; rows[i] == nil || v == columns.Absent {
					return
				}
				if r == data.Amount {
					rows[i].paid = true
				} else if v > columns.Placeholder && (rows[i].time == columns.Absent || v < rows[i].time) {
					rows[i].time = v
				}
			})
			continue
		}
		err = f.Texts(r, group, group.Rows(), func(text []byte) {
			if i++; rows[i] == nil || columns.IsEmpty(text) {
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
	if columns.IsEmpty(id) {
		return nil
	}
	hash := columns.TextHash(id)
	o := h.orders[hash]
	if o == nil && add {
		o = &orderHeader{time: columns.Absent}
		h.orders[hash] = o
	}
	return o
}

// carry completes the rows of a batch.
func (r *rowGroupReader) carry(b *batch, cols *columns.ByRole) {
	ids := &r.texts[data.OrderID].Entries
	headers := make([]*orderHeader, b.rows)
	for i, e := range b.text[data.OrderID] {
		if e >= 0 {
			headers[i] = r.headers.order(ids.At(int(e)), false)
		}
	}
	touched := make([]bool, b.rows)
	for _, role := range columns.CarriedRoles {
		if !r.headers.roles[role] || !cols[role].IsLeaf {
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
				return columns.Absent
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
		if v != columns.Absent || headers[i] == nil {
			continue
		}
		if values[i] = of(headers[i]); values[i] != columns.Absent {
			touched[i] = true
		}
	}
}

// carryTexts returns the entries of a role with those of the headers in place of
// none. The texts of headers become entries behind those of the pages.
func (r *rowGroupReader) carryTexts(role data.Role, rows []int32, headers []*orderHeader, touched []bool) []int32 {
	c := &r.texts[role]
	known := map[string]int32{}
	c.Entries.Truncate(c.OwnLen)
	out := slices.Clone(rows)
	for i, e := range rows {
		if headers[i] == nil || e != columns.NoText && (e < 0 || !columns.IsEmpty(c.Entries.At(int(e)))) {
			continue
		}
		text := headers[i].texts[role]
		if text == "" {
			continue
		}
		at, ok := known[text]
		if !ok {
			at = int32(c.Entries.Len())
			c.Entries.Add([]byte(text))
			known[text] = at
		}
		out[i], touched[i] = at, true
	}
	r.learn(role, &c.Entries, c.OwnLen)
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
