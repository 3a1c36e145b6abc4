package run_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"syscall"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// everything are the files and folders of a run that can be read.
var everything = []string{run.ContactsFolder, run.HoldoutFile, run.GroupsFile, run.ScoresFile, run.DeadlinesFile, run.EvaluationFile}

func contact(rank, group int) tables.ContactRow {
	return tables.ContactRow{Rank: int64(rank), Group: int32(group), RankInGroup: int64(rank), CustomerID: fmt.Sprint("C", rank), Probability: 0.1,
		ExpectedSpend: 5, ExpectedMargin: 1, RecencyDays: 100, Orders: 2, Monetary: 999_001, LastPurchaseDay: 13_732, Stage: "lost"}
}

// publishTables publishes a run of two groups, the first in so many files of one
// customer, with a table of each kind.
func publishTables(t *testing.T, files fsys.FS, parts int) {
	t.Helper()
	draft, err := run.Begin(files, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	create := run.Create(draft.Create)
	for n := range parts {
		err = errors.Join(err, create.Write(fmt.Sprintf("contacts/group-01/part-%d.parquet", n), func(w io.Writer) error {
			list := tables.NewContactsWriter(w, data.MoneyDecimal)
			return errors.Join(list.Write([]tables.ContactRow{contact(n+1, 1)}), list.Close())
		}))
	}
	err = errors.Join(err, create.WriteContacts(2, listOf(contact(14, 2)), data.MoneyDecimal), create.WriteHoldout(listOf(contact(13, 1)), data.MoneyDecimal),
		create.WriteGroups([]tables.GroupRow{{Group: 1}, {Group: 2}}), create.WriteJSON(run.EvaluationFile, map[string]int{"horizon_days": 60}),
		create.Write(run.ScoresFile, func(w io.Writer) error {
			scores, err := tables.NewScoresWriter(w, []string{"blend", "recency"})
			return errors.Join(err, scores.Write([]tables.ScoreRow{{CustomerID: "C1", Group: 1, Probability: 0.1, Scores: []float64{0.1, math.NaN()}, Stage: "lost"}}), scores.Close())
		}),
		create.Write(run.DeadlinesFile, func(w io.Writer) error {
			list := tables.NewDeadlinesWriter(w)
			return errors.Join(list.Write([]tables.Deadline{{CustomerID: "C9", Value: 5}}), list.Close())
		}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Publish(manifestOf(tonight)); err != nil {
		t.Fatal(err)
	}
}

// texts reads rows as they print.
func texts[R any](rows func(func(R, error) bool)) (all []string, err error) {
	for row, failed := range rows {
		if failed != nil {
			return all, failed
		}
		all = append(all, fmt.Sprintf("%+v", row))
	}
	return all, nil
}

// readTables reads all that publishTables has written, as one text.
func readTables(files fsys.FS, name string) (string, error) {
	r, err := run.Open(files, out, name, everything...)
	if err != nil {
		return "", err
	}
	lists, errLists := texts(r.ContactLists(nil))
	holdout, errHoldout := texts(r.Holdout())
	deadlines, errDeadlines := texts(r.Deadlines())
	scores, errScores := texts(r.Scores())
	groups, errGroups := r.Groups()
	names, errNames := r.ScoreModels()
	asked, errHorizon := r.Asked()
	return fmt.Sprintln(r.AsOf, r.ListedGroups(), lists, holdout, deadlines, scores, groups, names, asked.HorizonDays),
		errors.Join(errLists, errHoldout, errDeadlines, errScores, errGroups, errNames, errHorizon)
}

func TestOpen_ReadsWhatWasPublished(t *testing.T) {
	mem := fsystest.NewMem()
	publishTables(t, mem, 12)
	newest, err := readTables(mem, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{tonight + " [1 2] ", "Monetary:99.9001", "{CustomerID:C9 ", "Scores:[0.1 NaN]", "[blend recency] 60\n"} {
		if !strings.Contains(newest, want) {
			t.Errorf("%q is missing in\n%s", want, newest)
		}
	}
	for _, name := range []string{tonight + "-1", out + "/runs/" + tonight + "-1", out + "/current"} {
		if text, err := readTables(mem, name); err != nil || text != newest {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, text, newest)
		}
	}
	for _, name := range []string{tonight + "-2", "/nowhere"} {
		if _, err := readTables(mem, name); !errors.Is(err, run.ErrNoRun) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContactLists_ComeInRankOrderByGroup(t *testing.T) {
	mem := fsystest.NewMem()
	publishTables(t, mem, 12)
	r, err := run.Open(mem, out, "", run.ContactsFolder)
	if err != nil {
		t.Fatal(err)
	}
	for want, groups := range map[string][]int{"[1 2 3 4 5 6 7 8 9 10 11 12 14]": nil, "[1 2 3 4 5 6 7 8 9 10 11 12]": {1}, "[14]": {2, 9}, "[]": {}} {
		ranks := []int64{}
		for row, err := range r.ContactLists(groups) {
			if err != nil {
				t.Fatal(err)
			}
			ranks = append(ranks, row.Rank)
		}
		if got := fmt.Sprint(ranks); got != want {
			t.Errorf("groups %v: ranks %s, want %s", groups, got, want)
		}
	}
	for range r.ContactLists(nil) {
		break // a reader may stop
	}
}

func TestOpen_ChecksWhatIsNeededAndNothingElse(t *testing.T) {
	const part = "contacts/group-01/part-3.parquet"
	for name, test := range map[string]struct {
		damage func(mem *fsystest.Mem, dir string)
		fails  []string // needs that find it
		passes []string // needs that it does not touch
	}{
		"changed": {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+part, "x") }, []string{run.ContactsFolder, run.GroupFolder(1), part}, []string{run.GroupFolder(2), run.GroupsFile}},
		"missing": {func(m *fsystest.Mem, dir string) { m.Remove(dir + part) }, []string{run.ContactsFolder, run.GroupFolder(1), part}, []string{run.GroupFolder(2), run.HoldoutFile}},
		"added": {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"contacts/group-02/part-1.parquet", "x") },
			[]string{run.ContactsFolder, run.GroupFolder(2)}, []string{run.GroupFolder(1), run.ScoresFile}},
		"swapped": {func(m *fsystest.Mem, dir string) { rename(t, m, dir+"contacts/group-01/part-4.parquet", dir+part) },
			[]string{run.ContactsFolder, run.GroupFolder(1)}, []string{run.GroupFolder(2), run.EvaluationFile}},
	} {
		mem := fsystest.NewMem()
		publishTables(t, mem, 12)
		test.damage(mem, out+"/runs/"+tonight+"-1/")
		for _, need := range test.fails {
			if _, err := run.Open(mem, out, "", run.DeadlinesFile, need); !errors.Is(err, run.ErrDamaged) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s, %s needed: %v", name, need, err)
			}
		}
		if _, err := run.Open(mem, out, "", test.passes...); err != nil {
			t.Errorf("%s, %v needed: %v", name, test.passes, err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRun_HandsOutOnlyWhatItWasOpenedFor(t *testing.T) {
	mem := fsystest.NewMem()
	publishTables(t, mem, 12)
	r, err := run.Open(mem, out, "", run.GroupFolder(1))
	if err != nil {
		t.Fatal(err)
	}
	_, scores := r.ScoreModels()
	_, groups := r.Groups()
	_, evaluation := r.Evaluation()
	_, holdout := texts(r.Holdout())
	_, lists := texts(r.ContactLists(nil))
	for name, err := range map[string]error{run.ScoresFile: scores, run.GroupsFile: groups, run.EvaluationFile: evaluation, run.HoldoutFile: holdout, run.GroupFolder(2): lists} {
		var input *data.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "not opened for this file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A run without a file is one that nobody took it from: the manifest knows
// nothing of it.
func TestRun_FilesThatWereNotPublishedAreNotThere(t *testing.T) {
	mem := fsystest.NewMem()
	mustWriteRun(t, mem, out, tonight, tree{run.ScoresFile: "no table", run.EvaluationFile: "{"}, 0)
	r, err := run.Open(mem, out, "", everything...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Groups(); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), run.GroupsFile) != 1 {
		t.Errorf("groups: %v", err)
	}
	if lists, err := texts(r.ContactLists(nil)); len(lists) > 0 || err != nil {
		t.Errorf("lists: %v, %v", lists, err)
	}
	if _, err := texts(r.Scores()); err == nil || strings.Count(err.Error(), run.ScoresFile) != 1 {
		t.Errorf("scores that are none: %v", err)
	}
	if _, err := r.Asked(); err == nil || !strings.Contains(err.Error(), run.EvaluationFile) {
		t.Errorf("an evaluation that is none: %v", err)
	}
	mustWriteRun(t, mem, out, tonight, nil, 0)
	if r, err = run.Open(mem, out, "", run.EvaluationFile); err != nil {
		t.Fatal(err)
	}
	if asked, err := r.Asked(); asked.HorizonDays != 0 || err != nil {
		t.Errorf("a horizon of %d days without an evaluation, %v", asked.HorizonDays, err)
	}
}

func TestOpen_RefusesRunsOfAnotherVersion(t *testing.T) {
	mem := fsystest.NewMem()
	dir := mustWriteRun(t, mem, out, tonight, nil, 0)
	overwrite(t, mem, dir+"/manifest.json", resign(strings.Replace(string(must(readAll(mem, dir+"/manifest.json"))), `"format_version": 2`, `"format_version": 1`, 1)))
	if _, err := run.Open(mem, out, ""); !errors.Is(err, run.ErrVersion) || !strings.Contains(err.Error(), "want 2, found 1") {
		t.Errorf("error: %v", err)
	}
}

// Whatever read fails, a reader gets an error or all rows, never a part.
func TestRun_NoFailedReadGoesUnseen(t *testing.T) {
	mem := fsystest.NewMem()
	publishTables(t, mem, 2)
	whole := fsystest.NewFaulty(mem, fsystest.Fault{})
	want := must(readTables(whole, ""))
	seen := 0
	for at := range whole.Ops() {
		text, err := readTables(fsystest.NewFaulty(mem, fsystest.Fault{At: at + 1, Err: syscall.EIO}), "")
		if err == nil && text != want {
			t.Errorf("operation %d (%v): no error, and other rows:\n%s", at+1, whole.Ops()[at], text)
		}
		if err != nil {
			seen++
			if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), out) {
				t.Errorf("operation %d (%v): %v", at+1, whole.Ops()[at], err)
			}
		}
	}
	if len(whole.Ops()) < 100 || seen < len(whole.Ops())/2 {
		t.Errorf("%d of %d operations were seen to fail", seen, len(whole.Ops()))
	}
}
