package offers

import (
	"slices"
	"strings"
	"testing"

	"winback/data"
)

func TestBest_ShowsOwnProductsThatAreSoldByPurchaseDays(t *testing.T) {
	lines := append(crowd(5, map[string]int{"a": 3, "b": 3, "z": 9}), crowd(400, map[string]int{"gone": 5})...)
	lines = append(lines, crowd(5, filler(20))...)
	for _, day := range []data.Day{300, 200, 100} {
		lines = append(lines, bought{"me", asOf - day, "gone", false}, bought{"me", asOf - day, "b", false})
	}
	lines = append(lines, bought{"me", asOf - 100, "a", false})
	g, h := learned(lines, usual(), 1, 1)
	if got := shownTo(t, g, h, "me", 3); !slices.Equal(got, []string{"b again", "a again", "z hot"}) {
		t.Errorf("shown %v", got)
	}
}

// comebacks are customers who had one product, and took another when they came back.
func comebacks(n int, had, took string) (lines []bought) {
	for i := range n {
		id := "back-" + had + took + string(rune('a'+i%26)) + string(rune('a'+i/26))
		lines = append(lines, bought{id, asOf - 300, had, false}, bought{id, asOf - 20, took, false})
	}
	return lines
}

func TestBest_AddsWhatGoesWithOwnProducts(t *testing.T) {
	lines := append(comebacks(150, "pan", "lid"), comebacks(100, "pot", "spoon")...)
	lines = append(lines, crowd(5, filler(20))...)
	lines = append(lines, bought{"me", asOf - 200, "pan", false})
	g, h := learned(lines, usual(), 1, 1)
	if got := shownTo(t, g, h, "me", 3); !slices.Equal(got, []string{"lid goes with", "spoon hot", "z00 hot"}) {
		t.Errorf("shown %v", got)
	}
	for _, n := range g.pairs.of(code(t, g, "pan")) {
		// Σw is 150 of 250 equal weights; the prior of five returns is drawn to 0.6.
		w := float64(weightOf(20))
		want := (150*w + 5*weightOne*.6) / (150*w + 5*weightOne)
		if n.bought != 150 || n.chance < want-1e-12 || n.chance > want+1e-12 {
			t.Errorf("lid after pan: %d of %d, chance %v, want %v", n.bought, g.pairs.had[code(t, g, "pan")], n.chance, want)
		}
	}
}

func code(t *testing.T, g *Goods, name string) uint32 {
	t.Helper()
	at, ok := slices.BinarySearch(g.names, name)
	if !ok {
		t.Fatalf("no product %s", name)
	}
	return uint32(at + 1)
}

func TestBest_LeavesOutWhatCameBackTheLastTime(t *testing.T) {
	lines := append(crowd(5, filler(20)), bought{"me", asOf - 200, "z05", false}, bought{"me", asOf - 195, "z05", true}, bought{"me", asOf - 300, "z06", true}, bought{"me", asOf - 200, "z06", false})
	g, h := learned(lines, usual(), 1, 1)
	if got := shownTo(t, g, h, "me", 30); got[0] != "z06 again" || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "z05") }) {
		t.Errorf("shown %v", got)
	}
}

func TestBest_ShowsOnlyTheKindsAndProductsThatAreWanted(t *testing.T) {
	lines := append(comebacks(210, "pan", "lid"), crowd(5, filler(21))...)
	lines = append(lines, bought{"me", asOf - 200, "pan", false}, bought{"me", asOf - 200, "z03", false})
	s := usual()
	s.Never = func(product string) bool { return product == "z00" }
	for kinds, want := range map[Kinds][]string{
		{true, false, false}: {"z03 again"},
		{false, true, false}: {"lid goes with"},
		{false, false, true}: {"lid hot", "z01 hot", "z02 hot", "z04 hot"},
		AllKinds:             {"z03 again", "lid goes with", "z01 hot", "z02 hot"},
	} {
		s.Kinds = kinds
		g, h := learned(lines, s, 1, 1)
		if got := shownTo(t, g, h, "me", 4); !slices.Equal(got, want) {
			t.Errorf("kinds %v: %v, want %v", kinds, got, want)
		}
	}
}

func TestLearn_WidensTheWindowUntilEnoughIsSold(t *testing.T) {
	lines := append(crowd(20, filler(19)), crowd(100, map[string]int{"old": 1})...)
	if g, _ := learned(lines, usual(), 1, 1); g.Window != 112 || g.Sold != 20 {
		t.Errorf("window of %d days with %d products, want 112 with 20", g.Window, g.Sold)
	}
	if g, _ := learned(lines[:5], usual(), 1, 1); g.Window != 448 || g.Sold != 5 {
		t.Errorf("window of %d days with %d products, want 448 with 5", g.Window, g.Sold)
	}
}

func TestLearn_ShortensTheSilenceWhereReturnsAreFew(t *testing.T) {
	for gap, want := range map[data.Day]int{90: 90, 89: 45, 45: 45, 44: 23, 22: 0} {
		var lines []bought
		for i := range 200 {
			id := "c" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			lines = append(lines, bought{id, asOf - 100, "a", false}, bought{id, asOf - 100 + gap, "b", false})
		}
		if g, _ := learned(lines, usual(), 1, 1); g.Gap != want {
			t.Errorf("silences of %d days: a return follows %d, want %d", gap, g.Gap, want)
		}
	}
}

func TestBest_AShopWithoutProductsShowsNothing(t *testing.T) {
	g, h := learned([]bought{{"me", asOf - 100, "", false}, {"me", asOf - 5, "", false}}, usual(), 1, 1)
	if got := shownTo(t, g, h, "me", 3); len(got) > 0 || g.Sold != 0 {
		t.Errorf("shown %v", got)
	}
}

func TestParseKinds_NamesWhatItKnows(t *testing.T) {
	if kinds, err := ParseKinds([]string{"again", " goes-with"}); err != nil || kinds != (Kinds{true, true, false}) {
		t.Errorf("%v, %v", kinds, err)
	}
	for _, names := range [][]string{{"cold"}, {}} {
		if _, err := ParseKinds(names); err == nil || !strings.Contains(err.Error(), "again, goes-with, hot") {
			t.Errorf("%q: %v", names, err)
		}
	}
}
