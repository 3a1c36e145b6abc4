package offers

import (
	"math"

	"winback/data/orders"
	"winback/models"
)

// order is a learned order of products, as a scorer applies it.
type order struct {
	intercept float64
	terms     []models.Term
	product   []float64         // by code: what its own terms add
	days      [mostDays]float64 // by purchase days with it: what these add
}

const mostDays = 64 // whose logarithms are known beforehand

// newOrder readies a model for the products of a shop.
func (g *Goods) newOrder(m *models.Logistic) *order {
	o := &order{intercept: m.Intercept, terms: m.Terms, product: make([]float64, len(g.names)+1)}
	for code, buyers := range g.buyers {
		if buyers > 0 {
			var r row
			g.productTerms(uint32(code), &r)
			o.product[code] = o.ofProduct(&r)
		}
	}
	for days := range o.days {
		o.days[days] = o.ofDays(int32(days))
	}
	return o
}

func (o *order) add(term int, value float32) float64 { return o.terms[term].LogOdds(value) }

func (o *order) ofProduct(r *row) float64 {
	return o.add(termBuyers, r[termBuyers]) + o.add(termTrend, r[termTrend]) + o.add(termAgain, r[termAgain])
}

func (o *order) ofDays(days int32) float64 {
	bought := float32(0)
	if days > 0 {
		bought = 1
	}
	return o.add(termBought, bought) + o.add(termDays, logDays(days))
}

// ofCustomer is what the customer adds to all products alike.
func (o *order) ofCustomer(s *Scorer) float64 { return o.intercept + o.add(termRecency, s.recency()) }

// logOdds is the whole of a candidate.
func (o *order) logOdds(s *Scorer, c *candidate, customer float64) float64 {
	sum := customer + o.product[c.code]
	if int(c.days) < len(o.days) {
		sum += o.days[c.days]
	} else {
		sum += o.ofDays(c.days)
	}
	return sum + o.add(termDaysShare, s.daysShare(c)) + o.add(termNext, logNext(c.next)) + o.add(termCategory, s.categoryShare(c.code))
}

// Likeliest are up to n products for a customer of whom this was known, by the learned
// chance that they are bought, where there is such an order. The result holds until
// the next call.
func (s *Scorer) Likeliest(known orders.History, n int) []Show {
	s.gatherAll(known)
	customer := s.g.learned.ofCustomer(s)
	for i := range s.all {
		s.all[i].score = s.g.learned.logOdds(s, &s.all[i], customer)
	}
	s.first(n, s.mayShow)
	for _, i := range s.best {
		s.all[i].score = 1 / (1 + math.Exp(-s.all[i].score))
	}
	return s.list(n)
}

// gatherAll makes candidates of what was bought, of what follows from it, and of what
// most customers buy.
func (s *Scorer) gatherAll(known orders.History) {
	s.gather(known)
	s.follow()
	for _, code := range s.g.hot[:min(len(s.g.hot), mostHot)] {
		s.candidate(code)
	}
	s.countCategories()
}
