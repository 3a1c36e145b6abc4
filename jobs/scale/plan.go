package scale

import (
	"context"
	"encoding/json"

	"winback/data/orders"
	"winback/data/source"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// PlanSettings are what Plan reads: all settings of the night, so that a wrong one is
// found before any line is dealt.
type PlanSettings struct {
	jobs.RunSettings
	settings.Sampled
}

// Settings lists them.
func (s *PlanSettings) Settings() []settings.Setting {
	return append(s.RunSettings.Settings(), settings.Rows(&s.Sampled)...)
}

// Plan says, as JSON, what an engine must know to deal the lines of a table. It takes all
// flags of the night, so that a wrong one is found before any line is dealt.
func Plan(ctx context.Context, s PlanSettings, ui console.UI) error {
	if err := jobs.Dealable(s.Reading, s.Store, s.ScoreFile); err != nil {
		return err
	}
	files := s.FS()
	opts, err := jobs.DealtOptions(files, s.Reading)
	if err != nil {
		return err
	}
	sample, err := source.Find(files, []string{s.SampleFile}, opts.MemoryBytes)
	if err != nil {
		return err
	}
	plan, err := orders.PlanDeal(ctx, files, sample, opts)
	if err != nil {
		return err
	}
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	return ui.Print(string(text))
}
