package offers

import (
	"slices"
	"testing"
)

func TestLists_NameTheListedByIDAndShowOthersTheHot(t *testing.T) {
	lines := append(crowd(5, filler(20)), crowd(5, map[string]int{"y": 9})...)
	lines = append(lines, bought{"b", asOf - 100, "z01", false}, bought{"a", asOf - 100, "z02", false}, bought{"x", asOf - 100, "z03", false})
	g, h := learned(lines, usual(), 3, 1)
	listing := NewListing(2)
	for _, c := range []Listed{{"x", 1}, {"a", 1}, {"x", 0}} {
		listing.Add(c)
	}
	l := NewLists(g, 2, listing, 1, len(h))
	for part := len(h) - 1; part >= 0; part-- {
		l.Add(part, h[part])
	}
	var rows []string
	for row := range l.Rows() {
		rows = append(rows, row.CustomerID+" "+row.Product+" "+row.Kind)
	}
	if want := []string{"a z02 again", "a y hot", "x z03 again", "x y hot"}; !slices.Equal(rows, want) {
		t.Errorf("rows %v, want %v", rows, want)
	}
	if c := l.Columns("x"); c.Products[0] != "z03" || c.Kinds[1] != "hot" || c.Reason != "bought on 22 January 2008; 1 customer bought it in the last 28 days" {
		t.Errorf("x is shown %+v", c)
	}
	if c := l.Columns("b"); c.Products != [3]string{"y", "z00"} || c.Reason != "most bought in the last 28 days: 9 customers" {
		t.Errorf("who is not listed is shown %+v", c)
	}
	if names := l.OfGroup(1); names[0] != "z02" || names[1] != "z03" {
		t.Errorf("the group is shown %v", names)
	}
}
