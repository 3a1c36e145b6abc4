package offers

import (
	"cmp"
	"math"
	"slices"

	"winback/data"
)

// Goods are what a shop knew of its products when a day began.
type Goods struct {
	Day    data.Day
	Window int // days in which a product was bought to be shown; longer than asked for where few were
	Sold   int // products bought in them that may be shown
	Gap    int // days of silence that make a return; 0: too few returns, nothing goes with anything
	Events int // returns that were learned from

	s         Settings
	names     []string  // of products
	buyers    []uint32  // by code, in the window; 0 for what is never shown
	month     []uint32  // in 28 days, hidden ones too
	recent    []uint32  // in 60 days
	year      []uint32  // in 365 days
	category  []uint32  // by code of the product
	current   []float64 // by code: how own products that sell are preferred to those that do not
	hot       []uint32  // codes of the sold, most buyers first
	allBuyers int64     // sum of buyers
	pairs     pairs

	selling, popular phrases // by code: words of reasons
	following        phrases // by number of the pair

	order   string // in which lists show products
	learned *order // nil: none was learned
}

// Use takes the order that was chosen; without one lists show R.
func (g *Goods) Use(c *Choice) {
	g.order, g.learned = OrderR, nil
	if c == nil {
		return
	}
	g.order = c.Order
	if c.Model != nil {
		g.learned = g.newOrder(c.Model)
	}
}

// Learn ends the first walk.
func (c *Counter) Learn(workers int) *Goods {
	g := &Goods{Day: c.day, s: c.s, names: c.names, Window: c.s.SoldWithin, month: c.buyersIn(monthDays), recent: c.buyersIn(recentDays), year: c.buyersIn(yearDays), category: make([]uint32, len(c.names)+1)}
	for code := range g.category {
		g.category[code] = c.category[code].Load()
	}
	for {
		g.buyers = c.buyersIn(g.Window)
		g.hide()
		if g.Sold = g.sold(); g.Sold >= fewestSold || g.Window*2 > widestWindow {
			break
		}
		g.Window *= 2
	}
	g.current = currentOf(g.recent)
	g.hot = g.byBuyers()
	for _, code := range g.hot {
		g.allBuyers += int64(g.buyers[code])
	}
	events, silence := c.events.chosen()
	if silence < silences {
		g.Gap = max(1, (c.s.LapsedAfter+1<<silence-1)>>silence)
		g.Events = len(events)
		g.pairs = learnPairs(events, c.day, len(c.names), workers)
	}
	g.selling, g.popular, g.following = make(phrases, len(c.names)+1), make(phrases, len(c.names)+1), make(phrases, len(g.pairs.next))
	return g
}

// buyersIn are the buyers of each product in the last days, one of the ends of bands.
func (c *Counter) buyersIn(days int) []uint32 {
	buyers := make([]uint32, len(c.names)+1)
	for band, age := range c.ages {
		if age > days {
			break
		}
		for code := range buyers {
			buyers[code] += c.buyers[band][code].Load()
		}
	}
	return buyers
}

// hide takes products that must not be shown from those that are sold.
func (g *Goods) hide() {
	if g.s.Never == nil {
		return
	}
	for i, name := range g.names {
		if g.buyers[i+1] > 0 && g.s.Never(name) {
			g.buyers[i+1] = 0
		}
	}
}

func (g *Goods) sold() (n int) {
	for _, buyers := range g.buyers {
		if buyers > 0 {
			n++
		}
	}
	return n
}

// byBuyers are the sold, most buyers first, then by name.
func (g *Goods) byBuyers() []uint32 {
	var codes []uint32
	for code, buyers := range g.buyers {
		if buyers > 0 {
			codes = append(codes, uint32(code))
		}
	}
	slices.SortFunc(codes, func(a, b uint32) int { return cmp.Or(cmp.Compare(g.buyers[b], g.buyers[a]), cmp.Compare(a, b)) })
	return codes
}

// currentOf is (0.001 + share)^¼, the share being of the buyers of the product that
// most bought.
func currentOf(recent []uint32) []float64 {
	current := make([]float64, len(recent))
	most := float64(max(slices.Max(recent), 1))
	for code, buyers := range recent {
		current[code] = math.Sqrt(math.Sqrt(.001 + float64(buyers)/most))
	}
	return current
}
