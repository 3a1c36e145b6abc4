package campaign

import (
	"fmt"
	"slices"
	"strings"

	"winback/data/tables"
	"winback/pipeline/plan"
)

// Draw is how a wave deals its customers.
type Draw struct {
	Key     []byte // secret of the draw
	Name    string // of the campaign
	Wave    int
	Holdout float64 // share within [0, 1)
	Arms    []Arm
}

// Deal gives every customer the holdout or an arm: the keyed hash of "NAME/WAVE"
// and the customer below the share is held out, that of "NAME/WAVE/arm" deals the
// others to the arms in order of the file, in their shares. Nobody else moves a
// customer. Who has no arm for his stage is left out before the draw, on both
// sides. The rows come back by customer id.
func (d Draw) Deal(rows []tables.AssignmentRow) ([]tables.AssignmentRow, error) {
	wave := fmt.Sprintf("%s/%d", d.Name, d.Wave)
	held, err := plan.NewHoldout(d.Key, wave, d.Holdout)
	if err != nil {
		return nil, err
	}
	arm, err := plan.NewHoldout(d.Key, wave+"/arm", 0)
	if err != nil {
		return nil, err
	}
	var dealt []tables.AssignmentRow
	for _, row := range rows {
		open := d.open(row.Stage)
		if len(open) == 0 {
			continue
		}
		row.Arm = tables.HoldoutArm
		if !held.Held(row.CustomerID) {
			row.Arm = at(open, arm.Draw(row.CustomerID))
		}
		dealt = append(dealt, row)
	}
	slices.SortFunc(dealt, func(a, b tables.AssignmentRow) int { return strings.Compare(a.CustomerID, b.CustomerID) })
	return dealt, nil
}

// open are the arms for a stage.
func (d Draw) open(stage string) (arms []*Arm) {
	for i := range d.Arms {
		if d.Arms[i].Takes(stage) {
			arms = append(arms, &d.Arms[i])
		}
	}
	return arms
}

// at is the arm at a place in [0, 1) of arms laid side by side by their shares.
func at(arms []*Arm, place float64) string {
	sum := 0.0
	for _, a := range arms {
		sum += a.Share
	}
	upTo := 0.0
	for _, a := range arms {
		if upTo += a.Share / sum; place < upTo {
			return a.Name
		}
	}
	return arms[len(arms)-1].Name
}
