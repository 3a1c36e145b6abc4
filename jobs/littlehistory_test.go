package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/run"
)

// plainLine is an order table with the least that is needed.
type plainLine struct {
	Customer string `parquet:"customer"`
	Date     int32  `parquet:"date,date"`
	Amount   int64  `parquet:"amount,decimal(2:18)"`
}

// plain makes lines of so many customers, each with purchases on the days given
// for it.
func plain(customers int, days func(customer int) []int) []plainLine {
	var lines []plainLine
	for c := range customers {
		for _, d := range days(c) {
			lines = append(lines, plainLine{fmt.Sprintf("c%04d", c), int32(shopOpens) + int32(d), int64(1000 + 10*c + d)})
		}
	}
	return lines
}

// A shop that can teach nothing is ordered by recency, with the reason, and
// nothing of it is recommended.
func TestRun_TooLittleHistoryOrdersByRecency(t *testing.T) {
	once := func(c int) []int { return []int{(c * 7) % 500} }
	often := func(c int) []int { return []int{c % 300, c%300 + 20 + c%50, c%300 + 190 + c%11} }
	for name, c := range map[string]struct {
		lines  []plainLine
		asOf   int // days after the opening; 0: the day after the newest purchase
		change func(*RunSettings)
		lapsed int
	}{
		"one day":                         {plain(200, func(int) []int { return []int{0} }), 0, nil, 0},
		"one day, long ago":               {plain(200, func(int) []int { return []int{0} }), 400, nil, 200},
		"one line":                        {plain(1, once), 400, nil, 1},
		"ten customers":                   {plain(10, often), 700, nil, 10},
		"nobody has lapsed":               {plain(400, func(c int) []int { return []int{c % 300, 500 - c%20} }), 501, nil, 0},
		"everybody lapsed at once":        {plain(400, func(c int) []int { return []int{c % 3} }), 600, nil, 400},
		"one purchase each":               {plain(3000, once), 520, nil, -1},
		"a horizon beyond the history":    {plain(400, often), 0, func(s *RunSettings) { s.HorizonDays = 3650 }, -1},
		"lapsed after more than there is": {plain(400, often), 0, func(s *RunSettings) { s.LapsedAfterDays = 3000 }, 0},
		"stray days in 1905 and 2190":     {append(plain(400, once), plainLine{"x", int32(data.Day(-23_000)), 100}, plainLine{"x", 80_000, 100}), 620, nil, 401},
		"orders end long before":          {plain(400, often), 1200, nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := defaults[RunSettings]()
			s.Out, s.Workers = t.TempDir(), 2
			if c.asOf > 0 {
				s.AsOf = shopOpens + data.Day(c.asOf)
			}
			s.Margin, s.ContactCost = 0.3, 0.1
			if c.change != nil {
				c.change(&s)
			}
			var out, said strings.Builder
			err := Run(context.Background(), s, []string{writeLines(t, c.lines, 1)}, console.New(&out, &said, false, false, console.Text))
			if err != nil {
				t.Fatal(err)
			}
			checkByRecency(t, filepath.Join(s.Out, "current"), c.lapsed)
			if name == "orders end long before" {
				checkTooLittleKnown(t, filepath.Join(s.Out, "current"))
			}
			if !strings.Contains(said.String(), "by recency") {
				t.Errorf("the reason is not told:\n%s", said.String())
			}
			text, _, err := pulled(t, s.Out, func(s *PullSettings) { s.Groups.All = true })
			if customers := strings.Count(text, "\n") - 1; err != nil || customers > c.lapsed && c.lapsed >= 0 || customers < c.lapsed*7/10 {
				t.Errorf("pull hands out %d of %d: %v", customers, c.lapsed, err)
			}
		})
	}
}

// checkTooLittleKnown proves that nobody is told a chance of return that was
// seen when the shop was alive.
func checkTooLittleKnown(t *testing.T, dir string) {
	t.Helper()
	for _, g := range rowsOf(t, filepath.Join(dir, "groups.parquet")) {
		if g["probability"] != nil || g["expected_returns"] != nil || !strings.Contains(g["note"].(string), "Too little is known") {
			t.Errorf("group %v: chance %v, %v returns: %s", g["group"], g["probability"], g["expected_returns"], g["note"])
		}
	}
	for _, row := range rowsOf(t, filepath.Join(dir, "scores.parquet")) {
		if p := row["probability"].(float64); p > 0.01 {
			t.Fatalf("a chance of %v", p)
		}
	}
}

func checkByRecency(t *testing.T, dir string, lapsed int) {
	t.Helper()
	if report, err := run.Verify(fsys.OS(), dir); err != nil || !report.OK() {
		t.Fatalf("%v %v", err, report.Findings)
	}
	text, err := os.ReadFile(filepath.Join(dir, "evaluation.json"))
	if err != nil || !strings.Contains(string(text), `"chosen": "recency"`) || !strings.Contains(string(text), "by recency") {
		t.Errorf("%v: %s", err, text)
	}
	scores := rowsOf(t, filepath.Join(dir, "scores.parquet"))
	if lapsed >= 0 && len(scores) != lapsed {
		t.Errorf("%d lapsed, want %d", len(scores), lapsed)
	}
	for _, row := range scores {
		if p := row["probability"].(float64); !(p > 0 && p < 1) {
			t.Fatalf("probability %v", p)
		}
	}
	groups := rowsOf(t, filepath.Join(dir, "groups.parquet"))
	for _, g := range groups {
		if g["recommended"].(bool) || !strings.Contains(g["note"].(string), "by recency") {
			t.Errorf("group %v: recommended %v: %s", g["group"], g["recommended"], g["note"])
		}
		last := int64(0)
		for _, row := range rowsOf(t, filepath.Join(dir, run.GroupFolder(int(g["group"].(int32))), "part-0.parquet")) {
			if days := row["recency_days"].(int64); days < last {
				t.Fatalf("rank %v: bought %d days ago, after one of %d days", row["rank"], days, last)
			} else {
				last = days
			}
		}
	}
	if len(scores) > 0 && len(groups) == 0 {
		t.Error("no group")
	}
}
