package diagnose

import (
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/features"
)

// RuleTrial is one definition of lapsed and what became of those it declared,
// on past days whose horizon is over.
type RuleTrial struct {
	Rule        string    `json:"rule"`
	Family      string    `json:"family"`       // what the rule looks at
	LapsedShare Number    `json:"lapsed_share"` // of the customers
	RateLapsed  Number    `json:"rate_lapsed"`  // of the lapsed who bought within the horizon
	RateOthers  Number    `json:"rate_others"`
	FalseAlarms int64     `json:"false_alarms"` // lapsed who came back within the horizon, over all days
	Lapsed      int64     `json:"lapsed"`
	Customers   int64     `json:"customers"`
	Days        []RuleDay `json:"days"`
}

// RuleDay is a rule on one past day.
type RuleDay struct {
	Day         string `json:"day"`
	LapsedShare Number `json:"lapsed_share"`
	RateLapsed  Number `json:"rate_lapsed"`
	RateOthers  Number `json:"rate_others"`
	FalseAlarms int64  `json:"false_alarms"`
}

// RuleFacts compare the ways to look at a silent customer.
type RuleFacts struct {
	Days        []string    `json:"days"` // past days that judged, newest first
	HorizonDays int         `json:"horizon_days"`
	SampleShare Number      `json:"sample_share"` // of the customers
	EqualShare  []Separator `json:"equal_share"`  // families at the same share of lapsed, best first
	Clocks      []ClockTest `json:"clocks"`
	// SmallestDays is the smallest L for which of those silent for L days or
	// more at most the set share came back; not known: there is none.
	SmallestDays    Number `json:"smallest_days"`
	SmallestShare   Number `json:"smallest_rate"` // share that came back at that L
	MostFalseAlarms Number `json:"most_false_alarms"`
	Recency         Fading `json:"recency"`
	Words           string `json:"words"`
}

// Separator is a family of rules at the same share of lapsed customers.
type Separator struct {
	Family     string   `json:"family"`
	Share      Number   `json:"share"`
	RateLapsed Number   `json:"rate_lapsed"`
	RateOthers Number   `json:"rate_others"`
	AUC        Number   `json:"auc"`        // that a customer who came back looks less lapsed than one who did not; mean over the days
	ByDay      []Number `json:"auc_by_day"` // unknown where the family could not be tried
}

// ClockTest says how well the stages of a clock part those who came back.
type ClockTest struct {
	Clock Clock    `json:"clock"`
	AUC   Number   `json:"auc"`
	ByDay []Number `json:"auc_by_day"`
	Rates []Number `json:"rates"` // by stage, all days together
}

// Families of rules.
const (
	familyRecency  = "days since the last purchase"
	familyMultiple = "multiple of the own interval"
	familyAlive    = "chance of having left"
	familyProduct  = "product clock"
)

var families = []string{familyRecency, familyMultiple, familyAlive, familyProduct}

// definition declares customers lapsed whose figure reaches the limit.
type definition struct {
	name   string
	family string
	limit  float64
}

// past is one past day with what the rules look at.
type past struct {
	day     data.Day
	states  []state
	product []uint8 // stage by the product clock; noStage: none
	// hasProduct says that some goods had a clock then; else the product clock is
	// the shop's own.
	hasProduct bool
	own        windowsOfShop
	alive      lifetimes
	hasAlive   bool
	outcomes   map[string]outcomes // by family, of those that could be tried
}

// windowsOfShop are quantiles of the intervals from first to second purchase
// that were known on a day.
type windowsOfShop struct {
	cuts     []int // at 30, 60, 75, 90 %
	edges    features.StageEdges
	interval float64 // median
	known    bool    // there were such intervals; without them there are no rules by intervals
}

func (f *facts) past(k int, near lifetimes) past {
	day := f.cuts[k]
	p := past{day: day, states: f.states[k]}
	w := waits{came: slices.Clone(f.steps[0].wait.came)}
	for t, n := range f.counts.newerWaits[k] {
		w.came[t] -= n
	}
	p.own.cuts = w.plainCuts([]float64{0.3, 0.6, 0.75, 0.9})
	p.own.known = w.total() > 0
	p.own.interval = math.Max(float64(w.plainCuts([]float64{0.5})[0]), 1)
	p.own.edges, _ = edgesOf([]int{p.own.cuts[0], p.own.cuts[1], p.own.cuts[3]}, int64(w.total()), f.s.FixedEdges)
	p.alive, p.hasAlive = fitLifetimes(p.states, int32(day), near)
	return p
}

// rules lists the definitions that are compared on a day. Quantiles are those
// known then, so a name stands for different days.
func (p *past) rules() []definition {
	var all []definition
	for _, days := range []int{45, 60, 90, 120, 180, 270, 365} {
		all = append(all, definition{fmt.Sprintf("%d days", days), familyRecency, float64(days)})
	}
	if p.own.known {
		for k, share := range []int{60, 75, 90} {
			all = append(all, definition{fmt.Sprintf("%d %% of first intervals over", share), familyRecency, math.Max(float64(p.own.cuts[k+1]), 1)})
		}
		for _, times := range []float64{1.5, 2, 3} {
			all = append(all, definition{fmt.Sprintf("%g times the own interval", times), familyMultiple, times})
		}
	}
	if p.hasAlive {
		all = append(all, definition{"chance of being alive below 50 %", familyAlive, 0.5})
	}
	if p.hasProduct {
		all = append(all, definition{"past the product's end window", familyProduct, 1})
	}
	return all
}

// judge looks at what became of the customers by how lapsed they looked.
func (p *past) judge() {
	p.outcomes = map[string]outcomes{}
	for _, family := range families {
		if family == familyAlive && !p.hasAlive || family == familyProduct && !p.hasProduct {
			continue
		}
		p.outcomes[family] = outcomesOf(p.states, func(i int) float64 { return p.figure(family, i) })
	}
}

// figure is how lapsed a customer looks to a family of rules.
func (p *past) figure(family string, i int) float64 {
	s := &p.states[i]
	recency := float64(p.day - s.last)
	switch family {
	case familyMultiple:
		return recency / s.ownInterval(p.own.interval)
	case familyAlive:
		return 1 - p.alive.alive(float64(s.days-1), float64(s.last-s.first), float64(p.day-s.first))
	case familyProduct:
		if p.product[i] == noStage {
			return recency / math.Max(float64(p.own.edges[2]+1), 1) // the shop's own clock stands in
		}
		return float64(p.product[i]) / float64(features.StageLost)
	}
	return recency
}

// ownInterval is the customer's mean interval, with one of the shop's added, so
// that one-time buyers have one too.
func (s *state) ownInterval(shop float64) float64 {
	return (float64(s.last-s.first) + shop) / float64(s.days)
}

// tally counts the lapsed and the others of a rule.
type tally struct{ lapsed, back, others, othersBack int64 }

func (t *tally) day(d data.Day) RuleDay {
	return RuleDay{Day: d.String(), LapsedShare: ratio(t.lapsed, t.lapsed+t.others), RateLapsed: ratio(t.back, t.lapsed), RateOthers: ratio(t.othersBack, t.others), FalseAlarms: t.back}
}

// compareRules tries every rule on every day.
func compareRules(days []past) []RuleTrial {
	byName := map[string]int{}
	var out []RuleTrial
	var sums []tally
	for d := range days {
		p := &days[d]
		for _, r := range p.rules() {
			at, known := byName[r.name]
			if !known {
				at = len(out)
				byName[r.name] = at
				out, sums = append(out, RuleTrial{Rule: r.name, Family: r.family}), append(sums, tally{})
			}
			t := p.outcomes[r.family].from(r.limit)
			sums[at].lapsed += t.lapsed
			sums[at].back += t.back
			sums[at].others += t.others
			sums[at].othersBack += t.othersBack
			out[at].Days = append(out[at].Days, t.day(p.day))
		}
	}
	for k := range out {
		r, t := &out[k], &sums[k]
		r.LapsedShare, r.RateLapsed, r.RateOthers = ratio(t.lapsed, t.lapsed+t.others), ratio(t.back, t.lapsed), ratio(t.othersBack, t.others)
		r.FalseAlarms, r.Lapsed, r.Customers = t.back, t.lapsed, t.lapsed+t.others
	}
	return out
}
