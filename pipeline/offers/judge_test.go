package offers

import (
	"math"
	"testing"
)

func TestHits_AreCountedByPlace(t *testing.T) {
	list := []Show{{Product: 4}, {Product: 9}, {Product: 7}, {Product: 2}}
	for _, c := range []struct {
		bought []uint32
		want   Hits
	}{
		{[]uint32{4}, Hits{1, 1, 1, 1}},
		{[]uint32{7, 50}, Hits{0, 1, 1, .5 / (1 + 1/math.Log2(3))}},
		{[]uint32{2}, Hits{0, 0, 1, 1 / math.Log2(5)}},
		{[]uint32{50}, Hits{}},
	} {
		if got := hitsOf(list, c.bought); math.Abs(got.NDCG10-c.want.NDCG10) > 1e-12 || got.First1 != c.want.First1 || got.First3 != c.want.First3 || got.First10 != c.want.First10 {
			t.Errorf("bought %v: %+v, want %+v", c.bought, got, c.want)
		}
	}
}

func TestJudge_LooksAtTheLapsedWhoCameBack(t *testing.T) {
	lines := append(crowd(5, filler(20)), bought{"back", asOf - 100, "z03", false}, bought{"back", asOf + 59, "z03", false}, bought{"back", asOf + 59, "z04", false},
		bought{"late", asOf - 100, "z03", false}, bought{"late", asOf + 60, "z03", false},
		bought{"active", asOf - 89, "z03", false}, bought{"active", asOf + 3, "z03", false},
		bought{"new", asOf + 3, "z03", false})
	g, histories := learned(lines, usual(), 3, 1)
	j := NewJudge(g, 60, 1)
	for _, h := range histories {
		j.Add(h)
	}
	r := NewRecord([]*Judge{j}, nil, 1)
	if r.Customers != 1 || r.Best.First1 != 1 || r.Own.First1 != 1 || r.Hot.First1 != 0 || r.Hot.First10 != 1 || r.OverOwn.First3 != 0 {
		t.Errorf("record is %+v", r)
	}
	if none := NewRecord(nil, nil, 1); none.Customers != 0 || !math.IsNaN(float64(none.OverOwn.First3)) {
		t.Errorf("without judged customers %+v", none)
	}
}
