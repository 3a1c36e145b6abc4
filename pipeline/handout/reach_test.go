package handout

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"winback/data/tables"
	"winback/internal/fsys"
	"winback/pipeline/plan"
)

// contactFile writes a file of contact data.
func contactFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "contacts.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func nobody(string) bool { return false }

// joined reads the contact data of the customers of rows.
func joined(t *testing.T, text string, rows []tables.ContactRow, change func(*Join)) *ContactData {
	t.Helper()
	j := Join{Path: contactFile(t, text), Country: "DE", Listed: ContactList().IDs(sequence(rows)), Blocked: nobody}
	change(&j)
	d, err := ReadContactData(context.Background(), fsys.OS(), j)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reachedRows are those who can be reached, as "id email phone".
func reachedRows(t *testing.T, d *ContactData, rows []tables.ContactRow, need Need, top int64) (got []string, tally Tally) {
	t.Helper()
	for r, err := range ContactList().Reach(sequence(rows), d, need, top, &tally) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.TrimSpace(r.row.CustomerID+" "+strings.TrimSpace(r.email+" "+r.phone)))
	}
	return got, tally
}

const someContacts = "Customer ID,E-Mail,Mobile,First Name,Last Name,Consent\n" +
	"c0,Anna@Shop.example,0151 23456789,Anna,Bell,yes\n" + // case of the id
	"C1,b@shop.example,,B,C,no\n" +
	"C2,c@shop.example,+44 20 7183 8750,C,D,email\n" +
	"C3,not an address,0151 23456780,D,E,yes\n" +
	"C4,anna@shop.example,,E,F,yes\n" + // the address of c0
	"stranger,z@shop.example,,G,H,yes\n" +
	"C5,,,G,H,yes\n" +
	"C6,g@shop.example,,G,H,perhaps\n"

func TestReach_HandsOutWhoAgreedAndCanBeReached(t *testing.T) {
	rows := exportRows(8)
	d := joined(t, someContacts, rows, func(*Join) {})
	got, tally := reachedRows(t, d, rows, NeedEither, 0)
	if want := []string{"C0 anna@shop.example +4915123456789", "C2 c@shop.example", "C3 +4915123456780"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if want := (Tally{Matched: 7, Unmatched: 1, WithoutConsent: 2, WithoutAddress: 1, Shared: 1, Unreadable: 1, Reached: 3}); tally != want || d.OddConsent != 1 || d.Rows != 8 {
		t.Errorf("%+v, want %+v; %d odd, %d rows", tally, want, d.OddConsent, d.Rows)
	}
	if got, _ := reachedRows(t, d, rows, NeedPhone, 0); !slices.Equal(got, []string{"C0 anna@shop.example +4915123456789", "C3 +4915123456780"}) {
		t.Errorf("by phone: %q", got)
	}
	if got, tally := reachedRows(t, d, rows, NeedEmail, 1); len(got) != 1 || tally.Matched != 1 {
		t.Errorf("the first one: %q, %+v", got, tally)
	}
	if want := []string{"customer_id=Customer ID", "email=E-Mail", "phone=Mobile", "first_name=First Name", "last_name=Last Name", "consent=Consent"}; !slices.Equal(d.Columns, want) {
		t.Errorf("columns %q", d.Columns)
	}
}

func TestReach_AddressesOfTheHeldOutAndOptedOutReachNobody(t *testing.T) {
	rows := exportRows(4)
	text := "id,email,phone,consent\nC0,a@b.co,,yes\nC1,c@d.ee,,yes\nC2,e@f.gg,,yes\nC3,h@i.jj,,yes\nHELD,A@B.co,,yes\nGONE,,+4915123456789,yes\n"
	d := joined(t, text, rows, func(j *Join) {
		j.Blocked = func(id string) bool { return id == "HELD" || id == "GONE" }
		j.OptedOut = plan.NewSuppressions([]string{"E@F.gg"}).All()
	})
	got, tally := reachedRows(t, d, rows, NeedEmail, 0)
	if want := []string{"C1 c@d.ee", "C3 h@i.jj"}; !slices.Equal(got, want) || tally.Shared != 1 || tally.OptedOut != 1 {
		t.Errorf("%q, %+v; want %q", got, tally, want)
	}
}

// An Argentine mobile is dialled with a 9 from abroad and without it at home.
func TestReach_TheOtherSpellingOfANumberIsOptedOutToo(t *testing.T) {
	rows := exportRows(2)
	text := "id,email,phone,consent\nC0,,+54 9 11 2345 6789,yes\nC1,,+54 9 11 2345 6780,yes\nGONE,,+54 11 2345-6780,yes\n"
	d := joined(t, text, rows, func(j *Join) {
		j.Blocked = func(id string) bool { return id == "GONE" }
		j.OptedOut = plan.NewSuppressions([]string{"+541123456789"}).All()
	})
	if got, tally := reachedRows(t, d, rows, NeedPhone, 0); len(got) > 0 || tally.OptedOut != 1 || tally.Shared != 1 {
		t.Errorf("%q, %+v; want nobody", got, tally)
	}
}

func TestReach_WhoOptedOutByOneAddressIsReachedUnderNone(t *testing.T) {
	text := "id,email,phone,consent\nC0,a@b.co,+4915123456780,yes\nC1,c@d.ee,+4915123456781,yes\nC1,old@d.ee,+4915123456781,yes\nC2,e@f.gg,+4915123456780,yes\nC3,h@i.jj,+4915123456783,yes\n"
	for _, need := range []Need{NeedEmail, NeedPhone, NeedEither} {
		rows := exportRows(4)
		d := joined(t, text, rows, func(j *Join) {
			j.OptedOut = plan.NewSuppressions([]string{"a@b.co", "old@d.ee", "+4915123456783"}).All()
		})
		got, tally := reachedRows(t, d, rows, need, 0)
		for _, row := range got {
			if !strings.HasPrefix(row, "C2") || strings.Contains(row, "780") {
				t.Errorf("need %v: %q is handed out", need, row)
			}
		}
		if tally.OptedOut != 3 {
			t.Errorf("need %v: %+v, want 3 opted out", need, tally)
		}
	}
}

func TestReadContactData_OfSeveralRowsOneCountsWhateverTheirOrder(t *testing.T) {
	rows := exportRows(4)
	lines := []string{
		"C0,old@b.co,,2024-01-01,yes", "C0,new@b.co,,2025-01-01,yes", // the newest
		"C1,,,,yes", "C1,full@b.co,+4915123456789,,yes", // the fullest
		"C2,a@b.co,,2025-01-01,yes", "C2,a@b.co,,2024-01-01,no", // a refusal wins
		"C3,y@b.co,,,yes", "C3,x@b.co,,,yes", "C3,z@b.co,,,yes", // the first in byte order
	}
	want := []string{"C0 new@b.co", "C1 full@b.co +4915123456789", "C3 x@b.co"}
	for turn := range 5 {
		slices.Reverse(lines[turn:])
		d := joined(t, "id,email,phone,updated_at,consent\n"+strings.Join(lines, "\n")+"\n", rows, func(*Join) {})
		if got, _ := reachedRows(t, d, rows, NeedEither, 0); !slices.Equal(got, want) || d.SeveralOf != 4 {
			t.Errorf("%q, %d customers with several rows; want %q", got, d.SeveralOf, want)
		}
	}
}

func TestReadContactData_WithoutConsentColumnNobodyIsRead(t *testing.T) {
	for want, text := range map[string]string{
		`column "consent" is missing`:                              "id,email\nC0,a@b.co\n",
		`column "customer_id" is missing; found mail, consent`:     "mail,consent\na@b.co,yes\n",
		"there is no contact in the file":                          "id,email,consent\n",
		`row 2: column "updated_at": want a day or time such as 2`: "id,email,consent,updated_at\nC0,a@b.co,yes,a@b.co\n",
	} {
		_, err := ReadContactData(context.Background(), fsys.OS(), Join{Path: contactFile(t, text), Listed: ContactList().IDs(sequence(exportRows(1))), Blocked: nobody})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a@b.co") {
			t.Errorf("%v, want %q and no contact data", err, want)
		}
	}
}

func TestConsent_IsWhatIsSaidAndNeverRefused(t *testing.T) {
	for _, c := range []struct {
		general, email, sms string
		want                [3]bool // by e-mail, by SMS, odd
	}{
		{"yes", "", "", [3]bool{true, true, false}}, {"TRUE", "", "", [3]bool{true, true, false}}, {"", "", "", [3]bool{}}, {"no", "", "", [3]bool{}},
		{"email", "", "", [3]bool{true, false, false}}, {"e-mail; SMS", "", "", [3]bool{true, true, false}}, {"yes", "no", "", [3]bool{false, true, false}}, {"no", "yes", "yes", [3]bool{}},
		{"", "SUBSCRIBED", "NEVER_SUBSCRIBED", [3]bool{true, false, false}}, {"", "yes", "", [3]bool{true, false, false}}, {"maybe", "", "", [3]bool{false, false, true}}, {"", "2024-01-01", "yes", [3]bool{false, false, true}},
		{"opted_in", "", "", [3]bool{true, true, false}}, {"unsubscribed", "", "", [3]bool{}}, {"yes,no", "", "", [3]bool{}},
	} {
		var got [3]bool
		got[0], got[1], got[2] = consent(c.general, c.email, c.sms)
		if got != c.want {
			t.Errorf("%q %q %q: %v, want %v", c.general, c.email, c.sms, got, c.want)
		}
	}
}

// bigContacts writes contact data of n customers, a fifth of them with two rows, a
// third without consent, in another case, and returns who agreed.
func bigContacts(w io.Writer, n int) (agreed map[string]bool) {
	agreed = map[string]bool{}
	fmt.Fprintln(w, "customer_id,email,phone,first_name,last_name,consent")
	for i := range n {
		id, yes := fmt.Sprintf("C%d", i), i%3 != 0
		agreed[id] = yes
		word := "no"
		if yes {
			word = "yes"
		}
		fmt.Fprintf(w, "c%d,P%d@Shop.Example,,First%d,Last%d,%s\n", i, i, i, i, word)
		if i%5 == 0 {
			agreed[id] = yes && i%2 == 0
			second := "YES"
			if i%2 == 1 {
				second = ""
			}
			fmt.Fprintf(w, "C%d ,p%d@shop.example,+49 151 %08d,First%d,Last%d,%s\n", i, i, i, i, i, second)
		}
	}
	return agreed
}

func TestReadContactData_HundredThousandContactsAreCountedRight(t *testing.T) {
	const n = 100_000
	var text strings.Builder
	agreed := bigContacts(&text, n)
	rows := exportRows(n + 1000) // the last thousand are in no row
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := joined(t, text.String(), rows[n-20_000:], func(*Join) {})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 20<<20 {
		t.Errorf("contact data of 20,000 customers hold %d MB", grown>>20)
	}
	want := Tally{Matched: 20_000, Unmatched: 1000}
	for i := n - 20_000; i < n; i++ {
		if agreed[fmt.Sprintf("C%d", i)] {
			want.Reached++
		} else {
			want.WithoutConsent++
		}
	}
	got, tally := reachedRows(t, d, rows[n-20_000:], NeedEmail, 0)
	tally.Unreadable = 0 // some of the invented numbers are none
	if tally != want || d.SeveralOf != 4000 || d.Rows != n+n/5 {
		t.Errorf("%+v, want %+v; several rows of %d, %d rows", tally, want, d.SeveralOf, d.Rows)
	}
	for _, row := range got {
		if id, _, _ := strings.Cut(row, " "); !agreed[id] {
			t.Fatalf("%s has not agreed", id)
		}
	}
}

// fifty are contact data of 50 customers, all agreed.
func fifty() string {
	var text strings.Builder
	text.WriteString("customer_id,email,phone,name,consent_email,consent_sms\n")
	for i := range 50 {
		fmt.Fprintf(&text, "C%d,p%d@shop.example,+1201555%04d,Jane %d Doe,yes,%s\n", i, i, i, i, []string{"yes", "no"}[i%2])
	}
	return text.String()
}

// memoryFiles collects the files of a sender.
type memoryFiles map[string]*bytes.Buffer

type memoryFile struct{ *bytes.Buffer }

func (memoryFile) Close() error { return nil }

func (m memoryFiles) create(name string) (io.WriteCloser, error) {
	m[name] = new(bytes.Buffer)
	return memoryFile{m[name]}, nil
}

func sentTo(t *testing.T, name string, n int) (memoryFiles, []SentFile) {
	t.Helper()
	s, err := OpenSender(fsys.OS(), name)
	if err != nil {
		t.Fatal(err)
	}
	rows := exportRows(n)
	for i := range rows {
		rows[i].Group = int32(i/30 + 1)
	}
	d := joined(t, fifty(), rows, func(*Join) {})
	var tally Tally
	files := memoryFiles{}
	written, _, err := ContactList().ExportFor(s, ContactList().Reach(sequence(rows), d, s.Needs, 0, &tally), testAbout, files.create)
	if err != nil {
		t.Fatal(err)
	}
	return files, written
}

// documented are the columns of each sender as its documentation has them, and what
// their cells look like.
var documented = map[string][][2]string{
	"klaviyo": {{"Email Address", `^[a-z0-9]+@shop\.example$`}, {"Phone Number", `^(\+[1-9]\d{6,14})?$`}, {"First Name", `^Jane \d+$`}, {"Last Name", `^Doe$`}, {"Customer ID", `^C\d+$`}, {"Winback Group", `^[12]$`},
		{"Winback Chance", `^0\.\d{4}$`}, {"Winback Last Purchase", `^\d{4}-\d\d-\d\d$`}, {"Winback Wait Until", `^(2005-08-12)?$`}, {"Winback Show 1", `^('=1\+1)?$`}, {"Winback Show 2", `^(a,b)?$`}, {"Winback Show 3", `^$`}},
	"mailchimp": {{"Email Address", `^[a-z0-9]+@shop\.example$`}, {"First Name", `^Jane \d+$`}, {"Last Name", `^Doe$`}, {"SMS Phone Number", `^(\+[1-9]\d{6,14})?$`}, {"Tags", `^winback-2007-11-15-1-group-[12]$`},
		{"Customer ID", `^C\d+$`}, {"Group", `^[12]$`}, {"Last Purchase", `^\d{4}-\d\d-\d\d$`}, {"Wait Until", `^(2005-08-12)?$`}, {"Show 1", ``}, {"Show 2", ``}, {"Show 3", ``}},
	"braze": {{"external_id", `^C\d+$`}, {"first_name", `^Jane \d+$`}, {"last_name", `^Doe$`}, {"email", `^[a-z0-9]+@shop\.example$`}, {"phone", `^(\+[1-9]\d{6,14})?$`}, {"email_subscribe", `^opted_in$`}, {"winback_group", `^[12]$`},
		{"winback_chance", `^0\.\d{4}$`}, {"winback_last_purchase", `^\d{4}-\d\d-\d\d$`}, {"winback_wait_until", `^(2005-08-12)?$`}, {"winback_show_1", ``}, {"winback_show_2", ``}, {"winback_show_3", ``}},
	"shopify": {{"First Name", `^Jane \d+$`}, {"Last Name", `^Doe$`}, {"Email", `^[a-z0-9]+@shop\.example$`}, {"Accepts Email Marketing", `^yes$`}, {"Phone", `^(\+[1-9]\d{6,14})?$`}, {"Accepts SMS Marketing", `^(yes|no)$`},
		{"Tags", `^winback-2007-11-15-1-group-[12](, winback-wait-until-2005-08-12)?$`}},
	"sms": {{"phone_number", `^\+[1-9]\d{6,14}$`}, {"first_name", `^Jane \d+$`}, {"last_name", `^Doe$`}, {"tag", `^winback-2007-11-15-1-group-[12]$`}, {"wait_until", `^(2005-08-12)?$`}},
}

func TestExportFor_WritesTheDocumentedColumnsOfEachSender(t *testing.T) {
	if names := slices.Sorted(maps.Keys(documented)); !slices.Equal(names, SenderNames()) {
		t.Fatalf("senders %q, documented are %q", SenderNames(), names)
	}
	for name, columns := range documented {
		files, written := sentTo(t, name, 50)
		customers := int64(0)
		for i, file := range written {
			if want := fmt.Sprintf("%s-group-%02d.csv", name, i+1); file.Name != want || file.Group != i+1 {
				t.Errorf("%s: file %+v, want %s", name, file, want)
			}
			records, err := csv.NewReader(files[file.Name]).ReadAll()
			if err != nil || int64(len(records)-1) != file.Rows {
				t.Fatalf("%s: %d rows of %d, %v", name, len(records)-1, file.Rows, err)
			}
			checkColumns(t, name, records, columns)
			customers += file.Rows
		}
		want := int64(50)
		if name == "sms" {
			want = 25 // those who agreed to it
		}
		if customers != want || len(written) != 2 {
			t.Errorf("%s: %d customers in %d files, want %d in 2", name, customers, len(written), want)
		}
	}
}

// Shopify has no column for a day: who waits has a tag of it.
func TestExportFor_TagsWhoWaitsForShopify(t *testing.T) {
	waiting := func(name string, column int, waits func(cell string) bool) (n int) {
		files, _ := sentTo(t, name, 50)
		for _, content := range files {
			records, err := csv.NewReader(content).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range records[1:] {
				if waits(record[column]) {
					n++
				}
			}
		}
		return n
	}
	tagged := waiting("shopify", 6, func(cell string) bool { return strings.HasSuffix(cell, ", winback-wait-until-2005-08-12") })
	if want := waiting("klaviyo", 8, func(cell string) bool { return cell == "2005-08-12" }); tagged != want || tagged == 0 || tagged == 50 {
		t.Errorf("%d are tagged with the day, want %d", tagged, want)
	}
}

func checkColumns(t *testing.T, name string, records [][]string, columns [][2]string) {
	t.Helper()
	for i, c := range columns {
		if i >= len(records[0]) || records[0][i] != c[0] {
			t.Fatalf("%s: headers %q, want %q as column %d", name, records[0], c[0], i+1)
		}
		look := regexp.MustCompile(c[1])
		for _, record := range records[1:] {
			if !look.MatchString(record[i]) {
				t.Errorf("%s: %s is %q, want %s", name, c[0], record[i], c[1])
			}
		}
	}
	if len(records[0]) != len(columns) {
		t.Errorf("%s: headers %q, want %d", name, records[0], len(columns))
	}
}

func TestExportFor_SplitsWhatASenderDoesNotTakeInOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.yaml")
	form := "needs: either\nseparator: semicolon\nmax-bytes: 400\nmax-text-bytes: 4\ncolumns:\n  - {header: Handy, field: phone, format: national}\n  - {header: Kunde, field: customer_id}\n  - {header: Zuletzt, field: last_purchase_day, format: DD.MM.YYYY}\n" +
		"  - {header: E-Mail, field: consent_email, format: ja/nein}\n  - {header: Quelle, text: winback}\n  - {header: Art, field: arm}\n  - {header: Warum, field: reason}\n"
	if err := os.WriteFile(path, []byte(form), 0o600); err != nil {
		t.Fatal(err)
	}
	files, written := sentTo(t, path, 50)
	if len(written) < 4 || written[0].Name != "own-group-01.csv" || written[1].Name != "own-group-01-part-2.csv" || written[2].Name != "own-group-01-part-3.csv" {
		t.Errorf("files %+v", written)
	}
	customers := int64(0)
	for name, text := range files {
		if text.Len() > 400 || !strings.HasPrefix(text.String(), "Handy;Kunde;Zuletzt;E-Mail;Quelle;Warum\r\n") {
			t.Errorf("%s has %d bytes: %s", name, text.Len(), text)
		}
	}
	for _, file := range written {
		customers += file.Rows
	}
	if customers != 50 || !strings.Contains(files["own-group-01.csv"].String(), "(201) 555-0000;C0;05.08.2005;ja;winback;boug\r\n;C1;05.08.2005;ja;winback;boug\r\n") {
		t.Errorf("%d customers\n%s", customers, files["own-group-01.csv"])
	}
}

func TestOpenSender_ErrorsSayWhatIsWanted(t *testing.T) {
	for want, form := range map[string]string{
		"want at least one column": "needs: email\n",
		`column 1: "A": there is no field "mail"; the fields are abc, arm, `: "columns: [{header: A, field: mail}]\n",
		`needs: want either, email or phone, found "fax"`:                    "needs: fax\ncolumns: [{header: A, field: email}]\n",
		`column 2: the header "A" is there twice`:                            "columns: [{header: A, field: email}, {header: A, field: phone}]\n",
		`the format "DD.MM" is none of the field`:                            "columns: [{header: A, field: last_purchase_day, format: DD.MM}]\n",
		`"A": want a field or a text`:                                        "columns: [{header: A}]\n",
		"own.yaml:1:1":                                                       "colums: []\n",
	} {
		path := filepath.Join(t.TempDir(), "own.yaml")
		if err := os.WriteFile(path, []byte(form), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenSender(fsys.OS(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := OpenSender(fsys.OS(), "hermes"); err == nil || !strings.Contains(err.Error(), "want braze, klaviyo, mailchimp, shopify, sms") {
		t.Errorf("%v", err)
	}
}

func TestExportFor_PassesErrorsOn(t *testing.T) {
	s, err := OpenSender(fsys.OS(), "sms")
	if err != nil {
		t.Fatal(err)
	}
	rows := exportRows(5)
	d := joined(t, fifty(), rows, func(*Join) {})
	var tally Tally
	full := func(string) (io.WriteCloser, error) { return nil, errExportDisk }
	if _, _, err := ContactList().ExportFor(s, ContactList().Reach(sequence(rows), d, s.Needs, 0, &tally), testAbout, full); !errors.Is(err, errExportDisk) {
		t.Errorf("%v", err)
	}
}

func TestExportReached_HasContactDataAndNoFormulas(t *testing.T) {
	rows := exportRows(2)
	d := joined(t, "id,email,phone,name,consent\nC0,a@b.co,0151 23456789,\"=cmd, Anna\",yes\n", rows, func(*Join) {})
	for format, want := range map[Format]string{
		CSV:  "email,phone,first_name,last_name,rank,group,",
		JSON: `{"email":"a@b.co","phone":"+4915123456789","first_name":"Anna","last_name":"=cmd","rank":1,`,
	} {
		var tally Tally
		var out bytes.Buffer
		n, err := ContactList().Export(&out, format, ContactList().Reach(sequence(rows), d, NeedEither, 0, &tally), testAbout)
		if err != nil || n != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d, %v:\n%s", format, n, err, out.String())
		}
		if format == CSV && !strings.Contains(out.String(), "\r\na@b.co,+4915123456789,Anna,'=cmd,1,1,") {
			t.Errorf("CSV:\n%s", out.String())
		}
	}
}
