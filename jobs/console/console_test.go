package console

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"winback/pipeline/wording"
)

func TestUI_TextGoesByLine(t *testing.T) {
	var out, log bytes.Buffer
	ui := New(&out, &log, false, false, Text)
	stage := ui.Stage("read orders", 100, "rows")
	stage.Add(100)
	stage.Done("2 files")
	stage.Done("twice")
	ui.Warn("one file is old")
	ui.Error("no orders", 3)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "read orders ") || !strings.Contains(lines[0], "100 rows") || !strings.HasSuffix(lines[0], "2 files") ||
		lines[1] != "warning: one file is old" || lines[2] != "winback: no orders" || out.Len() > 0 {
		t.Errorf("said %q", log.String())
	}
}

func TestUI_JSONLinesCanBeRead(t *testing.T) {
	var log bytes.Buffer
	ui := New(&bytes.Buffer{}, &log, false, true, JSON)
	stage := ui.Stage("read orders", 0, "rows")
	stage.Add(3)
	stage.Done("")
	ui.Note("\x1b[31m\"odd\"\n")
	ui.Error("--x: bad", 2)
	outcome := Outcome{"2007-11-15-1", "out/runs/2007-11-15-1", "2007-11-15", map[string]int64{"groups.contacts": 7}, map[string]float64{"learn": 1.5}}
	ui.Outcome("Published", outcome)
	if last := log.String(); !strings.Contains(last, `"message":"Published","run":"2007-11-15-1","folder":"out/runs/2007-11-15-1","as_of":"2007-11-15","counts":{"groups.contacts":7},"durations":{"learn":1.5}}`) {
		t.Errorf("outcome: %s", last)
	}
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
	want := []logLine{{Level: "info", Stage: "read orders", Count: 3, Unit: "rows"}, {Level: "info", Message: "\x1b[31m\"odd\"\n"}, {Level: "error", Message: "--x: bad", ExitCode: 2}, {Level: "info", Message: "Published", Outcome: &outcome}}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got %+v", lines)
	}
}

func TestUI_BarIsTakenAwayWhenAStageFails(t *testing.T) {
	var log lockedBuffer
	ui := New(&bytes.Buffer{}, &log, false, true, Text)
	stage := ui.Stage("read orders", 10, "rows")
	stage.Add(5)
	ui.Note("in between")
	ui.Close()
	ui.Close()
	ui.Error("broken", 7)
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
	if got := wording.Thousands(-1234567); got != "-1,234,567" {
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

func TestLog_LinesOfOtherPackagesBecomeWarnings(t *testing.T) {
	var log bytes.Buffer
	ui := New(&bytes.Buffer{}, &log, false, false, JSON)
	if _, err := ui.Log().Write([]byte("WARNING: DECIMAL should be wider\n\nand more\n")); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	if strings.Count(text, "\n") != 2 || strings.Count(text, `"level":"warning"`) != 2 || !strings.Contains(text, `"message":"DECIMAL should be wider"`) {
		t.Errorf("logged %s", text)
	}
}
