package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/features"
	"winback/pipeline/wording"
)

// separators puts the families of rules side by side at the same share of
// lapsed customers: the one that leaves the fewest returns among them parts
// best. The share is that of the lapsed-after setting.
func (f *facts) separators(days []past) []Separator {
	var out []Separator
	for _, family := range families {
		s := Separator{Family: family}
		var share, lapsed, others, aucs, n float64
		for d := range days {
			p := &days[d]
			all := p.outcomes[family]
			if len(all) == 0 {
				s.ByDay = append(s.ByDay, unknown)
				continue
			}
			same := p.shareLapsed(f.s.LapsedAfter)
			a, b := all.rates(same)
			auc := all.auc()
			s.ByDay = append(s.ByDay, Number(auc))
			if math.IsNaN(a) || math.IsNaN(b) || math.IsNaN(auc) {
				continue
			}
			share, lapsed, others, aucs, n = share+same, lapsed+a, others+b, aucs+auc, n+1
		}
		if n == 0 {
			continue
		}
		s.Share, s.RateLapsed, s.RateOthers, s.AUC = Number(share/n), Number(lapsed/n), Number(others/n), Number(aucs/n)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Separator) int { return cmp.Compare(b.AUC, a.AUC) })
	return out
}

func (p *past) shareLapsed(lapsedAfter int) float64 {
	n := 0
	for i := range p.states {
		if int(p.day-p.states[i].last) >= lapsedAfter {
			n++
		}
	}
	return float64(n) / float64(len(p.states))
}

// clockTests judges the stages of the three clocks on the past days.
func (f *facts) clockTests(days []past) []ClockTest {
	var out []ClockTest
	for _, clock := range Clocks() {
		t := ClockTest{Clock: clock, AUC: unknown}
		var tested, returned [features.StageCount]int64
		var aucs, n float64
		for d := range days {
			p := &days[d]
			if clock == ClockProduct && !p.hasProduct || len(p.states) == 0 {
				t.ByDay = append(t.ByDay, unknown)
				continue
			}
			all := make(outcomes, features.StageCount)
			for i := range p.states {
				all[p.stage(f, clock, i)].add(p.states[i].returned)
			}
			for k := range all {
				tested[k], returned[k] = tested[k]+all[k].customers, returned[k]+all[k].back
			}
			auc := all.auc()
			t.ByDay = append(t.ByDay, Number(auc))
			if !math.IsNaN(auc) {
				aucs, n = aucs+auc, n+1
			}
		}
		if n > 0 {
			t.AUC = Number(aucs / n)
		}
		for k := range tested {
			t.Rates = append(t.Rates, ratio(returned[k], tested[k]))
		}
		out = append(out, t)
	}
	return out
}

// stage is the stage of a customer on a past day by a clock, with the edges
// known then. Where no product has a clock the own clock stands in.
func (p *past) stage(f *facts, clock Clock, i int) features.Stage {
	recency := int(p.day - p.states[i].last)
	switch {
	case clock == ClockFixed:
		return f.s.FixedEdges.Of(recency)
	case clock == ClockProduct && p.product[i] != noStage:
		return features.Stage(p.product[i])
	}
	return p.own.edges.Of(recency)
}

// smallestDays finds the smallest number of silent days such that of those
// silent for so long or longer, at least 200, at most the given share came back.
func smallestDays(days []past, most float64) (smallest, rate Number) {
	var silent, back []int64
	for d := range days {
		p := &days[d]
		for i := range p.states {
			r := int(p.day - p.states[i].last)
			for len(silent) <= r {
				silent, back = append(silent, 0), append(back, 0)
			}
			silent[r]++
			if p.states[i].returned {
				back[r]++
			}
		}
	}
	const fewest = 200
	var n, b int64
	smallest, rate = unknown, unknown
	for r := len(silent) - 1; r >= 1; r-- {
		n, b = n+silent[r], b+back[r]
		if n >= fewest && float64(b) <= most*float64(n) {
			smallest, rate = Number(r), ratio(b, n)
		}
	}
	return smallest, rate
}

// ruleFacts puts the comparison together.
func (f *facts) ruleFacts(days []past, firstFrom data.Day) RuleFacts {
	out := RuleFacts{HorizonDays: f.s.HorizonDays, SampleShare: Number(f.draw.stateShare), MostFalseAlarms: Number(f.s.FalseAlarms), SmallestShare: unknown}
	for d := range days {
		out.Days = append(out.Days, days[d].day.String())
	}
	out.EqualShare = f.separators(days)
	out.Clocks = f.clockTests(days)
	out.SmallestDays, out.SmallestShare = smallestDays(days, f.s.FalseAlarms)
	out.Recency = fading(days, firstFrom, f.s.Seed)
	out.Words = out.words()
	if len(out.EqualShare) == 0 {
		out.Words = notJudged(days, f.s.HorizonDays)
	}
	return out
}

// notJudged says why the past days part no rule from another.
func notJudged(days []past, horizonDays int) string {
	var customers, back int
	for d := range days {
		customers += len(days[d].states)
		for i := range days[d].states {
			if days[d].states[i].returned {
				back++
			}
		}
	}
	since := fmt.Sprintf("within %s of the %s", wording.Counted(horizonDays, "day"), wording.Plural(int64(len(days)), "past day", "past days"))
	switch {
	case customers == 0:
		return "the history is too short to judge clocks and rules by what came after"
	case back == 0:
		return "nobody came back " + since + ", so no clock and no rule can be told from another"
	case back == customers:
		return "everybody came back " + since + ", so no clock and no rule can be told from another"
	}
	return "on none of the past days were there both lapsed customers and others, of whom some came back and some did not, so clocks and rules cannot be judged"
}

// words sums up which family and which clock separate best; empty where none
// was judged.
func (r *RuleFacts) words() string {
	if len(r.EqualShare) == 0 {
		return ""
	}
	days := "1 past day, " + r.Days[0]
	if n := len(r.Days); n > 1 {
		days = fmt.Sprintf("%d past days from %s to %s", n, r.Days[n-1], r.Days[0])
	}
	best := r.EqualShare[0]
	text := fmt.Sprintf("judged on %s by who came back within %d days, the rule by %s separates best (AUC %.3f): of the %s of customers who look most lapsed %s came back, of the others %s",
		days, r.HorizonDays, best.Family, float64(best.AUC), wording.Prose.Percent(float64(best.Share)), wording.Prose.Percent(float64(best.RateLapsed)), wording.Prose.Percent(float64(best.RateOthers)))
	var next []string
	for _, s := range r.EqualShare[1:] {
		next = append(next, fmt.Sprintf("%s (%.3f)", s.Family, float64(s.AUC)))
	}
	if len(next) > 0 {
		text += "; then " + strings.Join(next, ", ")
	}
	clocks := slices.DeleteFunc(slices.Clone(r.Clocks), func(c ClockTest) bool { return !c.AUC.Known() })
	slices.SortStableFunc(clocks, func(a, b ClockTest) int { return cmp.Compare(b.AUC, a.AUC) })
	for k, c := range clocks {
		if k == 0 {
			text += fmt.Sprintf("; of the clocks the %s one separates best (AUC %.3f)", c.Clock, float64(c.AUC))
			continue
		}
		text += fmt.Sprintf(", then the %s one (%.3f)", c.Clock, float64(c.AUC))
	}
	return text
}
