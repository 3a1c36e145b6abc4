package run_test

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"

	"winback/data/tables"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// scoredRun publishes a run whose lapsed customers are in the groups given.
func scoredRun(t *testing.T, mem *fsystest.Mem, settings string, inputs []run.Input, ids []string, group map[string]int32, rules ...string) {
	t.Helper()
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	create := run.Create(func(path string) (io.WriteCloser, error) { return draft.Create(path) })
	err = create.Write(run.ScoresFile, func(w io.Writer) error {
		scores, err := tables.NewScoresWriter(w, nil)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := scores.Write([]tables.ScoreRow{{CustomerID: id, Group: group[id], Probability: 0.1, Stage: "lost"}}); err != nil {
				return err
			}
		}
		return scores.Close()
	})
	var rows []tables.GroupRow
	for i, rule := range rules {
		rows = append(rows, tables.GroupRow{Group: int32(i + 1), Rule: rule})
	}
	if err := errors.Join(err, create.WriteGroups(rows)); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Publish(run.Manifest{Settings: json.RawMessage(settings), Inputs: inputs}); err != nil {
		t.Fatal(err)
	}
}

func TestCompare_CountsWhoCameLeftAndMoved(t *testing.T) {
	mem := fsystest.NewMem()
	input := func(path, digest string) run.Input { return run.Input{Path: path, SHA256: digest} }
	scoredRun(t, mem, `{"horizon":"60","margin":"0.4"}`, []run.Input{input("a", "1"), input("b", "1"), input("c", "1")},
		[]string{"A", "B", "C", "D"}, map[string]int32{"A": 1, "B": 1, "C": 2, "D": 2}, "old", "same")
	scoredRun(t, mem, `{"horizon":"60","margin":"","capacity":"9"}`, []run.Input{input("d", "1"), input("b", "2"), input("c", "1")},
		[]string{"0", "B", "C", "D", "E", "F"}, map[string]int32{"0": 1, "B": 2, "C": 2, "D": 3, "E": 1, "F": 1}, "new", "same", "third")
	var both [2]*run.Run
	for i, name := range []string{tonight + "-1", tonight + "-2"} {
		var err error
		if both[i], err = run.Open(mem, out, name, run.ComparedFiles()...); err != nil {
			t.Fatal(err)
		}
	}
	d, err := run.Compare(both[0], both[1])
	if err != nil {
		t.Fatal(err)
	}
	if d.Came != 3 || d.Left != 1 || d.Stayed != 3 || !reflect.DeepEqual(d.Moves, []run.Move{{1, 2, 1}, {2, 3, 1}}) {
		t.Errorf("came %d, left %d, stayed %d, moved %v", d.Came, d.Left, d.Stayed, d.Moves)
	}
	if want := []run.Change{{"capacity", "", "9"}, {"margin", "0.4", ""}}; !reflect.DeepEqual(d.Settings, want) {
		t.Errorf("settings %v, want %v", d.Settings, want)
	}
	if want := (run.Inputs{Added: []string{"d"}, Removed: []string{"a"}, Changed: []string{"b"}, Same: 1}); !reflect.DeepEqual(d.Inputs, want) {
		t.Errorf("inputs %v, want %v", d.Inputs, want)
	}
	if len(d.Groups) != 3 || d.Groups[0].Before.Rule != "old" || d.Groups[0].After.Rule != "new" || d.Groups[2].Before != nil || d.Groups[2].After.Rule != "third" {
		t.Errorf("groups %v", d.Groups)
	}
	same, err := run.Compare(both[1], both[1])
	if err != nil || same.Came+same.Left != 0 || same.Stayed != 6 || len(same.Moves)+len(same.Settings) > 0 || same.Inputs.Same != 3 {
		t.Errorf("a run with itself: %+v, %v", same, err)
	}
}
