package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/jobs"
)

// edited is a copy of lines with those of a day and later changed.
func edited(lines []soldLine, from data.Day, edit func(*soldLine)) []soldLine {
	lines = slices.Clone(lines)
	for i := range lines {
		if data.DayOfMicros(lines[i].OrderedAt) >= from {
			edit(&lines[i])
		}
	}
	return lines
}

func TestRun_ExitCodes(t *testing.T) {
	lines := generatedLines(t, 8000)
	const asOf = "2024-09-01"
	day, err := data.ParseDay(asOf)
	if err != nil {
		t.Fatal(err)
	}
	hundredfold := func(l *soldLine) { l.UnitPrice *= 100 }
	rekeyed := func(l *soldLine) { l.CustomerID = "N" + l.CustomerID[1:] }
	returned := func(l *soldLine) { l.Quantity = -1 }
	ahead := func(l *soldLine) { l.OrderedAt += 400 * 365 * 24 * 3_600_000_000 / 4 }
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	orders := written(t, lines)
	damaged := written(t, lines)
	text, err := os.ReadFile(filepath.Join(damaged, "orders.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, "orders.parquet"), text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	renamed := t.TempDir()
	type otherColumns struct {
		Who  string `parquet:"who"`
		When int64  `parquet:"ordered_at,timestamp"`
	}
	if err := parquet.WriteFile(filepath.Join(renamed, "orders.parquet"), []otherColumns{{"a", 1}}); err != nil {
		t.Fatal(err)
	}
	blocked := file("blocked", "a file where a folder should be")

	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no orders named":        {nil, jobs.ExitUsage, "needs order files"},
		"unknown flag":           {[]string{orders, "--horizont", "60"}, jobs.ExitUsage, "unknown flag"},
		"a horizon of 0 days":    {[]string{orders, "--horizon", "0"}, jobs.ExitUsage, "--horizon"},
		"orders that are gone":   {[]string{filepath.Join(orders, "nowhere.parquet")}, jobs.ExitInput, "nowhere.parquet"},
		"an empty folder":        {[]string{t.TempDir()}, jobs.ExitInput, "no"},
		"half a file":            {[]string{damaged}, jobs.ExitInput, "orders.parquet"},
		"no customer column":     {[]string{renamed}, jobs.ExitInput, "customer"},
		"stale orders":           {[]string{written(t, edited(lines, day, func(l *soldLine) { l.OrderedAt = day.Micros() - 1 })), "--max-age", "7"}, jobs.ExitGate, "--max-age allows 7"},
		"a day after tomorrow":   {[]string{orders, "--as-of", "2190-01-01"}, jobs.ExitGate, "after tomorrow"},
		"orders of the future":   {[]string{written(t, edited(lines, day, ahead)), "--as-of", ""}, jobs.ExitGate, "after today"},
		"suppressions missing":   {[]string{orders, "--suppress", filepath.Join(orders, "optout.csv")}, jobs.ExitGate, "optout.csv"},
		"suppressions empty":     {[]string{orders, "--suppress", file("optout.csv", "")}, jobs.ExitGate, "optout.csv"},
		"amounts ×100 for a day": {[]string{written(t, edited(lines, day-1, hundredfold))}, jobs.ExitGate, "amounts jump"},
		"amounts ×100 for days":  {[]string{written(t, edited(lines, day-7, hundredfold))}, jobs.ExitGate, "amounts jump"},
		"ids given out anew":     {[]string{written(t, edited(lines, day-7, rekeyed))}, jobs.ExitGate, "given out anew"},
		"no purchase":            {[]string{written(t, edited(lines, 0, returned))}, jobs.ExitGate, "no purchase"},
		"no purchase, accepted":  {[]string{written(t, edited(lines, 0, returned)), "--accept"}, jobs.ExitGate, "no purchase"},
		"no purchase as yet":     {[]string{orders, "--as-of", "2020-01-01"}, jobs.ExitGate, "no purchase before the as-of day"},
		"a shop like clockwork":  {[]string{written(t, clockwork()), "--as-of", "2024-03-01", "--lapsed-after", "auto"}, jobs.ExitModel, "alone foretells almost without error who returned"},
		"a file as output":       {[]string{orders, "--out", blocked}, jobs.ExitIO, blocked},
		"rejects nowhere":        {[]string{orders, "--rejects", filepath.Join(blocked, "x.csv")}, jobs.ExitIO, "x.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			args := append([]string{"run", "--out", out, "--lapsed-after", "60", "--as-of", asOf}, c.args...)
			if slices.Contains(c.args, "") { // the newest day decides
				args = append([]string{"run", "--out", out}, c.args[0])
			}
			code, stderr := does(t, args...)
			if code != c.code || !strings.Contains(stderr, c.says) {
				t.Errorf("code %d, want %d; said %q, want %q in it", code, c.code, stderr, c.says)
			}
			if last := lastLine(stderr); code != jobs.ExitUsage && !strings.HasPrefix(last, "winback: ") {
				t.Errorf("the last line is %q", last)
			}
			if _, err := os.Lstat(filepath.Join(out, "current")); err == nil {
				t.Error("something was published")
			}
		})
	}
}

// clockwork are customers who come back at intervals that their first ones give
// away without error, which no shop has.
func clockwork() []soldLine {
	var lines []soldLine
	for c := range 400 {
		for k, day := range []int{c % 300, c%300 + 20 + c%50, c%300 + 190 + c%11} {
			lines = append(lines, soldLine{CustomerID: fmt.Sprintf("c%04d", c), OrderID: fmt.Sprintf("%d-%d", c, k), OrderedAt: data.Day(19_281 + day).Micros(),
				ProductID: "p", Category: "tea", Quantity: 1, UnitPrice: int64(1000 + 10*c + day), Channel: "web"})
		}
	}
	return lines
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// What fails the quality gate runs all the same where it is accepted, and says
// so in the manifest.
func TestRun_AcceptGoesOn(t *testing.T) {
	lines := generatedLines(t, 1600)
	day, err := data.ParseDay("2024-03-01")
	if err != nil {
		t.Fatal(err)
	}
	orders, out := written(t, edited(before(lines, day), day-7, func(l *soldLine) { l.UnitPrice *= 100 })), t.TempDir()
	code, stderr := does(t, "run", orders, "--out", out, "--as-of", "2024-03-01", "--accept", "--max-age", "3")
	if code != jobs.ExitDone {
		t.Fatalf("code %d: %s", code, stderr)
	}
	manifest, err := os.ReadFile(filepath.Join(out, "current", "manifest.json"))
	if err != nil || !strings.Contains(string(manifest), "Amounts jump") {
		t.Errorf("%v, the manifest does not warn", err)
	}
}

func before(lines []soldLine, day data.Day) []soldLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l soldLine) bool { return data.DayOfMicros(l.OrderedAt) >= day })
}

// A good run stays in place whatever the next night brings.
func TestRun_AFailureLeavesLastNightInPlace(t *testing.T) {
	lines := generatedLines(t, 400)
	orders, out := written(t, lines), t.TempDir()
	if code, stderr := does(t, "run", orders, "--out", out, "--as-of", "2024-03-01"); code != jobs.ExitDone {
		t.Fatalf("code %d: %s", code, stderr)
	}
	run := currentRun(t, out)
	want := runContent(t, run)
	for _, args := range [][]string{{orders, "--max-age", "3"}, {filepath.Join(orders, "gone")}, {orders, "--suppress", "gone"}, {orders, "--as-of", "2100-01-01"}} {
		if code, _ := does(t, append([]string{"run", "--out", out, "--as-of", "2024-03-02"}, args...)...); code == jobs.ExitDone {
			t.Errorf("%q passed", args[1:])
		}
		if currentRun(t, out) != run {
			t.Errorf("%q: another run is current", args[1:])
		}
	}
	if got := runContent(t, run); len(got) != len(want) || len(leftovers(t, out)) > 0 {
		t.Errorf("the run has %d files, had %d; left over %q", len(got), len(want), leftovers(t, out))
	}
}
