package campaign

import (
	"iter"
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/wire"
)

// Watched are the ids of the customers of waves, each once, in ascending order.
type Watched []string

// WatchedOf are those of waves.
func WatchedOf(waves []*Wave) (all Watched) {
	for _, w := range waves {
		for i := range w.Rows {
			all = append(all, w.Rows[i].CustomerID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Of goes through those of a partition and what each did before a day, in order of time;
// the list is good until the next.
func (w Watched) Of(h *orders.Histories, before data.Day) iter.Seq2[string, []Happening] {
	return func(yield func(string, []Happening) bool) {
		if len(h.IDs) == 0 || len(w) == 0 {
			return
		}
		at, _ := slices.BinarySearch(w, h.IDs[0])
		var list []Happening
		for c, id := range h.IDs { // both sides are in ascending order of ids
			for at < len(w) && w[at] < id {
				at++
			}
			if at == len(w) || w[at] != id {
				continue
			}
			if list = Happenings(list[:0], h.Customer(c), before); !yield(id, list) {
				return
			}
		}
	}
}

// Bytes are the ids for WatchedFrom elsewhere.
func (w Watched) Bytes() []byte {
	var out wire.NumberWriter
	out.Put(uint64(len(w)))
	for _, id := range w {
		out.Text(id)
	}
	return out.Bytes()
}

// WatchedFrom reads what Bytes gave.
func WatchedFrom(text []byte) (w Watched, err error) {
	in := wire.NumbersOf(text)
	for n := in.Times(math.MaxInt32); in.Again(&n); {
		id := in.Text(math.MaxInt32)
		if last := len(w) - 1; last >= 0 && w[last] >= id {
			in.Fail("customers of campaigns: want them in ascending order, found %q behind %q", id, w[last])
		}
		w = append(w, id)
	}
	return w, in.End()
}

// Part is what customers did, for Seen elsewhere.
func (w Watched) Part(seen iter.Seq2[string, []Happening]) []byte {
	var body wire.NumberWriter
	for id, list := range seen {
		at, _ := slices.BinarySearch(w, id)
		body.Put(uint64(at + 1))
		body.Put(uint64(len(list)))
		for _, h := range list {
			body.Signed(h.At)
			body.Signed(int64(h.Amount))
			if h.Returned {
				body.Put(2)
			} else {
				body.Put(1)
			}
		}
	}
	body.Put(0)
	return body.Bytes()
}

// Seen reads what Part gave, as Of gives it.
func (w Watched) Seen(text []byte) (iter.Seq2[string, []Happening], error) {
	type one struct {
		id   string
		list []Happening
	}
	in, last := wire.NumbersOf(text), 0
	var all []one
	for at := int(in.Next(uint64(len(w)))); at > 0; at = int(in.Next(uint64(len(w)))) {
		if at <= last {
			in.Fail("customers of campaigns: want them in ascending order")
		}
		last = at
		o := one{id: w[at-1]}
		for n := in.Times(math.MaxInt32); in.Again(&n); {
			h := Happening{At: in.Signed(0), Amount: data.Money(in.Signed(0))}
			kind := in.Next(2)
			if h.Returned = kind == 2; kind == 0 {
				in.Fail("a line is neither bought nor sent back")
			}
			o.list = append(o.list, h)
		}
		all = append(all, o)
	}
	return func(yield func(string, []Happening) bool) {
		for _, o := range all {
			if !yield(o.id, o.list) {
				return
			}
		}
	}, in.End()
}
