package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"winback/data/tables"
	"winback/pipeline/plan"
)

// Draw is how a wave deals its customers.
type Draw struct {
	Key  []byte // secret of the draw
	Name string // of the campaign
	Wave int
	Plan *Plan // its arms, holdout within [0, 1), and what earlier waves have taught
}

// Deal gives every customer the holdout or an arm: the keyed hash of "NAME/WAVE"
// and the customer below the share is held out. That of "NAME/WAVE/arm" deals the
// others to the arms in order of the file, in their shares; where earlier waves have
// taught which arm is best, that of "NAME/WAVE/explore" deals the second-best arm to
// the share that explores, and the best to the others. Nobody else moves a
// customer. Who has no arm for his stage is left out before the draw, on both
// sides. The rows come back by customer id.
func (d Draw) Deal(rows []tables.AssignmentRow) ([]tables.AssignmentRow, error) {
	wave := fmt.Sprintf("%s/%d", d.Name, d.Wave)
	var draws [3]*plan.Holdout
	for i, of := range []string{"", "/arm", "/explore"} {
		var err error
		if draws[i], err = plan.NewHoldout(d.Key, wave+of, 0); err != nil {
			return nil, err
		}
	}
	held, arm, explore := draws[0], draws[1], draws[2]
	var dealt []tables.AssignmentRow
	for _, row := range rows {
		heldOut, arms, taught := d.Plan.lots(row.Group, row.Stage)
		if len(arms) == 0 {
			continue
		}
		switch {
		case held.Draw(row.CustomerID) < heldOut:
			row.Arm = tables.HoldoutArm
		case taught:
			row.Arm = at(arms, explore.Draw(row.CustomerID))
		default:
			row.Arm = at(arms, arm.Draw(row.CustomerID))
		}
		dealt = append(dealt, row)
	}
	slices.SortFunc(dealt, func(a, b tables.AssignmentRow) int { return strings.Compare(a.CustomerID, b.CustomerID) })
	return dealt, nil
}

// at is the arm at a place in [0, 1) of arms laid side by side by their shares.
func at(arms []lot, place float64) string {
	upTo, sum := 0.0, sumOfShares(arms)
	for _, a := range arms {
		if upTo += a.share / sum; place < upTo {
			return a.arm
		}
	}
	return arms[len(arms)-1].arm
}

func sumOfShares(arms []lot) (sum float64) {
	for _, a := range arms {
		sum += a.share
	}
	return sum
}

// lot is an arm with its share of the contacts.
type lot struct {
	arm   string
	share float64
}

// lots are how customers of a stage in a group are dealt: the share held out, and
// the arms side by side. Where earlier waves have taught which arms are best, these
// are the second-best and the best, else all arms that take the stage. No arms:
// nobody of them is in the wave.
func (p *Plan) lots(group int32, stage string) (heldOut float64, arms []lot, taught bool) {
	g := p.Taught.of(group)
	if g == nil {
		for i := range p.Arms {
			if p.Arms[i].Takes(stage) {
				arms = append(arms, lot{p.Arms[i].Name, p.Arms[i].Share})
			}
		}
		return float64(p.Holdout), arms, false
	}
	var open []ArmProfit
	for _, a := range g.Arms {
		if arm, err := p.Arm(a.Arm); err == nil && arm.Takes(stage) {
			open = append(open, a)
		}
	}
	explore, anyway := float64(p.Taught.Explore), g.Next != DoNotContact && !(g.Arms[0].Profit > 0)
	switch {
	case len(open) == 0, g.Rests > 0, !(open[0].Profit > 0) && !anyway:
		return float64(g.Holdout), nil, true
	case len(open) == 1, explore == 0:
		return float64(g.Holdout), []lot{{open[0].Arm, 1}}, true
	}
	return float64(g.Holdout), []lot{{open[1].Arm, explore}, {open[0].Arm, 1 - explore}}, true
}

// expected is how many customers were to be expected in each arm, the holdout among
// them, by the shares of the draw.
func (w *Wave) expected() map[string]float64 {
	type kind struct {
		group int32
		stage string
	}
	kinds := map[kind]float64{}
	for i := range w.Rows {
		kinds[kind{w.Rows[i].Group, w.Rows[i].Stage}]++
	}
	order := make([]kind, 0, len(kinds))
	for k := range kinds {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b kind) int { return cmp.Or(cmp.Compare(a.group, b.group), strings.Compare(a.stage, b.stage)) })
	expected := map[string]float64{}
	for _, k := range order {
		heldOut, arms, _ := w.Plan.lots(k.group, k.stage)
		expected[tables.HoldoutArm] += kinds[k] * heldOut
		for _, a := range arms {
			expected[a.arm] += kinds[k] * (1 - heldOut) * a.share / sumOfShares(arms)
		}
	}
	return expected
}
