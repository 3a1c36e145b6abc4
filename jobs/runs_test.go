package jobs

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"winback/jobs/console"
)

func TestRuns_ListsWhatIsPublishedAndWhatIsCurrent(t *testing.T) {
	out := t.TempDir()
	s := defaults[RunsSettings]()
	s.Out = out
	list := func() (string, error) {
		var o bytes.Buffer
		err := Runs(context.Background(), s, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
		return o.String(), err
	}
	if _, err := list(); Code(err) != ExitInput || !strings.Contains(err.Error(), "no complete run in this output folder") {
		t.Errorf("no run: %v", err)
	}
	explainedRun(t, out)
	plannedRun(t, out, [3]int64{2, 1, 0})
	plannedRun(t, out, [3]int64{})
	if err := os.WriteFile(out+"/runs/2007-11-15-2/groups.parquet", []byte("no table"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := list()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if err != nil || len(lines) != 4 {
		t.Fatalf("%v\n%s", err, text)
	}
	for i, want := range []string{"Run ", "2007-11-15-1", "2007-11-15-2", "2007-11-15-3"} {
		if !strings.HasPrefix(lines[i], want) || strings.HasSuffix(lines[i], "<- current") != (i == 3) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
	if !strings.Contains(lines[1], " blend ") || !strings.Contains(lines[2], "damaged run") || !strings.Contains(lines[3], "none") {
		t.Errorf("\n%s", text)
	}
}

func TestDiff_SaysWhatMoved(t *testing.T) {
	out := t.TempDir()
	explainedRun(t, out)
	s := defaults[DiffSettings]()
	s.Out = out
	diff := func(a, b string) (string, error) {
		var o bytes.Buffer
		err := Diff(context.Background(), s, []string{a, b}, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
		return o.String(), err
	}
	text, err := diff("2007-11-15-1", out+"/current")
	want := "From 2007-11-15-1 to 2007-11-15-1\n" +
		"Lapsed customers       4 -> 4: 0 came, 0 left, 4 stayed\n" +
		"Moved to other groups  0 of those who stayed\n" +
		"Files as before        0\n"
	if err != nil || text != want {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
	if _, err := diff("2007-11-15-1", "2007-11-16-1"); Code(err) != ExitInput {
		t.Errorf("no such run: %v", err)
	}
}
