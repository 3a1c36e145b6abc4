package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"winback/data"
	"winback/internal/fsys"
	"winback/internal/golden"
)

func testGroups() []data.GroupRow {
	rows := []data.GroupRow{
		{Group: 1, Rule: "last purchase at most 120 days ago, and at least 4 orders", Customers: 1234567, ContactCustomers: 1111110, Probability: 0.2345, ProbabilityLow: 0.21, ProbabilityHigh: 0.259,
			TestCustomers: 1_100_000, TestReturned: 1, TestRate: 0.229, Lift: 2.93, ExpectedReturns: 260554.4, BreakEvenLift: 0.013, Recommended: true},
		{Group: 2, Rule: "preferred channel is phone1, phone2 or web1, bought for more than 149.00 at first, with less than 300 days between the first and the last purchase, not in the peak season",
			Customers: 800, ContactCustomers: 720, Probability: 0.1, ProbabilityLow: 0.08, ProbabilityHigh: 0.121, TestCustomers: data.Unknown, TestReturned: data.Unknown,
			TestRate: math.NaN(), Lift: 1.2, ExpectedReturns: 72, BreakEvenLift: math.NaN(), Recommended: true},
		{Group: 3, Rule: "all others", Customers: 5000, ContactCustomers: 4500, Probability: 0.02, ProbabilityLow: 0.018, ProbabilityHigh: 0.023, TestCustomers: 4000, TestReturned: 90,
			TestRate: 0.0225, Lift: 0.3, ExpectedReturns: 90, BreakEvenLift: 0.05, Note: "the target is met by the groups before"},
	}
	return rows
}

func TestGroups_TableFitsAndSaysWhatToDoNext(t *testing.T) {
	var out bytes.Buffer
	if err := NewUI(&out, &bytes.Buffer{}, false, false, LogText).Groups(testGroups(), 1_111_500, "my out"); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, filepath.Join("testdata", "groups.golden"), out.String())
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > tableWidth {
			t.Errorf("wider than %d: %s", tableWidth, line)
		}
	}
	rows := testGroups()
	for i := range rows {
		rows[i].Recommended = false
	}
	if got := nextStep(rows, 0, "out"); len(got) != 1 || got[0] != "No group is recommended.   Report: out/current/report.html" {
		t.Errorf("nothing recommended: %q", got)
	}
}

func TestUI_TextGoesByLine(t *testing.T) {
	var out, log bytes.Buffer
	ui := NewUI(&out, &log, false, false, LogText)
	stage := ui.Stage("read orders", 100, "rows")
	stage.Add(100)
	stage.Done("2 files")
	stage.Done("twice")
	ui.Warn("one file is old")
	ui.Error(errors.New("no orders"))
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "read orders ") || !strings.Contains(lines[0], "100 rows") || !strings.HasSuffix(lines[0], "2 files") ||
		lines[1] != "warning: one file is old" || lines[2] != "winback: no orders" || out.Len() > 0 {
		t.Errorf("said %q", log.String())
	}
}

func TestUI_JSONLinesCanBeRead(t *testing.T) {
	var log bytes.Buffer
	ui := NewUI(&bytes.Buffer{}, &log, false, true, LogJSON)
	stage := ui.Stage("read orders", 0, "rows")
	stage.Add(3)
	stage.Done("")
	ui.Note("\x1b[31m\"odd\"\n")
	ui.Error(&SettingsError{Where: "--x", Text: "bad"})
	var lines []logLine
	for line := range strings.Lines(log.String()) {
		var l logLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if _, err := time.Parse(time.RFC3339, l.Time); err != nil {
			t.Error(err)
		}
		l.Time, l.Seconds = "", 0
		lines = append(lines, l)
	}
	want := []logLine{{Level: "info", Stage: "read orders", Count: 3, Unit: "rows"}, {Level: "info", Message: "\x1b[31m\"odd\"\n"}, {Level: "error", Message: "--x: bad", ExitCode: 2}}
	if len(lines) != 3 || lines[0] != want[0] || lines[1] != want[1] || lines[2] != want[2] {
		t.Errorf("got %+v", lines)
	}
}

func TestUI_BarIsTakenAwayWhenAStageFails(t *testing.T) {
	var log lockedBuffer
	ui := NewUI(&bytes.Buffer{}, &log, false, true, LogText)
	stage := ui.Stage("read orders", 10, "rows")
	stage.Add(5)
	ui.Note("in between")
	ui.Close()
	ui.Close()
	ui.Error(errors.New("broken"))
	text := log.String()
	if !strings.HasSuffix(text, "winback: broken\n") || !strings.Contains(text, eraseLine) || !strings.Contains(text, "in between\n") {
		t.Errorf("wrote %q", text)
	}
	stage.Done("late")
	UI{}.Stage("silent", 1, "rows").Done("")
	UI{}.Warn("silent")
	UI{}.Close()
}

func TestProgress_BarShowsShareSpeedAndTimeLeft(t *testing.T) {
	p := &Progress{name: "read orders", unit: "rows"}
	p.Of(4_000_000)
	p.Add(1_000_000)
	want := "read orders      [=======                       ]  25 %  100 k rows/s  0:30 left"
	if got := p.bar(10 * time.Second); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	p.Of(0)
	if got, want := p.bar(3700*time.Second), "read orders      1:01:40  1,000,000 rows  270/s"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Thousands(-1234567); got != "-1,234,567" {
		t.Errorf("got %q", got)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Stages that read or walk know how much there is to do, and come to its end.
func TestStages_ReadingAndWalkingComeToTheirEnd(t *testing.T) {
	lines := plantedShop(60, 7)
	found, err := data.FindFiles(fsys.OS(), []string{writeLines(t, lines, 2)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	read := UI{}.Stage("read", 0, "rows")
	orders, err := data.ReadOrders(context.Background(), fsys.OS(), found, data.ReadOptions{Total: read.Of, Progress: read.Add})
	if err != nil {
		t.Fatal(err)
	}
	walk := walkStage(UI{}, "walk", orders, 1)
	if _, err := orders.Each(context.Background(), 2, func(int, *data.Histories) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Progress{read, walk} {
		if done, all := p.count.Load(), p.total.Load(); done != all || all != int64(len(lines)) {
			t.Errorf("%s: %d of %d, want %d", p.name, done, all, len(lines))
		}
	}
}
