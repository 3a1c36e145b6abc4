package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"winback/data/tables"
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
	files := settings.Files()
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

// DiffSettings are what Diff reads.
type DiffSettings struct{ settings.Runs }

// Settings lists them.
func (s *DiffSettings) Settings() []settings.Setting { return settings.Rows(&s.Runs) }

// Diff prints what moved from the first to the second of two runs, each a name
// in s.Out or a run folder.
func Diff(_ context.Context, s DiffSettings, names []string, ui console.UI) error {
	files := settings.Files()
	var both [2]*run.Run
	var asked [2]run.Asked
	for i, name := range names {
		var err error
		if both[i], err = run.Open(files, s.Out, name, run.ComparedFiles()...); err != nil {
			return unreadableRun(err)
		}
		if asked[i], err = both[i].Asked(); err != nil {
			return err
		}
	}
	d, err := run.Compare(both[0], both[1])
	if err != nil {
		return unreadableRun(err)
	}
	lines := []string{fmt.Sprintf("From %s to %s", both[0].Manifest.RunID, both[1].Manifest.RunID)}
	lines = append(lines, factLines(both, asked)...)
	lines = append(lines, movedLines(d)...)
	lines = append(lines, groupLines(d.Groups)...)
	for _, c := range d.Settings {
		lines = append(lines, changed("Setting "+c.Name, c.Before, c.After))
	}
	return ui.Print(append(lines, inputLines(d.Inputs)...)...)
}

// changed is a line with two values; an empty one was not set.
func changed(name, before, after string) string {
	return fmt.Sprintf("%-22s %s -> %s", name, orDash(before), orDash(after))
}

// factLines are those of the facts in the head that differ.
func factLines(both [2]*run.Run, asked [2]run.Asked) (lines []string) {
	fact := func(name, before, after string) {
		if before != after {
			lines = append(lines, changed(name, before, after))
		}
	}
	fact("As of", both[0].AsOf.String(), both[1].AsOf.String())
	fact("winback", both[0].Manifest.ToolVersion, both[1].Manifest.ToolVersion)
	fact("Ranked by", asked[0].Chosen, asked[1].Chosen)
	fact("Lapsed after (days)", fmt.Sprint(asked[0].LapsedAfterDays), fmt.Sprint(asked[1].LapsedAfterDays))
	fact("Customers", countOf(both[0], "tonight", "customers"), countOf(both[1], "tonight", "customers"))
	fact("Order lines read", wording.Thousands(both[0].Manifest.Rows.Read), wording.Thousands(both[1].Manifest.Rows.Read))
	return lines
}

// movedLines say who came, who left, and who changed the group.
func movedLines(d *run.Difference) []string {
	moved := int64(0)
	var ways []string
	for _, m := range d.Moves {
		moved += m.Customers
		ways = append(ways, fmt.Sprintf("%d to %d: %s", m.From, m.To, wording.Thousands(m.Customers)))
	}
	lines := []string{fmt.Sprintf("%-22s %s -> %s: %s came, %s left, %s stayed", "Lapsed customers", wording.Thousands(d.Left+d.Stayed), wording.Thousands(d.Came+d.Stayed),
		wording.Thousands(d.Came), wording.Thousands(d.Left), wording.Thousands(d.Stayed))}
	lines = append(lines, fmt.Sprintf("%-22s %s of those who stayed", "Moved to other groups", wording.Thousands(moved)))
	for _, line := range console.Wrap(strings.Join(ways, ", "), console.Width-2) {
		if line != "" {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// groupLines say of each group what differs; a group that does not is left out.
func groupLines(pairs []run.GroupPair) (lines []string) {
	for _, p := range pairs {
		name := fmt.Sprintf("Group %d", p.Group)
		switch a, b := p.Before, p.After; {
		case a == nil:
			lines = append(lines, changed(name, "none", groupInShort(b)))
			lines = append(lines, ruleLines("", b.Rule)...)
		case b == nil:
			lines = append(lines, changed(name, groupInShort(a), "none"))
		case groupInShort(a) != groupInShort(b):
			lines = append(lines, changed(name, groupInShort(a), groupInShort(b)))
			lines = append(lines, ruleLines(a.Rule, b.Rule)...)
		case a.Rule != b.Rule:
			lines = append(lines, fmt.Sprintf("%-22s %s", name, groupInShort(b)))
			lines = append(lines, ruleLines(a.Rule, b.Rule)...)
		}
	}
	return lines
}

func groupInShort(g *tables.GroupRow) string {
	text := fmt.Sprintf("%s, chance %s", wording.Counted(g.Customers, "customer"), wording.Screen.Percent(g.Probability))
	if g.Recommended {
		text += ", recommended"
	}
	return text
}

// ruleLines are the rules of a group before and after where they differ.
func ruleLines(before, after string) (lines []string) {
	if before == after {
		return nil
	}
	for _, rule := range []struct{ name, text string }{{"was: ", before}, {"is: ", after}} {
		if rule.text == "" {
			continue
		}
		for _, line := range console.Wrap(rule.name+rule.text, console.Width-2) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// mostNamed is how many files are named of each kind.
const mostNamed = 5

func inputLines(in run.Inputs) (lines []string) {
	for _, kind := range []struct {
		name  string
		paths []string
	}{{"Files added", in.Added}, {"Files no more read", in.Removed}, {"Files changed", in.Changed}} {
		if n := len(kind.paths); n > 0 {
			text := strings.Join(kind.paths[:min(n, mostNamed)], ", ")
			if n > mostNamed {
				text += ", ..."
			}
			lines = append(lines, fmt.Sprintf("%-22s %s: %s", kind.name, wording.Thousands(int64(n)), text))
		}
	}
	return append(lines, fmt.Sprintf("%-22s %s", "Files as before", wording.Thousands(int64(in.Same))))
}
