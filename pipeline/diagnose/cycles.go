package diagnose

import (
	"fmt"
	"math"
	"time"

	"winback/data"
)

// ProductClock says what the clock of the products rests on.
type ProductClock struct {
	SampleShare   Number `json:"sample_share"`   // of the customers whose lines were looked at
	Tested        int    `json:"tested"`         // products and categories with enough repeats to test
	Kept          int    `json:"kept"`           // of them, those that beat permuted products
	QuantityPower Number `json:"quantity_power"` // a purchase of twice the quantity lasts 2 to this power as long; 0: quantity tells nothing
	Customers     int64  `json:"customers"`      // with something that has a clock
	Words         string `json:"words"`
}

// Kinds of clocks of goods.
const (
	kindCycle  = "cycle"  // used up and bought again
	kindYearly = "yearly" // at the same season each year
	kindNone   = "none"   // bought once
	kindShop   = "shop"   // no rhythm beyond the shop's own
)

// Cycle is how a product or a category is bought again.
type Cycle struct {
	Level    level
	Code     uint32 // of the product or category, plus one
	Product  string // "" for a category
	Category string // "" where not known

	Kind      string
	Why       string
	Buyers    int64 // in the sample
	Repeaters int64
	Intervals int64
	Returned  float64 // F(τ): share who buy it again within TauDays
	TauDays   int

	// Days after a purchase: in use up to Use, then it runs out, most often at
	// Typical, until End; later the buyer is dormant. Middle parts the time of
	// running out in two for the stages. Zero where the kind is none or shop.
	Use, Typical, Middle, End float64
	OwnTypical                float64 // before shrinking; NaN: too few repeats
	days                      windows // the same four, whatever the kind
	// Weights of what the days rest on; their sum is 1.
	WeightProduct, WeightCategory, WeightShop, WeightIndustry float64
	Norm                                                      string // of the industry; "" for none

	P        float64 // chance that permuted products look as different; NaN: not tested
	Regular  float64 // how much narrower its intervals spread than permuted ones
	Quantity float64 // usual quantity of a purchase
	Season   int     // first of three months, 1 is January; 0 without a season
}

const (
	fewRepeaters   = 30 // customers who bought it again, for a clock of its own
	priorRepeaters = 30 // customers that what stands above weighs as much as
	durableShare   = 0.05
	durableDays    = 180
	fewBuyers      = 100 // to call something a durable
)

// cycles holds all clocks of goods as they were known at a day.
type cycles struct {
	all        []Cycle
	ofProduct  []int32 // by code: index into all, -1 for none
	ofCategory []int32
	power      float64
	tested     int
	kept       int
}

// learnCycles finds the clocks of all goods from what was known at a day.
func (f *facts) learnCycles(at data.Day) *cycles {
	names := f.history.Names
	c := &cycles{ofProduct: noUnits(len(names.Products)), ofCategory: noUnits(len(names.Categories))}
	scratch := newWaits(max(int(at-f.history.FirstDay), 1))
	shop, shopOK := f.shopRhythm(at, &scratch)
	categorySlots := f.slots(levelCategory, at)
	shopMonths := f.monthCounts(f.shopSlots(at))
	c.learnLevel(f, levelCategory, at, categorySlots, &scratch, shop, shopOK, shopMonths)
	categoryOf := f.categoryOfProducts()
	productSlots := f.slots(levelProduct, at)
	c.learnProducts(f, at, productSlots, categoryOf, &scratch, shop, shopOK, shopMonths)
	c.power = f.quantityPower(productSlots, c)
	return c
}

func noUnits(codes int) []int32 {
	units := make([]int32, codes+1)
	for i := range units {
		units[i] = -1
	}
	return units
}

// shopSlots are the purchase days of the drawn customers, whatever was bought.
func (f *facts) shopSlots(at data.Day) []slot {
	var all []slot
	for i := range f.lines {
		l := &f.lines[i]
		if n := len(all); l.day < at && (n == 0 || all[n-1].customer != l.customer || all[n-1].day != l.day) {
			all = append(all, slot{customer: l.customer, day: l.day, quantity: 1})
		}
	}
	return all
}

// shopRhythm is the time between any two purchases: the general rhythm.
func (f *facts) shopRhythm(at data.Day, scratch *waits) (windows, bool) {
	r := spells(f.shopSlots(at), at, scratch)
	w, _, _, ok := r.windows(f.s.FollowShare)
	return w, ok && r.repeaters >= fewRepeaters
}

// measured is what one code shows by itself.
type measured struct {
	rhythm
	days     windows
	returned float64
	tau      int
	ok       bool
	months   []float64
}

// measure looks at every code with enough repeats or buyers.
func (f *facts) measure(slots []slot, codes int, at data.Day, scratch *waits) map[uint32]*measured {
	sorted, starts := byCode(slots, codes)
	found := map[uint32]*measured{}
	for code := 1; code <= codes; code++ {
		own := sorted[starts[code]:starts[code+1]]
		if len(own) < fewRepeaters {
			continue
		}
		m := &measured{rhythm: spells(own, at, scratch)}
		if m.repeaters < fewRepeaters && m.buyers < fewBuyers {
			continue
		}
		m.days, m.returned, m.tau, m.ok = m.windows(f.s.FollowShare)
		m.wait = waits{}
		m.months = f.monthCounts(own)
		found[uint32(code)] = m
	}
	return found
}

// test deals products out anew and says which rhythms beat that.
func (f *facts) test(slots []slot, found map[uint32]*measured, codes int, at data.Day) map[uint32]beats {
	unitOf := noUnits(codes)
	var tested []uint32
	for code := uint32(1); code <= uint32(codes); code++ {
		if m := found[code]; m != nil && m.ok && m.repeaters >= fewRepeaters {
			unitOf[code] = int32(len(tested))
			tested = append(tested, code)
		}
	}
	verdicts := map[uint32]beats{}
	if len(tested) == 0 {
		return verdicts
	}
	p := newPlacer(slots, unitOf, len(tested), int(at-f.history.FirstDay), &f.months)
	for u, v := range p.run(permutations, f.s.Seed).judge() {
		verdicts[tested[u]] = v
	}
	return verdicts
}

// learnLevel makes the clocks of the categories.
func (c *cycles) learnLevel(f *facts, l level, at data.Day, slots []slot, scratch *waits, shop windows, shopOK bool, shopMonths []float64) {
	names := f.history.Names.Categories
	found := f.measure(slots, len(names), at, scratch)
	verdicts := f.test(slots, found, len(names), at)
	c.tested += len(verdicts)
	for code := uint32(1); code <= uint32(len(names)); code++ {
		norm, hasNorm := data.FindNorm(f.s.Norms, names[code-1])
		m := found[code]
		if m == nil && !hasNorm {
			continue
		}
		if m == nil {
			m = &measured{}
		}
		v, tested := verdicts[code]
		cy := Cycle{Level: l, Code: code, Category: names[code-1], P: math.NaN()}
		chain := []windows{{}, m.days, shop, fallbackWindows()}
		cy.fill(f, m, true, v, tested, norm, hasNorm, weightsOf(0, repeatersOf(m), shopOK, hasNorm), chain, shopMonths)
		c.add(cy, l)
	}
}

// learnProducts makes the clocks of the products that have enough repeats; all
// others go by their category.
func (c *cycles) learnProducts(f *facts, at data.Day, slots []slot, categoryOf []uint32, scratch *waits, shop windows, shopOK bool, shopMonths []float64) {
	names := f.history.Names
	found := f.measure(slots, len(names.Products), at, scratch)
	verdicts := f.test(slots, found, len(names.Products), at)
	c.tested += len(verdicts)
	for code := uint32(1); code <= uint32(len(names.Products)); code++ {
		norm, hasNorm := data.FindNorm(f.s.Norms, names.Products[code-1])
		m := found[code]
		if m == nil && !hasNorm {
			continue
		}
		if m == nil {
			m = &measured{}
		}
		cy := Cycle{Level: levelProduct, Code: code, Product: names.Products[code-1], P: math.NaN()}
		above, aboveRepeaters, durable := windows{}, int64(0), true
		if category := categoryOf[code]; category > 0 {
			cy.Category = names.Categories[category-1]
			if k := c.ofCategory[category]; k >= 0 {
				above, aboveRepeaters = c.all[k].days, c.all[k].Repeaters
				durable = c.all[k].Kind == kindNone
				if !hasNorm {
					norm, hasNorm = data.FindNorm(f.s.Norms, cy.Category)
				}
			}
		}
		v, tested := verdicts[code]
		chain := []windows{m.days, above, shop, fallbackWindows()}
		cy.fill(f, m, durable, v, tested, norm, hasNorm, weightsOf(repeatersOf(m), aboveRepeaters, shopOK, hasNorm), chain, shopMonths)
		c.add(cy, levelProduct)
	}
}

// add keeps a clock; products without one of their own go by their category.
func (c *cycles) add(cy Cycle, l level) {
	if cy.Kind == kindCycle && !math.IsNaN(cy.P) {
		c.kept++
	}
	c.all = append(c.all, cy)
	at := int32(len(c.all) - 1)
	switch {
	case l == levelCategory:
		c.ofCategory[cy.Code] = at
	case cy.Kind != kindShop:
		c.ofProduct[cy.Code] = at
	}
}

func repeatersOf(m *measured) int64 {
	if !m.ok {
		return 0
	}
	return m.repeaters
}

// fallbackWindows stand at the end of the chain where an industry says nothing.
func fallbackWindows() windows { return normWindows(45, 180) }

// weightsOf shares one out over product, category, shop and industry: what lies
// nearer weighs as its repeaters do against those that the prior counts for. An
// industry's norm for the goods at hand stands before the shop's general
// rhythm, which knows nothing of them.
func weightsOf(product, category int64, shopOK, hasNorm bool) [4]float64 {
	var w [4]float64
	rest := 1.0
	take := func(n int64) float64 {
		share := rest * float64(n) / float64(n+priorRepeaters)
		rest -= share
		return share
	}
	w[0] = take(product)
	w[1] = take(category)
	if hasNorm || !shopOK {
		w[3] = rest
	} else {
		w[2] = rest
	}
	return w
}

// fill decides what kind of clock the goods have, and its days. durable says
// that goods hardly bought again may be called so: where a category is bought
// again, its products are not.
func (cy *Cycle) fill(f *facts, m *measured, durable bool, v beats, tested bool, norm data.CycleNorm, hasNorm bool, weights [4]float64, chain []windows, shopMonths []float64) {
	cy.Buyers, cy.Repeaters, cy.Intervals, cy.Returned, cy.TauDays, cy.Quantity = m.buyers, m.repeaters, m.intervals, m.returned, m.tau, m.quantity
	cy.OwnTypical = math.NaN()
	if m.ok {
		cy.OwnTypical = m.days[1]
	}
	if tested {
		cy.P, cy.Regular = v.p, v.regular
	}
	if hasNorm {
		cy.Norm = norm.Name
		if norm.Clock == data.NormCycle {
			chain[3] = normWindows(norm.Use, norm.End)
		}
	}
	cy.Kind, cy.Why = kindShop, "no rhythm beyond the shop's own: permuted products look alike"
	if !tested {
		cy.Why = fmt.Sprintf("fewer than %d customers bought it again", fewRepeaters)
	}
	season, yearly := f.seasonOf(m.months, shopMonths)
	switch {
	case yearly:
		cy.Kind, cy.Season = kindYearly, season.month+1
		cy.Why = fmt.Sprintf("%.0f %% of its purchases fall into three months from %s, against %.0f %% of all", 100*season.share, time.Month(season.month+1), 100*season.shop)
	case durable && m.buyers >= fewBuyers && m.tau >= durableDays && m.returned < durableShare:
		cy.Kind = kindNone
		cy.Why = fmt.Sprintf("only %.1f %% buy it again within %d days: ask for a referral, not for a recall", 100*m.returned, m.tau)
	case v.kept:
		cy.Kind = kindCycle
		cy.Why = fmt.Sprintf("its intervals beat permuted products (spread %.0f %% narrower)", 100*v.regular)
	case hasNorm && !tested && norm.Clock == data.NormCycle:
		cy.Kind = kindCycle
		cy.Why = fmt.Sprintf("too few repeats of its own; the norm for %s stands in", norm.Name)
	case hasNorm && !tested && norm.Clock == data.NormNone:
		cy.Kind, cy.Why = kindNone, fmt.Sprintf("the norm for %s knows no cycle", norm.Name)
	case hasNorm && !tested && m.months != nil && sumOf(m.months) > 0:
		cy.Kind, cy.Season = kindYearly, season.month+1
		cy.Why = fmt.Sprintf("the norm for %s is a yearly season", norm.Name)
	}
	w := shrunk(chain, weights[:])
	if cy.days = w; cy.Kind == kindCycle || cy.Kind == kindShop {
		cy.Use, cy.Typical, cy.Middle, cy.End = w[0], w[1], w[2], w[3]
		cy.WeightProduct, cy.WeightCategory, cy.WeightShop, cy.WeightIndustry = weights[0], weights[1], weights[2], weights[3]
	}
}

// categoryOfProducts is the category in which each product of the sample was
// bought most often, by code; of equally frequent ones the first by name.
func (f *facts) categoryOfProducts() []uint32 {
	type pair struct{ product, category uint32 }
	counts := map[pair]int{}
	best := make([]uint32, len(f.history.Names.Products)+1)
	for i := range f.lines {
		if l := &f.lines[i]; l.product > 0 && l.category > 0 {
			counts[pair{l.product, l.category}]++
		}
	}
	for p, n := range counts {
		have := best[p.product]
		if m := counts[pair{p.product, have}]; have == 0 || n > m || n == m && p.category < have {
			best[p.product] = p.category
		}
	}
	return best
}

// quantityPower is how the time to the next purchase grows with the quantity:
// the slope of the logarithms within products that have a cycle, kept within 0
// and 1; 0 where it is not clearly above zero.
func (f *facts) quantityPower(slots []slot, c *cycles) float64 {
	sorted, starts := byCode(slots, len(f.history.Names.Products))
	var xx, xy, yy, n float64
	for k := range c.all {
		cy := &c.all[k]
		if cy.Level != levelProduct || cy.Kind != kindCycle {
			continue
		}
		own := sorted[starts[cy.Code]:starts[cy.Code+1]]
		var sx, sy, sxx, sxy, syy, m float64
		for i := 1; i < len(own); i++ {
			if own[i].customer != own[i-1].customer {
				continue
			}
			x, y := math.Log(math.Max(float64(own[i-1].quantity), 1e-4)), math.Log(math.Max(float64(own[i].day-own[i-1].day), 1))
			sx, sy, sxx, sxy, syy, m = sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y, m+1
		}
		if m > 1 {
			xx += sxx - sx*sx/m
			xy += sxy - sx*sy/m
			yy += syy - sy*sy/m
			n += m - 1
		}
	}
	if xx <= 1e-9 || n < fewIntervals {
		return 0
	}
	slope := xy / xx
	residual := math.Max(yy-slope*xy, 0) / math.Max(n-1, 1)
	if slope < 2*math.Sqrt(residual/xx) {
		return 0
	}
	return math.Min(slope, 1)
}
