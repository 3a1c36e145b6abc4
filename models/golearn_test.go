package models

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/evaluation"
	"github.com/sjwhitworth/golearn/trees"
)

// cleanRows are finite numbers with a clear signal: golearn's CART is
// quadratic and knows no missing values.
func cleanRows(n int, seed uint64) *Training {
	r := rand.New(rand.NewPCG(seed, 21))
	t := &Training{X: &Matrix{Names: []string{"a", "b", "c"}, Levels: make([][]string, 3)}, Y: make([]uint8, n)}
	for range 3 {
		cells := make([]float32, n)
		for i := range cells {
			cells[i] = float32(r.IntN(100))
		}
		t.X.Columns = append(t.X.Columns, cells)
	}
	for i := range n {
		p := 0.1
		if t.X.Columns[1][i] > 37 {
			p = 0.6
		}
		if t.X.Columns[0][i] > 80 {
			p += 0.25
		}
		t.Y[i] = uint8(b2u(r.Float64() < p))
	}
	return t
}

// golearnGrid copies rows into golearn's form.
func golearnGrid(t *testing.T, train *Training) *base.DenseInstances {
	t.Helper()
	grid := base.NewDenseInstances()
	var specs []base.AttributeSpec
	for _, name := range append(train.X.Names, "label") {
		specs = append(specs, grid.AddAttribute(base.NewFloatAttribute(name)))
	}
	if err := grid.AddClassAttribute(grid.AllAttributes()[len(specs)-1]); err != nil {
		t.Fatal(err)
	}
	if err := grid.Extend(len(train.Y)); err != nil {
		t.Fatal(err)
	}
	for i, y := range train.Y {
		for c, cells := range train.X.Columns {
			grid.Set(specs[c], i, base.PackFloatToBytes(float64(cells[i])))
		}
		grid.Set(specs[len(specs)-1], i, base.PackFloatToBytes(float64(y)))
	}
	return grid
}

var golearnRoot = regexp.MustCompile(`^Feature (\d+) < ([\d.]+)`)

func TestTree_FirstSplitIsThatOfGolearnsCART(t *testing.T) {
	for seed := range uint64(8) {
		train := cleanRows(600, seed)
		cart := trees.NewDecisionTreeClassifier(trees.ENTROPY, 1, []int64{0, 1})
		if err := cart.Fit(golearnGrid(t, train)); err != nil {
			t.Fatal(err)
		}
		root := golearnRoot.FindStringSubmatch(cart.String())
		if root == nil {
			t.Fatalf("golearn prints %q", cart.String())
		}
		tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves, s.MinRows, s.MinGain, s.Round = 2, 1, 0, false })
		n := tree.Nodes[0]
		if strconv.Itoa(int(n.Feature)) != root[1] || strconv.FormatFloat(n.Threshold, 'f', 3, 64) != root[2] {
			t.Errorf("seed %d: column %d at %v, golearn says %s", seed, n.Feature, n.Threshold, root[0])
		}
	}
}

func TestTree_IsAsAccurateAsGolearnsCART(t *testing.T) {
	train, later := cleanRows(1000, 100), cleanRows(2000, 101)
	cart := trees.NewDecisionTreeClassifier(trees.ENTROPY, 3, []int64{0, 1})
	if err := cart.Fit(golearnGrid(t, train)); err != nil {
		t.Fatal(err)
	}
	theirs, err := cart.Evaluate(golearnGrid(t, later))
	if err != nil {
		t.Fatal(err)
	}
	tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 8 })
	right := 0.0
	for i, p := range predict(tree, later.X) {
		if (p > 0.5) == (later.Y[i] == 1) {
			right++
		}
	}
	if ours := right / 2000; ours < theirs-0.01 {
		t.Errorf("accuracy %.3f, golearn's %.3f", ours, theirs)
	}
}

func TestCapture_IsTheRecallOfGolearnsConfusionMatrix(t *testing.T) {
	p, y := scoredRowsSample(500, 3)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p {
		p[i] += r.Float64() / 1e6 // no ties
	}
	truth, said := golearnClasses(t, y), golearnClasses(t, topOf(p, 100))
	matrix, err := evaluation.GetConfusionMatrix(truth, said)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "capture of the best fifth", Capture(p, y, nil, 0.2), evaluation.GetRecall("1", matrix), 1e-12)
	near(t, "lift of the best fifth", Capture(p, y, nil, 0.2)/0.2, evaluation.GetPrecision("1", matrix)/shareOf(y), 1e-12)
}

// topOf marks the n largest numbers.
func topOf(p []float64, n int) []uint8 {
	out := make([]uint8, len(p))
	for range n {
		best, at := math.Inf(-1), 0
		for i, x := range p {
			if out[i] == 0 && x > best {
				best, at = x, i
			}
		}
		out[at] = 1
	}
	return out
}

func shareOf(y []uint8) float64 {
	sum := 0.0
	for _, v := range y {
		sum += float64(v)
	}
	return sum / float64(len(y))
}

func golearnClasses(t *testing.T, y []uint8) *base.DenseInstances {
	t.Helper()
	grid := base.NewDenseInstances()
	class := new(base.CategoricalAttribute)
	class.SetName("class")
	spec := grid.AddAttribute(class)
	if err := grid.AddClassAttribute(class); err != nil {
		t.Fatal(err)
	}
	if err := grid.Extend(len(y)); err != nil {
		t.Fatal(err)
	}
	for i, v := range y {
		grid.Set(spec, i, class.GetSysValFromString(strconv.Itoa(int(v))))
	}
	return grid
}
