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
	if err := knowsNoGroups(s, "deadline list"); err != nil {
		return err
	}
	about.Title, about.Selection = "Deadlines", "who leaves a stage soon and bought once"
	if s.Top > 0 {
		about.Selection += ", the first " + wording.Thousands(s.Top)
	}
	rows := handout.SelectDeadlines(untilCanceled(ctx, r.Deadlines()), suppressed, s.Top)
	return handOut(files, s.Output, ui, about, "leaves a stage soon", func(w io.Writer) (int64, error) { return handout.ExportDeadlines(w, format, rows, about) })
}

// pullReferrals hands out the customers of a run who may be asked to recommend the
// shop, list after list, the greatest value first.
func pullReferrals(ctx context.Context, files fsys.FS, r *run.Run, s *PullSettings, format handout.Format, about handout.About, suppressed *plan.Suppressions, ui console.UI) error {
	if err := knowsNoGroups(s, "lists of referrals"); err != nil {
		return err
	}
	about.Title, about.Selection = "Referrals", "who may be asked to recommend the shop"
	if s.Top > 0 {
		about.Selection += ", the first " + wording.Thousands(s.Top)
	}
	rows := handout.SelectReferrals(untilCanceled(ctx, r.Referrals()), suppressed, s.Top)
	return handOut(files, s.Output, ui, about, "is asked for a referral", func(w io.Writer) (int64, error) { return handout.ExportReferrals(w, format, rows, about) })
}

// knowsNoGroups refuses groups and channels for a list on which they have no meaning.
func knowsNoGroups(s *PullSettings, list string) error {
	switch {
	case s.Groups.Named != nil:
		return &settings.Error{Where: "--groups", Text: "has no meaning for the " + list + ", which knows no groups"}
	case s.Channel != "":
		return &settings.Error{Where: "--channel", Text: "has no meaning for the " + list}
	}
	return nil
}
