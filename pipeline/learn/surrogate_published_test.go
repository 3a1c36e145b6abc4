package learn

import (
	"math"
	"testing"

	"winback/features"
	"winback/models"
)

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
