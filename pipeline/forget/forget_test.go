package forget_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data/tables"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/forget"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

const out = "/out"

var now = time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// log is a table of customers a, b, …
func log(ids ...string) func(io.Writer) error {
	var rows []tables.LoggedContact
	for _, id := range ids {
		rows = append(rows, tables.LoggedContact{CustomerID: "customer-" + id, SentAt: 1, Status: "sent", Cost: math.NaN()})
	}
	return func(w io.Writer) error { return tables.WriteContactLog(w, rows) }
}

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, content); return err }
}

// folderOf is an output folder with three runs, one of which does not hold customer-b,
// a ledger and a list beside them, all durable.
func folderOf(t *testing.T) *fsystest.Mem {
	t.Helper()
	mem := fsystest.NewMem()
	for day, ids := range map[string][]string{"2026-01-01": {"a", "b", "c"}, "2026-01-02": {"a", "c"}, "2026-01-03": {"b", "c"}} {
		draft, err := run.Begin(mem, out, day, run.Options{})
		must(t, err)
		create := run.Create(func(path string) (io.WriteCloser, error) { return draft.Create(path) })
		must(t, create.Write("contacts/group-01/part-0.parquet", log(ids...)))
		must(t, create.Write("scores.parquet", log(append(ids, "d")...)))
		must(t, create.Write("report.html", text("<p>"+day)))
		_, err = draft.Publish(run.Manifest{Finished: now})
		must(t, err)
	}
	for i, ids := range [][]string{{"a"}, {"a", "b"}, {"c"}} {
		w, err := ledger.Begin(mem, out)
		must(t, err)
		var content bytes.Buffer
		must(t, log(ids...)(&content))
		_, _, err = w.Append(ledger.Entry{Kind: ledger.Sent, Day: fmt.Sprintf("2026-02-%02d", i+1), Written: now}, []ledger.File{{Path: "contacts.parquet", Content: content.Bytes()}})
		must(t, errors.Join(err, w.Release()))
	}
	must(t, mem.MkdirAll(out+"/lists"))
	must(t, run.WriteFile(mem, out+"/lists/recall.parquet", log("b", "c")))
	must(t, mem.SyncDir(out))
	mem.Crash(fsystest.Kept, 0)
	return mem
}

func doIt(files fsys.FS, ids ...string) (*forget.Report, error) {
	return forget.Do(files, out, forget.Asked{Customers: plan.NewSuppressions(ids), Key: []byte("secret"), Now: now, ToolVersion: "test", DropCaches: func() error { return nil }})
}

// content are all files below the output folder, by path; links are read as their targets.
func content(files fsys.FS, dir string) (map[string]string, error) {
	found := map[string]string{}
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			var inner map[string]string
			inner, err = content(files, path)
			maps.Copy(found, inner)
		case e.Type()&fs.ModeSymlink != 0:
			found[path], err = files.Readlink(path)
		case e.Name() != ".lock":
			var text []byte
			text, err = run.ReadFile(files, path)
			found[path] = string(text)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// whole wants all runs and the ledger as their digests say, without a trace of
// customer-b.
func whole(files fsys.FS) error {
	names, err := run.Runs(files, out)
	if err == nil && len(names) != 3 {
		err = fmt.Errorf("%d runs, want 3", len(names))
	}
	for _, name := range names {
		report, wrong := run.Verify(files, filepath.Join(out, "runs", name.String()))
		if err = errors.Join(err, wrong); !report.OK() {
			err = errors.Join(err, fmt.Errorf("run %s: %v", name, report.Findings))
		}
	}
	_, bad, wrong := ledger.Verify(files, out)
	found, cannot := content(files, out)
	for path, text := range found {
		if strings.Contains(text, "customer-b") {
			err = errors.Join(err, fmt.Errorf("%s still holds the customer", path))
		}
		if strings.Contains(path, ".winback-") {
			err = errors.Join(err, fmt.Errorf("left behind: %s", path))
		}
	}
	return errors.Join(err, wrong, errors.Join(bad...), cannot)
}

// TestDo_WritesOnlyWhatHoldsThem forgets one customer of four.
func TestDo_WritesOnlyWhatHoldsThem(t *testing.T) {
	mem := folderOf(t)
	before, err := content(mem, out)
	must(t, err)
	report, err := doIt(mem, " Customer-B", "nobody")
	must(t, err)
	must(t, whole(mem))
	after, err := content(mem, out)
	must(t, err)
	for _, path := range []string{"runs/2026-01-02-1/manifest.json", "runs/2026-01-02-1/scores.parquet", "runs/2026-01-01-1/report.html", "ledger/000001-sent/entry.json", "current"} {
		if path = out + "/" + path; after[path] != before[path] {
			t.Errorf("%s was changed", path)
		}
	}
	want := []forget.Place{{out + "/runs/2026-01-01-1", 1, 2}, {out + "/runs/2026-01-03-1", 1, 2}, {out + "/ledger", 1, 1}, {out + "/lists/recall.parquet", 1, 1}}
	if fmt.Sprint(report.Places) != fmt.Sprint(want) || report.Customers != 2 || report.New != 2 {
		t.Errorf("report %+v, want places %v", report, want)
	}
	l, err := ledger.Read(mem, out)
	must(t, err)
	last := l.Entries[len(l.Entries)-1]
	if last.Kind != ledger.Forget || !strings.HasPrefix(string(last.Settings), `{"customers":1,"rewritten":[{"entry":2,"was_sha256":"`) || strings.Count(string(last.Settings), "was_sha256") != 1 {
		t.Errorf("last entry %s says %s", last.Name(), last.Settings)
	}
	if !strings.Contains(after[out+"/runs/2026-01-01-1/manifest.json"], "customers forgotten on 2026-11-27: 1, in 2 files") {
		t.Error("the manifest does not say so")
	}
}

// TestDo_LeavesOrderFilesAlone has the shop's orders, and what cannot be read, in the
// output folder.
func TestDo_LeavesOrderFilesAlone(t *testing.T) {
	type order struct {
		CustomerID string `parquet:"customer_id"`
		OrderedAt  int64  `parquet:"ordered_at"`
	}
	type numbered struct {
		CustomerID int64 `parquet:"customer_id"`
	}
	mem := folderOf(t)
	for path, write := range map[string]func(io.Writer) error{
		"orders.parquet":  func(w io.Writer) error { return parquet.Write(w, []order{{"customer-b", 1}}) },
		"numbers.parquet": func(w io.Writer) error { return parquet.Write(w, []numbered{{7}}) },
		"broken.parquet":  text("customer-b"),
		"list.csv":        text("customer-b"),
	} {
		must(t, run.WriteFile(mem, out+"/"+path, write))
	}
	before, err := content(mem, out)
	must(t, err)
	report, err := doIt(mem, "customer-b")
	must(t, err)
	after, err := content(mem, out)
	must(t, err)
	want := []string{out + "/broken.parquet", out + "/list.csv", out + "/numbers.parquet", out + "/orders.parquet"}
	if !slices.Equal(report.Unknown, want) {
		t.Errorf("not looked into: %v, want %v", report.Unknown, want)
	}
	for _, path := range want {
		if before[path] != after[path] {
			t.Errorf("%s was changed", path)
		}
	}
}

// TestDo_AgainChangesNothing forgets the same customer twice.
func TestDo_AgainChangesNothing(t *testing.T) {
	mem := folderOf(t)
	_, err := doIt(mem, "customer-b")
	must(t, err)
	before, err := content(mem, out)
	must(t, err)
	report, err := doIt(mem, "customer-b")
	must(t, err)
	after, err := content(mem, out)
	must(t, err)
	if !maps.Equal(before, after) || len(report.Places) != 0 || report.New != 0 {
		t.Errorf("the second time: %+v", report)
	}
}

// TestDo_CrashAnywhereThenAgainEndsAlike stops the machine after every operation,
// with unsynced data dropped, kept and half kept.
func TestDo_CrashAnywhereThenAgainEndsAlike(t *testing.T) {
	mem := folderOf(t)
	first := fsystest.NewFaulty(mem.Clone(), fsystest.Fault{})
	_, err := doIt(first, "customer-b")
	must(t, err)
	want := mem.Clone()
	_, err = doIt(want, "customer-b")
	must(t, err)
	wanted, err := content(want, out)
	must(t, err)
	states := 0
	for i, op := range first.Ops() {
		if !op.Changes() {
			continue
		}
		stopped := mem.Clone()
		_, _ = doIt(fsystest.NewFaulty(stopped, fsystest.Fault{At: i + 2, Stop: true}), "customer-b")
		for seed, loss := range []fsystest.Loss{fsystest.Dropped, fsystest.Kept, fsystest.HalfKept} {
			states++
			end := stopped.Clone()
			end.Crash(loss, uint64(100*i+seed))
			if err := endsAlike(end, wanted); err != nil {
				t.Fatalf("stop after %s %s (%d), %v, seed %d: %v", op.Name, op.Path, i+1, loss, seed, err)
			}
		}
	}
	t.Logf("%d states", states)
}

// endsAlike wants a folder in which either nobody was told of a forget, or everybody is
// refused; then forgets again.
func endsAlike(end *fsystest.Mem, wanted map[string]string) error {
	if run.CheckForgetting(end, out) == nil {
		if _, err := run.Open(end, out, "", "scores.parquet"); err != nil {
			return fmt.Errorf("not refused, and not whole: %w", err)
		}
		if _, err := ledger.Read(end, out); err != nil {
			return fmt.Errorf("not refused, and not whole: %w", err)
		}
	} else if _, err := run.Open(end, out, ""); !errors.Is(err, run.ErrForgetting) {
		return fmt.Errorf("half done, and read: %w", err)
	}
	if _, err := doIt(end, "customer-b"); err != nil {
		return fmt.Errorf("again: %w", err)
	}
	if err := whole(end); err != nil {
		return err
	}
	found, err := content(end, out)
	for path, text := range wanted {
		if found[path] != text {
			return fmt.Errorf("%s has other bytes", path)
		}
	}
	if len(found) != len(wanted) {
		return fmt.Errorf("%d files, want %d", len(found), len(wanted))
	}
	return err
}

// TestDo_AnyFailureThenAgainEndsAlike lets single operations fail.
func TestDo_AnyFailureThenAgainEndsAlike(t *testing.T) {
	mem := folderOf(t)
	want := mem.Clone()
	whole := fsystest.NewFaulty(want, fsystest.Fault{})
	_, err := doIt(whole, "customer-b")
	must(t, err)
	wanted, err := content(want, out)
	must(t, err)
	for i := 0; i < len(whole.Ops()); i += 5 {
		end := mem.Clone()
		_, failed := doIt(fsystest.NewFaulty(end, fsystest.Fault{At: i + 1, Err: fs.ErrPermission}), "customer-b")
		if err := endsAlike(end, wanted); err != nil {
			t.Fatalf("operation %d (%v): %v", i+1, failed, err)
		}
	}
}
