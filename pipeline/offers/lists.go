package offers

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"winback/data/orders"
	"winback/data/tables"
	"winback/internal/parallel"
)

// Listed is a customer of a list, to be shown products.
type Listed struct {
	ID    string
	Group int // 1 first; 0: the products of no group count this customer
}

// Lists are what customers of lists are shown: those named by their histories, the
// rest what most customers buy. Its walk over the histories, Add, may be called from
// several goroutines, once for each partition.
type Lists struct {
	g       *Goods
	slots   int
	listed  []Listed // by id
	shown   []Show   // slots for each
	count   []uint8  // of them filled
	hot     []Show
	sums    [][]atomic.Int64 // [group-1][code]: scores × scoreUnit
	workers parallel.PerWorker[Scorer]
}

const (
	// scoreUnit makes whole numbers of scores, whose sums do not depend on their order.
	scoreUnit = 1 << 20
	// groupDepth is how many products of a customer count for the group.
	groupDepth = 10
)

// NewLists readies the walk for customers in any order, each named once, and so many
// groups; slots is how many products each is shown, up to tables.ShowSlots.
func NewLists(g *Goods, slots int, listed []Listed, groups int) *Lists {
	slices.SortFunc(listed, func(a, b Listed) int { return strings.Compare(a.ID, b.ID) })
	l := &Lists{g: g, slots: slots, listed: listed, shown: make([]Show, slots*len(listed)), count: make([]uint8, len(listed)), hot: g.HotList(slots),
		workers: parallel.PerWorker[Scorer]{Make: g.NewScorer}}
	for range groups {
		l.sums = append(l.sums, make([]atomic.Int64, len(g.names)+1))
	}
	return l
}

// Add finds what the customers of a partition are shown.
func (l *Lists) Add(h *orders.Histories) {
	if len(h.IDs) == 0 {
		return
	}
	s := l.workers.Take()
	defer l.workers.GiveBack(s)
	at, _ := l.find(h.IDs[0])
	for i, id := range h.IDs {
		for at < len(l.listed) && l.listed[at].ID < id {
			at++
		}
		if at == len(l.listed) {
			return
		}
		if l.listed[at].ID == id {
			l.show(at, s.Best(h.Customer(i).Before(l.g.Day), max(l.slots, groupDepth)))
		}
	}
}

func (l *Lists) show(at int, best []Show) {
	l.count[at] = uint8(copy(l.shown[at*l.slots:(at+1)*l.slots], best))
	if group := l.listed[at].Group; group > 0 {
		for _, show := range best {
			l.sums[group-1][show.Product].Add(int64(math.Round(show.Score * scoreUnit)))
		}
	}
}

func (l *Lists) find(id string) (at int, found bool) {
	return slices.BinarySearchFunc(l.listed, id, func(c Listed, id string) int { return strings.Compare(c.ID, id) })
}

// Of are the products of a customer, best first.
func (l *Lists) Of(id string) []Show {
	at, found := l.find(id)
	if !found {
		return l.hot
	}
	return l.at(at)
}

func (l *Lists) at(at int) []Show { return l.shown[at*l.slots:][:l.count[at]] }

// Columns are the products of a customer as lists have them.
func (l *Lists) Columns(id string) (c tables.Shown) {
	for i, show := range l.Of(id) {
		c.Products[i], c.Kinds[i] = l.g.Name(show.Product), show.Kind.String()
		if i == 0 {
			c.Reason = l.g.Reason(show)
		}
	}
	return c
}

// OfGroup are the products of the largest sum of scores over the customers of a
// group, of the ten that fit each best; then what most customers buy.
func (l *Lists) OfGroup(group int) (names [tables.ShowSlots]string) {
	sums := l.sums[group-1]
	var codes []uint32
	for code := range sums {
		if sums[code].Load() > 0 {
			codes = append(codes, uint32(code))
		}
	}
	slices.SortFunc(codes, func(a, b uint32) int { return cmp.Or(cmp.Compare(sums[b].Load(), sums[a].Load()), cmp.Compare(a, b)) })
	for _, show := range l.hot {
		if !slices.Contains(codes[:min(len(codes), l.slots)], show.Product) {
			codes = append(codes, show.Product)
		}
	}
	for i, code := range codes[:min(len(codes), l.slots)] {
		names[i] = l.g.Name(code)
	}
	return names
}

// Rows are the products of the customers who were named, by id and slot.
func (l *Lists) Rows() iter.Seq[tables.ShowRow] {
	return func(yield func(tables.ShowRow) bool) {
		for at := range l.listed {
			for i, show := range l.at(at) {
				row := tables.ShowRow{CustomerID: l.listed[at].ID, Slot: int32(i + 1), Product: l.g.Name(show.Product), Kind: show.Kind.String(), Score: show.Score,
					BoughtDays: int64(show.BoughtDays), LastBought: show.LastBought, Buyers: int64(l.g.month[show.Product]), Reason: l.g.Reason(show)}
				if show.From > 0 {
					row.From = l.g.Name(show.From)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}
