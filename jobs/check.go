package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// CheckSettings are what Check reads.
type CheckSettings struct {
	settings.Reading
	settings.Gate
	settings.Question
	settings.Given
}

// Settings lists them.
func (s *CheckSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Reading, &s.Gate, &s.Question)
}

// Check reads an order history, tells what it holds, and warns of what spoils
// such extracts. It writes nothing but its report. Data that fails the quality
// gate is an error with ExitGate.
func Check(ctx context.Context, s CheckSettings, sources []string, ui console.UI) error {
	if err := setInFuture(s.AsOf, time.Now()); err != nil {
		return err
	}
	h, err := readHistory(ctx, s.FS(), input{s.Reading, sources, "", "", Elsewhere{}}, ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	now := time.Now()
	stops := h.gate(s.Gate, now)
	lines := h.profile(s, now)
	if stops == nil {
		lines = append(lines, nextRun(s, sources))
	}
	if err := ui.Print(lines...); err != nil {
		return err
	}
	return stops
}

func (h *history) profile(s CheckSettings, now time.Time) []string {
	o, sv := h.orders, h.survey
	line := func(name, text string) string { return fmt.Sprintf("%-22s %s", name, text) }
	lines := []string{
		line("Files", fmt.Sprintf("%d, %s rows", len(o.Files), wording.Thousands(o.RowsRead))),
		line("Columns", strings.Join(o.Columns, ", ")),
	}
	for _, text := range o.Decisions {
		lines = append(lines, line("", text))
	}
	if len(o.NotTaken) > 0 {
		lines = append(lines, line("Columns not used", strings.Join(o.NotTaken, ", ")))
	}
	q, rule, err := h.question(s.Question, s.Reading, now)
	if err != nil {
		return append(lines, line("As-of day", err.Error()))
	}
	used, setAside := h.rows(q.AsOf)
	lines = append(lines, rowsLine(o.RowsRead, used, setAside))
	if sv.Customers == 0 {
		return lines
	}
	purchases, returns := sum(sv.PurchaseLines), sum(sv.ReturnLines)
	lines = append(lines,
		line("Days", fmt.Sprintf("%s to %s", o.FirstDay, o.LastDay)),
		line("Customers", wording.Thousands(sv.Customers)),
		line("Purchase lines", wording.Thousands(purchases)),
		line("Return lines", fmt.Sprintf("%s (%.1f %% of all lines)", wording.Thousands(returns), 100*float64(returns)/float64(max(sv.Lines, 1)))),
		line("Names", fmt.Sprintf("%s products, %s categories, %s channels", wording.Thousands(int64(len(o.Names[data.Product]))),
			wording.Thousands(int64(len(o.Names[data.Category]))), wording.Thousands(int64(len(o.Names[data.Channel]))))),
	)
	if cuts, n := sv.IntervalCuts(q.AsOf, 0.3, 0.6, 0.9); n > 0 {
		lines = append(lines, line("First to second buy", fmt.Sprintf("30, 60, 90 %% of %s intervals were over by day %d, %d, %d", wording.Thousands(n), cuts[0], cuts[1], cuts[2])))
	}
	lines = append(lines, line("Lapsed after", fmt.Sprintf("%s (%s)", wording.Counted(rule.Days, "day"), rule.Basis)))
	lines = append(lines, line("A return", fmt.Sprintf("a purchase from %s to %s (%s)", q.AsOf, q.AsOf+data.Day(q.Horizon)-1, wording.Counted(q.Horizon, "day"))))
	return append(lines, findingLines(h.findings)...)
}

// nextRun says how to go on: with the orders, the flags and the settings file
// that were checked.
func nextRun(s CheckSettings, sources []string) string {
	text := "Next: winback run"
	for _, word := range slices.Concat(sources, s.For(new(RunSettings))) {
		text += " " + shellWord(word)
	}
	return text
}

func findingLines(found []survey.Finding) []string {
	if len(found) == 0 {
		return []string{"No warnings."}
	}
	var lines []string
	for _, f := range found {
		kind := "Warning: "
		if f.Stops {
			kind = "Stops a run: "
		}
		for i, text := range console.Wrap(kind+f.Text+".", console.Width-2) {
			if i > 0 {
				text = "  " + text
			}
			lines = append(lines, text)
		}
	}
	return lines
}

func sum(counts []int64) (total int64) {
	for _, n := range counts {
		total += n
	}
	return total
}
