package jobs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/console"
	"winback/pipeline/wording"
)

// lapsedOf counts the customers whose last purchase before a day lies so many
// days back.
func lapsedOf(lines []orderLine, asOf data.Day, after int) int64 {
	last := map[string]data.Day{}
	for _, l := range before(lines, asOf) {
		if l.Quantity > 0 {
			last[l.CustomerID] = max(last[l.CustomerID], data.DayOfMicros(l.OrderedAt))
		}
	}
	n := int64(0)
	for _, day := range last {
		if int(asOf-day) >= after {
			n++
		}
	}
	return n
}

func TestRun_DryRunSaysWhatItWouldDoAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := quickly(filepath.Join(dir, "out"))
	s.DryRun, s.RejectsFile, s.Store, s.Keep = true, filepath.Join(dir, "rejects.csv"), filepath.Join(dir, "store"), 1
	lines := plantedShop(3000, 3)
	orders := writeLines(t, lines, 2)
	rehearsed := func() (string, error) {
		var o bytes.Buffer
		err := Run(context.Background(), s, []string{orders}, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
		return o.String(), err
	}
	text, err := rehearsed()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Dry run: nothing was learned and nothing written", "- takes these rows: ", "- learns from ", fmt.Sprintf("- ranks the %s who have lapsed on ", wording.Counted(lapsedOf(lines, asOfDay, 60), "customer")) + asOfDay.String() + ", 60 days after",
		"- publishes " + filepath.Join(s.Out, "runs", asOfDay.String()+"-1") + " and points"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
	plannedRun(t, s.Out, [3]int64{})
	plannedRun(t, s.Out, [3]int64{})
	before := contentOf(t, filepath.Join(s.Out, "runs"))
	text, err = rehearsed()
	if want := "- removes the oldest beyond --keep: " + filepath.Join(s.Out, "runs", "2007-11-15-1") + "\n"; err != nil || !strings.Contains(text, want) || !strings.Contains(text, "which points to 2007-11-15-2 now") {
		t.Errorf("%v, want %q in\n%s", err, want, text)
	}
	if d := differing(before, contentOf(t, filepath.Join(s.Out, "runs"))); d != "" {
		t.Errorf("changed %s", d)
	}
	s.MaxAgeDays = 1
	if _, err := rehearsed(); Code(err) != ExitGate {
		t.Errorf("a gate that fails: %v", err)
	}
}
