package jobs

import (
	"context"
	"io"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/handout"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// pullDeadlines hands out the one-time buyers of a run who leave a stage soon,
// the least time first. Groups and channels have no meaning there.
func pullDeadlines(ctx context.Context, files fsys.FS, r *run.Run, s *PullSettings, format handout.Format, about handout.About, suppressed *plan.Suppressions, ui console.UI) error {
	switch {
	case s.Groups.Named != nil:
		return &settings.Error{Where: "--groups", Text: "has no meaning for the deadline list, which knows no groups"}
	case s.Channel != "":
		return &settings.Error{Where: "--channel", Text: "has no meaning for the deadline list"}
	}
	about.Title, about.Selection = "Deadlines", "who leaves a stage soon and bought once"
	if s.Top > 0 {
		about.Selection += ", the first " + wording.Thousands(s.Top)
	}
	rows := handout.SelectDeadlines(untilCanceled(ctx, r.Deadlines()), suppressed, s.Top)
	return handOut(files, s.Output, ui, about, "leaves a stage soon", func(w io.Writer) (int64, error) { return handout.ExportDeadlines(w, format, rows, about) })
}
