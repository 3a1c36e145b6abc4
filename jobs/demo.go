package jobs

import (
	"context"
	"path/filepath"
	"time"

	"winback/data"
	"winback/internal/shop"
	"winback/jobs/console"
	"winback/jobs/settings"
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
