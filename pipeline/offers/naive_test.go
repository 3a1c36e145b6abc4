package offers

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"testing"

	"winback/data"
)

// naive is the method as simply as can be: sets and maps, by name.
type naive struct {
	days         map[string]map[data.Day][]string // by customer: distinct products of each purchase day
	sold, recent map[string]int
	next         map[string]map[string]float64
}

func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func newNaive(lines []bought) *naive {
	n := &naive{days: map[string]map[data.Day][]string{}, sold: map[string]int{}, recent: map[string]int{}, next: map[string]map[string]float64{}}
	for _, l := range lines {
		if l.day >= asOf || l.returned {
			continue
		}
		if n.days[l.customer] == nil {
			n.days[l.customer] = map[data.Day][]string{}
		}
		n.days[l.customer][l.day] = distinct(append(n.days[l.customer][l.day], l.product))
	}
	for _, days := range n.days {
		for window, buyers := range map[data.Day]map[string]int{28: n.sold, 60: n.recent} {
			var all []string
			for day, products := range days {
				if day >= asOf-window {
					all = append(all, products...)
				}
			}
			for _, product := range distinct(all) {
				buyers[product]++
			}
		}
	}
	n.learn()
	return n
}

func (n *naive) learn() {
	with, had, took, total := map[string]map[string]float64{}, map[string]float64{}, map[string]float64{}, 0.0
	for _, days := range n.days {
		order := slices.Sorted(maps.Keys(days))
		newest := map[string]data.Day{}
		for i, day := range order {
			if i > 0 && day-order[i-1] >= 90 {
				before := slices.SortedFunc(maps.Keys(newest), func(a, b string) int { return cmp.Or(cmp.Compare(newest[b], newest[a]), cmp.Compare(a, b)) })
				w := math.Round(math.Pow(2, 20) * math.Pow(2, -float64(asOf-day)/120))
				total += w
				now := days[day][:min(100, len(days[day]))]
				for _, product := range now {
					took[product] += w
				}
				for _, own := range before[:min(100, len(before))] {
					had[own] += w
					if with[own] == nil {
						with[own] = map[string]float64{}
					}
					for _, product := range now {
						with[own][product] += w
					}
				}
			}
			for _, product := range days[day] {
				newest[product] = day
			}
		}
	}
	prior := 5 * math.Pow(2, 20)
	for own, all := range with {
		chance := map[string]float64{}
		for product, w := range all {
			chance[product] = (w + prior*took[product]/total) / (had[own] + prior)
		}
		best := slices.SortedFunc(maps.Keys(chance), func(a, b string) int { return cmp.Or(cmp.Compare(chance[b], chance[a]), cmp.Compare(a, b)) })
		n.next[own] = map[string]float64{}
		for _, product := range best[:min(10, len(best))] {
			n.next[own][product] = chance[product]
		}
	}
}

func (n *naive) best(customer string, gaveBack map[string]bool) (list []string) {
	count, newest := map[string]int{}, map[string]data.Day{}
	for day, products := range n.days[customer] {
		for _, product := range products {
			count[product]++
			newest[product] = max(newest[product], day)
		}
	}
	most := float64(slices.Max(append(slices.Collect(maps.Values(n.recent)), 1)))
	own, follows := map[string]float64{}, map[string]float64{}
	for product, days := range count {
		own[product] = float64(days) * math.Sqrt(math.Sqrt(.001+float64(n.recent[product])/most))
	}
	keep := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(newest[b], newest[a]), cmp.Compare(a, b))
	})
	for _, product := range keep[:min(10, len(keep))] {
		for next, chance := range n.next[product] {
			follows[next] += chance
		}
	}
	score := map[string]float64{}
	greatest := func(of map[string]float64) float64 {
		return slices.Max(append(slices.Collect(maps.Values(of)), 1e-300))
	}
	for product, v := range own {
		score[product] += v / greatest(own)
	}
	for product, v := range follows {
		score[product] += .75 * v / greatest(follows)
	}
	maps.DeleteFunc(score, func(product string, _ float64) bool { return n.sold[product] == 0 || gaveBack[product] })
	for _, product := range slices.SortedFunc(maps.Keys(score), func(a, b string) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) }) {
		kind := Again
		if count[product] == 0 {
			kind = GoesWith
		}
		list = append(list, product+" "+kind.String())
	}
	hot := slices.SortedFunc(maps.Keys(n.sold), func(a, b string) int { return cmp.Or(cmp.Compare(n.sold[b], n.sold[a]), cmp.Compare(a, b)) })
	for _, product := range hot {
		if _, scored := score[product]; !scored && !gaveBack[product] {
			list = append(list, product+" "+Hot.String())
		}
	}
	return list[:min(10, len(list))]
}

// gaveBack are the products that a customer brought back after the last purchase.
func gaveBack(lines []bought, customer string) map[string]bool {
	bought, back := map[string]data.Day{}, map[string]data.Day{}
	for _, l := range lines {
		if l.customer == customer && l.day < asOf {
			if l.returned {
				back[l.product] = max(back[l.product], l.day)
			} else {
				bought[l.product] = max(bought[l.product], l.day)
			}
		}
	}
	maps.DeleteFunc(back, func(product string, day data.Day) bool { return bought[product] == 0 || bought[product] > day })
	return map[string]bool(mapKeys(back))
}

func mapKeys(of map[string]data.Day) map[string]bool {
	keys := map[string]bool{}
	for k := range of {
		keys[k] = true
	}
	return keys
}

func TestBest_EqualsTheNaiveMethodOnRandomShops(t *testing.T) {
	for seed := range uint64(3) {
		lines := randomLines(seed, 400, 60+int(seed)*150)
		g, histories := learned(lines, usual(), 1, 1)
		if g.Gap != 90 || g.Window != 28 {
			t.Fatalf("seed %d: gap %d, window %d: want a shop that needs no fallback", seed, g.Gap, g.Window)
		}
		n := newNaive(lines)
		compared, differing := 0, 0
		for customer := range n.days {
			compared++
			got, want := shownTo(t, g, histories, customer, 10), n.best(customer, gaveBack(lines, customer))
			if !slices.Equal(got, want) {
				differing++
				if differing < 3 {
					t.Errorf("seed %d, %s:\n%v, want\n%v", seed, customer, got, want)
				}
			}
		}
		t.Logf("seed %d: %d customers, %d returns", seed, compared, g.Events)
	}
}

func TestLearn_IsTheSameForAnyPartitionsAndWorkers(t *testing.T) {
	lines := randomLines(9, 300, 80)
	first, _ := learned(lines, usual(), 1, 1)
	backwards, names := invented(lines, 7)
	c := NewCounter(usual(), names[data.Product], asOf)
	for _, h := range slices.Backward(backwards) {
		c.Add(h)
	}
	second := c.Learn(4)
	if !slices.Equal(first.buyers, second.buyers) || !slices.Equal(first.hot, second.hot) || !slices.Equal(first.pairs.next, second.pairs.next) || !slices.Equal(first.pairs.start, second.pairs.start) {
		t.Error("other partitions in another order give other goods")
	}
}

func TestLearn_IgnoresLinesOfTheDayAndLater(t *testing.T) {
	lines := randomLines(4, 300, 80)
	var before []bought
	names := map[string]bool{}
	for _, l := range lines {
		if l.day < asOf {
			before = append(before, l)
			names[l.product] = true
		}
	}
	lines = slices.DeleteFunc(lines, func(l bought) bool { return !names[l.product] })
	all, _ := learned(lines, usual(), 1, 1)
	known, _ := learned(before, usual(), 1, 1)
	if !slices.Equal(all.buyers, known.buyers) || !slices.Equal(all.pairs.next, known.pairs.next) {
		t.Error("what came later changes what is shown")
	}
}
