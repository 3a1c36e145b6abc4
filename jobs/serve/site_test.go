package serve

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// publish publishes a run of two groups with so many contacts each.
func publish(t testing.TB, out string, each int, day string) {
	t.Helper()
	draft, err := run.Begin(fsys.OS(), out, day, run.Options{Keep: 3})
	must(t, err)
	defer draft.Abort()
	create := run.Create(func(path string) (io.WriteCloser, error) { return draft.Create(path) })
	var groups []tables.GroupRow
	for g := 1; g <= 2; g++ {
		must(t, create.WriteContacts(g, contacts(g, each), data.MoneyDecimal))
		groups = append(groups, tables.GroupRow{Group: int32(g), Name: "Recent, <b>repeat</b> buyers", Rule: "last purchase at most 300 days ago", RuleJSON: "[]", Customers: int64(each), ContactCustomers: int64(each),
			Probability: .2 / float64(g), ProbabilityLow: .1, ProbabilityHigh: .3, ExpectedReturns: 4, Recommended: g == 1, RecommendedContacts: int64(each * (2 - g)), Note: "contact all",
			Show: [tables.ShowSlots]string{"P1", "P2"}, Sending: tables.Sending{ChannelShare: math.NaN()}})
	}
	must(t, create.WriteGroups(groups))
	must(t, create.WriteHoldout(func(yield func(tables.ContactRow, error) bool) { yield(contact(1, 0, "heldout"), nil) }, data.MoneyDecimal))
	must(t, create.Write(run.BriefFile, func(w io.Writer) error { _, err := io.WriteString(w, "<p>brief of "+day); return err }))
	must(t, create.Write(run.EvaluationFile, func(w io.Writer) error {
		_, err := io.WriteString(w, `{"horizon_days": 60, "lapsed_after_days": 90, "chosen": "boost"}`)
		return err
	}))
	must(t, create.Write(run.ScoresFile, func(w io.Writer) error {
		scores, err := tables.NewScoresWriter(w, []string{"boost"})
		if err != nil {
			return err
		}
		return errors.Join(scores.Write([]tables.ScoreRow{{CustomerID: "G1-0", Group: 1, Probability: .2, Scores: []float64{.2}, Stage: "sleeping"}}), scores.Close())
	}))
	must(t, create.Write(run.DecisionsFile, func(w io.Writer) error {
		_, err := io.WriteString(w, `{"campaigns": [{"name": "spring", "wave": 1, "decision": "wait", "why": "the window is open", "results": [{"arm": "mail"}, {"arm": "all"}]}]}`)
		return err
	}))
	must(t, create.Write(run.CustomersFile, func(w io.Writer) error {
		var all []customer
		for g := 1; g <= 2; g++ {
			for i := range min(each, 30) {
				all = append(all, customer{fmt.Sprintf("G%d-%d", g, i), 100, 2, "sleeping", 99})
			}
		}
		return parquet.Write(w, all)
	}))
	_, err = draft.Publish(run.Manifest{})
	must(t, err)
}

type customer struct {
	ID      string  `parquet:"customer_id"`
	Recency int64   `parquet:"recency_days"`
	Days    int64   `parquet:"purchase_days"`
	Stage   string  `parquet:"stage"`
	Value   float64 `parquet:"value"`
}

func contacts(group, each int) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for i := range each {
			if !yield(contact(group, i, fmt.Sprintf("G%d-%d", group, i)), nil) {
				return
			}
		}
	}
}

func contact(group, i int, id string) tables.ContactRow {
	return tables.ContactRow{Rank: int64((group-1)*1_000_000 + i + 1), Group: int32(group), RankInGroup: int64(i + 1), CustomerID: id, Probability: .2, ExpectedSpend: 50, ExpectedMargin: math.NaN(),
		RecencyDays: 100, Orders: 2, Monetary: 990000, LastPurchaseDay: 13700, Stage: "sleeping", PreferredChannel: []string{"web", "phone"}[i%2], Reason: "For: 4 orders, usual pace 100 days."}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// standard are the settings of a site over an output folder, as nobody has changed them.
func standard(out string) ServeSettings {
	var s ServeSettings
	settings.Default(&s)
	s.Out = out
	return s
}

func opened(t testing.TB, s ServeSettings, p people) *site {
	t.Helper()
	return newSite(fsys.OS(), s, p, console.UI{})
}

// ask asks a site as a browser on this machine does that shows a page of it.
func ask(s http.Handler, method, path string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8645"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://127.0.0.1:8645")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestSite_ShowsTheNewestRun(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := opened(t, standard(out), nil)
	for path, wants := range map[string][]string{
		"/":           {"Run 2007-11-15-1, as of 2007-11-15", "Recent, &lt;b&gt;repeat&lt;/b&gt; buyers", "Contact all", "Leave alone", "spring, wave 1:</b> wait: the window is open", `<option value="mail">`},
		"/group/2":    {"Group 2:", "10.0 %", "leave alone: contact all", `name="groups" value="2"`},
		"/group/1":    {`<span class="id">P1</span>, <span class="id">P2</span>`, "<dd>contact all"},
		"/brief.html": {"<p>brief of 2007-11-15"},
		"/style.css":  {"color-scheme: light dark"},
	} {
		got := ask(s, "GET", path, nil, nil)
		for _, want := range wants {
			if got.Code != 200 || !strings.Contains(got.Body.String(), want) {
				t.Errorf("%s: %d, lacks %q", path, got.Code, want)
			}
		}
	}
	for path, want := range map[string]int{"/group/3": 404, "/group/x": 404, "/report.html": 404, "/runs/": 404, "/current/manifest.json": 404, "/brief.html/": 404, "/download": 405, "/customer": 405} {
		if got := ask(s, "GET", path, nil, nil); got.Code != want {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
	publish(t, out, 40, "2007-11-16")
	if got := ask(s, "GET", "/", nil, nil).Body.String(); !strings.Contains(got, "2007-11-16-1") {
		t.Error("the run that came since is not shown")
	}
}

func TestSite_ExplainsACustomer(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := opened(t, standard(out), nil)
	if got := ask(s, "POST", "/customer", url.Values{"id": {"G1-0"}}, nil); got.Code != 200 || !strings.Contains(got.Body.String(), "usual pace 100 days") {
		t.Errorf("%d: %s", got.Code, got.Body)
	}
	if got := ask(s, "POST", "/customer", url.Values{"id": {"<script>"}}, nil); got.Code != 400 || strings.Contains(got.Body.String(), "<script>") {
		t.Errorf("%d: %s", got.Code, got.Body)
	}
}

// pulled is what winback pull writes to standard output.
func pulled(t *testing.T, s ServeSettings, change func(*jobs.PullSettings)) string {
	t.Helper()
	var pull jobs.PullSettings
	settings.Default(&pull)
	pull.Out, pull.Suppression, pull.Acceptance, pull.Format = s.Out, s.Suppression, s.Acceptance, "csv"
	change(&pull)
	var b bytes.Buffer
	must(t, jobs.Pull(t.Context(), pull, console.UI{Out: &b}))
	return b.String()
}

func TestDownload_IsThatOfPullAndLeavesALogWithoutIDs(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := standard(out)
	token := strings.Repeat("x", leastToken)
	file := filepath.Join(t.TempDir(), "people")
	must(t, os.WriteFile(file, []byte("# who\nanna "+token+"\n"), 0o600))
	known, err := readPeople(fsys.OS(), file)
	must(t, err)
	got := ask(opened(t, s, known), "POST", "/download", url.Values{"groups": {"1-2"}, "top": {"7"}, "channel": {"web"}, "format": {"csv"}, "arm": {""}}, func(r *http.Request) { r.SetBasicAuth("anna", token) })
	want := pulled(t, s, func(p *jobs.PullSettings) { p.Groups.Named, p.Top, p.Channel = []int{1, 2}, 7, "web" })
	if got.Code != 200 || got.Body.String() != want || got.Header().Get("Content-Disposition") != `attachment; filename="recall.csv"` {
		t.Errorf("%d %v:\n%s\nwant\n%s", got.Code, got.Header(), got.Body, want)
	}
	entries, err := os.ReadDir(filepath.Join(out, downloadsFolder))
	must(t, err)
	if len(entries) != 1 {
		t.Fatalf("%d entries of the log", len(entries))
	}
	text, err := os.ReadFile(filepath.Join(out, downloadsFolder, entries[0].Name()))
	must(t, err)
	var logged taken
	must(t, json.Unmarshal(text, &logged))
	if logged.Who != "anna" || !logged.Done || !strings.HasPrefix(logged.Told, "7 customers (groups 1-2, preferred channel web, the first 7 by rank) of run 2007-11-15-1") || logged.Asked["top"] != "7" {
		t.Errorf("the log says %+v", logged)
	}
	if strings.Contains(string(text), "G1-") {
		t.Errorf("the log has ids: %s", text)
	}
}

func TestDownload_ChecksOptOutsAnew(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := standard(out)
	s.SuppressFile, s.Accept = filepath.Join(t.TempDir(), "optout.csv"), true
	site := opened(t, s, nil)
	for _, gone := range []string{"G1-0", "G1-2"} {
		must(t, os.WriteFile(s.SuppressFile, []byte(gone+"\n"), 0o600))
		got := ask(site, "POST", "/download", url.Values{"format": {"csv"}}, nil)
		if got.Code != 200 || strings.Contains(got.Body.String(), gone+",") || strings.Count(got.Body.String(), "\n") != 30 {
			t.Errorf("%d: %s is on the list, or others are not: %d lines", got.Code, gone, strings.Count(got.Body.String(), "\n"))
		}
	}
}

// A sender's files are made with contact data, against which an opt-out list of addresses
// is held; the other lists cannot be, and say what to do, at the start of the server too.
func TestDownload_WithAnOptOutListOfAddresses(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := standard(out)
	s.SuppressFile, s.JoinFile = filepath.Join(t.TempDir(), "optout.csv"), filepath.Join(t.TempDir(), "contacts.csv")
	must(t, os.WriteFile(s.SuppressFile, []byte("email\nA@shop.example\n"), 0o600))
	must(t, os.WriteFile(s.JoinFile, []byte("customer_id,email,consent\nG1-0,a@shop.example,yes\nG1-2,c@shop.example,yes\n"), 0o600))
	site := opened(t, s, nil)
	var said bytes.Buffer
	site.ui = console.New(io.Discard, &said, false, false, console.Text)
	must(t, site.checkOptOuts(t.Context()))
	do := "Choose a sending tool in the field For"
	if !strings.Contains(said.String(), "lists without contact data are refused: 0 of 1 id in ") || !strings.Contains(said.String(), do) {
		t.Errorf("at the start: %s", said.String())
	}
	if got := ask(site, "POST", "/download", url.Values{"groups": {"1"}}, nil); got.Code != 503 || !strings.Contains(got.Body.String(), do) {
		t.Errorf("the list itself: %d %s", got.Code, got.Body)
	}
	got := ask(site, "POST", "/download", url.Values{"groups": {"1"}, "for": {"klaviyo"}}, nil)
	page := ask(site, "GET", "/", nil, nil).Body.String()
	if got.Code != 200 || !strings.Contains(page, "1 opted out by their address") || !strings.Contains(page, "1 handed out") {
		t.Errorf("a sender's files: %d, said %s", got.Code, page)
	}
}

func TestSite_WithoutARunSaysWhatToDo(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	got := ask(opened(t, standard(out), nil), "GET", "/", nil, nil)
	if got.Code != 503 || !strings.Contains(got.Body.String(), "winback run ORDERS --out "+out) {
		t.Errorf("%d: %s", got.Code, got.Body)
	}
}

func TestSite_TellsAPersonOfTheLastLists(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	site := opened(t, standard(out), nil)
	for range mostLast + 2 {
		if got := ask(site, "POST", "/download", url.Values{"groups": {"1-2"}}, nil); got.Code != 200 {
			t.Fatal(got.Code)
		}
	}
	page := ask(site, "GET", "/", nil, nil).Body.String()
	if n := strings.Count(page, "recall.csv, "); n != mostLast || !strings.Contains(page, "the list takes in group 2, which the plan does not recommend") {
		t.Errorf("%d lists told of:\n%s", n, page)
	}
	if len(site.last.of("somebody else")) > 0 {
		t.Error("others are told of them")
	}
}

func TestDownload_RefusesWhatCannotBe(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := opened(t, standard(out), nil)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"list": {"holdout"}}, "the held-out are never contacted"},
		{url.Values{"groups": {"9"}}, "the run has no list for group 9; it has groups 1-2"},
		{url.Values{"groups": {"../1"}}, "Groups: want"},
		{url.Values{"top": {"-1"}}, "Top: want a whole number"},
		{url.Values{"format": {"lightgbm"}}, "want csv, xlsx, json or parquet"},
		{url.Values{"channel": {"pigeon"}}, "the channels are phone, web"},
		{url.Values{"arm": {"mail"}}, "goes with --campaign"},
		{url.Values{"campaign": {"none"}}, "Campaign: "},
	} {
		got := ask(s, "POST", "/download", c.form, nil)
		if got.Code != 400 || !strings.Contains(got.Body.String(), c.want) || got.Header().Get("Content-Disposition") != "" {
			t.Errorf("%v: %d, lacks %q: %s", c.form, got.Code, c.want, got.Body)
		}
	}
}

func TestDownload_FilesOfASendingToolComeZippedAndLeaveNothing(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := standard(out)
	form := url.Values{"groups": {"1"}, "for": {"klaviyo"}}
	if got := ask(opened(t, s, nil), "POST", "/download", form, nil); got.Code != 400 || !strings.Contains(got.Body.String(), "without contact data") {
		t.Errorf("without contact data: %d", got.Code)
	}
	s.JoinFile = filepath.Join(t.TempDir(), "contacts.csv")
	must(t, os.WriteFile(s.JoinFile, []byte("customer_id,email,consent\nG1-0,a@shop.example,yes\nG1-1,b@shop.example,no\nG1-2,c@shop.example,yes\n"), 0o600))
	site := opened(t, s, nil)
	got := ask(site, "POST", "/download", form, nil)
	if got.Code != 200 || got.Header().Get("Content-Disposition") != `attachment; filename="recall-klaviyo.zip"` {
		t.Fatalf("%d %v: %s", got.Code, got.Header(), got.Body)
	}
	if !bytes.HasPrefix(got.Body.Bytes(), []byte("PK")) || bytes.Contains(got.Body.Bytes(), []byte(senderFolder)) {
		t.Errorf("something stands before the archive: %.60q", got.Body.Bytes())
	}
	archive, err := zip.NewReader(bytes.NewReader(got.Body.Bytes()), int64(got.Body.Len()))
	must(t, err)
	var all strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		must(t, err)
		_, err = io.Copy(&all, r)
		must(t, errors.Join(err, r.Close()))
	}
	if text := all.String(); !strings.Contains(text, "a@shop.example") || strings.Contains(text, "b@shop.example") {
		t.Errorf("the files hold %s", text)
	}
	said := "Of 30 customers 3 matched in contacts.csv, 27 unmatched"
	odd := "warning: only 3 of 30 customers are in contacts.csv: are its customer ids of another kind?"
	page := ask(site, "GET", "/", nil, nil).Body.String()
	for _, want := range []string{said, odd} {
		if !strings.Contains(all.String(), want) || !strings.Contains(page, want) {
			t.Errorf("the archive or the first page lacks %q:\n%s", want, all.String())
		}
	}
	must(t, os.WriteFile(s.JoinFile, []byte("customer_id,email,consent\nG1-1,b@shop.example,no\n"), 0o600))
	if got := ask(site, "POST", "/download", form, nil); got.Code != 400 || !strings.Contains(got.Body.String(), "nobody of that list can be reached") {
		t.Errorf("nobody agreed: %d %s", got.Code, got.Body)
	}
	left, err := filepath.Glob(filepath.Join(out, senderFolder+"*"))
	must(t, err)
	logged, err := filepath.Glob(filepath.Join(out, downloadsFolder, "*"))
	must(t, err)
	if len(left) > 0 || len(logged) != 2 {
		t.Errorf("left %v, logged %v", left, logged)
	}
	if text, err := os.ReadFile(logged[0]); err != nil || strings.Contains(string(text), "@") {
		t.Errorf("the log says %s, %v", text, err)
	}
	if got := ask(site, "POST", "/download", url.Values{"for": {s.JoinFile}}, nil); got.Code != 400 || !strings.Contains(got.Body.String(), "want one of") {
		t.Errorf("a form in a file: %d", got.Code)
	}
}
