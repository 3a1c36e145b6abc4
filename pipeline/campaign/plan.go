// Package campaign knows what a campaign is: waves that were launched, who was
// dealt to which arm, which day each group was sent, whose window is open or over,
// what came back, and what that says. It reads the ledger and what customers did,
// and speaks in tables; it knows no console and no clock.
package campaign

import (
	"fmt"
	"math"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/effect"
	"winback/pipeline/run"
)

// Files of a launch in the ledger.
const (
	PlanFile        = "plan.json"
	AssignmentsFile = "assignments.parquet"
	RulesFile       = "rules.txt"        // the groups' tree, in the format of models/FORMAT.md
	NumbersFile     = "rules.json"       // what the tree's leaves are as groups
	ContactsFile    = "contacts.parquet" // of an entry of what was sent
	ResultsFile     = "results.parquet"  // of a settled wave
	CurveFile       = "curve.json"       // the same: extra returns by day of the window
)

// Figure is a number of plan.json; null where it is not known.
type Figure = run.Figure

// unknown is a figure that nobody knows.
var unknown = Figure(math.NaN())

// Plan is plan.json: what a wave was launched with, which nothing changes later.
type Plan struct {
	Run             string  `json:"run"`             // "" where the wave was drawn elsewhere
	ManifestSHA256  string  `json:"manifest_sha256"` // of that run
	AsOf            string  `json:"as_of"`           // YYYY-MM-DD
	HorizonDays     int     `json:"horizon_days"`
	LapsedAfterDays int     `json:"lapsed_after_days"` // 0: not known
	Holdout         Figure  `json:"holdout"`           // share that was drawn; null where the wave was drawn elsewhere
	Margin          Figure  `json:"margin"`
	ContactCost     Figure  `json:"contact_cost"`
	AcquisitionCost Figure  `json:"acquisition_cost"` // of a new customer
	Target          *Target `json:"target"`
	PaceDays        int     `json:"pace_days"` // from group to group
	Arms            []Arm   `json:"arms"`
	Taught          *Taught `json:"taught,omitempty"` // nil where nothing was learned before, or it was overruled

	LevelSigma       Figure         `json:"level_sigma"`
	Tau              Figure         `json:"tau"`
	ValueCap         Figure         `json:"value_cap"`         // currency; null for none
	NaturalCurve     []Figure       `json:"natural_curve"`     // share of the natural returns by day of the window; null where not known
	NaturalSpread    []Figure       `json:"natural_spread"`    // of its log-odds
	ResponseCurve    []Figure       `json:"response_curve"`    // the same of extra returns; null before a wave is settled
	ResponseVariance []Figure       `json:"response_variance"` // of its shares
	Groups           []PlannedGroup `json:"groups"`            // in order of sending
	All              PlannedGroup   `json:"all"`               // group 0: all of them
}

// Target is what the campaign is run for.
type Target struct {
	Kind  string  `json:"kind"` // returns or extra
	Value float64 `json:"value"`
}

// Kinds of targets.
const (
	TargetReturns = "returns"
	TargetExtra   = "extra"
)

// PlannedGroup is a group at launch.
type PlannedGroup struct {
	Group           int32  `json:"group"`
	Customers       int64  `json:"customers"` // dealt to an arm that is contacted
	HeldOut         int64  `json:"held_out"`
	Probability     Figure `json:"probability"` // mean
	Rule            string `json:"rule,omitempty"`
	RuleJSON        string `json:"rule_json,omitempty"`
	OrderMargin     Figure `json:"order_margin"`     // what a return brings, in currency
	PlannedVariance Figure `json:"planned_variance"` // V*
	DetectableExtra Figure `json:"detectable_extra"` // extra returns found with a power of 80 %
	BreakEvenExtra  Figure `json:"break_even_extra"` // extra returns from which contacting pays
}

// Measurable says whether both sides have customers.
func (g PlannedGroup) Measurable() bool { return g.Customers > 0 && g.HeldOut > 0 }

// dealt gathers what groups have been dealt.
type dealt struct {
	effect.Group
	sum     float64 // of probabilities
	byArm   map[string]int64
	unknown int64 // customers without a probability
}

// groupsOf counts the customers by group and arm.
func groupsOf(rows []tables.AssignmentRow) map[int32]*dealt {
	groups := map[int32]*dealt{}
	for i := range rows {
		r := &rows[i]
		g := groups[r.Group]
		if g == nil {
			g = &dealt{byArm: map[string]int64{}}
			groups[r.Group] = g
		}
		g.byArm[r.Arm]++
		if r.Arm == tables.HoldoutArm {
			g.HeldOut++
		} else {
			g.Contacted++
		}
		if math.IsNaN(r.Probability) {
			g.unknown++
		}
		g.sum += r.Probability
	}
	for _, g := range groups {
		g.Probability = g.sum / float64(g.Contacted+g.HeldOut)
	}
	return groups
}

// Fill works out what the plan says of its groups: their order and what is known
// of each (rule, OrderMargin) are set before. The order of the rows must be that of
// the ids.
func (p *Plan) Fill(rows []tables.AssignmentRow) {
	groups := groupsOf(rows)
	var all []effect.Planned
	for i := range p.Groups {
		g := &p.Groups[i]
		d := groups[g.Group]
		if d == nil {
			d = &dealt{Group: effect.Group{Probability: math.NaN()}}
		}
		planned := effect.Planned{Group: d.Group, BreakEvenLift: p.breakEven(g, d)}
		g.Customers, g.HeldOut, g.Probability = d.Contacted, d.HeldOut, Figure(d.Probability)
		g.fill([]effect.Planned{planned})
		p.All.Customers, p.All.HeldOut = p.All.Customers+d.Contacted, p.All.HeldOut+d.HeldOut
		all = append(all, planned)
	}
	p.All.Probability, p.All.OrderMargin = unknown, unknown
	p.All.fill(all)
}

func (g *PlannedGroup) fill(planned []effect.Planned) {
	var bare []effect.Group
	for _, d := range planned {
		bare = append(bare, d.Group)
	}
	v := effect.PlannedVariance(bare)
	g.PlannedVariance, g.DetectableExtra, g.BreakEvenExtra = Figure(v), Figure(effect.Detectable(v)), Figure(effect.BreakEvenExtra(planned))
}

// breakEven is the extra return rate from which contacts of a group pay, of its
// arms by their customers.
func (p *Plan) breakEven(g *PlannedGroup, d *dealt) float64 {
	if d.Contacted == 0 {
		return 0
	}
	sum := 0.0
	for _, arm := range p.Arms {
		if n := d.byArm[arm.Name]; n > 0 {
			sum += float64(n) * arm.Offer(p).BreakEvenLift(orZero(d.Probability, arm.Discount), float64(g.OrderMargin))
		}
	}
	return sum / float64(d.Contacted)
}

// orZero is a probability that does not matter where there is no discount.
func orZero(p, discount float64) float64 {
	if discount == 0 {
		return 0
	}
	return p
}

// Planned are the groups with what pays for them, for power before a launch.
func (p *Plan) Planned(rows []tables.AssignmentRow) (list []effect.Planned) {
	groups := groupsOf(rows)
	for i := range p.Groups {
		if d := groups[p.Groups[i].Group]; d != nil {
			list = append(list, effect.Planned{Group: d.Group, BreakEvenLift: p.breakEven(&p.Groups[i], d)})
		}
	}
	return list
}

// Day is the as-of day of the launch.
func (p *Plan) Day() (data.Day, error) { return data.ParseDay(p.AsOf) }

// Arm finds an arm by its name.
func (p *Plan) Arm(name string) (*Arm, error) {
	for i := range p.Arms {
		if p.Arms[i].Name == name {
			return &p.Arms[i], nil
		}
	}
	return nil, fmt.Errorf("arm %q: the wave has no such arm", name)
}

// group finds a group; nil for none.
func (p *Plan) group(number int32) *PlannedGroup {
	for i := range p.Groups {
		if p.Groups[i].Group == number {
			return &p.Groups[i]
		}
	}
	return nil
}

// curveAt is the entry of a curve for so many full days; NaN without a curve.
func curveAt(curve []Figure, day int, before float64) float64 {
	switch {
	case len(curve) == 0:
		return math.NaN()
	case day <= 0:
		return before
	}
	return float64(curve[min(day, len(curve))-1])
}
