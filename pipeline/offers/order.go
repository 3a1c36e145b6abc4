package offers

import (
	"cmp"
	"math"
	"slices"

	"winback/data/orders"
	"winback/models"
)

// order is a learned order of products, as a scorer applies it.
type order struct {
	intercept float64
	terms     []models.Term
	product   []float64         // by code: what its own terms add
	days      [mostDays]float64 // by purchase days with it: what these add
	notBought float64           // what the share of 0 purchase days adds
	noNext    float64           // what is added where nothing leads to it
	lowNext   float64           // and where next is least
	elsewhere float64           // what a category adds of which nothing was bought
	anywhere  float64           // the most that one adds
	hot       []hottest         // products of most buyers, the likeliest first
}

// hottest is a product of most buyers that everybody could be shown.
type hottest struct {
	code uint32
	most float64 // that it has of who did not buy it, beside what the customer adds
}

const mostDays = 64 // whose logarithms are known beforehand

// newOrder readies a model for the products of a shop.
func (g *Goods) newOrder(m *models.Logistic) *order {
	o := &order{intercept: m.Intercept, terms: m.Terms, product: make([]float64, len(g.names)+1)}
	for code, buyers := range g.buyers {
		if buyers > 0 {
			var r row
			g.productTerms(uint32(code), &r)
			o.product[code] = o.add(termBuyers, r[termBuyers]) + o.add(termTrend, r[termTrend]) + o.add(termAgain, r[termAgain])
		}
	}
	for days := range o.days {
		o.days[days] = o.ofDays(int32(days))
	}
	o.notBought, o.elsewhere = o.add(termDaysShare, 0), o.add(termCategory, 0)
	o.noNext, o.lowNext = o.add(termNext, logNext(0)), o.add(termNext, -math.MaxFloat32)
	o.anywhere = max(o.elsewhere, o.add(termCategory, 1))
	for _, code := range g.hottest() {
		o.hot = append(o.hot, hottest{code, o.product[code] + o.days[0] + o.notBought + o.noNext + o.anywhere})
	}
	slices.SortFunc(o.hot, func(a, b hottest) int { return cmp.Or(cmp.Compare(b.most, a.most), cmp.Compare(a.code, b.code)) })
	return o
}

func (o *order) add(term int, value float32) float64 { return o.terms[term].LogOdds(value) }

func (o *order) ofDays(days int32) float64 {
	bought := float32(0)
	if days > 0 {
		bought = 1
	}
	return o.add(termBought, bought) + o.add(termDays, logDays(days))
}

// ofCustomer is what the customer adds to all products alike.
func (o *order) ofCustomer(s *Scorer) float64 { return o.intercept + o.add(termRecency, s.recency()) }

// logOdds are those of a candidate.
func (o *order) logOdds(s *Scorer, c *candidate, customer float64) float64 {
	days, share, next := o.days[0], o.notBought, o.noNext
	if c.days > 0 {
		share = s.shareAdds.of(c.days, func() float64 { return o.add(termDaysShare, s.daysShare(c)) })
		if days = o.days[min(c.days, mostDays-1)]; c.days >= mostDays {
			days = o.ofDays(c.days)
		}
	}
	if c.next > 0 {
		next = o.add(termNext, logNext(c.next))
	}
	return customer + o.product[c.code] + days + share + next + o.ofCategory(s, c.code)
}

func (o *order) ofCategory(s *Scorer, code uint32) float64 {
	category := s.g.category[code]
	if days := s.categories[category]; category > 0 && days > 0 {
		return s.categoryAdds.of(days, func() float64 { return o.add(termCategory, s.categoryShare(code)) })
	}
	return o.elsewhere
}

// latest is what a number of days of the customer at hand added last: neighbours often
// have the same.
type latest struct {
	days int32 // 0: none yet
	adds float64
}

func (l *latest) of(days int32, add func() float64) float64 {
	if l.days != days {
		*l = latest{days, add()}
	}
	return l.adds
}

// Likeliest are up to n products for a customer of whom this was known, by the learned
// chance that they are bought; only where there is such an order. The result holds until
// the next call.
func (s *Scorer) Likeliest(known orders.History, n int) []Show {
	s.gather(known)
	s.follow()
	s.countCategories()
	own, follow, customer := len(s.dates), len(s.all), s.g.learned.ofCustomer(s)
	s.best = s.best[:0]
	s.addLikeliest(0, own, n, customer)
	s.addHot(n, customer)
	s.addLikeliest(own, follow, n, customer)
	for _, i := range s.best {
		s.all[i].score = 1 / (1 + math.Exp(-s.all[i].score))
	}
	return s.list(n)
}

// addLikeliest scores the candidates from one to before another that may be among the
// first n, for which it looks at what a product adds alone before it looks at all.
func (s *Scorer) addLikeliest(from, to, n int, customer float64) {
	o, next := s.g.learned, 0.0
	for i := from; i < to; i++ {
		next = max(next, s.all[i].next)
	}
	most := customer + o.days[0] + o.notBought + o.anywhere + max(o.noNext, o.add(termNext, logNext(next)), o.lowNext)
	for i := from; i < to; i++ {
		c := &s.all[i]
		if c.kind() == Hot || c.days == 0 && most+o.product[c.code] < s.least(n) {
			continue
		}
		if c.score = o.logOdds(s, c, customer); c.score >= s.least(n) && s.mayShow(i) {
			s.addBest(int32(i), n)
		}
	}
}

// addHot takes those of the products of most buyers that are better than the first n
// so far: they become candidates only then.
func (s *Scorer) addHot(n int, customer float64) {
	if !s.g.s.Kinds[Hot] {
		return
	}
	o := s.g.learned
	for _, h := range o.hot {
		if customer+h.most < s.least(n) {
			return
		}
		if s.place[h.code] != 0 { // bought, follows, or was brought back
			continue
		}
		if score := o.logOdds(s, &candidate{code: h.code}, customer); score >= s.least(n) {
			i := s.candidate(h.code)
			s.all[i].score = score
			s.addBest(i, n)
		}
	}
}

// hottest are the products of most buyers that everybody could be shown.
func (g *Goods) hottest() []uint32 { return g.hot[:min(len(g.hot), mostHot)] }

// gatherAll makes candidates of what was bought, of what follows from it, and of what
// most customers buy.
func (s *Scorer) gatherAll(known orders.History) {
	s.gather(known)
	s.follow()
	for _, code := range s.g.hottest() {
		s.candidate(code)
	}
	s.countCategories()
}
