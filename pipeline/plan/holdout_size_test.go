package plan

import (
	"strings"
	"testing"

	"winback/data/tables"
	"winback/pipeline/learn"
)

func TestWaves_AreEnoughAndOneFewerIsNot(t *testing.T) {
	for _, c := range []struct{ p, lift, customers, share float64 }{{.03, .005, 5000, .1}, {.1, .02, 300, .5}, {.5, .25, 60, .5}} {
		n := waves(c.p, c.lift, c.customers, c.share)
		found := func(waves float64) float64 {
			return detectableLift(c.p, waves*c.customers*(1-c.share), waves*c.customers*c.share, .8)
		}
		if found(n) > c.lift*(1+1e-9) || n > 1 && found(n-1) <= c.lift {
			t.Errorf("%+v: %v waves show %v, one fewer %v", c, n, found(n), found(n-1))
		}
	}
}

func TestPlan_SaysWhichHoldoutWouldShowThatContactsPay(t *testing.T) {
	l := threeGroups()
	l.HeldOut = make([]bool, len(l.IDs))
	for i := range l.HeldOut {
		l.HeldOut[i] = i%10 == 0
	}
	g := build(t, l, make([]learn.Leaf, 3), Settings{Margin: ptr(.5), ContactCost: ptr(.5)})
	want := "No group's break-even lift can be seen with its holdout. All recommended groups together, 70 customers with a chance of 20.0 %, pay from a rise of 5 percentage points on: " +
		"a holdout of 10 % shows that after 89 such waves, a holdout of 50 % shows that after 32 such waves."
	if g.Plan.Holdout != want {
		t.Errorf("got  %s\nwant %s", g.Plan.Holdout, want)
	}
	if g := build(t, l, make([]learn.Leaf, 3), Settings{}); g.Plan.Holdout != "" {
		t.Errorf("without money: %s", g.Plan.Holdout)
	}
	rows := []tables.GroupRow{{ContactCustomers: 90, HoldoutCustomers: 10, Probability: .1, ExpectedReturns: 9, ExpectedSpend: 10, Recommended: true, BreakEvenLift: .1, DetectableLift: .1}}
	if text := (&Plan{Contacts: 90}).holdout(rows, Settings{Margin: ptr(.5), ContactCost: ptr(.5)}); text != "" {
		t.Errorf("a holdout that shows it: %s", text)
	}
	rows[0].DetectableLift, rows[0].HoldoutCustomers = .2, 0
	if text := (&Plan{Contacts: 90}).holdout(rows, Settings{Margin: ptr(.5), ContactCost: ptr(.5)}); !strings.HasSuffix(text, "on: a holdout of 50 % shows that after 5 such waves.") {
		t.Errorf("nobody held out: %s", text)
	}
}
