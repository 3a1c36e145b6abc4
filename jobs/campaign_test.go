package jobs

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/csvimport"
	"winback/data/parse"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/ledger"
)

// loop is a file system with a shop and its campaigns, on a day of the machine.
type loop struct {
	t     *testing.T
	files fsys.FS
	today string
	said  bytes.Buffer // results
	noted bytes.Buffer // notes and warnings
}

func newLoop(t *testing.T) *loop { return &loop{t: t, files: fsystest.NewMem(), today: "2026-11-27"} }

func (l *loop) campaigner() *campaigner {
	l.said.Reset()
	l.noted.Reset()
	return &campaigner{l.files, console.New(&l.said, &l.noted, false, false, console.Text), func() time.Time {
		day, err := time.Parse(time.DateOnly, l.today)
		if err != nil {
			panic(err)
		}
		return day.Add(3 * time.Hour)
	}}
}

func (l *loop) write(path, content string) {
	l.t.Helper()
	if err := l.files.MkdirAll(filepath.Dir(path)); err != nil {
		l.t.Fatal(err)
	}
	f, err := l.files.Create(path)
	if err == nil {
		_, err = io.WriteString(f, content)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		l.t.Fatal(err)
	}
}

// orders makes order lines, as CSV with customer_id, ordered_at and amount, a table
// under /orders.
func (l *loop) orders(lines string) {
	l.t.Helper()
	if err := l.files.RemoveAll("/csv"); err != nil {
		l.t.Fatal(err)
	}
	l.write("/csv/orders.csv", lines)
	if _, err := csvimport.Import(context.Background(), l.files, []string{"/csv/orders.csv"}, "/orders", csvimport.Spec{Dates: parse.AnyDateOrder}); err != nil {
		l.t.Fatal(err)
	}
}

func with[S any, P interface {
	*S
	settings.Command
}](change func(*S)) *S {
	s := new(S)
	settings.Default(P(s))
	change(s)
	return s
}

func (l *loop) launch(name string, change func(*LaunchSettings)) error {
	return l.campaigner().launch(context.Background(), with(func(s *LaunchSettings) {
		s.Out, s.AssignmentsFile, s.AsOf = "/out", "/list.csv", day("2025-07-01")
		change(s)
	}), name)
}

func (l *loop) sent(name string, change func(*SentSettings)) error {
	return l.campaigner().sent(context.Background(), with(func(s *SentSettings) { s.Out = "/out"; change(s) }), name)
}

func (l *loop) measure(asOf string, change func(*MeasureSettings)) error {
	return l.campaigner().measure(context.Background(), with(func(s *MeasureSettings) {
		s.Out, s.AsOf, s.Orders, s.Workers = "/out", day(asOf), []string{"/orders"}, 1
		change(s)
	}), nil)
}

func (l *loop) entries() int {
	l.t.Helper()
	read, err := ledger.Read(l.files, "/out")
	if err != nil {
		l.t.Fatal(err)
	}
	return len(read.Entries)
}

func day(text string) data.Day {
	if text == "" {
		return 0
	}
	d, err := data.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// must wants no error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// table reads CSV with a line of names.
func table(t *testing.T, text string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		t.Fatalf("%v: %q", err, text)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// sameRow compares the columns of an expected row, numbers to within a part of a
// million.
func sameRow(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	for name, text := range want {
		a, errA := strconv.ParseFloat(text, 64)
		b, errB := strconv.ParseFloat(got[name], 64)
		if errA == nil && errB == nil && math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(a)) {
			continue
		}
		if text != got[name] {
			t.Errorf("%s: column %s: want %q, found %q", what, name, text, got[name])
		}
	}
}

func shared(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(needsShared(t, "spec/campaign/"+name))
	must(t, err)
	return string(text)
}

// TestCampaign_MiniIsAsWrittenOut plays the small campaign of the specification by
// its commands: one edge for each of its 25 customers.
func TestCampaign_MiniIsAsWrittenOut(t *testing.T) {
	l := newLoop(t)
	l.orders(shared(t, "mini/orders.csv"))
	l.write("/list.csv", shared(t, "mini/assignments.csv"))
	l.write("/log.csv", shared(t, "mini/log.csv"))
	must(t, l.launch("spring", func(s *LaunchSettings) { s.Margin, s.ContactCost, s.LapsedAfterDays = .4, .1, 90 }))
	for i, want := range []string{"Entry 2: ", "already entry 2\n"} {
		must(t, l.sent("spring", func(s *SentSettings) { s.Logs = []string{"/log.csv"} }))
		if !strings.HasPrefix(l.said.String(), want) || l.entries() != 2 {
			t.Errorf("sent for the %d. time: %q, %d entries", i+1, l.said.String(), l.entries())
		}
	}
	expected := table(t, shared(t, "mini/expected.csv"))
	for _, asOf := range []string{"2025-07-25", "2025-10-15", "2025-12-15"} {
		must(t, l.measure(asOf, func(s *MeasureSettings) { s.Form, s.Campaign = settings.FormCSV, "spring" }))
		found := table(t, l.said.String())
		n := 0
		for _, want := range expected {
			if want["as_of"] != asOf {
				continue
			}
			delete(want, "as_of")
			for _, row := range found {
				if row["group"] == want["group"] && row["arm"] == "all" {
					sameRow(t, asOf+", group "+want["group"], want, row)
					n++
				}
			}
		}
		if n != 3 {
			t.Errorf("%s: %d rows compared, want 3", asOf, n)
		}
	}
	if l.entries() != 3 {
		t.Errorf("%d entries, want launch, sent and one result", l.entries())
	}
}

// TestCampaign_HillIsAsPublished measures an experiment with two arms whose results
// are known.
func TestCampaign_HillIsAsPublished(t *testing.T) {
	l := newLoop(t)
	l.write("/list.csv", shared(t, "hill/assignments.csv"))
	l.write("/responses.csv", shared(t, "hill/responses.csv"))
	must(t, l.launch("h", func(s *LaunchSettings) { s.Margin, s.ContactCost, s.AsOf = .4, .1, day("2026-03-01") }))
	must(t, l.sent("h", func(s *SentSettings) { s.Groups.Named, s.On = []int{1, 2, 3, 4, 5, 6, 7, 8}, day("2026-03-02") }))
	must(t, l.measure("2026-06-15", func(s *MeasureSettings) {
		s.Form, s.Campaign, s.ResponsesFile, s.Orders = settings.FormCSV, "h", "/responses.csv", nil
	}))
	found, compared := table(t, l.said.String()), 0
	for _, want := range table(t, shared(t, "hill/expected.csv")) {
		for _, row := range found {
			if row["group"] == want["group"] && row["arm"] == want["arm"] {
				sameRow(t, fmt.Sprintf("group %q, %s", want["group"], want["arm"]), want, row)
				compared++
			}
		}
	}
	if compared != 18 {
		t.Errorf("%d rows compared, want 18", compared)
	}
}
