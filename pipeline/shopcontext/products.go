package shopcontext

import (
	"slices"

	"winback/data"
)

// Rates of a product of which little is known, and how many buyers they are
// worth.
const (
	productPrior = 0.4 // that buyers come back at all
	latePrior    = 0.3 // that they do, once they are lapsed
	productWorth = 20
)

// productRates say how many of a product's buyers bought again later, and how
// many of those who had not for so long that they were lapsed.
type productRates struct{ again, late float64 }

var unknownProduct = productRates{productPrior, latePrior}

// productTally counts the buyers of a product who had a horizon's time to come
// back after they were lapsed.
type productTally struct{ again, late tally }

// productTallies are those of all products, by code.
type productTallies map[uint32]*productTally

// add looks at the purchases of one customer before the view's day.
func (p productTallies) add(v *View, c *customer, known []data.Day, lapsedAfter int, seen map[uint32]bool) {
	clear(seen)
	lapsed := data.Day(lapsedAfter)
	for _, l := range c.lines {
		if v.day-l.day < lapsed+data.Day(v.horizon) {
			return
		}
		if l.product == 0 || seen[l.product] {
			continue
		}
		seen[l.product] = true
		t := p[l.product]
		if t == nil {
			t = new(productTally)
			p[l.product] = t
		}
		next, _ := slices.BinarySearch(known, l.day+1)
		t.again.add(next < len(known))
		if next == len(known) || known[next]-l.day >= lapsed {
			t.late.add(next < len(known))
		}
	}
}

// rates drops the products of a handful of buyers, which say nothing.
func (p productTallies) rates() map[uint32]productRates {
	const handful = 3
	rates := map[uint32]productRates{}
	for product, t := range p {
		if t.again.customers > handful {
			rates[product] = productRates{t.again.rate(productPrior, productWorth), t.late.rate(latePrior, productWorth)}
		}
	}
	return rates
}

func (v *View) productRates(product uint32) productRates {
	if r, ok := v.products[product]; ok {
		return r
	}
	return unknownProduct
}
