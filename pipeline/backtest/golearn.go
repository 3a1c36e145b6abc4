package backtest

import (
	"math"
	"math/rand/v2"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/trees"

	"winback/models"
	"winback/pipeline/snapshots"
)

// ModelGolearn is the CART regression tree of golearn, as an outside opinion on
// what there is to learn: it is judged beside the models of the batch on every
// past day, and never chosen.
const ModelGolearn = "golearn CART"

// GolearnNote says what the outside opinion is.
const GolearnNote = "golearn CART is an outside opinion and never chosen: the regression tree of golearn, learned from at most 2,000 past rows. It knows numbers only and no missing values, so texts are left out and the middle rank stands in; its probabilities are the means of its leaves, uncalibrated."

// Bounds of the outside opinion. Its search looks at all rows for each distinct
// value of a column: on ranks in fiftieths a tree takes a quarter of a second.
const (
	golearnRows  = 2000
	golearnDepth = 4
	golearnSteps = 50
	golearnDays  = 6 // newest closed snapshots that the rows are drawn from
)

// golearnOpinion learns at the first of the snapshots from those closed then,
// the newest of which is lag further back, and gives the mean of the leaf of
// every row of the first.
func golearnOpinion(s *snapshots.Snapshots, lag int, seed uint64) ([]float64, error) {
	closed := s.Training(s.Relative, lag, min(lag+golearnDays, len(s.Days)))
	picked := rand.New(rand.NewPCG(seed, 0x676f6c6561726e)).Perm(len(closed.Y))
	picked = picked[:min(len(picked), golearnRows)]
	learn, err := golearnTable(closed.X, picked, func(row int) float64 { return float64(closed.Y[row]) })
	if err != nil {
		return nil, err
	}
	tree := trees.NewDecisionTreeRegressor(trees.MSE, golearnDepth)
	if err := tree.Fit(learn); err != nil {
		return nil, err
	}
	judged := s.Training(s.Relative, 0, 1)
	all := make([]int, len(judged.Y))
	for i := range all {
		all[i] = i
	}
	if root := tree.RootNode; root.Threshold == 0 { // no split: golearn then has no right side
		p := make([]float64, len(all))
		for i := range p {
			p[i] = root.LeftPred
		}
		return p, nil
	}
	ask, err := golearnTable(judged.X, all, func(int) float64 { return 0 })
	if err != nil {
		return nil, err
	}
	return tree.Predict(ask), nil
}

// golearnTable copies the numeric columns of rows into golearn's form: ranks in
// whole fiftieths, the middle where the value is missing, and the label last.
func golearnTable(x *models.Matrix, rows []int, label func(row int) float64) (*base.DenseInstances, error) {
	table := base.NewDenseInstances()
	var specs []base.AttributeSpec
	var columns [][]float32
	for c, name := range x.Names {
		if x.Levels[c] == nil {
			specs = append(specs, table.AddAttribute(base.NewFloatAttribute(name)))
			columns = append(columns, x.Columns[c])
		}
	}
	returned := base.NewFloatAttribute("returned")
	specs = append(specs, table.AddAttribute(returned))
	if err := table.AddClassAttribute(returned); err != nil {
		return nil, err
	}
	if err := table.Extend(len(rows)); err != nil {
		return nil, err
	}
	for i, row := range rows {
		for c, cells := range columns {
			table.Set(specs[c], i, base.PackFloatToBytes(inSteps(cells[row])))
		}
		table.Set(specs[len(columns)], i, base.PackFloatToBytes(label(row)))
	}
	return table, nil
}

// inSteps is a rank in whole fiftieths.
func inSteps(rank float32) float64 {
	if math.IsNaN(float64(rank)) {
		rank = 0.5
	}
	return math.Round(float64(rank)*golearnSteps) / golearnSteps
}
