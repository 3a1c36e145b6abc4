package shop

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
)

// lapsedContacts are contacts of every customer who was silent for 90 days.
func lapsedContacts(s *DemoShop, day data.Day, caused, forward float64) []Contact {
	var contacts []Contact
	for i := range s.Customers() {
		id, days := s.Purchases(i)
		if seen, _ := slices.BinarySearch(days, day); seen > 0 && day-days[seen-1] >= 90 {
			contacts = append(contacts, Contact{id, day, caused, forward})
		}
	}
	return contacts
}

func TestContacted_CausesAndBringsForwardAsPlanted(t *testing.T) {
	s := Demo(1)
	day := s.Truth.AsOf - 120
	const caused, forward = .04, .5
	contacts := lapsedContacts(s, day, caused, forward)
	next, fates, err := s.Contacted(contacts)
	if err != nil {
		t.Fatal(err)
	}
	var natural, made, moved, returned, sooner float64
	for i, f := range fates {
		number, err := s.number(contacts[i].Customer)
		if err != nil {
			t.Fatal(err)
		}
		_, days := next.Purchases(number)
		if first := firstWithin(days, day); first != f.Actual {
			t.Fatalf("%s: first purchase after the contact on %v, the fate says %v", contacts[i].Customer, first, f.Actual)
		}
		if f.Natural != 0 {
			natural++
		}
		if f.Actual != 0 {
			returned++
		}
		if f.Caused {
			made++
		}
		if f.Forward {
			moved++
			sooner += float64(f.Natural - f.Actual)
		}
		if f.Caused != (f.Natural == 0 && f.Actual != 0) || f.Forward != (f.Natural > f.Actual) {
			t.Fatalf("%+v contradicts itself", f)
		}
	}
	near(t, "share caused", made/(float64(len(fates))-natural), caused, .005)
	near(t, "returns beside the caused", returned-made, natural, 0)
	if share := moved / natural; share < .3 || share > forward || sooner/moved < 5 {
		t.Errorf("%.2f were brought forward by %.1f days, planted %.2f where there is room", share, sooner/moved, forward)
	}
}

// TestContacted_NothingBeforeTheContactMoves: an extract of the morning of the
// contact has the same bytes, and one of later differs.
func TestContacted_NothingBeforeTheContactMoves(t *testing.T) {
	s := Demo(2)
	day := s.Truth.AsOf - 100
	first := lapsedContacts(s, day, .1, .5)
	once, _, err := s.Contacted(first)
	if err != nil {
		t.Fatal(err)
	}
	later := lapsedContacts(s, day+30, .1, .5)
	twice, _, err := s.Contacted(append(later, first...))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day  data.Day
		a, b *DemoShop
		same bool
	}{{day, s, once, true}, {day + 10, s, once, false}, {day + 30, once, twice, true}, {day + 40, once, twice, false}} {
		a, b := writtenBefore(t, c.a, c.day), writtenBefore(t, c.b, c.day)
		if bytes.Equal(a, b) != c.same {
			t.Errorf("orders before %v: the same is %v, want %v", c.day, !c.same, c.same)
		}
	}
}

func writtenBefore(t *testing.T, s *DemoShop, day data.Day) []byte {
	t.Helper()
	files := newFolder()
	if err := s.WriteBefore(day, files.create); err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range files.names {
		all = append(all, files.files[name].Bytes()...)
	}
	return all
}

func TestContacted_OrderOfContactsDoesNotMatter(t *testing.T) {
	s := Demo(3)
	contacts := append(lapsedContacts(s, s.Truth.AsOf-120, .05, .5), lapsedContacts(s, s.Truth.AsOf-90, .05, .5)...)
	a, err := s.Fates(contacts)
	if err != nil {
		t.Fatal(err)
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(contacts))
	shuffled := make([]Contact, len(contacts))
	for i, k := range order {
		shuffled[i] = contacts[k]
	}
	b, _ := s.Fates(shuffled)
	for i, k := range order {
		if a[k] != b[i] {
			t.Fatalf("%+v: %+v and %+v", contacts[k], a[k], b[i])
		}
	}
}

// TestContacted_WithoutEffectIsTheSameShop, to the byte.
func TestContacted_WithoutEffectIsTheSameShop(t *testing.T) {
	s := Demo(4)
	next, fates, err := s.Contacted(lapsedContacts(s, s.Truth.AsOf-120, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fates {
		if f.Caused || f.Forward || f.Natural != f.Actual {
			t.Fatalf("a contact without effect did something: %+v", f)
		}
	}
	if end := s.Truth.AsOf; !bytes.Equal(writtenBefore(t, s, end), writtenBefore(t, next, end)) {
		t.Error("the orders differ")
	}
}

// TestWriteDays_GoOnWhereWriteBeforeEnds: the parts of an extract hold the lines
// of the whole.
func TestWriteDays_GoOnWhereWriteBeforeEnds(t *testing.T) {
	s := Demo(5)
	whole, parts := newFolder(), newFolder()
	if err := s.Write(whole.create); err != nil {
		t.Fatal(err)
	}
	day := s.Truth.AsOf - 60
	if err := s.WriteBefore(day, parts.create); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteDays("new.parquet", day, s.Truth.AsOf, parts.create); err != nil {
		t.Fatal(err)
	}
	lines := func(f *folder) (all []orderLine) {
		for _, name := range f.names {
			all = append(all, f.lines(t, name)...)
		}
		return all
	}
	if a, b := lines(whole), lines(parts); !slices.Equal(a, b) {
		t.Errorf("%d lines in the parts, %d in the whole, or others", len(b), len(a))
	}
}

func TestContacted_RefusesWhatTheShopDoesNotHave(t *testing.T) {
	s := Demo(1)
	id, days := s.Purchases(7)
	for _, c := range []Contact{
		{"C000001", s.Truth.AsOf, 0, 0}, {"C999999", s.Truth.AsOf, 0, 0}, {"X", s.Truth.AsOf, 0, 0}, {id, days[0], 0, 0},
		{id, s.Truth.AsOf, 1.5, 0}, {id, s.Truth.AsOf, 0, -1},
	} {
		if _, err := s.Fates([]Contact{c}); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
