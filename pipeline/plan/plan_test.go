package plan

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/scoring"
)

// threeGroups are 10 contacts of .5, 20 of .25 and 40 of .1: 5, 5 and 4
// expected returns.
func threeGroups() *scoring.Lapsed {
	var p []float64
	var leaf []int32
	for i, n := range []int{10, 20, 40} {
		for range n {
			p = append(p, []float64{.5, .25, .1}[i])
			leaf = append(leaf, int32(i))
		}
	}
	l := fewLapsed(p, leaf)
	for i := range l.IDs {
		l.IDs[i] = fmt.Sprintf("c%03d", i)
		l.ExpectedSpend = append(l.ExpectedSpend, 20)
	}
	return l
}

func share(x float64) *Target   { return &Target{Value: x, Share: true} }
func returns(x float64) *Target { return &Target{Value: x} }
func ptr[T any](x T) *T         { return &x }

func TestPlan_TakesGroupsInOrderUntilTheFirstLimit(t *testing.T) {
	for name, c := range map[string]struct {
		settings Settings
		take     []int64
	}{
		"no limit":                       {Settings{}, []int64{10, 20, 40}},
		"target 0 %":                     {Settings{Target: share(0)}, []int64{0, 0, 0}},
		"target 100 %":                   {Settings{Target: share(1)}, []int64{10, 20, 40}},
		"target reached by the first":    {Settings{Target: returns(5)}, []int64{10, 0, 0}},
		"target reached in the second":   {Settings{Target: returns(6)}, []int64{10, 4, 0}},
		"target out of reach":            {Settings{Target: returns(1000)}, []int64{10, 20, 40}},
		"capacity 0":                     {Settings{Capacity: ptr(int64(0))}, []int64{0, 0, 0}},
		"capacity within the first":      {Settings{Capacity: ptr(int64(4))}, []int64{4, 0, 0}},
		"capacity of the first":          {Settings{Capacity: ptr(int64(10))}, []int64{10, 0, 0}},
		"capacity within the second":     {Settings{Capacity: ptr(int64(25))}, []int64{10, 15, 0}},
		"capacity above all":             {Settings{Capacity: ptr(int64(71))}, []int64{10, 20, 40}},
		"budget":                         {Settings{Budget: ptr(.77), ContactCost: ptr(.07)}, []int64{10, 1, 0}},
		"budget, contacts free":          {Settings{Budget: ptr(0.), ContactCost: ptr(0.)}, []int64{10, 20, 40}},
		"target before capacity":         {Settings{Target: returns(5), Capacity: ptr(int64(25))}, []int64{10, 0, 0}},
		"capacity before target":         {Settings{Target: share(1), Capacity: ptr(int64(25))}, []int64{10, 15, 0}},
		"budget before capacity":         {Settings{Budget: ptr(5.), ContactCost: ptr(1.), Capacity: ptr(int64(25))}, []int64{5, 0, 0}},
		"nothing pays":                   {Settings{Margin: ptr(.1), ContactCost: ptr(3.)}, []int64{0, 0, 0}},
		"the best pay":                   {Settings{Margin: ptr(.5), ContactCost: ptr(2.), Capacity: ptr(int64(25))}, []int64{10, 15, 0}},
		"only the first pay":             {Settings{Margin: ptr(.5), ContactCost: ptr(4.), Capacity: ptr(int64(25))}, []int64{10, 0, 0}},
		"nothing to rank by":             {Settings{NothingToRankBy: "no model beats chance"}, []int64{0, 0, 0}},
		"nothing to rank by, and target": {Settings{NothingToRankBy: "no model beats chance", Target: share(1)}, []int64{0, 0, 0}},
	} {
		g := build(t, threeGroups(), make([]learn.Leaf, 3), c.settings)
		if !slices.Equal(g.Plan.Take, c.take) {
			t.Errorf("%s: take %v, want %v", name, g.Plan.Take, c.take)
		}
		for i, row := range g.Rows {
			if row.Recommended != (c.take[i] > 0) || row.Note == "" {
				t.Errorf("%s: group %d recommended %v: %q", name, i+1, row.Recommended, row.Note)
			}
		}
	}
}

func TestPlan_Notes(t *testing.T) {
	heldOut := threeGroups()
	heldOut.HeldOut = make([]bool, 70)
	for i := 10; i < 70; i++ {
		heldOut.HeldOut[i] = i < 14 || i >= 30
	}
	worthless := threeGroups()
	worthless.ExpectedSpend = make([]float64, 70)
	weak := threeGroups()
	for i := 30; i < 70; i++ {
		weak.Probability[i] = .01
	}
	longSilent := threeGroups()
	for i := 10; i < 22; i++ {
		longSilent.RecencyDays[i] = 401
	}
	money := Settings{Margin: ptr(.5), ContactCost: ptr(.13)}
	withMoney := func(s Settings) Settings {
		s.Margin, s.ContactCost = money.Margin, money.ContactCost
		return s
	}
	for _, c := range []struct {
		name     string
		lapsed   *scoring.Lapsed
		settings Settings
		notes    []string
		summary  string
	}{
		{"no limit", threeGroups(), Settings{},
			[]string{"contact all 10", "contact all 20", "contact all 40"},
			"contact 70 customers in 3 groups: 14 expected returns"},
		{"target", threeGroups(), Settings{Target: returns(6)},
			[]string{"contact all 10", "contact only the first 4 of 20, up to rank 14: they reach the target of 6 expected returns",
				"reached: 6 of 6 expected returns after group 2; not needed"},
			"contact 14 customers in 2 groups: 6 expected returns; the target of 6 is reached"},
		{"target out of reach", threeGroups(), Settings{Target: returns(1000), Capacity: ptr(int64(1))},
			[]string{"contact only the first 1 of 10, up to rank 1: more do not fit the capacity of 1 contact",
				"left out: the capacity of 1 contact is used up", "left out: the capacity of 1 contact is used up"},
			"contact 1 customer in 1 group: 0.5 expected returns; the target of 1,000 is not reached"},
		{"target 0 %", threeGroups(), Settings{Target: share(0)},
			slices.Repeat([]string{"not needed: the target is 0 expected returns"}, 3),
			"no group is recommended: see the note of each group"},
		{"money", threeGroups(), withMoney(Settings{Budget: ptr(1.3)}),
			[]string{"contact all 10; pays for itself if a contact raises returns by 1.3 percentage points (no holdout that could show it)",
				"left out: the budget of 1.30 for 10 contacts is used up", "left out: the budget of 1.30 for 10 contacts is used up"},
			"contact 10 customers in 1 group: 5 expected returns, cost 1.30"},
		{"holdout", heldOut, money,
			[]string{"contact all 10; pays for itself if a contact raises returns by 1.3 percentage points (no holdout that could show it)",
				"contact all 16; pays for itself if a contact raises returns by 1.3 percentage points (detectable with this holdout: 65.2)",
				"nobody to contact: everyone in it is held out or suppressed"},
			"contact 26 customers in 2 groups: 9 expected returns, cost 3.38"},
		{"dear contacts", threeGroups(), Settings{Margin: ptr(.5), ContactCost: ptr(6.)},
			[]string{"cannot pay for itself: a contact would have to raise returns by 60 percentage points, and only 50 % do not return anyway",
				"cannot pay for itself: a contact would have to raise returns by 60 percentage points, more than its whole chance of 25.0 %",
				"cannot pay for itself: a contact would have to raise returns by 60 percentage points, more than its whole chance of 10.0 %"},
			"no group is recommended: see the note of each group"},
		{"weak", weak, Settings{},
			[]string{"contact all 10", "contact all 20", "only if there is nothing better to do: its chance of 1.0 % is below a quarter of the mean of 14.9 %"},
			"contact 30 customers in 2 groups: 10 expected returns"},
		{"weak, but needed for the target", weak, Settings{Target: returns(10.1)},
			[]string{"contact all 10", "contact all 20", "contact only the first 10 of 40, up to rank 40: they reach the target of 10 expected returns"},
			"contact 40 customers in 3 groups: 10 expected returns; the target of 10 is reached"},
		{"long silent", longSilent, Settings{LongestSilenceDays: 400},
			[]string{"contact all 10", "too little known: most have been silent longer than the 400 days after which a return was ever looked for", "contact all 40"},
			"contact 50 customers in 2 groups: 9 expected returns"},
		{"returns worth nothing", worthless, money,
			slices.Repeat([]string{"cannot pay for itself: one who returns is expected to spend nothing"}, 3),
			"no group is recommended: see the note of each group"},
		{"nothing to rank by", threeGroups(), Settings{NothingToRankBy: "no model beats chance"},
			slices.Repeat([]string{"no model beats chance"}, 3),
			"no group is recommended: no model beats chance"},
	} {
		g := build(t, c.lapsed, make([]learn.Leaf, 3), c.settings)
		for i, row := range g.Rows {
			if row.Note != c.notes[i] {
				t.Errorf("%s, group %d:\n got %q\nwant %q", c.name, i+1, row.Note, c.notes[i])
			}
			if math.IsInf(row.BreakEvenLift, 0) {
				t.Errorf("%s, group %d: infinite break-even in the table", c.name, i+1)
			}
		}
		if g.Plan.Summary != c.summary {
			t.Errorf("%s:\n got %q\nwant %q", c.name, g.Plan.Summary, c.summary)
		}
	}
}

func TestPlan_SumsWhatIsTaken(t *testing.T) {
	g := build(t, threeGroups(), make([]learn.Leaf, 3), Settings{Capacity: ptr(int64(25)), ContactCost: ptr(.5), Target: share(.9)})
	near(t, "returns", g.Plan.ExpectedReturns, 5+15*.25, 1e-12)
	near(t, "cost", g.Plan.Cost, 12.5, 1e-12)
	near(t, "target", g.Plan.Target, 12.6, 1e-12)
	if g.Plan.Contacts != 25 || g.Plan.Groups != 2 {
		t.Errorf("%d contacts in %d groups", g.Plan.Contacts, g.Plan.Groups)
	}
}

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]Target{
		"1000": {1000, false}, "0": {0, false}, "40%": {.4, true}, " 2.5 % ": {.025, true}, "100%": {1, true},
	} {
		if got, err := ParseTarget(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "many", "-1", "101%", "-1%", "NaN", "Inf", "1e400"} {
		if _, err := ParseTarget(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestPlanSettings_NameWhatCannotBe(t *testing.T) {
	for want, s := range map[string]Settings{
		"margin 0":                            {Margin: ptr(0.)},
		"margin 1.5":                          {Margin: ptr(1.5)},
		"contact cost -1":                     {ContactCost: ptr(-1.)},
		"capacity -1":                         {Capacity: ptr(int64(-1))},
		"budget -1":                           {Budget: ptr(-1.), ContactCost: ptr(1.)},
		"a budget needs the cost":             {Budget: ptr(1.)},
		"spread of the level -1":              {LevelSigma: -1},
		"target -1":                           {Target: returns(-1)},
		"target 110%: want a share from 0% t": {Target: share(1.1)},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestPlanSettingsAfter_KnowsWhatWasLearned(t *testing.T) {
	d := &learn.Learned{Gate: learn.Gate{Nothing: "labels mean nothing"}, Level: baserate.Level{Sigma: math.NaN()}, Evaluation: learn.Evaluation{Horizon: 60}}
	if s := (Settings{}).After(d); s.NothingToRankBy != "labels mean nothing" || s.HorizonDays != 60 || !(s.LevelSigma > 0) {
		t.Errorf("have %+v", s)
	}
}
