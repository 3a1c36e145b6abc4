package campaign

import (
	"math"
	"strings"

	"winback/data/tables"
	"winback/pipeline/effect"
)

// Measured is a wave as seen on a day.
type Measured struct {
	*Wave
	Look     Look
	Rows     []tables.ResultRow // by group and arm, by group, then of the wave
	Decision effect.Decision
	Target   TargetStanding
	Flags    []string
	// UncappedProfit is the extra profit of all groups sent without a cap on single
	// returns, in currency, which has no limits; NaN until it is known.
	UncappedProfit float64

	outcomes Outcomes // by row of the wave
	all      *tally
	closed   map[string]map[int32]effect.Group // by arm and group, for the waves after it
}

// measurer makes the rows of a view of a wave.
type measurer struct {
	*Wave
	look    Look
	name    string // of the view
	tally   *tally
	learned map[int32]effect.Learned // of closed groups
}

// Measure says what came of a wave until a day. before are the waves of the same
// campaign that were measured before it, the oldest first: what is learned sums
// them.
func (w *Wave) Measure(outcomes Outcomes, look Look, before []*Measured) *Measured {
	m := &Measured{Wave: w, Look: look, outcomes: outcomes, all: w.count(outcomes, w.view(AllArms), look), closed: map[string]map[int32]effect.Group{}}
	var arms []*measurer
	for _, a := range w.Plan.Arms {
		v := &measurer{Wave: w, look: look, name: a.Name, tally: w.count(outcomes, w.view(a.Name), look)}
		v.learn(before)
		arms = append(arms, v)
		m.closed[a.Name] = v.closed()
	}
	all := &measurer{Wave: w, look: look, name: AllArms, tally: m.all}
	for _, number := range w.GroupNumbers() {
		for _, v := range append(arms, all) {
			row := v.groupRow(number)
			if v == all {
				row.Next = next(arms, number)
			}
			m.Rows = append(m.Rows, row)
		}
	}
	for _, v := range append(arms, all) {
		m.Rows = append(m.Rows, v.waveRow())
	}
	if m.UncappedProfit = math.NaN(); m.Rows[len(m.Rows)-1].ExtraProfit != nil {
		m.UncappedProfit = all.uncappedProfit(all.sent())
	}
	m.decide()
	m.flag()
	return m
}

// groupRow is the row of one group.
func (v *measurer) groupRow(number int32) tables.ResultRow {
	state, day := v.State(number, v.look)
	row := v.start(&number, state)
	c, h := v.tally.contacted[number], v.tally.heldOut[number]
	row.Customers, row.HeldOut = &c.customers, &h.customers
	if state == Waiting {
		row.Note = v.note([]int32{number})
		return row
	}
	sent, full := int32(v.Sends[number].Day), int32(day)
	row.SendDay, row.Day = &sent, &full
	v.fill(&row, []int32{number}, state)
	if l, ok := v.learned[number]; ok && v.isClosed(number) {
		row.LearnedLift, row.LearnedSD = number64(l.Lift), number64(l.SD)
		row.LearnedProfit = number64(v.candidate(number).Profit())
	}
	return row
}

// waveRow sums the groups that were sent.
func (v *measurer) waveRow() tables.ResultRow {
	sent, state := v.sent(), Settled
	for _, number := range sent {
		if s, _ := v.State(number, v.look); s == Open || s == Closed && state == Settled {
			state = s
		}
	}
	if len(sent) == 0 {
		row := v.start(nil, Waiting)
		c, h := v.newSide(), v.newSide()
		for _, number := range v.GroupNumbers() {
			c.plus(v.tally.contacted[number])
			h.plus(v.tally.heldOut[number])
		}
		row.Customers, row.HeldOut = &c.customers, &h.customers
		return row
	}
	row := v.start(nil, state)
	first := int32(v.Sends[sent[0]].Day)
	row.SendDay = &first
	v.fill(&row, sent, state)
	return row
}

// sent are the groups that were sent, in that order.
func (v *measurer) sent() (numbers []int32) {
	for _, number := range v.GroupNumbers() {
		if s, _ := v.State(number, v.look); s != Waiting {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

func (v *measurer) start(group *int32, state State) tables.ResultRow {
	return tables.ResultRow{Campaign: v.Name, Wave: int32(v.Number), Group: group, Arm: v.name, State: string(state)}
}

// fill fills in what was counted in groups that were sent, and what follows.
func (v *measurer) fill(row *tables.ResultRow, numbers []int32, state State) {
	c, h := v.newSide(), v.newSide()
	var groups []effect.Group
	for _, number := range numbers {
		c.plus(v.tally.contacted[number])
		h.plus(v.tally.heldOut[number])
		groups = append(groups, v.tally.group(number))
	}
	row.Customers, row.HeldOut, row.Excluded, row.ExcludedHeldOut = &c.customers, &h.customers, &c.excluded, &h.excluded
	row.Sent, row.HeldOutContacted, row.Returns, row.HeldOutReturns = &c.sent, &h.sent, &c.returned, &h.returned
	row.Rate, row.HeldOutRate = share(c.returned, c.customers), share(h.returned, h.customers)
	row.ForecastRate = number64(forecastRate(groups))
	row.Note = v.note(numbers)
	extra := v.fillExtra(row, numbers, groups, state)
	if state == Open {
		v.fillForecast(row, numbers, c)
	}
	v.fillMoney(row, numbers, c, h, extra, state)
	v.fillAgain(row, numbers, c, h)
}

// fillExtra: open windows have the interval that holds on any night, closed ones
// that of counts.
func (v *measurer) fillExtra(row *tables.ResultRow, numbers []int32, groups []effect.Group, state State) effect.Estimate {
	var extra effect.Estimate
	if row.Interval = "closed"; state == Open {
		row.Interval = "any night"
		extra = effect.Anytime(groups, v.planned(row.Group))
	} else {
		extra = effect.Extra(groups)
	}
	row.ExtraReturns, row.ExtraLow, row.ExtraHigh = limits(extra)
	row.Lift, row.LiftLow, row.LiftHigh = limits(extra.Over(float64(effect.Contacted(groups))))
	if !extra.Known() {
		row.Interval = ""
	}
	if state != Open && row.HeldOutReturns != nil && *row.HeldOutReturns >= effect.MinHeldOutReturns {
		var sides []effect.Sides
		for _, number := range numbers {
			sides = append(sides, effect.Sides{Contacted: v.tally.contacted[number].moments, HeldOut: v.tally.heldOut[number].moments})
		}
		row.AdjustedExtra, row.AdjustedLow, row.AdjustedHigh = limits(effect.Adjust(sides).Limits(extra))
	}
	return extra
}

// planned is V* of the row: of a group, or of all that were launched. Who was left
// out since counts as at launch.
func (v *measurer) planned(group *int32) float64 {
	var groups []effect.Group
	for _, g := range v.Plan.Groups {
		if group != nil && *group != g.Group {
			continue
		}
		c, h := v.tally.contacted[g.Group], v.tally.heldOut[g.Group]
		groups = append(groups, effect.Group{Contacted: c.customers + c.excluded, HeldOut: h.customers + h.excluded, Probability: v.tally.probability[g.Group]})
	}
	return effect.PlannedVariance(groups)
}

// fillAgain compares who bought again, once all had the time to.
func (v *measurer) fillAgain(row *tables.ResultRow, numbers []int32, c, h *side) {
	var groups []effect.Group
	for _, number := range numbers {
		if !v.againKnown(number, v.look) {
			return
		}
		groups = append(groups, v.tally.again(number))
	}
	row.BoughtAgain, row.HeldOutBoughtAgain = &c.again, &h.again
	row.AgainLift, row.AgainLow, row.AgainHigh = limits(effect.Extra(groups).Over(float64(effect.Contacted(groups))))
}

// note says what a reader must know of a row.
func (v *measurer) note(numbers []int32) string {
	var notes []string
	for _, number := range numbers {
		if g := v.tally.group(number); !g.Measurable() {
			notes = append(notes, "not measurable: nobody is held out")
			break
		}
	}
	if len(numbers) > 0 && v.hasOffers() && !v.look.Redeemed {
		notes = append(notes, "offers paid are assumed")
	}
	return strings.Join(notes, "; ")
}

func (v *measurer) hasOffers() bool {
	for _, name := range v.view(v.name) {
		if a, err := v.Plan.Arm(name); err == nil && a.Discount > 0 {
			return true
		}
	}
	return false
}

func forecastRate(groups []effect.Group) float64 {
	sum, n := 0.0, int64(0)
	for _, g := range groups {
		sum += g.Probability * float64(g.Contacted)
		n += g.Contacted
	}
	return sum / float64(n)
}

// share is y of n; nil of nobody.
func share(y, n int64) *float64 { return number64(float64(y) / float64(n)) }

// number64 is a number of a row; nil where it is not known.
func number64(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func limits(e effect.Estimate) (value, low, high *float64) {
	return number64(e.Value), number64(e.Low), number64(e.High)
}
