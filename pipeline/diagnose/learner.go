package diagnose

import (
	"fmt"
	"math"
	"time"

	"winback/data"
)

// learner finds the clocks of goods from what was known at a day.
type learner struct {
	f          *facts
	at         data.Day
	scratch    waits
	shop       windows   // the general rhythm, whatever is bought
	shopOK     bool      // enough customers came back to know it
	shopMonths []float64 // purchases by month
	out        *cycles
}

// learnCycles finds the clocks of all goods from what was known at a day.
func (f *facts) learnCycles(at data.Day) *cycles {
	names := f.history.Names
	l := &learner{f: f, at: at, scratch: newWaits(max(int(at-f.history.FirstDay), 1)), out: &cycles{ofProduct: noUnits(len(names[data.Product])), ofCategory: noUnits(len(names[data.Category]))}}
	purchases := f.shopSlots(at)
	general := spells(purchases, at, &l.scratch)
	l.shop, _, _, l.shopOK = general.windows(f.s.FollowShare)
	l.shopOK = l.shopOK && general.repeaters >= fewRepeaters
	l.shopMonths = f.monthCounts(purchases, at)
	l.categories()
	products := f.slots(levelProduct, at)
	l.products(products)
	l.out.power = f.quantityPower(products, l.out)
	return l.out
}

// shopSlots are the purchase days of the drawn customers, whatever was bought.
func (f *facts) shopSlots(at data.Day) []slot {
	all := make([]slot, 0, len(f.lines))
	for i := range f.lines {
		l := &f.lines[i]
		if n := len(all); l.day < at && (n == 0 || all[n-1].customer != l.customer || all[n-1].day != l.day) {
			all = append(all, slot{customer: l.customer, day: l.day, quantity: 1})
		}
	}
	return all
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
func (l *learner) measure(slots []slot, codes int) map[uint32]*measured {
	sorted, starts := byCode(slots, codes)
	found := map[uint32]*measured{}
	for code := 1; code <= codes; code++ {
		own := sorted[starts[code]:starts[code+1]]
		if len(own) < fewRepeaters {
			continue
		}
		m := &measured{rhythm: spells(own, l.at, &l.scratch)}
		if m.repeaters < fewRepeaters && m.buyers < fewBuyers {
			continue
		}
		m.days, m.returned, m.tau, m.ok = m.windows(l.f.s.FollowShare)
		m.wait = waits{}
		m.months = l.f.monthCounts(own, l.at)
		found[uint32(code)] = m
	}
	return found
}

// test puts purchases on other days and says which rhythms beat that.
func (l *learner) test(slots []slot, found map[uint32]*measured, codes int) map[uint32]beats {
	unitOf := noUnits(codes)
	var tested []uint32
	var repeaters []int64
	for code := uint32(1); code <= uint32(codes); code++ {
		if m := found[code]; m != nil && m.ok && m.repeaters >= fewRepeaters {
			unitOf[code] = int32(len(tested))
			tested, repeaters = append(tested, code), append(repeaters, m.repeaters)
		}
	}
	verdicts := map[uint32]beats{}
	l.out.tested += len(tested)
	if len(tested) == 0 {
		return verdicts
	}
	p := newPlacer(slots, unitOf, repeaters, l.f, int(l.at-l.f.history.FirstDay))
	for u, v := range p.run(permutations, l.f.s.Seed).judge() {
		verdicts[tested[u]] = v
	}
	return verdicts
}

// evidence is what is known of goods.
type evidence struct {
	*measured
	verdict beats
	tested  bool
	norm    data.CycleNorm
	hasNorm bool
	// decides says that the norm is for these very goods and may say what kind
	// of clock they have; a category's norm only lends its products its days.
	decides bool
	// durable says that goods hardly bought again may be called so: where a
	// category is bought again, its products are not.
	durable bool
	weights [4]float64 // product, category, shop, industry
	chain   [4]windows
}

// categories makes the clocks of the categories.
func (l *learner) categories() {
	names := l.f.history.Names[data.Category]
	slots := l.f.slots(levelCategory, l.at)
	found := l.measure(slots, len(names))
	verdicts := l.test(slots, found, len(names))
	for code := uint32(1); code <= uint32(len(names)); code++ {
		e := evidence{measured: found[code], durable: true, decides: true}
		e.norm, e.hasNorm = data.FindNorm(l.f.s.Norms, names[code-1])
		if e.measured == nil && !e.hasNorm {
			continue
		}
		if e.measured == nil {
			e.measured = &measured{}
		}
		e.verdict, e.tested = verdicts[code]
		e.weights = weightsOf(0, repeatersOf(e.measured), l.shopOK, e.hasNorm)
		e.chain = [4]windows{{}, e.days, l.shop, fallbackWindows()}
		cy := Cycle{Level: levelCategory, Code: code, Category: names[code-1]}
		l.decide(&cy, &e)
		l.out.add(cy)
	}
}

// products makes the clocks of the products that have enough repeats; all
// others go by their category.
func (l *learner) products(slots []slot) {
	names := l.f.history.Names
	found := l.measure(slots, len(names[data.Product]))
	verdicts := l.test(slots, found, len(names[data.Product]))
	categoryOf := l.f.categoryOfProducts()
	for code := uint32(1); code <= uint32(len(names[data.Product])); code++ {
		e := evidence{measured: found[code], durable: true}
		e.norm, e.hasNorm = data.FindNorm(l.f.s.Norms, names[data.Product][code-1])
		e.decides = e.hasNorm
		if e.measured == nil && !e.hasNorm {
			continue
		}
		if e.measured == nil {
			e.measured = &measured{}
		}
		cy := Cycle{Level: levelProduct, Code: code, Product: names[data.Product][code-1]}
		above, repeaters := windows{}, int64(0)
		if category := categoryOf[code]; category > 0 {
			cy.Category = names[data.Category][category-1]
			if k := l.out.ofCategory[category]; k >= 0 {
				above, repeaters = l.out.all[k].days, l.out.all[k].Repeaters
				e.durable = l.out.all[k].Kind == kindNone
			}
			if !e.hasNorm {
				e.norm, e.hasNorm = data.FindNorm(l.f.s.Norms, cy.Category)
			}
		}
		e.verdict, e.tested = verdicts[code]
		e.weights = weightsOf(repeatersOf(e.measured), repeaters, l.shopOK, e.hasNorm)
		e.chain = [4]windows{e.days, above, l.shop, fallbackWindows()}
		l.decide(&cy, &e)
		l.out.add(cy)
	}
}

// decide says what kind of clock goods have, why, and its days.
func (l *learner) decide(cy *Cycle, e *evidence) {
	cy.Buyers, cy.Repeaters, cy.Intervals, cy.Returned, cy.TauDays, cy.Quantity = e.buyers, e.repeaters, e.intervals, e.returned, e.tau, e.quantity
	cy.OwnTypical, cy.P = math.NaN(), math.NaN()
	if e.ok {
		cy.OwnTypical = e.days[1]
	}
	if e.tested {
		cy.P, cy.Regular = e.verdict.p, e.verdict.regular
	}
	if e.hasNorm {
		cy.Norm = e.norm.Name
		if e.norm.Clock == data.NormCycle {
			e.chain[3] = normWindows(e.norm.Use, e.norm.End)
		}
	}
	cy.Kind, cy.Why, cy.Season = l.kind(e)
	w := shrunk(e.chain[:], e.weights[:])
	if cy.days = w; cy.Kind == kindCycle || cy.Kind == kindShop {
		cy.Use, cy.Typical, cy.Middle, cy.End = w[0], w[1], w[2], w[3]
		cy.WeightProduct, cy.WeightCategory, cy.WeightShop, cy.WeightIndustry = e.weights[0], e.weights[1], e.weights[2], e.weights[3]
	}
}

// kind is the kind of clock, the reason in words, and the first month of the
// season, 1 for January.
func (l *learner) kind(e *evidence) (kind, why string, month int) {
	s, yearly := l.f.seasonOf(e.months, l.shopMonths)
	switch {
	case yearly:
		return kindYearly, fmt.Sprintf("%.0f %% of its purchases fall into three months from %s, against %.0f %% of all", 100*s.share, time.Month(s.month+1), 100*s.shop), s.month + 1
	case e.durable && e.buyers >= fewBuyers && e.tau >= durableDays && e.returned < durableShare:
		return kindNone, fmt.Sprintf("only %.1f %% buy it again within %d days: ask for a referral, not for a recall", 100*e.returned, e.tau), 0
	case e.verdict.kept && e.days[3] > widestWindow*e.days[0]:
		return kindShop, fmt.Sprintf("its intervals beat permuted products, but spread too widely (days %.0f to %.0f) to say when to write", e.days[0], e.days[3]), 0
	case e.verdict.kept:
		return kindCycle, fmt.Sprintf("its intervals beat permuted products (spread %.0f %% narrower)", 100*e.verdict.regular), 0
	case e.tested:
		return kindShop, "no rhythm beyond the shop's own: permuted products look alike", 0
	case e.decides && e.hasNorm && e.norm.Clock == data.NormCycle:
		return kindCycle, fmt.Sprintf("too few repeats of its own; the norm for %s stands in", e.norm.Name), 0
	case e.decides && e.hasNorm && e.norm.Clock == data.NormNone:
		return kindNone, fmt.Sprintf("the norm for %s knows no cycle", e.norm.Name), 0
	case e.decides && e.hasNorm && len(e.months) >= 12:
		best := l.f.bestSeason(e.months, l.shopMonths)
		return kindYearly, fmt.Sprintf("the norm for %s is a yearly season, here from %s on", e.norm.Name, time.Month(best.month+1)), best.month + 1
	}
	return kindShop, fmt.Sprintf("fewer than %d customers bought it again", fewRepeaters), 0
}
