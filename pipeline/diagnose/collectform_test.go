package diagnose

import (
	"errors"
	"reflect"
	"testing"

	"winback/data/orders"
)

// gathered is the first walk over parts, and what it is in bytes.
func gathered(t *testing.T, s Settings, h History, parts []*orders.Histories) (here *Collector, bytes [][]byte) {
	here, err := NewCollector(s, h)
	if err != nil {
		t.Fatal(err)
	}
	h.Parts = 1
	for p, part := range parts {
		here.Add(p, part)
		one, err := NewCollector(s, h)
		if err != nil {
			t.Fatal(err)
		}
		one.Add(0, part)
		text, err := one.Part(0)
		if err != nil {
			t.Fatal(err)
		}
		bytes = append(bytes, text)
	}
	return here, bytes
}

// What is gathered elsewhere is what is gathered here, in every number, where customers are
// drawn too.
func TestCollector_PartsAddUp(t *testing.T) {
	lines, asOf := randomShop(5, 1200)
	parts, names := testShop(lines, 6)
	h := History{FirstDay: firstDay(lines), Customers: 3 * mostStates, Lines: 2 * mostSampleLines, Parts: len(parts), Names: names}
	here, bytes := gathered(t, settingsAt(asOf), h, parts)
	there, err := NewCollector(settingsAt(asOf), h)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []int{4, 0, 5, 2, 1, 3} {
		if err := there.AddPart(p, bytes[p]); err != nil {
			t.Fatal(err)
		}
	}
	got, want := there.facts(), here.facts()
	for what, pair := range map[string][2]any{"counts": {got.counts, want.counts}, "steps": {got.steps, want.steps}, "later": {got.later, want.later}, "states": {got.states, want.states}, "lines": {got.lines, want.lines}, "drawn": {got.drawn, want.drawn}, "drawn in": {got.drawnIn, want.drawnIn}} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s differ", what)
		}
	}
	for p := range parts {
		a, _ := got.customers.of(p, nil)
		b, _ := want.customers.of(p, nil)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("customers of partition %d differ", p)
		}
	}
	if len(want.lines) == 0 || len(want.drawn) > 900 || len(want.states[0]) == 0 || len(want.states[0]) > 600 {
		t.Errorf("%d lines of %d drawn, %d states: the draw proves nothing", len(want.lines), len(want.drawn), len(want.states[0]))
	}
}

// The second look is at the customers of the first, or there is an error.
func TestPeople_RefuseOtherCustomers(t *testing.T) {
	lines, asOf := randomShop(5, 400)
	parts, names := testShop(lines, 2)
	h := History{FirstDay: firstDay(lines), Customers: 400, Lines: int64(len(lines)), Parts: 2, Names: names}
	few := *parts[1]
	few.IDs, few.Start = few.IDs[:150], few.Start[:151]
	for what, looks := range map[string][2]*orders.Histories{"more": {&few, parts[1]}, "fewer": {parts[1], &few}} {
		seen := []*orders.Histories{parts[0], looks[0]}
		_, bytes := gathered(t, settingsAt(asOf), h, seen)
		c, err := NewCollector(settingsAt(asOf), h)
		if err != nil {
			t.Fatal(err)
		}
		for p := range bytes {
			if err := c.AddPart(p, bytes[p]); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Learn(nil).Add(1, looks[1]); !errors.Is(err, errOthers) {
			t.Errorf("%s customers: %v", what, err)
		}
	}
}
