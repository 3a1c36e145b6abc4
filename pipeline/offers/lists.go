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

// Lists are what customers of lists are shown: those named by their histories, the
// rest what most customers buy. Its walk over the histories, Add, may be called from
// several goroutines, once for each partition.
type Lists struct {
	g       *Goods
	slots   int
	listing *Listing
	shown   []Show  // slots for each
	count   []uint8 // of them filled
	hot     []Show
	hotAs   tables.Shown     // as lists have them
	sums    [][]atomic.Int64 // [group-1][code]: scores × scoreUnit
	workers parallel.PerWorker[Scorer]
}

const (
	// scoreUnit makes whole numbers of scores, whose sums do not depend on their order.
	scoreUnit = 1 << 20
	// groupDepth is how many products of a customer count for the group.
	groupDepth = 10
)

// NewLists readies the walk for the listed customers and so many groups; slots is how
// many products each is shown, up to tables.ShowSlots.
func NewLists(g *Goods, slots int, listing *Listing, groups int) *Lists {
	l := &Lists{g: g, slots: slots, listing: listing, shown: make([]Show, slots*listing.Len()), count: make([]uint8, listing.Len()), hot: g.HotList(slots),
		workers: parallel.PerWorker[Scorer]{Make: g.NewScorer}}
	l.hotAs = l.columns(l.hot)
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
	byID := l.listing.byID
	next, _ := slices.BinarySearchFunc(byID, h.IDs[0], func(at int32, id string) int { return strings.Compare(l.listing.customers[at].ID, id) })
	for i, id := range h.IDs { // both go up by the ids
		if next == len(byID) {
			return
		}
		if at := byID[next]; l.listing.customers[at].ID == id {
			n := l.slots
			if l.listing.customers[at].Group > 0 {
				n = max(n, groupDepth)
			}
			l.show(int(at), s.Chosen(h.Customer(i).Before(l.g.Day), n))
			next++
		}
	}
}

func (l *Lists) show(at int, best []Show) {
	l.count[at] = uint8(copy(l.shown[at*l.slots:(at+1)*l.slots], best))
	if group := l.listing.customers[at].Group; group > 0 {
		for _, show := range best {
			l.sums[group-1][show.Product].Add(int64(math.Round(show.Score * scoreUnit)))
		}
	}
}

func (l *Lists) of(at int32) []Show { return l.shown[int(at)*l.slots:][:l.count[at]] }

// OfRank are the products of a customer by rank, as lists have them, best first.
func (l *Lists) OfRank(rank int64) tables.Shown {
	if rank <= int64(l.listing.ranked) {
		return l.columns(l.of(int32(rank - 1)))
	}
	return l.hotAs
}

// OfAlso are those of the i-th of the others.
func (l *Lists) OfAlso(i int) tables.Shown {
	if at := l.listing.also[i]; at >= 0 {
		return l.columns(l.of(at))
	}
	return l.hotAs
}

func (l *Lists) columns(shows []Show) (c tables.Shown) {
	for i, show := range shows {
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
		for _, at := range l.listing.byID {
			for i, show := range l.of(at) {
				row := tables.ShowRow{CustomerID: l.listing.customers[at].ID, Slot: int32(i + 1), Product: l.g.Name(show.Product), Kind: show.Kind.String(), Score: show.Score,
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
