package plan

import (
	"slices"
	"testing"

	"winback/pipeline/learn"
)

func TestKeptOrder_GivesNumbersBackWhereTheyStayOrTheOrderAllows(t *testing.T) {
	sums := func(means ...float64) (s []leafSums) {
		for _, m := range means {
			s = append(s, leafSums{customers: 100, key: 100 * m})
		}
		return s
	}
	leaves := func(settled bool, numbers ...int) (l []learn.Leaf) {
		for _, n := range numbers {
			l = append(l, learn.Leaf{Number: n, Settled: settled})
		}
		return l
	}
	for name, c := range map[string]struct {
		leaves []learn.Leaf
		sums   []leafSums
		order  []int // by mean
		want   []int
	}{
		"new groups go by mean":              {leaves(false, 0, 0, 0), sums(.1, .3, .2), []int{1, 2, 0}, []int{1, 2, 0}},
		"kept groups keep their numbers":     {leaves(true, 1, 2, 3), sums(.1, .3, .2), []int{1, 2, 0}, []int{0, 1, 2}},
		"a refit allows what nearly fits":    {leaves(false, 1, 2, 3), sums(.3, .31, .2), []int{1, 0, 2}, []int{0, 1, 2}},
		"a refit renumbers what does not":    {leaves(false, 1, 2, 3), sums(.2, .31, .1), []int{1, 0, 2}, []int{1, 0, 2}},
		"an empty group gives its number up": {leaves(true, 2, 1, 3), sums(.3, 0, .2), []int{0, 2}, []int{0, 2}},
	} {
		if got := keptOrder(c.order, c.leaves, c.sums); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
