package diagnose

import (
	"slices"

	"winback/data"
)

// prices are limits below which a unit of each product is cheaper than usual,
// by year of the history; 0 where too few were sold to say.
type prices struct {
	first data.Day
	years int
	codes int       // products and one more
	limit []float32 // [year × products + product code]: below it a price is reduced
}

const (
	fewPrices = 15   // lines of a product in a year, to know its usual price
	reduced   = 0.95 // of the usual price: what is below was bought at a reduced one
)

// usualPrices takes the median price of a unit over the sampled lines.
func (f *facts) usualPrices() *prices {
	p := &prices{first: f.history.FirstDay, years: int(f.s.AsOf-f.history.FirstDay)/365 + 1, codes: len(f.history.Names.Products) + 1}
	p.limit = make([]float32, p.codes*p.years)
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
			p.limit[all[i].at] = float32(reduced * float64(all[(i+j)/2].price) / data.MoneyScale)
		}
		i = j
	}
	return p
}

func (p *prices) at(product uint32, day data.Day) int {
	return min(int(day-p.first)/365, p.years-1)*p.codes + int(product)
}

// of returns the limits of all products on a day, by code.
func (p *prices) of(day data.Day) []float32 {
	at := p.at(0, day)
	return p.limit[at : at+p.codes]
}

// known says whether any product has a usual price.
func (p *prices) known() bool {
	return slices.ContainsFunc(p.limit, func(v float32) bool { return v > 0 })
}

// unitPrice is the price of one unit of a line; 0 where it cannot be told.
func unitPrice(amount, quantity data.Money) data.Money {
	if quantity <= 0 || amount <= 0 || amount > 1<<45 {
		return 0
	}
	return amount * data.MoneyScale / quantity
}

// isReduced says whether a line was bought below the limit; known is false
// where there is none.
func isReduced(limit float32, amount, quantity data.Money) (cheap, known bool) {
	if limit == 0 || amount <= 0 || quantity <= 0 {
		return false, false
	}
	return float64(amount) < float64(limit)*float64(quantity), true
}
