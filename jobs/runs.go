package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// RunsSettings are what Runs reads.
type RunsSettings struct{ settings.Runs }

// Settings lists them.
func (s *RunsSettings) Settings() []settings.Setting { return settings.Rows(&s.Runs) }

// Runs lists the complete runs in s.Out in the order in which they were made. A
// run that cannot be read has a line that says why.
func Runs(ctx context.Context, s RunsSettings, ui console.UI) error {
	files := fsys.OS()
	names, err := run.Runs(files, s.Out)
	if err != nil {
		return unreadableRun(err)
	}
	if len(names) == 0 {
		_, err := openRun(files, s.Out) // says that there is none
		return err
	}
	current, err := run.Find(files, s.Out, "")
	if err != nil && !errors.Is(err, run.ErrNoRun) {
		return unreadableRun(err)
	}
	lines := []string{fmt.Sprintf("%-14s  %-10s  %-16s  %9s  %9s  %9s  %-9s  %s", "Run", "As of", "Created (UTC)", "Customers", "Lapsed", "Contacts", "Ranked by", "Recommended")}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		line := runLine(files, s.Out, name)
		if current != "" && name.String() == filepath.Base(current) {
			line += "  <- current"
		}
		lines = append(lines, line)
	}
	return ui.Print(lines...)
}

// runLine is what is to be known of a run in one line.
func runLine(files fsys.FS, out string, name run.Name) string {
	r, err := run.Open(files, out, name.String(), run.GroupsFile, run.EvaluationFile)
	if err != nil {
		return fmt.Sprintf("%-14s  %s", name, err)
	}
	asked, err := r.Asked()
	if err != nil {
		return fmt.Sprintf("%-14s  %s", name, err)
	}
	recommended, err := recommendedWords(r)
	if err != nil {
		return fmt.Sprintf("%-14s  %s", name, err)
	}
	return fmt.Sprintf("%-14s  %-10s  %-16s  %9s  %9s  %9s  %-9s  %s", name, r.AsOf, r.Manifest.Finished.UTC().Format(time.DateTime)[:16],
		countOf(r, "tonight", "customers"), countOf(r, "tonight", "lapsed"), countOf(r, "groups", "contacts"), orDash(asked.Chosen), recommended)
}

// countOf is a count of the manifest; a dash where the run has none.
func countOf(r *run.Run, stage, name string) string {
	for _, c := range r.Manifest.Counts {
		if c.Stage == stage && c.Name == name {
			return wording.Thousands(c.Value)
		}
	}
	return "-"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// recommendedWords says what the plan of a run recommends.
func recommendedWords(r *run.Run) (string, error) {
	groups, err := r.Groups()
	if err != nil {
		return "", err
	}
	var numbers []int
	contacts := int64(0)
	for _, g := range groups {
		if g.Recommended {
			numbers, contacts = append(numbers, int(g.Group)), contacts+g.RecommendedContacts
		}
	}
	if len(numbers) == 0 {
		return "none", nil
	}
	return groupWords(numbers) + ", " + wording.Counted(contacts, "customer"), nil
}
