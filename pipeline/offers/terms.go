package offers

import (
	"math"

	"winback/data"
	"winback/models"
)

// The terms of the learned order: what is known of a customer and a product.
const (
	termBought    = iota // 1 where the customer bought it
	termDays             // log(1 + purchase days with it)
	termDaysShare        // share of the customer's purchase days
	termBuyers           // log share of its recent buyers in those of all products
	termTrend            // log ratio of its buyers in 28 days to those that a year lets expect
	termNext             // log of next; missing where nothing leads to it
	termAgain            // log chance that who came back having it took it again
	termCategory         // share of the days with own products that are of its category
	termRecency          // log(1 + days since the customer's last purchase)
	terms
)

var termNames = [terms]string{"bought", "log_days", "days_share", "log_buyers", "log_trend", "log_next", "log_again", "category_share", "log_recency"}

const (
	mostHot    = 60   // products of most buyers that everybody could be shown
	trendPrior = 1    // buyers, beside those of both times
	againFloor = 1e-4 // beside the chance, before its logarithm
)

// row are the terms of a product for a customer.
type row [terms]float32

// terms are those of a candidate, once all are gathered.
func (s *Scorer) terms(i int) (r row) {
	c := &s.all[i]
	if c.days > 0 {
		r[termBought] = 1
	}
	r[termDays], r[termDaysShare] = logDays(c.days), s.daysShare(c)
	s.g.productTerms(c.code, &r)
	r[termNext], r[termCategory], r[termRecency] = logNext(c.next), s.categoryShare(c.code), s.recency()
	return r
}

// productTerms are those that are the same for all customers.
func (g *Goods) productTerms(code uint32, r *row) {
	r[termBuyers] = float32(math.Log(float64(g.buyers[code]) / float64(g.allBuyers)))
	r[termTrend] = float32(math.Log((float64(g.month[code]) + trendPrior) / (float64(g.year[code])*monthDays/yearDays + trendPrior)))
	again := againFloor
	if g.pairs.again != nil {
		again += g.pairs.again[code]
	}
	r[termAgain] = float32(math.Log(again))
}

func logDays(days int32) float32 { return float32(math.Log1p(float64(days))) }

func logNext(next float64) float32 {
	if next == 0 {
		return float32(math.NaN())
	}
	return float32(math.Log(next))
}

func (s *Scorer) daysShare(c *candidate) float32 { return float32(c.days) / float32(max(s.days, 1)) }

// recency is missing where no purchase names a product.
func (s *Scorer) recency() float32 {
	if s.last == never {
		return float32(math.NaN())
	}
	return logDays(int32(max(0, s.g.Day-data.DayOfMicros(s.last))))
}

// countCategories says how the days with own products spread over categories.
func (s *Scorer) countCategories() {
	s.ownDays = 0
	for i := range s.dates {
		s.categories[s.g.category[s.all[i].code]] += s.all[i].days
		s.ownDays += s.all[i].days
	}
}

// categoryShare is 0 for a product without category.
func (s *Scorer) categoryShare(code uint32) float32 {
	category := s.g.category[code]
	if category == 0 || s.ownDays == 0 {
		return 0
	}
	return float32(s.categories[category]) / float32(s.ownDays)
}

// matrixOf has the terms of lessons as models read them.
func matrixOf(all ...[]lesson) *models.Matrix {
	x, rows := &models.Matrix{Names: termNames[:], Columns: make([][]float32, terms), Levels: make([][]string, terms)}, 0
	for _, day := range all {
		for i := range day {
			rows += len(day[i].terms)
		}
	}
	for c := range x.Columns {
		x.Columns[c] = make([]float32, 0, rows)
	}
	for _, day := range all {
		for i := range day {
			for k := range day[i].terms {
				for c, value := range day[i].terms[k] {
					x.Columns[c] = append(x.Columns[c], value)
				}
			}
		}
	}
	return x
}
