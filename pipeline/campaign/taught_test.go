package campaign

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"winback/data/tables"
	"winback/pipeline/plan"
)

// resultRow is a group's row of an arm with its learned profit; NaN for none.
func resultRow(wave int, group int32, arm string, profit float64) tables.ResultRow {
	return tables.ResultRow{Campaign: "spring", Wave: int32(wave), Group: &group, Arm: arm, LearnedProfit: number64(profit)}
}

func TestLessons_AreThoseOfTheNewestWaveThatTaughtAGroup(t *testing.T) {
	other := resultRow(2, 1, "mail", 9)
	other.Campaign = "autumn"
	rows := []tables.ResultRow{
		resultRow(1, 1, "mail", .2), resultRow(1, 1, "offer", .5), resultRow(1, 2, "mail", -.1), resultRow(1, 1, AllArms, 7), {Campaign: "spring", Wave: 1, Arm: "mail"},
		resultRow(2, 1, "mail", .4), resultRow(2, 1, "offer", .3), resultRow(2, 2, "mail", math.NaN()), resultRow(3, 1, "mail", -5), other,
	}
	lessons := Lessons(rows, "spring", 3)
	if got := fmt.Sprint(lessons[1].Wave, lessons[1].Arms, lessons[2].Wave, lessons[2].Arms, len(lessons)); got != "2 [{mail 0.4} {offer 0.3}] 1 [{mail -0.1}] 2" {
		t.Errorf("lessons %s", got)
	}
}

// before is a wave with groups, and groups that rested for so many waves.
func before(number int, groups []int32, rested map[int32]int) *Wave {
	w := &Wave{Name: "spring", Number: number}
	for _, g := range groups {
		w.Plan.Groups = append(w.Plan.Groups, PlannedGroup{Group: g})
	}
	for g, n := range rested {
		w.Plan.Taught = &Taught{Groups: []TaughtGroup{{Group: g, Next: DoNotContact, Rests: n}}}
	}
	return w
}

// TestTeaching_RestsForTwoWavesThenTestsAgain follows a group that does not pay
// through the waves.
func TestTeaching_RestsForTwoWavesThenTestsAgain(t *testing.T) {
	arms := []Arm{{Name: "mail", Share: .5}, {Name: "offer", Share: .5}}
	poor := map[int32]TaughtGroup{3: {Group: 3, Wave: 1, Arms: []ArmProfit{{"mail", -.4}, {"offer", -.2}}}}
	first := before(1, []int32{1, 3}, nil)
	second := before(2, []int32{1}, map[int32]int{3: 1})
	third := before(3, []int32{1}, map[int32]int{3: 2})
	again := before(4, []int32{1, 3}, nil)
	for _, c := range []struct {
		name   string
		before []*Wave
		asked  bool
		want   TaughtGroup
	}{
		{"the first wave after", []*Wave{first}, false, TaughtGroup{Next: DoNotContact, Rests: 1}},
		{"the second", []*Wave{first, second}, false, TaughtGroup{Next: DoNotContact, Rests: 2}},
		{"then", []*Wave{first, second, third}, false, TaughtGroup{Next: "offer", Retest: true, Holdout: .5}},
		{"tested again in vain", []*Wave{first, second, third, again}, false, TaughtGroup{Next: DoNotContact, Rests: 1}},
		{"asked for", []*Wave{first, second}, true, TaughtGroup{Next: "offer", Holdout: .2}},
	} {
		taught := Teaching{Lessons: poor, Before: c.before, Arms: arms, Holdout: .2, Explore: .1, Asked: c.asked}.Of([]int32{3, 1})
		if len(taught.Groups) != 1 {
			t.Fatalf("%s: %+v", c.name, taught)
		}
		c.want.Group, c.want.Wave, c.want.Arms = 3, 1, []ArmProfit{{"offer", -.2}, {"mail", -.4}}
		if got := taught.Groups[0]; fmt.Sprint(got) != fmt.Sprint(c.want) || taught.Rests(3) != (c.want.Rests > 0) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestTeaching_OffersWhatTheWaveHas(t *testing.T) {
	lessons := map[int32]TaughtGroup{
		1: {Group: 1, Wave: 1, Arms: []ArmProfit{{"mail", .2}, {"offer", .9}, {"gone", 2}}},
		2: {Group: 2, Wave: 1, Arms: []ArmProfit{{"gone", 2}}},
	}
	taught := Teaching{Lessons: lessons, Arms: []Arm{{Name: "mail"}, {Name: "offer"}}, Holdout: .1, Explore: .1}.Of([]int32{2, 1})
	if got := fmt.Sprint(taught.Groups); got != "[{1 1 [{offer 0.9} {mail 0.2}] offer 0 false 0.1}]" {
		t.Errorf("taught %s", got)
	}
	lines := taught.Lines([]PlannedGroup{{Group: 1}, {Group: 2}})
	want := []string{"Group 1: offer, mail to 10 % of its contacts (learned profit of a contact: offer 0.90, mail 0.20)", "Group 2: nothing is learned yet, all arms in their shares"}
	if !slices.Equal(lines, want) {
		t.Errorf("lines %q", lines)
	}
	if lines := (*Taught)(nil).Lines([]PlannedGroup{{Group: 1}}); lines != nil {
		t.Errorf("of a first wave %q", lines)
	}
}

// TestDraw_DealsWhatWasTaught deals a group whose best arm is known, one that is
// tested again, one that rests, and one of which nothing is known.
func TestDraw_DealsWhatWasTaught(t *testing.T) {
	p := &Plan{Holdout: .2, Arms: []Arm{{Name: "mail", Share: .5}, {Name: "offer", Share: .5}, {Name: "call", Share: 0, Stages: []string{"lost"}}}, Taught: &Taught{Explore: .1, Groups: []TaughtGroup{
		{Group: 1, Arms: []ArmProfit{{"call", .8}, {"offer", .5}, {"mail", .1}}, Next: "call", Holdout: .2},
		{Group: 2, Arms: []ArmProfit{{"mail", -.1}, {"offer", -.5}}, Next: "mail", Retest: true, Holdout: .5},
		{Group: 3, Arms: []ArmProfit{{"mail", -.1}}, Next: DoNotContact, Rests: 1},
		{Group: 4, Arms: []ArmProfit{{"call", .8}, {"mail", -.1}}, Next: "call", Holdout: .2},
	}}}
	draw := func(of string) *plan.Holdout {
		d, err := plan.NewHoldout([]byte("key"), of, 0)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	held, arm, explore := draw("spring/2"), draw("spring/2/arm"), draw("spring/2/explore")
	want := func(r tables.AssignmentRow) string {
		id := r.CustomerID
		pick := func(d *plan.Holdout, share float64, below, above string) string {
			if d.Draw(id) < share {
				return below
			}
			return above
		}
		switch {
		case r.Group == 3, r.Group == 4 && r.Stage != "lost":
			return ""
		case held.Draw(id) < map[int32]float64{1: .2, 2: .5, 4: .2, 5: .2}[r.Group]:
			return tables.HoldoutArm
		case r.Group == 1 && r.Stage == "lost":
			return pick(explore, .1, "offer", "call")
		case r.Group == 1:
			return pick(explore, .1, "mail", "offer")
		case r.Group == 2:
			return pick(explore, .1, "offer", "mail")
		case r.Group == 4:
			return pick(explore, .1, "mail", "call")
		}
		return pick(arm, .5, "mail", "offer")
	}
	var rows []tables.AssignmentRow
	expected := map[string]string{}
	for i := range 5000 {
		r := tables.AssignmentRow{CustomerID: fmt.Sprintf("c%05d", 4999-i), Group: int32(1 + i%5), Stage: []string{"silent", "lost"}[i/5%2]}
		rows = append(rows, r)
		if w := want(r); w != "" {
			expected[r.CustomerID] = w
		}
	}
	dealt, err := Draw{Key: []byte("key"), Name: "spring", Wave: 2, Plan: p}.Deal(rows)
	if err != nil || len(dealt) != len(expected) {
		t.Fatalf("%d dealt, want %d: %v", len(dealt), len(expected), err)
	}
	for _, r := range dealt {
		if r.Arm != expected[r.CustomerID] {
			t.Fatalf("%s of group %d, %s: %s, want %s", r.CustomerID, r.Group, r.Stage, r.Arm, expected[r.CustomerID])
		}
	}
	w := &Wave{Plan: *p, Rows: dealt}
	m := &Measured{Wave: w}
	if m.flagDraw(); len(m.Flags) > 0 {
		t.Errorf("dealt as planned: %q", m.Flags)
	}
	for i := range dealt {
		if dealt[i].Arm == "offer" && i%3 == 0 {
			dealt[i].Arm = "mail"
		}
	}
	if m.flagDraw(); len(m.Flags) != 1 || !strings.HasPrefix(m.Flags[0], "the arms are not what was drawn: ") {
		t.Errorf("a third of an arm has another: %q", m.Flags)
	}
}

// TestCount_ComparesAnArmWithItsOwnStages: who is held out of a stage that the arm
// does not take is no measure of it.
func TestCount_ComparesAnArmWithItsOwnStages(t *testing.T) {
	w := &Wave{Plan: Plan{HorizonDays: 60, Arms: []Arm{{Name: "mail", Stages: []string{"silent"}}, {Name: "call", Stages: []string{"lost"}}}, Groups: []PlannedGroup{{Group: 1}}}, Sends: map[int32]Send{}}
	for i := range 12 {
		stage, arm := []string{"silent", "lost", "lost"}[i%3], []string{"mail", "call", "call"}[i%3]
		if i >= 6 {
			arm = tables.HoldoutArm
		}
		w.Rows = append(w.Rows, tables.AssignmentRow{CustomerID: fmt.Sprint(10 + i), Group: 1, Stage: stage, Arm: arm})
	}
	for view, want := range map[string][2]int64{"mail": {2, 2}, "call": {4, 4}, AllArms: {6, 6}} {
		g := w.count(w.NewOutcomes(), w.view(view), Look{}).group(1)
		if g.Contacted != want[0] || g.HeldOut != want[1] {
			t.Errorf("%s: %d against %d, want %v", view, g.Contacted, g.HeldOut, want)
		}
	}
}

func TestMixedStages_NamesArmsThatOverlapInPart(t *testing.T) {
	arm := func(name string, stages ...string) Arm { return Arm{Name: name, Stages: stages} }
	for _, c := range []struct {
		arms []Arm
		want string
	}{
		{[]Arm{arm("a"), arm("b")}, ""}, {[]Arm{arm("a", "lost"), arm("b", "silent", "sleeping")}, ""}, {[]Arm{arm("a", "lost"), arm("b", "lost")}, ""},
		{[]Arm{arm("a"), arm("c", "lost")}, `"a" and "c"`}, {[]Arm{arm("a", "lost"), arm("b", "silent"), arm("c", "lost", "silent")}, `"a" and "c"`},
	} {
		if got := MixedStages(c.arms); got != c.want {
			t.Errorf("%v: %s, want %s", c.arms, got, c.want)
		}
	}
}
