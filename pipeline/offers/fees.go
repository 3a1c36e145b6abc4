package offers

import (
	"fmt"
	"math"
	"sync"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

const (
	mostFees     = 10 // products of most buyers that are looked at
	fewestPriced = 20 // purchase lines, to judge a product
	feeSpread    = 5  // ratio of a dear and a cheap line from which a product looks like none
	octaveParts  = 8  // of a doubling of the price, told apart
	priceBins    = 64 * octaveParts
)

// Fees is a walk that looks at the products of most buyers for what is no product:
// postage, a fee, an adjustment. Such lines hold one unit, at any price. Add may be
// called from several goroutines, once for each partition.
type Fees struct {
	g     *Goods
	from  int64
	place map[uint32]int

	mu    sync.Mutex
	lines [mostFees]priced
}

// priced are the purchase lines of a product.
type priced struct {
	single, all int64
	prices      [priceBins]int64 // of a unit
}

// NewFees readies the walk.
func (g *Goods) NewFees() *Fees {
	f := &Fees{g: g, from: (g.Day - data.Day(g.Window)).Micros(), place: map[uint32]int{}}
	for i, code := range g.hot[:min(len(g.hot), mostFees)] {
		f.place[code] = i
	}
	return f
}

// Add looks at a partition.
func (f *Fees) Add(h *orders.Histories) {
	var found [mostFees]priced
	for i := range h.IDs {
		known := h.Customer(i).Before(f.g.Day)
		for line := known.To - 1; line >= known.From && known.Time[line] >= f.from; line-- {
			if at, hot := f.place[known.Codes[data.Product][line]]; hot && known.Flags[line]&orders.FlagPurchase != 0 {
				found[at].add(float64(known.Amount[line]), float64(known.Quantity[line])/data.MoneyScale)
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range found {
		f.lines[i].merge(&found[i])
	}
}

func (p *priced) add(amount, units float64) {
	p.all++
	if units <= 1 {
		p.single++
	}
	bin := 0
	if price := amount / units; price > 1 {
		bin = min(int(math.Log2(price)*octaveParts), priceBins-1)
	}
	p.prices[bin]++
}

func (p *priced) merge(other *priced) {
	p.all, p.single = p.all+other.all, p.single+other.single
	for bin, n := range other.prices {
		p.prices[bin] += n
	}
}

// price is that of a share of the lines from the cheapest on, in money units.
func (p *priced) price(share float64) float64 {
	count := int64(0)
	for bin, n := range p.prices {
		if count += n; float64(count) >= share*float64(p.all) {
			return math.Exp2(float64(bin) / octaveParts)
		}
	}
	return 0
}

// Warnings name the products that look like none, most bought first.
func (f *Fees) Warnings() (texts []string) {
	for i, code := range f.g.hot[:min(len(f.g.hot), mostFees)] {
		p := &f.lines[i]
		low, high := p.price(.05), p.price(.95)
		if p.all < fewestPriced || 2*p.single <= p.all || high <= feeSpread*low {
			continue
		}
		name := f.g.Name(code)
		texts = append(texts, fmt.Sprintf("%q is among the most bought products, one at a time, for %s to %s each: if it is postage, a fee or an adjustment, --exclude-products %s leaves it out of all figures, and --show-never of what is shown",
			name, wording.Amount(low/data.MoneyScale), wording.Amount(high/data.MoneyScale), name))
	}
	return texts
}
