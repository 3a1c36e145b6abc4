package jobs

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"winback/data"
	"winback/internal/shop"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/diagnose"
	"winback/pipeline/wording"
)

// DemoSettings are what Demo reads.
type DemoSettings struct {
	BatchSettings
	settings.Machine
	settings.Played
	Out string // folder of the published runs
}

// Settings lists them. Its --campaign plays one; the holdout's draw has its usual name.
func (s *DemoSettings) Settings() []settings.Setting {
	// Apart from the folder of real runs.
	out := settings.Folder(&s.Out, "folder of the published runs", "winback-demo")
	return append(s.BatchSettings.settings(), append(settings.Rows(&s.Machine, &s.Played), out)...)
}

// run are the settings of a run as of a day on an invented shop.
func (s *DemoSettings) run(asOf data.Day) RunSettings {
	var r RunSettings
	settings.Default(&r)
	r.BatchSettings, r.Machine, r.AsOf, r.Out = s.BatchSettings, s.Machine, asOf, s.Out
	return r
}

// Demo invents a shop whose truth is known, runs the whole batch on it, and
// says what was found of that truth. With s.PlayCampaign it plays a campaign instead.
func Demo(ctx context.Context, s DemoSettings, ui console.UI) error {
	if s.PlayCampaign {
		return demoCampaign(ctx, &s, ui)
	}
	files := s.FS()
	orders := filepath.Join(s.Out, "orders")
	if err := files.MkdirAll(orders); err != nil {
		return err
	}
	stage := ui.Stage("invent a shop", 0, "orders")
	invented := shop.Demo(s.Seed)
	if err := invented.Write(intoFolder(files, orders)); err != nil {
		return err
	}
	stage.Add(int64(invented.Orders()))
	stage.Done(wording.Thousands(int64(invented.Customers())) + " customers")
	n := &nightly{files: files, s: s.run(invented.Truth.AsOf), ui: ui, now: time.Now, sources: []string{orders}, synthetic: true}
	diagnosis, err := n.run(ctx)
	if err != nil {
		return err
	}
	return ui.Print(append(truthText(&invented.Truth, diagnosis), "The shop's orders: "+orders)...)
}

// planted is a figure of an invented shop beside what was found of it.
type planted struct {
	name      string
	want, got float64 // got is NaN where nothing was found
	within    float64 // how far it may be off
	write     func(float64) string
}

// comesBack says whether the figure was found.
func (p *planted) comesBack() bool { return math.Abs(p.got-p.want) <= p.within }

// plantedFigures are those of the demo shop: cut points within 5 %, first-order
// cuts within 20, rates within 2 points.
func plantedFigures(t *shop.Truth, d *diagnose.Diagnosis) []planted {
	days := func(v float64) string { return fmt.Sprintf("day %.0f", v) }
	money := func(v float64) string { return fmt.Sprintf("%.0f", v) }
	var all []planted
	for k, want := range t.IntervalDays {
		got := math.NaN()
		if k < len(d.Clocks.Own.CutPoints) {
			got = float64(d.Clocks.Own.CutPoints[k])
		}
		all = append(all, planted{fmt.Sprintf("%.0f %% of second purchases by", 100*t.IntervalShares[k]), float64(want), got, 0.05 * float64(want), days})
	}
	class := func(k int) diagnose.FirstOrderClass {
		if len(d.FirstOrder) != len(t.Rates) {
			return diagnose.FirstOrderClass{To: diagnose.Number(math.NaN()), Rate: diagnose.Number(math.NaN())}
		}
		return d.FirstOrder[k]
	}
	for k, want := range t.FirstOrderCuts {
		all = append(all, planted{fmt.Sprintf("%s cut between first orders", [...]string{"lower", "upper"}[k]), want, float64(class(k).To), 20, money})
	}
	for k, want := range t.Rates {
		name := fmt.Sprintf("%s first orders, second one within %d days", [...]string{"small", "middling", "large"}[k], t.WithinDays)
		all = append(all, planted{name, want, float64(class(k).Rate), 0.02, wording.Screen.Percent})
	}
	return all
}

// truthText says for a screen how much of the planted truth was found.
func truthText(t *shop.Truth, d *diagnose.Diagnosis) []string {
	const row = "%-50s %8s %8s   %s"
	lines := []string{"", fmt.Sprintf(row, "What was planted in this shop", "Planted", "Found", "Recovered"), strings.Repeat("-", 82)}
	back := 0
	all := plantedFigures(t, d)
	for i := range all {
		p := &all[i]
		verdict, found := "no", "-"
		if p.comesBack() {
			verdict = "yes"
			back++
		}
		if !math.IsNaN(p.got) {
			found = p.write(p.got)
		}
		lines = append(lines, fmt.Sprintf(row, wording.Capital(p.name), p.write(p.want), found, verdict))
	}
	return append(lines, fmt.Sprintf("%d of %d planted figures were recovered.", back, len(all)))
}
