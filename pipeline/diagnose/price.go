package diagnose

import (
	"math"
	"slices"

	"winback/data"
)

// prices are limits below which a unit of each product is cheaper than usual,
// by year of the history; 0 where too few were sold to say.
type prices struct {
	first    data.Day
	years    int
	yearEnds []int64   // in microseconds; the last year has no end
	codes    int       // products and one more
	limit    []float32 // [year × products + product code]: below it a price is reduced
}

const (
	fewPrices = 15   // lines of a product in a year, to know its usual price
	reduced   = 0.95 // of the usual price: what is below was bought at a reduced one
)

// usualPrices takes the median price of a unit over the sampled lines.
func (f *facts) usualPrices() *prices {
	p := &prices{first: f.history.FirstDay, years: int(f.s.AsOf-f.history.FirstDay)/365 + 1, codes: len(f.history.Names[data.Product]) + 1}
	p.limit = make([]float32, p.codes*p.years)
	for year := 1; year < p.years; year++ {
		p.yearEnds = append(p.yearEnds, (p.first + data.Day(365*year)).Micros())
	}
	p.yearEnds = append(p.yearEnds, math.MaxInt64)
	starts := make([]int, len(p.limit)+1)
	for i := range f.lines {
		if at, _, ok := p.priceOf(&f.lines[i]); ok {
			starts[at+1]++
		}
	}
	for at := range p.limit {
		starts[at+1] += starts[at]
	}
	all, next := make([]data.Money, starts[len(p.limit)]), slices.Clone(starts)
	for i := range f.lines {
		if at, price, ok := p.priceOf(&f.lines[i]); ok {
			all[next[at]] = price
			next[at]++
		}
	}
	for at := range p.limit {
		if own := all[starts[at]:starts[at+1]]; len(own) >= fewPrices {
			slices.Sort(own)
			p.limit[at] = float32(reduced * float64(own[len(own)/2]) / data.MoneyScale)
		}
	}
	return p
}

// priceOf is the price of a unit of a line and the place of its limit; false
// where there is none.
func (p *prices) priceOf(l *sampleLine) (at int, price data.Money, ok bool) {
	price = unitPrice(l.amount, l.quantity)
	return p.at(l.product, l.day), price, price > 0 && l.product > 0
}

func (p *prices) at(product uint32, day data.Day) int {
	return min(int(day-p.first)/365, p.years-1)*p.codes + int(product)
}

// of returns the limits of all products at a time, by code, and the time up to
// which they hold; times are in microseconds.
func (p *prices) of(time int64) (limits []float32, until int64) {
	year := 0
	for year < p.years-1 && time >= p.yearEnds[year] {
		year++
	}
	return p.limit[year*p.codes : (year+1)*p.codes], p.yearEnds[year]
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
