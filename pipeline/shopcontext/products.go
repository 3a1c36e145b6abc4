package shopcontext

import "winback/data"

// Rates of a product of which little is known, and how many buyers they are
// worth.
const (
	productPrior = 0.4 // that buyers come back at all
	latePrior    = 0.3 // that they do, once they are lapsed
	productWorth = 20
	handful      = 3 // buyers, which say nothing of a product
)

// productRates say how many of a product's buyers bought again later, and how
// many of those who had not for so long that they were lapsed.
type productRates struct{ again, late float64 }

// catalogue numbers the products that more than a handful of a sample bought; 0 is
// any other.
type catalogue struct {
	numbers []int32 // by code
	size    int     // numbers given, 0 among them
}

// numberProducts makes the catalogue of the customers' lines, which get its numbers in
// place of codes.
func numberProducts(customers []customer) catalogue {
	var buyers, last []int32 // by code: how many, and the newest among them, 1 first
	for i := range customers {
		for _, l := range customers[i].lines {
			for int(l.product) >= len(buyers) {
				buyers, last = append(buyers, 0), append(last, 0)
			}
			if last[l.product] != int32(i+1) {
				last[l.product] = int32(i + 1)
				buyers[l.product]++
			}
		}
	}
	c := catalogue{numbers: buyers, size: 1}
	for code, n := range buyers {
		c.numbers[code] = 0
		if code > 0 && n > handful {
			c.numbers[code] = int32(c.size)
			c.size++
		}
	}
	for i := range customers {
		for k := range customers[i].lines {
			l := &customers[i].lines[k]
			l.product = uint32(c.numbers[l.product])
		}
	}
	return c
}

// of is the number of the product with a code.
func (c *catalogue) of(code uint32) int32 {
	if int(code) >= len(c.numbers) {
		return 0
	}
	return c.numbers[code]
}

// productTally counts the buyers of a product who had a horizon's time to come
// back after they were lapsed.
type productTally struct {
	again, late tally
	newest      int // buyer that was counted last, 1 first
}

// productTallies are those of all products, by number.
type productTallies []productTally

// add looks at the purchases of the i-th customer before the view's day.
func (p productTallies) add(v *View, i int, c *customer, known []data.Day, lapsedAfter int) {
	lapsed, next := data.Day(lapsedAfter), 0
	for _, l := range c.lines {
		if v.day-l.day < lapsed+data.Day(v.horizon) {
			return
		}
		t := &p[l.product]
		if l.product == 0 || t.newest == i+1 {
			continue
		}
		t.newest = i + 1
		for next < len(known) && known[next] <= l.day {
			next++
		}
		t.again.add(next < len(known))
		if next == len(known) || known[next]-l.day >= lapsed {
			t.late.add(next < len(known))
		}
	}
}

// rates are those of all products, by number; of a handful of buyers they say nothing.
func (p productTallies) rates() []productRates {
	rates := make([]productRates, len(p))
	for i, t := range p {
		rates[i] = productRates{productPrior, latePrior}
		if t.again.customers > handful {
			rates[i] = productRates{t.again.rate(productPrior, productWorth), t.late.rate(latePrior, productWorth)}
		}
	}
	return rates
}
