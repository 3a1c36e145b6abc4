package jobs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/run"
)

// forgetShop is a shop with two runs, a campaign, a store and a list handed out, in
// which several of the lapsed are to be forgotten.
type forgetShop struct {
	s       RunSettings
	orders  string
	victims []string
	said    bytes.Buffer
}

func (f *forgetShop) ui() console.UI {
	return console.New(&f.said, &f.said, false, false, console.Text)
}

func newForgetShop(t *testing.T) *forgetShop {
	t.Helper()
	lines := plantedShop(300, 1)
	for i := range lines {
		lines[i].CustomerID = "person-" + lines[i].CustomerID + "-of-the-shop"
	}
	var ids []string
	for id := range naiveLapsed(lines, asOfDay, 60) {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	f := &forgetShop{s: quickly(t.TempDir()), orders: writeLines(t, lines, 2), victims: ids[10:14]}
	f.s.Store = t.TempDir()
	folder := t.TempDir()
	list, log := "customer_id,group,arm\n", "customer_id,sent_at,status\n"
	for i, id := range ids[:40] {
		list += id + ",1," + []string{"mail", "holdout"}[i%2] + "\n"
		log += id + "," + (asOfDay - 3).String() + ",sent\n"
	}
	must(t, os.WriteFile(filepath.Join(folder, "list.csv"), []byte(list), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "log.csv"), []byte(log), 0o600))
	c := &campaigner{fsys.OS(), console.UI{}, time.Now}
	must(t, c.launch(t.Context(), with(func(l *LaunchSettings) {
		l.Out, l.AssignmentsFile, l.AsOf = f.s.Out, filepath.Join(folder, "list.csv"), asOfDay-70
	}), "spring"))
	must(t, c.sent(t.Context(), with(func(l *SentSettings) { l.Out, l.Logs = f.s.Out, []string{filepath.Join(folder, "log.csv")} }), ""))
	must(t, c.stop(with(func(s *StopSettings) { s.Out, s.Reason = f.s.Out, "asked by "+f.victims[0]+"." }), "spring"))
	published(t, f.s, f.orders)
	published(t, f.s, f.orders)
	must(t, os.MkdirAll(filepath.Join(f.s.Out, "lists"), 0o755))
	must(t, Pull(t.Context(), *with(func(p *PullSettings) {
		p.Out, p.Output, p.Groups.All = f.s.Out, filepath.Join(f.s.Out, "lists", "recall.parquet"), true
	}), console.UI{}))
	return f
}

func (f *forgetShop) forget(t *testing.T) {
	t.Helper()
	s := with(func(s *ForgetSettings) { s.Out, s.Store = f.s.Out, f.s.Store })
	must(t, Forget(t.Context(), *s, append([]string{" " + strings.ToUpper(f.victims[0])}, f.victims[1:]...), f.ui()))
}

// holding lists the files that hold one of the victims, in their bytes or in a value
// of a table.
func (f *forgetShop) holding(t *testing.T) (paths []string) {
	t.Helper()
	for _, root := range []string{f.s.Out, f.s.Store} {
		must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if strings.HasSuffix(path, ".parquet") {
				text = fmt.Append(text, rowsOf(t, path))
			}
			if slices.ContainsFunc(f.victims, func(id string) bool { return bytes.Contains(bytes.ToLower(text), []byte(strings.ToLower(id))) }) {
				paths = append(paths, path)
			}
			return err
		}))
	}
	return paths
}

func (f *forgetShop) verify(t *testing.T) error {
	t.Helper()
	names, err := run.Runs(fsys.OS(), f.s.Out)
	must(t, err)
	for _, name := range names {
		if err := Verify(t.Context(), *with(func(v *VerifySettings) { v.Out = f.s.Out }), name.String(), f.ui()); err != nil {
			return err
		}
	}
	return nil
}

// TestForget_LeavesNoByteOfAnId looks for the forgotten in every file.
func TestForget_LeavesNoByteOfAnId(t *testing.T) {
	f := newForgetShop(t)
	before := f.holding(t)
	for _, part := range []string{"runs/", "features.parquet", "scores.parquet", "customers.parquet", "000001-launch", "000002-sent", "000003-stop", "000004-forecast", "recall.parquet"} {
		if !slices.ContainsFunc(before, func(path string) bool { return strings.Contains(path, part) }) {
			t.Errorf("nothing to remove in %s", part)
		}
	}
	f.forget(t)
	if after := f.holding(t); len(after) > 0 {
		t.Errorf("still in %v", after)
	}
	kept, err := os.ReadDir(f.s.Store)
	must(t, err)
	if len(kept) != 1 || kept[0].Name() != "winback-store.lock" {
		t.Errorf("the store still has %v", kept)
	}
	if err := f.verify(t); err != nil {
		t.Error(err)
	}
	for _, id := range f.victims {
		if strings.Contains(f.said.String(), id) {
			t.Error("the screen names a customer")
		}
	}
	if want := "4 customers forgotten, 0 before now"; !strings.Contains(f.said.String(), want) {
		t.Errorf("want %q, said %s", want, f.said.String())
	}
}

// TestForget_LaterRunsLeaveThemOut runs on orders that still hold them.
func TestForget_LaterRunsLeaveThemOut(t *testing.T) {
	f := newForgetShop(t)
	f.forget(t)
	f.said.Reset()
	dir := publishedSaying(t, f.s, f.ui(), f.orders)
	if want := "the orders still hold 4 lapsed customers who were forgotten"; !strings.Contains(f.said.String(), want) {
		t.Errorf("want %q, said %s", want, f.said.String())
	}
	for _, path := range f.holding(t) {
		if name, in := strings.CutPrefix(path, dir+"/"); in && (strings.HasPrefix(name, "contacts/") || name == "holdout.parquet" || name == "deadlines.parquet" || name == "referrals.parquet") {
			t.Errorf("%s holds somebody who was forgotten", name)
		}
	}
	m, err := run.ReadManifest(fsys.OS(), dir)
	must(t, err)
	if last := m.Inputs[len(m.Inputs)-1].Path; last != run.ForgottenFile {
		t.Errorf("the last input is %s, want %s", last, run.ForgottenFile)
	}
	suppressed := 0
	for _, row := range rowsOf(t, filepath.Join(dir, "groups.parquet")) {
		suppressed += int(row["suppressed_customers"].(int64))
	}
	if suppressed != 4 {
		t.Errorf("%d suppressed, want 4", suppressed)
	}
	other := f.s
	other.HoldoutKey = "another"
	if err := Run(t.Context(), other, []string{f.orders}, console.UI{}); Code(err) != ExitUsage {
		t.Errorf("another key: %v, want exit code 2", err)
	}
}

// TestForget_DamageIsStillFound damages a file before and after.
func TestForget_DamageIsStillFound(t *testing.T) {
	f := newForgetShop(t)
	f.forget(t)
	for _, name := range []string{"current/scores.parquet", "ledger/000001-launch/assignments.parquet", "ledger/000005-forget/entry.json"} {
		path := filepath.Join(f.s.Out, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		must(t, err)
		text[len(text)/2] ^= 1
		must(t, os.WriteFile(path, text, 0o600))
		if err := f.verify(t); Code(err) != ExitInput {
			t.Errorf("%s damaged: %v, want exit code 3", name, err)
		}
		err = Forget(t.Context(), *with(func(s *ForgetSettings) { s.Out = f.s.Out }), f.victims[:1], f.ui())
		if Code(err) != ExitInput {
			t.Errorf("%s damaged: forget: %v, want exit code 3", name, err)
		}
		if _, err := os.Stat(filepath.Join(f.s.Out, run.ForgettingFile)); err == nil {
			t.Errorf("%s damaged: forget has begun", name)
		}
		text[len(text)/2] ^= 1
		must(t, os.WriteFile(path, text, 0o600))
	}
}

// TestForget_CutShortStopsOthers wants exit code 3 of those who would read or write.
func TestForget_CutShortStopsOthers(t *testing.T) {
	f := newForgetShop(t)
	marker := filepath.Join(f.s.Out, run.ForgettingFile)
	must(t, os.WriteFile(marker, []byte("{}"), 0o600))
	c := &campaigner{fsys.OS(), f.ui(), time.Now}
	for name, err := range map[string]error{
		"run":    Run(t.Context(), f.s, []string{f.orders}, f.ui()),
		"pull":   Pull(t.Context(), *with(func(p *PullSettings) { p.Out = f.s.Out }), f.ui()),
		"stop":   c.stop(with(func(s *StopSettings) { s.Out = f.s.Out }), "spring"),
		"verify": Verify(t.Context(), *with(func(v *VerifySettings) { v.Out = f.s.Out }), "", f.ui()),
	} {
		if Code(err) != ExitInput || !strings.Contains(err.Error(), "winback forget") {
			t.Errorf("%s: %v, want exit code 3", name, err)
		}
	}
}

// TestForget_WrongWordsHaveTheirCode asks for what cannot be done.
func TestForget_WrongWordsHaveTheirCode(t *testing.T) {
	out := t.TempDir()
	list := filepath.Join(out, "list.csv")
	must(t, os.WriteFile(list, []byte("customer_id\nC1\n"), 0o600))
	for _, c := range []struct {
		name      string
		customers []string
		change    func(*ForgetSettings)
		code      int
	}{
		{"nobody", nil, nothing[ForgetSettings], ExitUsage},
		{"an empty id", []string{"C1", " "}, nothing[ForgetSettings], ExitUsage},
		{"ids and a file", []string{"C1"}, func(s *ForgetSettings) { s.ListFile = list }, ExitUsage},
		{"a file that is missing", nil, func(s *ForgetSettings) { s.ListFile = list + "x" }, ExitInput},
		{"a shortened id", []string{"1.2E+05"}, nothing[ForgetSettings], ExitInput},
		{"a folder that is missing", []string{"C1"}, func(s *ForgetSettings) { s.Out = out + "/none" }, ExitInput},
		{"a file", nil, func(s *ForgetSettings) { s.ListFile = list }, ExitDone},
		{"another key", []string{"C1"}, func(s *ForgetSettings) { s.HoldoutKey = "another" }, ExitUsage},
	} {
		s := with(func(s *ForgetSettings) { s.Out = out; c.change(s) })
		if err := Forget(t.Context(), *s, c.customers, console.UI{}); Code(err) != c.code {
			t.Errorf("%s: %v, want exit code %d", c.name, err, c.code)
		}
	}
}
