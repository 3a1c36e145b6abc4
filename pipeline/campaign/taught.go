package campaign

import (
	"cmp"
	"fmt"
	"slices"

	"winback/data/tables"
	"winback/pipeline/effect"
	"winback/pipeline/wording"
)

// Taught is what a wave makes of what the waves before it have taught, as plan.json
// keeps it.
type Taught struct {
	Explore Figure        `json:"explore"` // share of a group's contacts that gets the second-best arm
	Groups  []TaughtGroup `json:"groups"`  // by number; a group of which nothing is known is not among them
}

// TaughtGroup is a group with its arms by their learned profit.
type TaughtGroup struct {
	Group   int32       `json:"group"`
	Wave    int         `json:"wave"`    // the newest that taught it
	Arms    []ArmProfit `json:"arms"`    // the largest profit first
	Next    string      `json:"next"`    // arm, or "do not contact"
	Rests   int         `json:"rests"`   // waves in a row without a contact, this one among them
	Retest  bool        `json:"retest"`  // contacted after its rest, to look again
	Holdout Figure      `json:"holdout"` // share that is held out; 0 of a group that rests
}

// ArmProfit is the learned profit of a contact of an arm, in currency.
type ArmProfit struct {
	Arm    string `json:"arm"`
	Profit Figure `json:"profit"`
}

// Lessons are what waves of a campaign below a number have taught, as a run has
// measured them: by group, the arms as of the newest wave in which one was learned.
func Lessons(rows []tables.ResultRow, name string, below int) map[int32]TaughtGroup {
	lessons := map[int32]TaughtGroup{}
	for _, r := range rows {
		if r.Campaign != name || r.Group == nil || r.Arm == AllArms || r.LearnedProfit == nil || int(r.Wave) >= below {
			continue
		}
		l := lessons[*r.Group]
		switch {
		case int(r.Wave) < l.Wave:
			continue
		case int(r.Wave) > l.Wave:
			l = TaughtGroup{Group: *r.Group, Wave: int(r.Wave)}
		}
		l.Arms = append(l.Arms, ArmProfit{r.Arm, Figure(*r.LearnedProfit)})
		lessons[*r.Group] = l
	}
	return lessons
}

// Teaching is what the next wave of a campaign is made from.
type Teaching struct {
	Lessons map[int32]TaughtGroup
	Before  []*Wave // of the campaign, the oldest first
	Arms    []Arm   // that the wave has
	Holdout float64 // share where a group is not tested again
	Explore float64
	// Asked says that its groups were named: none of them rests.
	Asked bool
}

// Of says what the wave does with groups. A group that no arm pays for rests for
// effect.RestWaves waves, and is then tested again.
func (t Teaching) Of(numbers []int32) *Taught {
	taught := &Taught{Explore: Figure(t.Explore)}
	for _, number := range slices.Sorted(slices.Values(numbers)) {
		if g, known := t.group(number); known {
			taught.Groups = append(taught.Groups, g)
		}
	}
	return taught
}

func (t Teaching) group(number int32) (TaughtGroup, bool) {
	g := t.Lessons[number]
	g.Arms, g.Next, g.Holdout = t.ranked(g.Arms), DoNotContact, Figure(t.Holdout)
	if len(g.Arms) == 0 {
		return g, false
	}
	rested := t.rested(number)
	switch pays := g.Arms[0].Profit > 0; {
	case pays, t.Asked:
		g.Next = g.Arms[0].Arm
	case rested < effect.RestWaves:
		g.Rests, g.Holdout = rested+1, 0
	default:
		g.Next, g.Retest, g.Holdout = g.Arms[0].Arm, true, effect.RetestHoldout
	}
	return g, true
}

// ranked are arms that the wave has, the largest profit first.
func (t Teaching) ranked(arms []ArmProfit) (ranked []ArmProfit) {
	arms = slices.DeleteFunc(slices.Clone(arms), func(a ArmProfit) bool {
		return !slices.ContainsFunc(t.Arms, func(b Arm) bool { return a.Arm == b.Name })
	})
	var profits []float64
	for _, a := range arms {
		profits = append(profits, float64(a.Profit))
	}
	for _, at := range effect.RankArms(profits) {
		ranked = append(ranked, arms[at])
	}
	return ranked
}

// rested is for how many waves in a row a group has not been contacted because no
// arm paid.
func (t Teaching) rested(number int32) int {
	for _, w := range slices.Backward(t.Before) {
		if g := w.Plan.Taught.of(number); g != nil && g.Rests > 0 {
			return g.Rests
		}
		if w.Plan.group(number) != nil {
			return 0
		}
	}
	return 0
}

// of is a group; nil for none.
func (t *Taught) of(number int32) *TaughtGroup {
	if t == nil {
		return nil
	}
	at, found := slices.BinarySearchFunc(t.Groups, number, func(g TaughtGroup, n int32) int { return cmp.Compare(g.Group, n) })
	if !found {
		return nil
	}
	return &t.Groups[at]
}

// Rests says whether a group is not contacted in the wave because no arm paid.
func (t *Taught) Rests(number int32) bool {
	g := t.of(number)
	return g != nil && g.Rests > 0
}

// Resting are the groups that rest, ascending.
func (t *Taught) Resting() (numbers []int) {
	for _, g := range t.Groups {
		if g.Rests > 0 {
			numbers = append(numbers, int(g.Group))
		}
	}
	return numbers
}

// By says whether a wave has taught any of it.
func (t *Taught) By(wave int) bool {
	return t != nil && slices.ContainsFunc(t.Groups, func(g TaughtGroup) bool { return g.Wave == wave })
}

// Lines say for people what the wave does with its groups; groups of which nothing
// is known get all arms.
func (t *Taught) Lines(groups []PlannedGroup) (lines []string) {
	if t == nil {
		return nil
	}
	var unknown []int
	for _, g := range groups {
		if t.of(g.Group) == nil {
			unknown = append(unknown, int(g.Group))
		}
	}
	for i := range t.Groups {
		lines = append(lines, t.Groups[i].words(float64(t.Explore)))
	}
	if len(unknown) > 0 {
		lines = append(lines, fmt.Sprintf("%s: nothing is learned yet, all arms in their shares", wording.Capital(groupWords(unknown))))
	}
	return lines
}

func (g *TaughtGroup) words(explore float64) string {
	arms := ""
	for i, a := range g.Arms {
		if i > 0 {
			arms += ", "
		}
		arms += fmt.Sprintf("%s %s", a.Arm, wording.Prose.Fixed(float64(a.Profit), 2))
	}
	arms = "learned profit of a contact: " + arms
	second := ""
	if len(g.Arms) > 1 && explore > 0 {
		second = fmt.Sprintf(", %s to %s of its contacts", g.Arms[1].Arm, percent(explore))
	}
	switch {
	case g.Rests > 0:
		return fmt.Sprintf("Group %d: do not contact, wave %d of %d (%s)", g.Group, g.Rests, effect.RestWaves, arms)
	case g.Retest:
		return fmt.Sprintf("Group %d: tested again, %s held out: %s%s (%s)", g.Group, percent(float64(g.Holdout)), g.Next, second, arms)
	}
	return fmt.Sprintf("Group %d: %s%s (%s)", g.Group, g.Next, second, arms)
}

// percent is a share in whole percent.
func percent(share float64) string { return wording.Prose.Fixed(100*share, 0) + " %" }
