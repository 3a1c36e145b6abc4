package jobs

import (
	"context"
	"io"
	"iter"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline"
)

// pullDeadlines hands out the one-time buyers of a run who leave a stage soon,
// the least time first. Groups and channels have no meaning there.
func pullDeadlines(ctx context.Context, files fsys.FS, runDir string, s *PullSettings, format pipeline.ExportFormat, about pipeline.ExportAbout, suppressed *pipeline.Suppressions, ui console.UI) error {
	switch {
	case s.Groups != nil:
		return &settings.Error{Where: "--groups", Text: "has no meaning for the deadline list, which knows no groups"}
	case s.Channel != "":
		return &settings.Error{Where: "--channel", Text: "has no meaning for the deadline list"}
	}
	about.Title, about.Selection = "Deadlines", "who leaves a stage soon and bought once"
	if s.Top > 0 {
		about.Selection += ", the first " + Thousands(s.Top)
	}
	rows := pipeline.SelectDeadlines(deadlinesUntilCanceled(ctx, pipeline.ReadDeadlines(files, runDir)), suppressed, s.Top)
	return handOut(files, s.Output, ui, about, "leaves a stage soon", func(w io.Writer) (int64, error) { return pipeline.ExportDeadlines(w, format, rows, about) })
}

// deadlinesUntilCanceled ends the rows with the context's error when it is
// canceled.
func deadlinesUntilCanceled(ctx context.Context, rows iter.Seq2[data.Deadline, error]) iter.Seq2[data.Deadline, error] {
	return func(yield func(data.Deadline, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n%1024 == 1 && ctx.Err() != nil {
				err = ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
