package learn

import (
	"math"
	"testing"

	"winback/features"
	"winback/models"
)

// Hardly anybody bought so often that the last purchase lies 500 usual intervals ago: the
// cut tells those who bought on one day from the others, and the rule says so and no more.
func TestAbsolute_ACutBeyondAllPacesAsksWhoBoughtOnMoreThanOneDay(t *testing.T) {
	const n = 2000
	raw, relative := make([]float32, n), make([]float32, n)
	for i := range raw {
		raw[i], relative[i] = 500*float32(i)/n, float32(i)/n
		if i%4 == 0 {
			raw[i], relative[i] = float32(math.NaN()), float32(math.NaN())
		}
	}
	raw[1999] = 900 // one of them is beyond
	matrix := func(column []float32) *models.Matrix {
		return &models.Matrix{Names: []string{"recency_over_interval"}, Columns: [][]float32{column}, Levels: [][]string{nil}}
	}
	for _, c := range []struct {
		cut                     float64
		missingLeft             bool
		left, right, sql, other string
	}{
		{0.999, false, "bought on more than one day", "bought on one day only", "recency_over_interval IS NOT NULL", "recency_over_interval IS NULL"},
		{0.5, false, "last purchase at most 250 times the usual interval ago", "last purchase over 250 times the usual interval ago (or bought on one day only)", "recency_over_interval <= 250", "(recency_over_interval > 250 OR recency_over_interval IS NULL)"},
		{0.5, true, "last purchase at most 250 times the usual interval ago (or bought on one day only)", "last purchase over 250 times the usual interval ago", "(recency_over_interval <= 250 OR recency_over_interval IS NULL)", "recency_over_interval > 250"},
	} {
		tree := &SurrogateTree{Tree: &models.Tree{Names: []string{"recency_over_interval"}, Levels: [][]string{nil},
			Nodes: []models.Node{{Feature: 0, Threshold: c.cut, MissingLeft: c.missingLeft, Left: 1, Right: 2}, {Feature: -1}, {Feature: -1, Leaf: 1}}}}
		night := tree.Absolute(matrix(raw), matrix(relative))
		left, right := night.Rule(night.Path(0)), night.Rule(night.Path(1))
		if left.Words(60) != c.left || right.Words(60) != c.right || left.SQL() != c.sql || right.SQL() != c.other {
			t.Errorf("cut at %v: %q, %q; %s, %s", c.cut, left.Words(60), right.Words(60), left.SQL(), right.SQL())
		}
		for i, leaf := range night.LeafOf(matrix(raw)) {
			if isNaN := raw[i] != raw[i]; !isNaN && c.cut > 0.9 && leaf != 0 || isNaN && (leaf == 0) != c.missingLeft {
				t.Fatalf("cut at %v: a customer with %v is in group %d", c.cut, raw[i], leaf+1)
			}
		}
	}
}

// Single precision takes 149.99 and the double behind it for equal, and cannot
// tell large amounts in cents apart; a filter on the published values can.
func TestLeafOfPublished_PartsAsTheDecimalsOfARuleDo(t *testing.T) {
	table := &features.Table{IDs: make([]string, 6), Columns: []features.Column{
		{Name: "monetary", Kind: features.Money, Ints: []int64{1_499_900, 1_499_901, 1_999_999_900, 2_000_000_000, 2_000_000_100, features.NullInt}},
		{Name: "mean_order_value", Kind: features.Float, Floats: []float64{149.99, math.Nextafter(149.99, 200), 149.98, 150, math.NaN(), 0}},
		{Name: "top_channel", Kind: features.Text, Codes: []uint32{1, 2, 3, 0, 1, 2}, Dict: []string{"app", "shop", "web"}},
	}}
	for _, c := range []struct {
		node models.Node
		want []int32
	}{
		{models.Node{Feature: 0, Threshold: float64(float32(149.99))}, []int32{0, 1, 1, 1, 1, 1}},
		{models.Node{Feature: 0, Threshold: 200_000, MissingLeft: true}, []int32{0, 0, 0, 0, 1, 0}},
		{models.Node{Feature: 1, Threshold: float64(float32(149.99))}, []int32{0, 1, 0, 1, 1, 0}},
		{models.Node{Feature: 1, Threshold: math.Inf(1)}, []int32{0, 0, 0, 0, 1, 0}},
		{models.Node{Feature: 2, LeftLevels: []int32{0}}, []int32{0, 1, 1, 1, 0, 1}}, // the tree does not know "shop"
		{models.Node{Feature: 2, LeftLevels: []int32{0}, MissingLeft: true}, []int32{0, 0, 1, 0, 0, 0}},
	} {
		c.node.Left, c.node.Right = 1, 2
		tree := &SurrogateTree{Tree: &models.Tree{Names: []string{"monetary", "mean_order_value", "top_channel"}, Levels: [][]string{nil, nil, {"app", "web"}},
			Nodes: []models.Node{c.node, {Feature: -1}, {Feature: -1, Leaf: 1}}}}
		got := tree.LeafOfPublished(table)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%+v: rows go to %v, want %v", c.node, got, c.want)
				break
			}
		}
	}
}
