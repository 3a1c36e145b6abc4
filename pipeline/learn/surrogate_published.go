package learn

import (
	"math"
	"slices"
	"strconv"

	"winback/data"
	"winback/features"
)

// LeafOfPublished writes the leaf of every row of a feature table by the values
// and cut points as a run publishes them: amounts are decimals, means are double
// precision, and a cut point is the shortest decimal of its single precision. A
// filter on features.parquet thereby finds the same customers, which cells in
// single precision would miss by their rounding.
func (g *SurrogateTree) LeafOfPublished(t *features.Table) []int32 {
	asked := make([]publishedQuestion, len(g.Nodes))
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Feature >= 0 {
			asked[i] = publishedQuestion{column: t.Column(g.Names[n.Feature]), cut: shortest(n.Threshold), missingLeft: n.MissingLeft}
			if levels := g.Levels[n.Feature]; levels != nil {
				asked[i].levels(levels, n.LeftLevels)
			}
		}
	}
	leaves := make([]int32, t.Rows())
	for row := range leaves {
		at := int32(0)
		for g.Nodes[at].Feature >= 0 {
			if asked[at].goesLeft(row) {
				at = g.Nodes[at].Left
			} else {
				at = g.Nodes[at].Right
			}
		}
		leaves[row] = g.Nodes[at].Leaf
	}
	return leaves
}

// shortest is the shortest decimal that is a number of single precision.
func shortest(x float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
	if err != nil {
		return x
	}
	return short
}

// publishedQuestion is a question of the tree about a column of a table.
type publishedQuestion struct {
	column      *features.Column
	cut         float64
	left        []bool // of a text, by code
	missingLeft bool
}

// levels notes which texts go to the left; one that the tree does not know goes
// where the missing do.
func (q *publishedQuestion) levels(known []string, goLeft []int32) {
	q.left = make([]bool, len(q.column.Dict)+1)
	q.left[0] = q.missingLeft
	for code, text := range q.column.Dict {
		level, found := slices.BinarySearch(known, text)
		q.left[code+1] = found && slices.Contains(goLeft, int32(level)) || !found && q.missingLeft
	}
}

func (q *publishedQuestion) goesLeft(row int) bool {
	if q.left != nil {
		return q.left[q.column.Codes[row]]
	}
	value := math.NaN()
	switch c := q.column; {
	case c.Kind == features.Float:
		value = c.Floats[row]
	case c.Ints[row] == features.NullInt:
	case c.Kind == features.Money:
		value = float64(c.Ints[row]) / data.MoneyScale
	default:
		value = float64(c.Ints[row])
	}
	return value <= q.cut || math.IsNaN(value) && q.missingLeft
}
