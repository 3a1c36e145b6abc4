package offers

import (
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
)

// Scorer finds what to show one customer after another, in one goroutine. It takes
// 4 bytes for each product.
type Scorer struct {
	g     *Goods
	place []int32 // by code: number of the candidate plus one; 0: none
	all   []candidate
	dates []dates // of the candidates that the customer's own lines name, which come first
	own   []int32 // candidates that others follow from
	best  []int32
	shown []Show

	// Of the customer, for the learned order.
	days       int32   // purchase days with products of the customer
	last       int64   // the last of them
	categories []int32 // by code of the category: days of own products in it
	ownDays    int32   // all of them

	shareAdds, categoryAdds latest
}

// candidate is a product that may be shown.
type candidate struct {
	code  uint32
	days  int32 // purchase days of the customer with it
	next  float64
	score float64
}

// dates are in microseconds; never where there is none.
type dates struct {
	day      int64 // on which a product was bought last
	bought   int64 // its last purchase line
	returned int64 // its last return
}

const never = math.MinInt64

// NewScorer readies a scorer for what a shop knew.
func (g *Goods) NewScorer() *Scorer {
	return &Scorer{g: g, place: make([]int32, len(g.names)+1), categories: make([]int32, slices.Max(g.category)+1)}
}

// Best are up to n products for a customer of whom this was known, best first: by
// own purchase days and what follows from them, and then the most bought. The
// result holds until the next call.
func (s *Scorer) Best(known orders.History, n int) []Show {
	s.gather(known)
	s.follow()
	s.rate(n)
	return s.list(n)
}

// least is the score that the n-th of the best has; below all where there are fewer.
func (s *Scorer) least(n int) float64 {
	if len(s.best) < n {
		return math.Inf(-1)
	}
	return s.all[s.best[n-1]].score
}

// Chosen are up to n products for a customer of whom this was known, in the order that
// was chosen for the shop. The result holds until the next call.
func (s *Scorer) Chosen(known orders.History, n int) []Show {
	switch s.g.order {
	case OrderLearned:
		return s.Likeliest(known, n)
	case OrderHot:
		return s.g.HotList(n)
	case OrderOwn:
		return s.Own(known, n)
	}
	return s.Best(known, n)
}

// Own are up to n products by the customer's own purchase days, those of more buyers
// first where these are equal, and then the most bought: what Best is compared with. The
// score of a product is its purchase days over those of the first.
func (s *Scorer) Own(known orders.History, n int) []Show {
	s.gather(known)
	s.best = s.best[:0]
	for i := range s.all {
		if s.all[i].days > 0 && s.mayShow(i) {
			s.best = s.insert(s.best, int32(i), n, s.bySales)
		}
	}
	for _, i := range s.best {
		s.all[i].score = float64(s.all[i].days) / float64(s.all[s.best[0]].days)
	}
	return s.list(n)
}

// addBest keeps the n of the greatest scores, those of equal ones by name.
func (s *Scorer) addBest(i int32, n int) {
	at, c := len(s.best), &s.all[i]
	for ; at > 0; at-- {
		if o := &s.all[s.best[at-1]]; c.score < o.score || c.score == o.score && c.code >= o.code {
			break
		}
	}
	if at == n {
		return
	}
	if len(s.best) < n {
		s.best = append(s.best, 0)
	}
	copy(s.best[at+1:], s.best[at:])
	s.best[at] = i
}

// byDays puts products with more purchase days first, then newer ones, then names in
// order.
func (s *Scorer) byDays(a, b int32) bool {
	x, y := &s.all[a], &s.all[b]
	if x.days != y.days {
		return x.days > y.days
	}
	if at, to := s.dates[a].day, s.dates[b].day; at != to {
		return at > to
	}
	return x.code < y.code
}

// bySales puts products with more purchase days first, then those of more buyers.
func (s *Scorer) bySales(a, b int32) bool {
	x, y := &s.all[a], &s.all[b]
	if to, by := s.g.buyers[x.code], s.g.buyers[y.code]; x.days == y.days && to != by {
		return to > by
	}
	return s.byDays(a, b)
}

// candidate is the number of a product among the candidates, a new one where it is
// none yet.
func (s *Scorer) candidate(code uint32) int32 {
	if s.place[code] == 0 {
		s.all = append(s.all, candidate{code: code})
		s.place[code] = int32(len(s.all))
	}
	return s.place[code] - 1
}

// gather makes candidates of what was bought.
func (s *Scorer) gather(known orders.History) {
	products := known.Codes[data.Product]
	s.all, s.dates = s.all[:0], s.dates[:0]
	s.days, s.last = 0, never
	s.shareAdds, s.categoryAdds = latest{}, latest{}
	day, end := int64(never+1), int64(never+1) // of the line at hand
	for i := known.From; i < known.To; i++ {
		time, code := known.Time[i], products[i]
		if code == 0 || known.Flags[i]&(orders.FlagPurchase|orders.FlagReturn) == 0 {
			continue
		}
		if time >= end {
			day = data.DayOfMicros(time).Micros()
			end = day + data.MicrosPerDay
		}
		at := s.candidate(code)
		if int(at) == len(s.dates) {
			s.dates = append(s.dates, dates{never, never, never})
		}
		d := &s.dates[at]
		if known.Flags[i]&orders.FlagReturn != 0 {
			d.returned = time
			continue
		}
		if d.day < day {
			d.day = day
			s.all[at].days++
		}
		d.bought = time
		if s.last < day {
			s.last = day
			s.days++
		}
	}
}

// follow adds what follows from the own products of most days.
func (s *Scorer) follow() {
	s.own = s.own[:0]
	few := len(s.dates) <= mostOwn // so that all of them count, in whatever order
	for i := range s.dates {
		switch days := s.all[i].days; {
		case days == 0:
		case few:
			s.own = append(s.own, int32(i))
		case len(s.own) < mostOwn || days >= s.all[s.own[mostOwn-1]].days:
			s.own = s.insert(s.own, int32(i), mostOwn, s.byDays)
		}
	}
	for _, i := range s.own {
		for _, n := range s.g.pairs.of(s.all[i].code) {
			s.all[s.candidate(n.product)].next += n.chance
		}
	}
}

// rate scores the candidates and finds the n best; those that the customer's lines do
// not name have no purchase days.
func (s *Scorer) rate(n int) {
	mostOwn, mostNext := 0.0, 0.0
	for i := range s.all {
		mostNext = max(mostNext, s.all[i].next)
	}
	named := s.all[:len(s.dates)]
	for i := range named {
		c := &named[i]
		c.score = float64(c.days) * s.g.current[c.code]
		mostOwn = max(mostOwn, c.score)
	}
	s.best = s.best[:0]
	least := math.Inf(-1) // score that the n-th has
	for i := range s.all {
		c := &s.all[i]
		if mostOwn > 0 {
			c.score /= mostOwn
		}
		if mostNext > 0 {
			c.score += float64(nextWeight * c.next / mostNext)
		}
		if c.score >= least && c.kind() != Hot && s.mayShow(i) {
			s.addBest(int32(i), n)
			least = s.least(n)
		}
	}
}

// list is what was chosen, filled up.
func (s *Scorer) list(n int) []Show {
	s.shown = s.shown[:0]
	for place, i := range s.best {
		c := &s.all[i]
		show := Show{Product: c.code, Kind: c.kind(), Score: c.score, BoughtDays: c.days}
		switch show.Kind {
		case Again:
			show.LastBought = data.DayOfMicros(s.dates[i].day)
		case GoesWith:
			if place < tables.ShowSlots {
				show.From, show.pair = s.from(c.code)
			}
		}
		s.shown = append(s.shown, show)
	}
	s.fill(n)
	s.forget()
	return s.shown
}

// from is the own product that a product follows likeliest, and the number of that pair.
func (s *Scorer) from(product uint32) (from, pair uint32) {
	most := 0.0
	for _, i := range s.own {
		own := s.all[i].code
		for k, n := range s.g.pairs.of(own) {
			if n.product == product && n.chance > most {
				most, from, pair = n.chance, own, s.g.pairs.start[own]+uint32(k)
			}
		}
	}
	return from, pair
}

// mayShow says whether a product is sold, of a kind that is wanted, and not what
// the customer gave back the last time.
func (s *Scorer) mayShow(i int) bool {
	c := &s.all[i]
	return s.g.buyers[c.code] > 0 && s.g.s.Kinds[c.kind()] && (c.days == 0 || s.dates[i].returned < s.dates[i].bought)
}

func (c *candidate) kind() Kind {
	switch {
	case c.days > 0:
		return Again
	case c.next > 0:
		return GoesWith
	}
	return Hot
}

// insert keeps the first n in order.
func (s *Scorer) insert(list []int32, i int32, n int, before func(a, b int32) bool) []int32 {
	at := len(list)
	for at > 0 && before(i, list[at-1]) {
		at--
	}
	if at == n {
		return list
	}
	if len(list) < n {
		list = append(list, 0)
	}
	copy(list[at+1:], list[at:])
	list[at] = i
	return list
}

// fill adds the products of most buyers that the customer has not bought.
func (s *Scorer) fill(n int) {
	if !s.g.s.Kinds[Hot] {
		return
	}
	chosen := len(s.shown)
	for _, code := range s.g.hot {
		if len(s.shown) >= n {
			return
		}
		if s.place[code] == 0 || s.all[s.place[code]-1].days == 0 && !shows(s.shown[:chosen], code) {
			s.shown = append(s.shown, Show{Product: code, Kind: Hot})
		}
	}
}

func shows(list []Show, code uint32) bool {
	for i := range list {
		if list[i].Product == code {
			return true
		}
	}
	return false
}

// forget readies the scorer for the next customer.
func (s *Scorer) forget() {
	for i := range s.all {
		s.place[s.all[i].code] = 0
	}
	if s.ownDays > 0 {
		for i := range s.dates {
			s.categories[s.g.category[s.all[i].code]] = 0
		}
		s.ownDays = 0
	}
}

// HotList are the first n products of most buyers, for customers of whom nothing
// is asked.
func (g *Goods) HotList(n int) []Show {
	var list []Show
	if g.s.Kinds[Hot] {
		for _, code := range g.hot[:min(len(g.hot), n)] {
			list = append(list, Show{Product: code, Kind: Hot})
		}
	}
	return list
}
