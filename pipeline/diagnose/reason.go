package diagnose

import (
	"fmt"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/features"
)

// reasonAt is which of all reasons says why a customer stands in the stage in
// force: that of the goods where their clock says it, else that of the recency.
// Customers with the same figures get the same words, so that the column packs
// well.
func (p *People) reasonAt(recency int, d *due) int {
	if p.f.s.Clock == ClockProduct && d.stage != noStage {
		return p.recencies() + int(d.stageOf)*int(features.StageCount) + int(d.stage)
	}
	return recency
}

// edgesInForce part the stages of the clock in force where goods say nothing.
func (p *People) edgesInForce() features.StageEdges {
	if p.f.s.Clock == ClockFixed {
		return p.f.s.FixedEdges
	}
	return p.own
}

// recencies is how many numbers of days since the last purchase there are.
func (p *People) recencies() int { return max(int(p.f.s.AsOf-p.f.history.FirstDay), 0) + 1 }

// goodsReasons are the words for each clock of goods and stage, where the clock
// in force looks at goods.
func (p *People) goodsReasons() []string {
	if p.f.s.Clock != ClockProduct {
		return nil
	}
	var words []string
	for k := range p.cycles.all {
		cy := &p.cycles.all[k]
		for stage := range features.StageCount {
			if cy.Kind == kindYearly {
				words = append(words, fmt.Sprintf("%s: %s by its yearly season", cy.name(), stage))
				continue
			}
			words = append(words, fmt.Sprintf("%s: %s by its cycle, in use to day %.0f, running out to day %.0f", cy.name(), stage, cy.Use, cy.End))
		}
	}
	return words
}

// recencyReasons are the words for each number of days since the last purchase.
func (p *People) recencyReasons() []string {
	edges, clock, more := p.edgesInForce(), "fixed clock", ""
	switch p.f.s.Clock {
	case ClockOwn:
		clock = "shop's own clock"
	case ClockProduct:
		clock, more = "shop's own clock", "; nothing bought has a clock of its own"
	}
	words := make([]string, p.recencies())
	for days := range words {
		stage := edges.Of(days)
		words[days] = fmt.Sprintf("last purchase %d days ago: %s by the %s, %s%s", days, stage, clock, daysOf(edges, stage), more)
	}
	return words
}

// daysOf writes the days of a stage.
func daysOf(e features.StageEdges, s features.Stage) string {
	switch s {
	case features.StageActive:
		return fmt.Sprintf("up to %d days", e[0])
	case features.StageLost:
		return fmt.Sprintf("more than %d days", e[2])
	}
	return fmt.Sprintf("%d to %d days", e[s-1]+1, e[s])
}

// deadlineOf finds the one-time buyers who leave a stage within the days that
// deadline lists look ahead.
func (p *People) deadlineOf(id string, c *customer, d *due) (tables.Deadline, bool) {
	recency := c.recency(p.f.s.AsOf)
	byGoods := p.f.s.Clock == ClockProduct && d.stage != noStage
	if c.days != 1 || !byGoods && !p.places[recency].leaves {
		return tables.Deadline{}, false
	}
	edges := p.edgesInForce()
	if byGoods {
		cy := &p.cycles.all[d.stageOf]
		if cy.Kind != kindCycle {
			return tables.Deadline{}, false
		}
		edges = features.StageEdges{int(cy.days[0] * d.scale), int(cy.days[2] * d.scale), int(cy.days[3] * d.scale)}
	}
	if !p.leaves(edges, recency) {
		return tables.Deadline{}, false
	}
	s := edges.Of(recency)
	line := tables.Deadline{CustomerID: id, Stage: s.String(), NextStage: (s + 1).String(), LastDay: c.last + data.Day(edges[s]), DaysLeft: int32(edges[s] - recency), RecencyDays: int32(recency),
		Value: c.value, FirstOrderValue: c.firstValue, ValueClass: classNames[p.class.of(c.value)], ABC: abcNames[p.abc.of(c.value)]}
	if d.clock >= 0 {
		line.DueProduct = p.cycles.all[d.clock].name()
		if p.f.s.WaitDue && d.phase == phaseUse && d.since > p.f.s.AsOf {
			line.WaitUntil = d.since
			line.WaitReason = fmt.Sprintf("%s usually lasts until then", line.DueProduct)
		}
	}
	return line, true
}

// leaves says whether so many days since the last purchase are near the end of
// their stage.
func (p *People) leaves(edges features.StageEdges, recency int) bool {
	s := edges.Of(recency)
	return s != features.StageLost && edges[s]-recency < p.f.s.DeadlineDays
}

// deadlines returns the list: who has the least time first, then by value, then
// by customer id.
func (p *People) deadlines() []tables.Deadline {
	if keepOff := p.f.s.KeepOff; keepOff != nil {
		p.deadline = slices.DeleteFunc(p.deadline, func(d tables.Deadline) bool { return keepOff(d.CustomerID) })
	}
	if held := p.f.s.Held; held != nil {
		p.deadline = slices.DeleteFunc(p.deadline, held)
	}
	slices.SortFunc(p.deadline, tables.CompareDeadlines)
	return p.deadline
}
