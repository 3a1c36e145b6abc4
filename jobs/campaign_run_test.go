package jobs

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
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
