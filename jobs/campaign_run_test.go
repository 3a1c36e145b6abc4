package jobs

import (
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

// shopLoop is a shop in memory that is large enough to learn from, with a run of a
// day.
func shopLoop(t *testing.T, asOf data.Day) *loop {
	t.Helper()
	l := &loop{t: t, files: inMemory(t, before(plantedShop(900, 4), launchDay+200))}
	l.night(asOf, nothing[RunSettings])
	return l
}

// night publishes a run of a day, which is then that of the machine.
func (l *loop) night(asOf data.Day, change func(*RunSettings)) string {
	l.t.Helper()
	if err := l.tryNight(asOf, change); err != nil {
		l.t.Fatal(err)
	}
	r, err := run.Open(l.files, "/out", "")
	must(l.t, err)
	return r.Dir
}

func (l *loop) tryNight(asOf data.Day, change func(*RunSettings)) error {
	l.today = asOf.String()
	n := nightIn(l.files, asOf)
	n.s.MaxGroups, n.s.Keep = 3, 10
	change(&n.s)
	n.ui = l.campaigner().ui
	_, err := n.run(context.Background())
	return err
}

// fromRun launches from the newest run.
func (l *loop) fromRun(name string, change func(*LaunchSettings)) error {
	return l.campaigner().launch(context.Background(), with(func(s *LaunchSettings) {
		s.Out, s.Groups.All, s.Holdout, s.Margin, s.ContactCost = "/out", true, .3, .4, .1
		change(s)
	}), name)
}

// waves are those of a campaign as the ledger has them.
func (l *loop) waves(name string) []*campaign.Wave {
	l.t.Helper()
	c := l.campaigner()
	read, err := c.read("/out")
	must(l.t, err)
	waves, err := c.waves(read, name, forever)
	must(l.t, err)
	return waves
}

// evaluation is that of the newest run.
func (l *loop) evaluation() (e learn.Evaluation) {
	l.t.Helper()
	r, err := run.Open(l.files, "/out", "", run.EvaluationFile)
	must(l.t, err)
	text, err := r.Evaluation()
	must(l.t, err)
	must(l.t, json.Unmarshal(text, &e))
	return e
}

const twoArms = `arms:
  - {name: mail, share: 0.6}
  - {name: offer, share: 0.4, discount: 5, threshold: 5000, contact-cost: 0.3}
`

// TestLaunch_DealsTheCustomersOfARun launches with two arms, and a second wave, for
// which a run must keep the groups of the first.
func TestLaunch_DealsTheCustomersOfARun(t *testing.T) {
	l := shopLoop(t, launchDay)
	l.write("/arms.yaml", twoArms)
	two := func(s *LaunchSettings) { s.ArmsFile = "/arms.yaml" }
	must(t, l.fromRun("spring", two))
	first := l.waves("spring")[0]
	listed := map[string]bool{}
	r, err := run.Open(l.files, "/out", "", run.ContactsFolder, run.HoldoutFile, run.GroupsFile)
	must(t, err)
	groups, err := r.Groups()
	must(t, err)
	var numbers []int
	for _, g := range groups {
		numbers = append(numbers, int(g.Group))
	}
	for _, rows := range []iter.Seq2[tables.ContactRow, error]{r.ContactLists(numbers), r.Holdout()} {
		for row, err := range rows {
			must(t, err)
			listed[row.CustomerID] = true
		}
	}
	held, err := plan.NewHoldout([]byte(with(nothing[LaunchSettings]).HoldoutKey), "spring/1", .3)
	must(t, err)
	counts := map[string]int{}
	for _, row := range first.Rows {
		counts[row.Arm]++
		if (row.Arm == tables.HoldoutArm) != held.Held(row.CustomerID) || !listed[row.CustomerID] {
			t.Fatalf("%s is in arm %s", row.CustomerID, row.Arm)
		}
	}
	if len(first.Rows) != len(listed) || counts["mail"] <= counts["offer"] || counts["offer"] == 0 || len(groups) < 2 {
		t.Errorf("%d of %d customers in %d groups are dealt: %v", len(first.Rows), len(listed), len(groups), counts)
	}
	must(t, l.fromRun("spring", two))
	if said := l.said.String(); said != "already entry 1\n" || l.entries() != 1 {
		t.Errorf("launched again: %q, %d entries", said, l.entries())
	}

	l.night(launchDay+100, func(s *RunSettings) { s.MaxGroups, s.Refit = 5, settings.RefitNow })
	if err := l.fromRun("spring", two); Code(err) != ExitUsage || !strings.Contains(err.Error(), "winback run --groups-from spring") {
		t.Fatalf("a second wave with other groups: %v", err)
	}
	l.night(launchDay+101, func(s *RunSettings) { s.MaxGroups, s.GroupsFrom = 5, "spring" })
	if why := l.evaluation().Learned; why.Reused || !strings.Contains(why.Why, "groups are those of campaign spring") {
		t.Errorf("learned %+v", why)
	}
	must(t, l.fromRun("spring", two))
	second := l.waves("spring")[1]
	if second.Number != 2 || len(second.Plan.Groups) != len(first.Plan.Groups) || second.Plan.Groups[0].Rule != first.Plan.Groups[0].Rule || second.Plan.Groups[0].Probability == first.Plan.Groups[0].Probability {
		t.Errorf("the second wave has groups %+v, the first %+v", second.Plan.Groups, first.Plan.Groups)
	}
	l.night(launchDay+102, func(s *RunSettings) { s.MaxGroups, s.GroupsFrom = 5, "spring" })
	if !l.evaluation().Learned.Reused {
		t.Error("the next night does not score with what has these groups already")
	}
}

func TestGroupsFrom_OfACampaignThatHasNone(t *testing.T) {
	l := shopLoop(t, launchDay)
	for name, want := range map[string]string{"spring": "none was launched yet", "a/b": "neither / nor"} {
		if err := l.tryNight(launchDay+1, func(s *RunSettings) { s.GroupsFrom = name }); Code(err) != ExitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, l.fromRun("spring", nothing[LaunchSettings]))
	if err := l.tryNight(launchDay-1, func(s *RunSettings) { s.GroupsFrom = "spring" }); Code(err) != ExitUsage || !strings.Contains(err.Error(), "launched after") {
		t.Errorf("before the launch: %v", err)
	}
}

const launchDay = shopOpens + 520

// TestLaunch_TakesOverHowTheLapsedComeBackByThemselves looks at the plan, and at
// what measuring foretells by it while windows are open.
func TestLaunch_TakesOverHowTheLapsedComeBackByThemselves(t *testing.T) {
	l := shopLoop(t, launchDay)
	must(t, l.fromRun("spring", func(s *LaunchSettings) { s.TargetReturns = 40 }))
	e, p := l.evaluation(), l.waves("spring")[0].Plan
	if len(e.Natural.Share) != 60 || len(e.Natural.Spread) != 60 || e.Natural.Share[59] != 1 || !slices.IsSorted(e.Natural.Share) || !(e.Natural.ValueCap > 0) {
		t.Errorf("the run says %+v", e.Natural)
	}
	if !reflect.DeepEqual(p.NaturalCurve, e.Natural.Share) || !reflect.DeepEqual(p.NaturalSpread, e.Natural.Spread) || p.ValueCap != e.Natural.ValueCap || p.LevelSigma != e.Level.Sigma {
		t.Errorf("the plan has another curve, cap or sigma: %v %v %v", p.NaturalCurve, p.ValueCap, p.LevelSigma)
	}
	l.today = (launchDay + 41).String()
	must(t, l.sent("spring", inGroups((launchDay+1).String(), 1)))
	must(t, l.measure((launchDay+31).String(), func(s *MeasureSettings) { s.Campaign = "spring" }))
	if said := l.said.String(); !strings.Contains(said, "By the end") || !strings.Contains(said, " by the end (first campaign") {
		t.Errorf("no forecast in\n%s", said)
	}
	must(t, l.measure((launchDay+31).String(), func(s *MeasureSettings) { s.Form = "csv" }))
	row := table(t, l.said.String())[0]
	for _, column := range []string{"forecast_returns", "forecast_low", "forecast_high", "forecast_extra_low", "forecast_extra_high"} {
		if row[column] == "" {
			t.Errorf("%s is empty while the window is open", column)
		}
	}
}
