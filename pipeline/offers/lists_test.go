package offers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestLists_NameTheListedByIDAndShowOthersTheHot(t *testing.T) {
	lines := append(crowd(5, filler(20)), crowd(5, map[string]int{"y": 9})...)
	lines = append(lines, bought{"b", asOf - 100, "z01", false}, bought{"a", asOf - 100, "z02", false}, bought{"x", asOf - 100, "z03", false})
	g, h := learned(lines, usual(), 3, 1)
	listing := NewListing([]Listed{{"x", 1}, {"a", 1}}, []string{"x", "b"}, 2)
	l := NewLists(g, 2, listing, 1)
	for part := len(h) - 1; part >= 0; part-- {
		l.Add(h[part])
	}
	var rows []string
	for row := range l.Rows() {
		rows = append(rows, row.CustomerID+" "+row.Product+" "+row.Kind)
	}
	if want := []string{"a z02 again", "a y hot", "x z03 again", "x y hot"}; !slices.Equal(rows, want) {
		t.Errorf("rows %v, want %v", rows, want)
	}
	if l.OfAlso(0) != l.OfRank(1) || l.OfRank(3) != l.OfAlso(1) {
		t.Errorf("x is shown %+v and %+v, who is not listed %+v and %+v", l.OfRank(1), l.OfAlso(0), l.OfRank(3), l.OfAlso(1))
	}
	if c := l.OfRank(1); c.Products[0] != "z03" || c.Kinds[1] != "hot" || c.Reason != "bought on 22 January 2008; 1 customer bought it in the last 28 days" {
		t.Errorf("x is shown %+v", c)
	}
	if c := l.OfAlso(1); c.Products != [3]string{"y", "z00"} || c.Reason != "most bought in the last 28 days: 9 customers" {
		t.Errorf("who is not listed is shown %+v", c)
	}
	if names := l.OfGroup(1); names[0] != "z02" || names[1] != "z03" {
		t.Errorf("the group is shown %v", names)
	}
}

// The rule told plainly: each is listed once, those by rank first, until there are so many.
func TestListing_ListsEachOnceUpToTheMost(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var ranked []Listed
		for _, i := range rng.Perm(20)[:rng.IntN(12)] {
			ranked = append(ranked, Listed{fmt.Sprint(i), 1})
		}
		var also []string
		for range rng.IntN(30) {
			also = append(also, fmt.Sprint(rng.IntN(25)))
		}
		most := len(ranked) + rng.IntN(8)
		number := map[string]int32{}
		for i, c := range ranked {
			number[c.ID] = int32(i)
		}
		want := make([]int32, len(also))
		for i, id := range also {
			if _, known := number[id]; !known && len(number) < most {
				number[id] = int32(len(number))
			}
			want[i] = -1
			if n, known := number[id]; known {
				want[i] = n
			}
		}
		l := NewListing(slices.Clone(ranked), also, most)
		if !slices.Equal(l.also, want) || l.Len() != len(number) {
			t.Fatalf("%v and %v, most %d: numbers %v of %d, want %v of %d", ranked, also, most, l.also, l.Len(), want, len(number))
		}
		if len(l.byID) != l.Len() || !slices.IsSortedFunc(l.byID, func(a, b int32) int { return strings.Compare(l.customers[a].ID, l.customers[b].ID) }) {
			t.Fatalf("order by id: %v of %v", l.byID, l.customers)
		}
	}
}
