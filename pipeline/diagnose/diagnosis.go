package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"math"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/features"
	"winback/pipeline/run"
)

// Diagnosis is diagnosis.json: where the customers stand, when they come back,
// what brings them on, and whether the shop is healthy. Shares and rates are in
// [0, 1], money is in units of the shop's currency, null is not known.
type Diagnosis struct {
	AsOf              string            `json:"as_of"`
	HorizonDays       int               `json:"horizon_days"`
	Customers         int64             `json:"customers"` // with a purchase before the as-of day
	Clocks            ClockFacts        `json:"clocks"`
	Stages            []StageRow        `json:"stages"`
	Ladder            []Rung            `json:"ladder"`
	LadderFacts       LadderFacts       `json:"ladder_facts"`
	FirstOrder        []FirstOrderClass `json:"first_order"`
	FirstTree         FirstOrderTree    `json:"first_order_tree"`
	Pareto            Pareto            `json:"pareto"`
	Value             ValueFacts        `json:"value"`
	RFM               RFM               `json:"rfm"`
	ShopType          ShopType          `json:"shop_type"`
	Months            []Month           `json:"months"`
	LapsedRules       []RuleTrial       `json:"lapsed_rules"`
	RuleFacts         RuleFacts         `json:"rule_facts"`
	Interpurchase     BandFacts         `json:"interpurchase"`
	Types             TypeFacts         `json:"customer_types"`
	WhatIf            WhatIf            `json:"what_if"`
	DeadlineDays      int               `json:"deadline_days"`
	DeadlineCustomers int64             `json:"deadline_customers"`

	Cycles    []Cycle           `json:"-"` // in order: categories, then products, each by name
	Deadlines []tables.Deadline `json:"-"` // the least time first
	Referrals Referrals         `json:"-"` // by list, the greatest value first
}

// Learn ends the first walk: what it gathered becomes what the second needs.
// use is given tables of all customers, one by one in order of their ids, which
// it must not keep; nil: nobody wants them.
func (c *Collector) Learn(use func(*features.Table) error) *People {
	f := c.facts()
	w := f.worth()
	own, _ := edgesOf(f.steps[0].wait.plainCuts(ownShares), int64(f.steps[0].wait.total()), f.s.FixedEdges)
	p := &People{f: f, own: own, worth: w, abc: w.byValue([2]float64{0.8, 0.95}), class: w.byCustomers([2]float64{0.2, 0.5}), rfm: f.rfmCuts(&w), best: f.bestMeanValue(),
		prices: f.usualPrices(), bulk: f.bulkQuantities(), cycles: f.learnCycles(f.s.AsOf), use: use, waiting: map[int]*features.Table{}, stages: make([][]uint8, len(f.customers.parts))}
	p.before = &cycles{}
	if n := len(f.cuts); n > 0 && p.cycles.use {
		p.before = f.learnCycles(f.cuts[n-1])
	}
	p.names = p.customerNames()
	for days := range p.recencies() {
		p.places = append(p.places, place{f.s.FixedEdges.Of(days), own.Of(days), uint8(p.rfm.recency(days)), p.leaves(p.edgesInForce(), days)})
	}
	for range f.cuts {
		p.past = append(p.past, make([][]uint8, len(f.customers.parts)))
	}
	f.lines = nil
	return p
}

// Diagnose makes both walks over all orders and puts the diagnosis together.
// customers are as many as a survey counted, 0 where nobody did.
func Diagnose(ctx context.Context, orders *orders.Table, customers int64, s Settings, use func(*features.Table) error) (*Diagnosis, error) {
	c, err := Take(ctx, orders, customers, s)
	if err != nil {
		return nil, err
	}
	p := c.Learn(use)
	if err := p.Walk(ctx, orders); err != nil {
		return nil, err
	}
	return p.Diagnosis(nil)
}

// Diagnosis puts everything together once both walks are done. expected is what
// the model expects of each customer lapsed at the as-of day (probability ×
// spend) in order of the customer ids; nil where there is no model.
func (p *People) Diagnosis(expected iter.Seq2[float64, error]) (*Diagnosis, error) {
	f := p.f
	d := &Diagnosis{AsOf: f.s.AsOf.String(), HorizonDays: f.s.HorizonDays, Customers: f.count, DeadlineDays: f.s.DeadlineDays}
	days := p.pastDays()
	own := f.ownClock()
	d.Clocks = ClockFacts{InForce: f.s.Clock, Fixed: FixedClock{f.s.FixedEdges}, Own: own, Product: p.productClock()}
	if err := p.stageRows(d, days, expected); err != nil {
		return nil, cmp.Or(p.Err(), err)
	}
	d.Ladder = f.ladder(&f.steps)
	d.LadderFacts = f.ladderFacts(d.Ladder)
	inForce, testEdges := f.s.FixedEdges, f.s.FixedEdges
	if f.s.Clock != ClockFixed {
		inForce, testEdges = p.own, p.own
		if len(days) > 0 {
			testEdges = days[0].own.edges
		}
	}
	var err error
	if d.FirstOrder, d.FirstTree, err = f.firstOrder(inForce, testEdges); err != nil {
		return nil, err
	}
	d.Pareto = p.worth.pareto()
	d.Value = ValueFacts{p.worth.classes(p.abc, abcNames), p.worth.classes(p.class, classNames)}
	d.RFM = f.rfm(p.rfm, &p.sums.rfm)
	d.Months = f.monthRows()
	d.ShopType = shopType(d.Months)
	d.LapsedRules = compareRules(days)
	firstFrom := f.history.FirstDay
	if d.LadderFacts.After.Survivors {
		firstFrom += data.Day(f.s.FillUpDays)
	}
	d.RuleFacts = f.ruleFacts(days, firstFrom)
	d.Interpurchase = f.bands()
	d.Types = p.sums.types.facts(p.best, p.prices.known(), len(f.s.Events) > 0)
	d.WhatIf = f.whatIf()
	d.Cycles, d.Deadlines, d.Referrals = p.cycles.all, p.deadlines(), p.referrals()
	d.DeadlineCustomers = int64(len(d.Deadlines))
	return d, p.Err()
}

// pastDays are the past days with what became of the customers on them.
func (p *People) pastDays() []past {
	var days []past
	near := usualLifetimes()
	for k := range p.f.cuts {
		day := p.f.past(k, near)
		if day.hasAlive {
			near = day.alive
		}
		for _, part := range p.past[k] {
			day.product = append(day.product, part...)
		}
		day.hasProduct = p.before.use
		day.judge()
		days = append(days, day)
	}
	return days
}

func (p *People) productClock() ProductClock {
	c := ProductClock{SampleShare: Number(p.f.draw.lineShare), Tested: p.cycles.tested, Kept: p.cycles.kept, QuantityPower: Number(p.cycles.power), Customers: p.sums.clocked}
	switch {
	case c.Tested == 0:
		c.Words = fmt.Sprintf("no product and no category was bought again by %d customers or more, so nothing can be tested", fewRepeaters)
	case c.Kept == 0:
		c.Words = fmt.Sprintf("none of %d products and categories has a rhythm of its own: permuted products look alike", c.Tested)
	default:
		c.Words = fmt.Sprintf("a rhythm beyond the shop's in %d of %d products and categories", c.Kept, c.Tested)
	}
	return c
}

// stageRows writes the stages of the three clocks.
func (p *People) stageRows(d *Diagnosis, days []past, expected iter.Seq2[float64, error]) error {
	f := p.f
	ownTest := p.own
	if len(days) > 0 {
		ownTest = days[0].own.edges
	}
	fixed, own, product := f.stagesBy(f.s.FixedEdges, f.s.FixedEdges), f.stagesBy(p.own, ownTest), p.sums.product
	if len(days) > 0 && days[0].hasProduct {
		for i := range days[0].states {
			product.test(days[0].stage(f, ClockProduct, i), days[0].states[i].returned)
		}
	}
	if expected != nil {
		next, stop := iter.Pull2(expected)
		defer stop()
		lapsed := 0
		for stages := range p.lapsed {
			value, err, more := next()
			if err != nil {
				return err
			}
			if !more {
				return fmt.Errorf("diagnosis: expected values of %d customers, but more are lapsed", lapsed)
			}
			if !math.IsNaN(value) {
				fixed.expect(stages[0], value)
				own.expect(stages[1], value)
				product.expect(stages[2], value)
			}
			lapsed++
		}
		if _, _, more := next(); more {
			return fmt.Errorf("diagnosis: expected values of more customers than the %d lapsed", lapsed)
		}
	}
	d.Stages = append(d.Stages, fixed.rows(ClockFixed, f.s.FixedEdges)...)
	d.Stages = append(d.Stages, own.rows(ClockOwn, p.own)...)
	d.Stages = append(d.Stages, product.rows(ClockProduct, features.StageEdges{})...)
	return nil
}

func (s *stageSums) expect(stage features.Stage, value float64) {
	s[stage].expected += value
	s[stage].scored++
}

// bestMeanValue is the mean value of a purchase day that the top fifth of the
// repeat customers reach.
func (f *facts) bestMeanValue() data.Money {
	var values []float64
	share, i := shareFor(100_000, f.count), uint64(0)
	for c := range f.everyone {
		if c.days > 1 && drawn(mix(i), share) {
			values = append(values, float64(c.value)/float64(c.days))
		}
		i++
	}
	if len(values) == 0 {
		return 0
	}
	sortFigures(values)
	return data.Money(math.Ceil(quantile(values, 0.8)))
}

// WriteJSON writes diagnosis.json.
func (d *Diagnosis) WriteJSON(w io.Writer) error {
	return run.WriteJSON(w, d)
}
