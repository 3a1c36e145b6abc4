package pool

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

func put(t *testing.T, files fsys.FS, path, text string) {
	t.Helper()
	if err := files.MkdirAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	f, err := files.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func taken(t *testing.T, decisions []Decision, sources ...string) *Pool {
	t.Helper()
	files := fsystest.NewMem()
	q := Question{Country: "US", Rare: 5, Decisions: decisions}
	for i, text := range sources {
		name := string(rune('a' + i))
		put(t, files, "/in/"+name+".csv", text)
		q.Sources = append(q.Sources, Source{name, "/in/" + name + ".csv"})
	}
	p, err := Take(context.Background(), files, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// people are the customers of each person of several, as a1+b2.
func people(p *Pool) string {
	var all []string
	for i := range p.Customers {
		var members []string
		for k := range p.Customers {
			if int(p.Person[k]) == i {
				members = append(members, p.Sources[p.Customers[k].Source].Name+p.Customers[k].ID)
			}
		}
		if len(members) > 1 {
			all = append(all, strings.Join(members, "+"))
		}
	}
	return strings.Join(all, " ")
}

func pairsOf(pairs []Pair) string {
	var all []string
	for _, p := range pairs {
		all = append(all, fmt.Sprintf("%s-%s: %s", p.A.ID, p.B.ID, p.Evidence))
	}
	return strings.Join(all, "\n")
}

func TestTake_JoinsByRareKeysAndNeverAgainstAName(t *testing.T) {
	const header = "customer_id,name,email,phone,address,zip\n"
	for name, c := range map[string]struct{ a, b, people, likely, conflicts string }{
		"e-mail in another case, plus-address": {"1,Anna Bell,Anna+news@Shop.example,,,\n", "2,\"Bell, Anna\",anna@shop.example,,,\n", "a1+b2", "", ""},
		"phone, written otherwise":             {"1,Anna Bell,,(201) 555-0123,,\n", "2,ANNA BELL,,+1 201 555 0123,,\n", "a1+b2", "", ""},
		"name and address, width of letters":   {"1,Ａｎｎａ Bell,,,12 High Street,10001\n", "2,anna bell,,,12 high st,10001\n", "a1+b2", "", ""},
		"e-mail alone":                         {"1,Anna Bell,anna@shop.example,,,\n", "2,,anna@shop.example,,,\n", "a1+b2", "", ""},
		"phone alone":                          {"1,Anna Bell,,2015550123,,\n", "2,,,2015550123,,\n", "", "1-2: same phone, a name is missing", ""},
		"phone and e-mail, no name":            {"1,Anna Bell,anna@shop.example,2015550123,,\n", "2,,anna@shop.example,2015550123,,\n", "a1+b2", "", ""},
		"a family's phone":                     {"1,Anna Bell,,2015550123,,\n", "2,Ben Bell,,2015550123,,\n", "", "", "1-2: same phone, names differ"},
		"sisters at one address":               {"1,Maria Bell,,,12 High Street,10001\n", "2,Marie Bell,,,12 High Street,10001\n", "", "1-2: same address, names nearly the same", ""},
		"father and son":                       {"1,Jonas Bell,old@mail.example,2015550123,12 High Street,10001\n", "2,Jonas Bell,junior@post.example,2015550123,12 High Street,10001\n", "", "1-2: same phone, same name and address, same name, e-mails differ", ""},
		"whose of namesakes":                   {"1,Jonas Bell,old@mail.example,2015550123,,\n3,Jonas Bell,junior@post.example,2015550123,,\n", "2,Jonas Bell,,2015550123,,\n", "", "1-3: same phone, same name, e-mails differ\n1-2: same phone, same name, namesakes have it too\n3-2: same phone, same name, namesakes have it too", ""},
		"an office":                            {"1,Anna Bell,info@shop.example,,,\n", "2,,info@shop.example,,,\n", "", "", ""},
		"a slip in the name":                   {"1,Anna Bell,,2015550123,,\n", "2,Anna Bll,,2015550123,,\n", "", "1-2: same phone, names nearly the same", ""},
		"a slip in the e-mail":                 {"1,Anna Bell,anna.bell@shop.example,,,\n", "2,Anna Bell,anna.bel@shop.example,,,\n", "", "1-2: same name, e-mail nearly the same", ""},
		"mailboxes of two firms":               {"1,Anna Bell,kontakt@shop.example,,,\n", "2,Anna Bell,kontakt@other.example,,,\n", "", "", ""},
		"the name alone":                       {"1,Anna Bell,,,,\n", "2,Anna Bell,,,,\n", "", "", ""},
		"a short name between two":             {"1,Anna Bell,bells@shop.example,,,\n3,Alex Bell,bells@shop.example,,,\n", "2,A Bell,bells@shop.example,,,\n", "", "1-2: same e-mail, one name is short for the other\n3-2: same e-mail, one name is short for the other", "1-3: same e-mail, names differ"},
	} {
		p := taken(t, nil, header+c.a, header+c.b)
		if got := people(p); got != c.people || pairsOf(p.Likely) != c.likely || pairsOf(p.Conflicts) != c.conflicts {
			t.Errorf("%s: people %q, likely %q, conflicts %q", name, got, pairsOf(p.Likely), pairsOf(p.Conflicts))
		}
	}
}

func TestTake_AKeyOfManyJoinsNobody(t *testing.T) {
	rows := "customer_id,name,phone\n"
	for i := range 6 {
		rows += fmt.Sprintf("%d,,2015550123\n", i)
	}
	p := taken(t, nil, rows)
	if p.Joined != 0 || len(p.Likely) != 0 || len(p.Crowded) != 1 || p.Crowded[0].Customers != 6 {
		t.Errorf("%+v", p)
	}
	rows = "customer_id,name,email\n"
	for i := range 12 { // a guest account, under which twelve people bought
		rows += fmt.Sprintf("guest,Person %c,p%d@shop.example\n", 'A'+i, i)
	}
	p = taken(t, nil, rows, "customer_id,name,email\n1,Person A,p0@shop.example\n")
	if p.Joined != 0 || p.Crowds != 1 {
		t.Errorf("joined %d, crowds %d", p.Joined, p.Crowds)
	}
}

func TestTake_PeopleDecide(t *testing.T) {
	const header = "customer_id,name,email,phone\n"
	a, b := header+"1,Anna Bell,anna@shop.example,2015550123\n3,Cem Ay,cem@shop.example,\n", header+"2,Ben Bell,,2015550123\n4,Cem Ay,cem@shop.example,\n"
	p := taken(t, []Decision{{"a", "1", "b", "2", true, 2}, {"a", "3", "b", "4", false, 3}, {"a", "9", "b", "4", true, 4}}, a, b)
	if got := people(p); got != "a1+b2" || len(p.Likely)+len(p.Conflicts) != 0 || p.Decided != 2 || p.Unknown != 1 {
		t.Errorf("%q, %+v", got, p)
	}
	files := fsystest.NewMem()
	put(t, files, "/a.csv", a)
	_, err := Take(context.Background(), files, Question{Sources: []Source{{"a", "/a.csv"}}, Rare: 5, Decisions: []Decision{{"a", "1", "a", "3", true, 2}, {"a", "3", "a", "1", false, 3}}})
	if err == nil || !strings.Contains(err.Error(), "row 2: the decisions contradict each other: the pair is decided to be one person") {
		t.Errorf("%v", err)
	}
	put(t, files, "/d.csv", "source_a,customer_a,source_b,customer_b,same\na,1,b,2,perhaps\n")
	if _, err := ReadDecisions(context.Background(), files, "/d.csv"); err == nil || !strings.Contains(err.Error(), `row 2: column "same": want yes, no or nothing`) {
		t.Errorf("%v", err)
	}
}

// scattered are four sources of invented people with known truth: who is who by source
// and id.
func scattered(n int, namesakes bool) (texts [4]string, truth map[string]int) {
	r := rand.New(rand.NewPCG(7, 7))
	first := strings.Fields("anna ben chloe deniz eve frank gina hugo ines jonas karin luis maria nils olga pedro rosa simon tina ulf vera walter xenia yann zoe marie leon mia")
	last := strings.Fields("bell okafor mueller ortiz lindt smith tanaka rossi novak haas jensen mbeki silva weber frost kim")
	truth = map[string]int{}
	lines := [4]*strings.Builder{{}, {}, {}, {}}
	fmt.Fprintln(lines[0], "customer_id,name,email,phone,address,zip")
	fmt.Fprintln(lines[1], "customer_id,first_name,last_name,email,address,zip")
	fmt.Fprintln(lines[2], "customer_id,name,phone")
	fmt.Fprintln(lines[3], "payer_name,email,phone,amount")
	slip := func(text string) string {
		if r.IntN(20) > 0 || len(text) < 4 {
			return text
		}
		at := 1 + r.IntN(len(text)-2)
		return text[:at] + text[at+1:]
	}
	for i := range n {
		family := i / 3 // every third household has three people, others one
		if i%9 > 2 {
			family = 100_000 + i
		}
		f, l := first[(i*7+family)%len(first)], last[family%len(last)]
		if namesakes && i%90 == 1 { // father and son, of one name, in one house
			f = first[((i-1)*7+family)%len(first)]
		}
		email := fmt.Sprintf("%s.%s%d@mail%d.example", f, l, i, i%3)
		if i%40 == 5 {
			email = fmt.Sprintf("info@firm%d.example", i/80)
		}
		phone := fmt.Sprintf("201%07d", 5550000+family%400_000)
		address := fmt.Sprintf("%d High Street", 1+family%9000)
		zip := fmt.Sprintf("%05d", family%90_000)
		note := func(source int, id string) { truth[fmt.Sprintf("%d %s", source, id)] = i }
		if r.IntN(10) < 8 {
			id := fmt.Sprintf("P%d", i)
			note(0, id)
			fmt.Fprintf(lines[0], "%s,%s %s,%s,%s,%s,%s\n", id, slip(f), slip(l), strings.ToUpper(email), phone, address, zip)
		}
		if r.IntN(10) < 6 {
			id := fmt.Sprint(i)
			note(1, id)
			tagged := email
			if r.IntN(5) == 0 {
				tagged = strings.Replace(email, "@", "+shop@", 1)
			}
			fmt.Fprintf(lines[1], "%s,%s,%s,%s,%s,%s\n", id, strings.ToUpper(f), l, slip(tagged), strings.ReplaceAll(address, "Street", "St."), zip)
		}
		if r.IntN(10) < 4 {
			id := fmt.Sprintf("chat-%d", i)
			note(2, id)
			fmt.Fprintf(lines[2], "%s,%s %s,+1 (%s) %s-%s\n", id, slip(f), l, phone[:3], phone[3:6], phone[6:])
		}
		if r.IntN(10) < 4 && i%40 != 5 {
			note(3, email)
			number := ""
			if r.IntN(2) == 0 {
				number = phone
			}
			name := ""
			if r.IntN(3) > 0 {
				name = l + " " + f
			}
			fmt.Fprintf(lines[3], "%s,%s,%s,10\n%s,%s,,12\n", name, email, number, name, email)
		}
	}
	for i := range lines {
		texts[i] = lines[i].String()
	}
	return texts, truth
}

// score counts pairs of customers: those that are one person and were joined, were not,
// and those that were joined and are not.
func score(p *Pool, truth map[string]int) (right, missed, wrong int) {
	of := make([]int, len(p.Customers))
	for i := range of {
		of[i] = truth[fmt.Sprintf("%d %s", p.Customers[i].Source, p.Customers[i].ID)]
	}
	for i := range p.Customers {
		for k := range i {
			switch joined, same := p.Person[i] == p.Person[k], of[i] == of[k]; {
			case joined && same:
				right++
			case joined:
				wrong++
			case same:
				missed++
			}
		}
	}
	return right, missed, wrong
}

func TestTake_FourSourcesWithKnownTruth(t *testing.T) {
	texts, truth := scattered(1800, false)
	p := taken(t, nil, texts[:]...)
	right, missed, wrong := score(p, truth)
	t.Logf("%d customers of %d people as %d; pairs: %d right, %d missed, %d false; %d likely, %d conflicts, %d shared keys", len(p.Customers), 1800, p.People, right, missed, wrong, len(p.Likely), len(p.Conflicts), len(p.Crowded))
	if wrong != 0 || float64(right) < 0.75*float64(right+missed) {
		t.Errorf("pairs: %d right, %d missed, %d false; want none false and 3 of 4 right", right, missed, wrong)
	}
	// A person who says of each likely pair what is true joins more, and nothing false.
	var decisions []Decision
	of := func(c Customer) int { return truth[fmt.Sprintf("%d %s", c.Source, c.ID)] }
	for _, l := range p.Likely {
		decisions = append(decisions, Decision{p.Sources[l.A.Source].Name, l.A.ID, p.Sources[l.B.Source].Name, l.B.ID, of(l.A) == of(l.B), 0})
	}
	decided := taken(t, decisions, texts[:]...)
	more, left, wrong := score(decided, truth)
	t.Logf("decided: %d right, %d missed, %d false", more, left, wrong)
	if wrong != 0 || more <= right || decided.Decided != len(decisions) {
		t.Errorf("decided: %d right of %d, %d false, %d of %d decisions", more, more+left, wrong, decided.Decided, len(decisions))
	}
}

// Two people of one name under one number, of whom a source without e-mail addresses
// knows one, cannot be told apart: that is the limit.
func TestTake_NamesakesUnderOneNumberAreTheLimit(t *testing.T) {
	texts, truth := scattered(1800, true)
	_, _, wrong := score(taken(t, nil, texts[:]...), truth)
	t.Logf("20 households with father and son of one name: %d false pairs", wrong)
	if wrong > 5 {
		t.Errorf("%d false pairs of 20 households", wrong)
	}
}

func TestTake_DoesNotHangOnTheOrderOfRows(t *testing.T) {
	texts, _ := scattered(300, true)
	written := func() []byte {
		p := taken(t, nil, texts[:]...)
		files := fsystest.NewMem()
		if _, err := p.Write(files, "/pool", []byte("key"), false); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for _, name := range []string{MapFile, LikelyFile, ConflictsFile, SharedFile, InfoFile} {
			text, err := readAll(files, "/pool/"+name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		return all.Bytes()
	}
	want := written()
	for i, text := range texts {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		lines[len(lines)-1] += "\n"
		slices.Reverse(lines[1:])
		texts[i] = strings.Join(lines, "")
	}
	if !bytes.Equal(written(), want) {
		t.Error("rows in another order make another pool")
	}
}

func TestMap_GivesOnePersonOneID(t *testing.T) {
	const header = "customer_id,name,email\n"
	p := taken(t, nil, header+"1,Anna Bell,anna@shop.example\n2,Ben Ay,\n", header+"7,Anna Bell,anna@shop.example\n")
	files := fsystest.NewMem()
	if _, err := p.Write(files, "/pool", []byte("key"), false); err != nil {
		t.Fatal(err)
	}
	m, err := Open(files, "/pool")
	if err != nil {
		t.Fatal(err)
	}
	of := func(path string) func([]byte) []byte {
		f, err := m.Of(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a, b := of("/data/a/2025-01.parquet"), of("/data/b.parquet")
	if one, other := string(a([]byte("1"))), string(b([]byte(" 7"))); one != other || len(one) != 21 || one[0] != 'P' {
		t.Errorf("%q and %q", one, other)
	}
	stranger := string(a([]byte("99")))
	if string(a([]byte("2"))) == string(b([]byte("2"))) || string(a([]byte("99"))) != stranger {
		t.Error("customers of the same number of two sources are two, and one whom the pool does not know stays one")
	}
	for path, want := range map[string]string{"/data/c.parquet": "want a folder or file named a, b", "/a/b.parquet": "two sources of the pool, a and b"} {
		if _, err := m.Of(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	other := taken(t, nil, header+"1,Anna Bell,anna@shop.example\n")
	if err := files.RemoveAll("/pool/" + MapFile); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Write(files, "/other", []byte("key"), true); err != nil {
		t.Fatal(err)
	}
	if err := files.Rename("/other/"+MapFile, "/pool/"+MapFile); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(files, "/pool"); err == nil || !strings.Contains(err.Error(), "it does not fit pool.json") {
		t.Errorf("%v", err)
	}
}
