package diagnose

import (
	"slices"

	"winback/data"
)

// prices are what a unit of each product usually costs, by year of the history;
// 0 where too few were sold to say.
type prices struct {
	first data.Day
	years int
	usual []data.Money // [product code × years + year]
}

const (
	fewPrices = 15   // lines of a product in a year, to know its usual price
	reduced   = 0.95 // of the usual price: what is below was bought at a reduced one
)

// usualPrices takes the median price of a unit over the sampled lines.
func (f *facts) usualPrices() *prices {
	p := &prices{first: f.history.FirstDay, years: int(f.s.AsOf-f.history.FirstDay)/365 + 1}
	codes := len(f.history.Names.Products) + 1
	p.usual = make([]data.Money, codes*p.years)
	type seen struct {
		at    uint32
		price data.Money
	}
	var all []seen
	for i := range f.lines {
		l := &f.lines[i]
		if price := unitPrice(l.amount, l.quantity); price > 0 && l.product > 0 {
			all = append(all, seen{uint32(p.at(l.product, l.day)), price})
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		if a.at != b.at {
			return int(int64(a.at) - int64(b.at))
		}
		return int(max(min(a.price-b.price, 1), -1))
	})
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].at == all[i].at {
			j++
		}
		if j-i >= fewPrices {
			p.usual[all[i].at] = all[(i+j)/2].price
		}
		i = j
	}
	return p
}

func (p *prices) at(product uint32, day data.Day) int {
	return int(product)*p.years + min(int(day-p.first)/365, p.years-1)
}

// known says whether any product has a usual price.
func (p *prices) known() bool {
	return slices.ContainsFunc(p.usual, func(m data.Money) bool { return m > 0 })
}

// unitPrice is the price of one unit of a line; 0 where it cannot be told.
func unitPrice(amount, quantity data.Money) data.Money {
	if quantity <= 0 || amount <= 0 || amount > 1<<45 {
		return 0
	}
	return amount * data.MoneyScale / quantity
}

// isReduced says whether a line was bought below the usual price; known is
// false where there is none.
func (p *prices) isReduced(product uint32, day data.Day, amount, quantity data.Money) (cheap, known bool) {
	usual := p.usual[p.at(product, day)]
	price := unitPrice(amount, quantity)
	if usual == 0 || price == 0 {
		return false, false
	}
	return float64(price) < reduced*float64(usual), true
}
