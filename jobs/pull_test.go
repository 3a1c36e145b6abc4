package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/handout"
	"winback/pipeline/run"
)

// publishedRun publishes a run of two groups with three contacts each and two
// customers held out.
func publishedRun(t *testing.T, out string) {
	t.Helper()
	draft, err := run.Begin(fsys.OS(), out, "2007-11-15", run.Options{Keep: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	row := func(rank, group int, channel string) tables.ContactRow {
		return tables.ContactRow{Rank: int64(rank), Group: int32(group), RankInGroup: int64(rank), CustomerID: fmt.Sprintf("C%d", rank), Probability: 1 / float64(rank+1),
			ExpectedSpend: 50, ExpectedMargin: math.NaN(), RecencyDays: 100, Orders: 2, Monetary: 990000, LastPurchaseDay: 13700, Stage: "sleeping", PreferredChannel: channel, Reason: "bought twice"}
	}
	write := func(name string, rows ...tables.ContactRow) {
		file, err := draft.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w := tables.NewContactsWriter(file, data.MoneyDecimal)
		if err := errors.Join(w.Write(rows), w.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write("contacts/group-01/part-0.parquet", row(1, 1, "web"), row(2, 1, "phone"))
	write("contacts/group-01/part-1.parquet", row(4, 1, "web"))
	waiting := row(6, 2, "phone")
	waiting.When = tables.When{WaitUntil: 13840, WaitReason: "bought at this time of the year before"} // 2007-11-23
	write("contacts/group-02/part-0.parquet", row(5, 2, "web"), waiting, row(8, 2, ""))
	write("holdout.parquet", row(3, 1, "web"), row(7, 2, "phone"))
	file, err := draft.Create(run.CustomersFile)
	if err != nil {
		t.Fatal(err)
	}
	type customer struct {
		ID string `parquet:"customer_id"`
	}
	var customers []customer
	for i := range 30 {
		customers = append(customers, customer{fmt.Sprintf("C%d", i)})
	}
	if err := errors.Join(parquet.Write(file, customers), file.Close()); err != nil {
		t.Fatal(err)
	}
	evaluation := func(w io.Writer) error { _, err := io.WriteString(w, `{"horizon_days": 60}`); return err }
	if err := run.Create(draft.Create).Write(run.EvaluationFile, evaluation); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Publish(run.Manifest{}); err != nil {
		t.Fatal(err)
	}
}

func TestPull_SaysWhoWaitsAndHandsOutWhoIsDue(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	stdout, stderr, err := pulled(t, out, func(*PullSettings) {})
	if err != nil || !strings.Contains(stdout, ",C6,") || !strings.Contains(stderr, "1 customer of the list is to be contacted on a later day") {
		t.Errorf("%v, said %s:\n%s", err, stderr, stdout)
	}
	for due, has := range map[settings.Due]bool{{Until: 13839}: false, {Until: 13840}: true, {Until: settings.Today}: true} {
		stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.Due = due })
		if err != nil || strings.Contains(stdout, ",C6,") != has || !has && !strings.Contains(stderr, "Without 1 customer to be contacted after 2007-11-22") {
			t.Errorf("due %v: %v, said %s:\n%s", due, err, stderr, stdout)
		}
		if want := "holds all who are due by"; !strings.Contains(stderr, want) {
			t.Errorf("due %v: lacks %q: %s", due, want, stderr)
		}
	}
}

// C6 waits until day 13840, nobody else of the run as of day 13832 does.
func TestPull_ARangeHoldsWhoBecameDueInIt(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	all, _, err := pulled(t, out, func(*PullSettings) {})
	if err != nil {
		t.Fatal(err)
	}
	asOf := data.Day(13832)
	for due, want := range map[settings.Due]string{
		{From: asOf, Until: 13840}:              idsOf(all),
		{From: asOf + 1, Until: 13840}:          "C6",
		{From: asOf + 1, Until: 13839}:          "",
		{From: 13841, Until: settings.Today}:    "",
		{From: 13840, Until: settings.Today}:    "C6",
		{From: asOf + 1, Until: settings.Today}: "C6",
	} {
		stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.Due = due })
		if err != nil || idsOf(stdout) != want || !strings.Contains(stderr, "holds those who became due from ") {
			t.Errorf("due %v: %q, want %q, %v, said %s", due, idsOf(stdout), want, err, stderr)
		}
	}
}

func TestPull_WarnsOfARunWhoseHorizonIsOver(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	if _, stderr, err := pulled(t, out, func(*PullSettings) {}); err != nil || !strings.Contains(stderr, "its chances hold no longer; make a new run") {
		t.Errorf("%v, said %s", err, stderr)
	}
}

// A list matches in folded form, and one of which most ids are of nobody stops
// before anything is handed out.
func TestPull_OptOutListsAreHeldAgainstTheRun(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	list := func(text string) string {
		path := filepath.Join(t.TempDir(), "optout.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	stdout, _, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile = list("customer_id\nc1\n c6 \nstranger\n") })
	if err != nil || idsOf(stdout) != "C2 C4 C5 C8" {
		t.Errorf("folded: %q, %v", idsOf(stdout), err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nobody":     {"00000001\n00000002\n", "0 of 2 ids in "},
		"under half": {"C1\n00000001\n00000002\n", "belong to a customer of this run: the unknown ids are mostly numbers of 1 character, the shop's texts of 3 characters; are they ids of another kind? (--accept goes on all the same)"},
		"shortened":  {"C1\n6.78901E+12\n", "1 id in scientific notation"},
	} {
		path := list(c.text)
		stdout, _, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile = path })
		if stdout != "" || Code(err) != ExitGate || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: handed out %q, %v (code %d); want %q", name, stdout, err, Code(err), c.want)
		}
		if stdout, _, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile, s.Accept = path, true }); err != nil || stdout == "" {
			t.Errorf("%s, accepted: %q, %v", name, stdout, err)
		}
	}
}

// Addresses among ids fit no customer id: those people stay on the list, which is said.
func TestPull_WarnsOfAddressesAmongTheIDsOfAnOptOutList(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	path := writeText(t, "C1\nc6\nC2\nfour@shop.example\n+4915123456789\n")
	warned := "2 of 5 entries of " + path + " are e-mail addresses or phone numbers, which fit no customer id: these people are not left out; give --join contacts.csv so that they are"
	stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile = path })
	if err != nil || idsOf(stdout) != "C4 C5 C8" || !strings.Contains(stderr, warned) {
		t.Errorf("%v: %q, said %s", err, idsOf(stdout), stderr)
	}
	contacts := writeText(t, pulledContacts)
	stdout, stderr, err = pulled(t, out, func(s *PullSettings) { s.SuppressFile, s.JoinFile = path, contacts })
	if err != nil || strings.Contains(stdout, "four@") || !strings.Contains(stdout, "eight@") || strings.Contains(stderr, "fit no customer id") {
		t.Errorf("with contact data: %v, said %s:\n%s", err, stderr, stdout)
	}
}

// A row of an opt-out list counts by its id and by each of its addresses; those beside an
// id are no entries of their own, of which half must be known.
func TestPull_ARowOfAnOptOutListCountsByEachOfItsCells(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	contacts := writeText(t, pulledContacts)
	path := writeText(t, "customer_id,email,phone\nC1,old@shop.example,\n,six@shop.example,\nstranger,EIGHT@shop.example,\n,,0151 23456789\n")
	stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile, s.JoinFile, s.Country = path, contacts, "DE" })
	if err != nil || strings.Count(stdout, "\r\n") != 1 || !strings.Contains(stderr, "3 opted out by their address") {
		t.Errorf("%v, said %s:\n%s", err, stderr, stdout)
	}
	path = writeText(t, "customer_id,email,phone\nC1,old@shop.example,\nC2,two@shop.example,0171 1\n,,0151 23456789\n")
	stdout, stderr, err = pulled(t, out, func(s *PullSettings) { s.SuppressFile = path })
	if err != nil || idsOf(stdout) != "C4 C5 C6 C8" || !strings.Contains(stderr, "1 of 3 entries of ") {
		t.Errorf("without contact data: %v: %q, said %s", err, idsOf(stdout), stderr)
	}
}

// pulled runs Pull and returns what it wrote to its two streams.
func pulled(t *testing.T, out string, change func(*PullSettings)) (stdout, stderr string, err error) {
	t.Helper()
	s := defaults[PullSettings]()
	s.Out = out
	change(&s)
	var o, e bytes.Buffer
	err = Pull(context.Background(), s, console.New(&o, &e, false, false, console.Text))
	return o.String(), e.String(), err
}

// idsOf are the customers of a CSV list, in order.
func idsOf(list string) string {
	var ids []string
	for _, line := range strings.Split(strings.TrimSpace(list), "\r\n")[1:] {
		ids = append(ids, strings.Split(line, ",")[3])
	}
	return strings.Join(ids, " ")
}

func TestPull_TakesWhatIsAskedForInRankOrder(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	optOut := filepath.Join(t.TempDir(), "optout.csv")
	if err := os.WriteFile(optOut, []byte("customer_id\nC1\nC6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*PullSettings)
		want   string
		said   string
	}{
		"all":        {func(*PullSettings) {}, "C1 C2 C4 C5 C6 C8", "6 customers (all groups) of run 2007-11-15-1, as of 2007-11-15\n"},
		"group":      {func(s *PullSettings) { s.Groups.Named = []int{2} }, "C5 C6 C8", "3 customers (group 2)"},
		"top":        {func(s *PullSettings) { s.Top = 4 }, "C1 C2 C4 C5", "the first 4 by rank"},
		"channel":    {func(s *PullSettings) { s.Channel = "phone" }, "C2 C6", "preferred channel phone"},
		"holdout":    {func(s *PullSettings) { s.List, s.Groups.Named = settings.ListHoldout, []int{2} }, "C7", "1 customer (group 2)"},
		"opted out":  {func(s *PullSettings) { s.SuppressFile = optOut; s.Top = 2 }, "C2 C4", "without those on optout.csv"},
		"no group 9": {func(s *PullSettings) { s.Groups.Named = []int{2, 9} }, "C5 C6 C8", "warning: the run has no list for group 9; it has groups 1-2\n"},
	} {
		stdout, stderr, err := pulled(t, out, test.change)
		if err != nil || idsOf(stdout) != test.want || !strings.Contains(stderr, test.said) {
			t.Errorf("%s: %q, %v, said %q; want %q and %q", name, idsOf(stdout), err, stderr, test.want, test.said)
		}
		if strings.Contains(stderr, "C1") || strings.Contains(stderr, "C2") {
			t.Errorf("%s: a customer id in the log: %s", name, stderr)
		}
	}
}

func TestPull_WritesFilesWholeByTheirEnding(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077)) // the mode hangs on no umask
	out := t.TempDir()
	publishedRun(t, out)
	for _, format := range handout.ExportFormats() {
		path := filepath.Join(t.TempDir(), "recall."+string(format))
		var first []byte
		for range 2 { // the second time over the first file
			stdout, _, err := pulled(t, out, func(s *PullSettings) { s.Output = path })
			if err != nil || stdout != "" {
				t.Fatalf("%s: %q, %v", format, stdout, err)
			}
			content, err := os.ReadFile(path)
			if err != nil || len(content) == 0 || first != nil && !bytes.Equal(first, content) {
				t.Errorf("%s: %d and %d bytes, %v; want the same file twice", format, len(first), len(content), err)
			}
			first = content
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: mode %v, %v", format, info.Mode(), err)
		}
		if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
			t.Errorf("%s left %v", format, entries)
		}
	}
	path := filepath.Join(t.TempDir(), "holdout.xlsx")
	if _, _, err := pulled(t, out, func(s *PullSettings) { s.Output, s.List = path, settings.ListHoldout }); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got, _ := book.GetCellValue("Do not contact", "D3"); got != "C7" {
		t.Errorf("second customer of the holdout is %q", got)
	}
}

func TestPull_ErrorsHaveTheirExitCodes(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	damaged := t.TempDir()
	publishedRun(t, damaged)
	part := filepath.Join(damaged, "current", "contacts", "group-01", "part-0.parquet")
	if err := os.WriteFile(part, []byte("PAR1 no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keep.csv")
	if err := os.WriteFile(file, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		out    string
		change func(*PullSettings)
		code   int
		want   string
	}{
		"no run":          {t.TempDir(), func(*PullSettings) {}, ExitInput, "no complete run in this output folder: start one with winback run"},
		"damaged list":    {damaged, func(s *PullSettings) { s.Output = file }, ExitInput, "group-01/part-0.parquet: "},
		"no opt-out file": {out, func(s *PullSettings) { s.SuppressFile = "nowhere.csv" }, ExitGate, "suppression list nowhere.csv: no suppressed customers in it: the file is missing"},
		"no such group":   {out, func(s *PullSettings) { s.Groups.Named = []int{9, 11}; s.Output = file }, ExitUsage, "--groups: the run has no list for groups 9,11; it has groups 1-2"},
		"none held out":   {out, func(s *PullSettings) { s.Groups.Named, s.List = []int{11}, settings.ListHoldout }, ExitUsage, "--groups: the run has no list for group 11; it has groups 1-2"},
		"odd ending":      {out, func(s *PullSettings) { s.Output = "a.pdf" }, ExitUsage, `--output: the ending of "a.pdf" names no format; end it in .csv, .xlsx, .parquet or .json, or add --format`},
		"two formats":     {out, func(s *PullSettings) { s.Output, s.Format = "a.csv", handout.XLSX }, ExitUsage, "--format: xlsx does not fit the file a.csv; change one of them"},
		"no folder":       {out, func(s *PullSettings) { s.Output = filepath.Join(t.TempDir(), "no", "a.csv") }, ExitIO, "no such file or directory"},
	} {
		_, _, err := pulled(t, test.out, test.change)
		if err == nil || Code(err) != test.code || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v (code %d), want %q (code %d)", name, err, Code(err), test.want, test.code)
		}
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "keep" {
		t.Errorf("a failed pull changed the file to %q, %v", content, err)
	}
	s := defaults[PullSettings]()
	s.Out, s.Format = out, handout.XLSX
	err := Pull(context.Background(), s, console.New(&bytes.Buffer{}, &bytes.Buffer{}, true, false, console.Text))
	if err == nil || err.Error() != "--format: xlsx does not belong on a terminal; name a file with -o" {
		t.Errorf("xlsx on a terminal: %v", err)
	}
}

func TestPull_StopsWhenCanceled(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := defaults[PullSettings]()
	s.Out = out
	s.Output = filepath.Join(t.TempDir(), "a.csv")
	if err := Pull(ctx, s, console.UI{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(s.Output); err == nil {
		t.Error("a canceled pull wrote its file")
	}
}

func TestVerify_SaysWhatDoesNotFit(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	verify := func(run string) (string, error) {
		var o bytes.Buffer
		s := defaults[VerifySettings]()
		s.Out = out
		err := Verify(context.Background(), s, run, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
		return o.String(), err
	}
	for _, run := range []string{"", "2007-11-15-1", filepath.Join(out, "runs", "2007-11-15-1")} {
		if text, err := verify(run); err != nil || !strings.Contains(text, "6 files") {
			t.Errorf("run %q: %q, %v", run, text, err)
		}
	}
	if _, err := verify("2007-11-16-1"); Code(err) != ExitInput {
		t.Errorf("no such run: %v", err)
	}
	if err := os.WriteFile(filepath.Join(out, "current", "holdout.parquet"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := verify("")
	if Code(err) != ExitInput || !strings.Contains(text, "holdout.parquet: changed: want ") {
		t.Errorf("changed file: %q, %v", text, err)
	}
	if err := os.Remove(filepath.Join(out, "current", "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if text, err = verify(""); Code(err) != ExitInput || !strings.Contains(text, "manifest.json") {
		t.Errorf("no manifest: %q, %v", text, err)
	}
}

func TestPull_AnUnknownChannelNamesThoseThereAre(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	path := filepath.Join(t.TempDir(), "recall.csv")
	_, _, err := pulled(t, out, func(s *PullSettings) { s.Channel, s.Output = "fax", path })
	if Code(err) != ExitUsage || !strings.Contains(err.Error(), `--channel: nobody on this list prefers "fax"; the channels are phone, web`) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a list was written all the same")
	}
}

func TestPull_ListsThatWereChangedAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"changed": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "contacts/group-01/part-1.parquet"), []byte("other bytes"), 0o640)
		},
		"missing": func(dir string) error { return os.Remove(filepath.Join(dir, "contacts/group-01/part-1.parquet")) },
		"added": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "contacts/group-01/part-2.parquet"), nil, 0o640)
		},
	} {
		out := t.TempDir()
		publishedRun(t, out)
		if err := spoil(filepath.Join(out, "current")); err != nil {
			t.Fatal(err)
		}
		stdout, _, err := pulled(t, out, func(*PullSettings) {})
		if Code(err) != ExitInput || stdout != "" || !strings.Contains(err.Error(), "damaged run: "+name) {
			t.Errorf("%s: code %d, %v, %q", name, Code(err), err, stdout)
		}
		if stdout, _, err := pulled(t, out, func(s *PullSettings) { s.Groups.Named = []int{2} }); err != nil || idsOf(stdout) != "C5 C6 C8" {
			t.Errorf("%s: a sound list beside it: %q, %v", name, stdout, err)
		}
	}
}

func TestPull_ErrorsNameTheFileAskedFor(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	path := filepath.Join(t.TempDir(), "nowhere", "recall.csv")
	_, _, err := pulled(t, out, func(s *PullSettings) { s.Output = path })
	if Code(err) != ExitIO || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "unfinished") {
		t.Errorf("code %d: %v", Code(err), err)
	}
}

func TestUnreadableRun_HasTheExitCodeOfInput(t *testing.T) {
	for err, want := range map[error]int{run.ErrNoRun: ExitInput, run.ErrDamaged: ExitInput, run.ErrVersion: ExitInput, syscall.EIO: ExitIO} {
		if code := Code(unreadableRun(fmt.Errorf("read a run: %w", err))); code != want {
			t.Errorf("%v: code %d, want %d", err, code, want)
		}
	}
	if err := unreadableRun(nil); err != nil {
		t.Error(err)
	}
}
