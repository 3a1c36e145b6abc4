package learn

import (
	"math"
	"slices"

	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/snapshots"
)

// CutStability says how sure a question of the groups' tree is: what it would
// be with other customers of the same shop.
type CutStability struct {
	Feature string `json:"feature"`
	Cut     Figure `json:"cut"` // tonight's cut point; null where the question is about a text
	// Low and High hold the cut point in 95 % of the resamples that ask about the
	// same feature at the same place.
	Low       Figure `json:"low"`
	High      Figure `json:"high"`
	Agreement Figure `json:"agreement"` // share of the resamples that do
}

const cutResamples = 20

// question is what a resample asks at a place of the tree.
type question struct {
	feature   int32 // -1: nothing
	threshold float64
}

// resampledQuestions finds the questions of the tree anew on resampled
// customers of the snapshot that shaped it: x are their ranks. Of every node
// that asks, all questions of the resamples; nil for leaves.
func (g *SurrogateTree) resampledQuestions(x *models.Matrix, customer []uint32, workers int) ([][]question, error) {
	parts := g.rowsByNode(x)
	found := make([][]question, len(g.Nodes))
	errs := make([]error, len(g.Nodes)*cutResamples)
	for i := range g.Nodes {
		if g.Nodes[i].Feature < 0 {
			continue
		}
		found[i] = make([]question, cutResamples)
		part, err := partOf(x, g.Names, g.target, parts[i], workers)
		if err != nil {
			return nil, err
		}
		parallel.EachOf(cutResamples, workers, func(r int) {
			found[i][r], errs[i*cutResamples+r] = part.question(resampleOf(customer, parts[i], r))
		})
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// rowsByNode lists the rows that come by each node.
func (g *SurrogateTree) rowsByNode(x *models.Matrix) [][]int32 {
	rows := make([][]int32, len(g.Nodes))
	nodeOf := make([]int, g.Leaves())
	for i := range g.Nodes {
		if g.Nodes[i].Feature < 0 {
			nodeOf[g.Nodes[i].Leaf] = i
		}
	}
	for row, leaf := range g.LeafOf(x) {
		rows[nodeOf[leaf]] = append(rows[nodeOf[leaf]], int32(row))
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- { // children stand behind their parents
		if n := &g.Nodes[i]; n.Feature >= 0 {
			rows[i] = slices.Concat(rows[n.Left], rows[n.Right])
		}
	}
	return rows
}

// nodePart are the customers of a node and what their order is.
type nodePart struct {
	rows   *models.Training
	bins   *models.Binned
	target []float64
	least  float64 // rows of a group
}

func partOf(x *models.Matrix, names []string, target []float64, rows []int32, workers int) (p nodePart, err error) {
	from := snapshots.Pick(x, names)
	p = nodePart{rows: &models.Training{X: &models.Matrix{Names: from.Names, Levels: from.Levels}, Y: make([]uint8, len(rows))}, target: make([]float64, len(rows)),
		least: max(fewestInGroup, leastShare*float64(len(target)))}
	for i, row := range rows {
		p.target[i] = target[row]
	}
	for _, c := range from.Columns {
		column := make([]float32, len(rows))
		for i, row := range rows {
			column[i] = c[row]
		}
		p.rows.X.Columns = append(p.rows.X.Columns, column)
	}
	bins := models.DefaultBinSettings()
	bins.Workers = workers
	p.bins, err = models.Bin(p.rows.X, bins)
	return p, err
}

// question is the best one with those weights.
func (p nodePart) question(weight []float32) (question, error) {
	rows := *p.rows
	rows.Weight = weight
	s := groupSettings(2, 1)
	s.MinRows, s.MinShare, s.Target = p.least, 0, p.target
	tree, err := models.RefitTree(p.bins, &rows, s)
	if err != nil {
		return question{}, err
	}
	return question{tree.Nodes[0].Feature, tree.Nodes[0].Threshold}, nil
}

// resampleOf draws how often each row counts: one Poisson draw per customer
// and resample.
func resampleOf(customer []uint32, rows []int32, resample int) []float32 {
	weight := make([]float32, len(rows))
	for i, row := range rows {
		u := snapshots.Draw(customer[row], uint16(1<<15+resample)) // other draws than those of snapshots
		term := math.Exp(-1)
		for sum := term; u >= sum && weight[i] < 20; sum += term {
			weight[i]++
			term /= float64(weight[i])
		}
	}
	return weight
}

// Stability tells of tonight's tree how sure its questions are, from the root
// down; raw and relative are tonight's customers.
func (g *SurrogateTree) Stability(night *SurrogateTree, resampled [][]question, raw, relative *models.Matrix) []CutStability {
	all := []CutStability{}
	unknown := Figure(math.NaN())
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if n.Feature < 0 || resampled[i] == nil {
			continue
		}
		s := CutStability{Feature: g.Names[n.Feature], Cut: unknown, Low: unknown, High: unknown}
		numeric := g.Levels[n.Feature] == nil
		var cuts []float64
		for _, q := range resampled[i] {
			if q.feature != n.Feature {
				continue
			}
			s.Agreement += 1. / cutResamples
			if numeric {
				cuts = append(cuts, cutBetween(snapshots.Column(raw, s.Feature), snapshots.Column(relative, s.Feature), q.threshold, 0))
			}
		}
		if numeric {
			s.Cut = Figure(night.Nodes[i].Threshold)
		}
		if len(cuts) > 0 {
			slices.Sort(cuts)
			skip := len(cuts) / 40 // 2.5 % on each side
			s.Low, s.High = Figure(cuts[skip]), Figure(cuts[len(cuts)-1-skip])
		}
		all = append(all, s)
	}
	return all
}
