package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func mustTree(t *testing.T, train *Training, change func(s *TreeSettings)) *Tree {
	t.Helper()
	s := DefaultTreeSettings()
	s.MinRows, s.MinShare, s.MinLevel = 20, 0, 20
	if change != nil {
		change(&s)
	}
	tree, err := FitTree(train, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkNodes(tree.Nodes, tree.Levels); err != nil {
		t.Fatal(err)
	}
	return tree
}

// firstOrders are customers whose chance of a second order jumps at two first
// order values.
func firstOrders(n int) *Training {
	r := rand.New(rand.NewPCG(12, 1))
	t := &Training{X: oneColumn(make([]float32, n), nil), Y: make([]uint8, n)}
	for i := range n {
		value := math.Round(100*math.Exp(5.3+0.7*r.NormFloat64())) / 100
		rate := 0.124
		if value >= 149 {
			rate = 0.2
		}
		if value >= 412 {
			rate = 0.262
		}
		t.X.Columns[0][i] = float32(value)
		t.Y[i] = uint8(b2u(r.Float64() < rate))
	}
	return t
}

func TestTree_FindsPlantedCutsAtRoundNumbers(t *testing.T) {
	tree := mustTree(t, firstOrders(200_000), func(s *TreeSettings) { s.MaxLeaves = 3 })
	var cuts []float64
	for _, n := range tree.Nodes {
		if n.Feature >= 0 {
			cuts = append(cuts, n.Threshold)
		}
	}
	slices.Sort(cuts)
	if len(cuts) != 2 {
		t.Fatalf("cuts %v", cuts)
	}
	near(t, "first cut", cuts[0], 149, 3)
	near(t, "second cut", cuts[1], 412, 15)
	for _, cut := range cuts {
		if stepOf(float32(cut)) < 1 {
			t.Errorf("cut %v is not round", cut)
		}
	}
	for leaf, want := range []float64{0.124, 0.2, 0.262} {
		near(t, "rate", tree.Nodes[tree.leafNodes()[leaf]].Value, want, 0.01)
	}
}

func TestTree_LeavesCountEveryRowOnce(t *testing.T) {
	train, _ := sampleShop(8000, 6, 3)
	tree := mustTree(t, train, nil)
	leaf := make([]int32, 8000)
	tree.Assign(train.X, leaf)
	rows, positives := make([]float64, tree.Leaves()), make([]float64, tree.Leaves())
	for i, l := range leaf {
		rows[l]++
		positives[l] += float64(train.Y[i])
	}
	p := predict(tree, train.X)
	for l, at := range tree.leafNodes() {
		n := tree.Nodes[at]
		if n.Rows != rows[l] || n.Positives != positives[l] || rows[l] < 20 {
			t.Errorf("leaf %d says %v of %v, has %v of %v", l, n.Positives, n.Rows, positives[l], rows[l])
		}
		if i := slices.Index(leaf, int32(l)); p[i] != n.Value {
			t.Errorf("leaf %d predicts %v, says %v", l, p[i], n.Value)
		}
	}
	root := tree.Nodes[0]
	if root.Rows != 8000 || tree.Leaves() != 10 || root.Gain <= 0 {
		t.Errorf("root %+v, %d leaves", root, tree.Leaves())
	}
}

func TestTree_ObeysItsBounds(t *testing.T) {
	train, _ := sampleShop(5000, 6, 4)
	tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves, s.MinShare = 8, 0.05 })
	if tree.Leaves() > 8 {
		t.Errorf("%d leaves, want at most 8", tree.Leaves())
	}
	for _, n := range tree.Nodes {
		if n.Rows < 250 {
			t.Errorf("node of %v rows, want 250 or more", n.Rows)
		}
	}
	if one := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 1 }); one.Leaves() != 1 || len(one.Path(0)) != 0 {
		t.Error("one leaf wanted")
	}
	if stump := mustTree(t, train, func(s *TreeSettings) { s.MinGain = 1e9 }); stump.Leaves() != 1 {
		t.Error("no question gains so much")
	}
}

func TestTree_NoiseAloneGrowsNoQuestions(t *testing.T) {
	train, _ := sampleShop(20_000, 20, 5)
	r := rand.New(rand.NewPCG(1, 9))
	for i := range train.Y {
		train.Y[i] = uint8(b2u(r.IntN(10) == 0))
	}
	if tree := mustTree(t, train, func(s *TreeSettings) { s.MinRows = 200; s.MinGain = 10 }); tree.Leaves() > 1 {
		t.Errorf("%d leaves from noise", tree.Leaves())
	}
}

func TestTree_MonotoneTransformsChangeNothing(t *testing.T) {
	train, _ := sampleShop(4000, 5, 6)
	other := pick(train, sequence(4000))
	for i, x := range other.X.Columns[1] {
		other.X.Columns[1][i] = float32(math.Atan(float64(x))) // rising, so that ranks stay
	}
	a, b := make([]int32, 4000), make([]int32, 4000)
	mustTree(t, train, func(s *TreeSettings) { s.Round = false }).Assign(train.X, a)
	mustTree(t, other, func(s *TreeSettings) { s.Round = false }).Assign(other.X, b)
	if !slices.Equal(a, b) {
		t.Error("leaves differ")
	}
}

func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func TestTree_MissingValuesGoWhereTheyBelong(t *testing.T) {
	nan := float32(math.NaN())
	train := &Training{X: oneColumn(nil, nil)}
	add := func(x float32, positives, rows int) {
		for i := range rows {
			train.X.Columns[0] = append(train.X.Columns[0], x)
			train.Y = append(train.Y, uint8(b2u(i < positives)))
		}
	}
	add(1, 10, 100)
	add(2, 60, 100)
	add(nan, 60, 100)
	tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 2 })
	if n := tree.Nodes[0]; n.MissingLeft || n.Threshold < 1 || n.Threshold >= 2 {
		t.Errorf("root %+v: missing rows are like those on the right", n)
	}
	train.Y = nil
	train.X.Columns[0] = nil
	add(1, 10, 100)
	add(2, 10, 100)
	add(nan, 60, 100)
	tree = mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 2 })
	if !math.IsInf(tree.Nodes[0].Threshold, 1) {
		t.Errorf("root %+v: want known against missing", tree.Nodes[0])
	}
	known, missing := tree.Path(0)[0], tree.Path(1)[0]
	if known.Missing || known.OnlyMissing || !missing.Missing || !missing.OnlyMissing {
		t.Errorf("conditions %+v and %+v", known, missing)
	}
	if !tree.Missing[0] {
		t.Error("training saw missing values")
	}
}

func TestTree_CategoriesSplitByTheirRates(t *testing.T) {
	levels := []string{"a", "b", "c", "d", "rare"}
	train := &Training{X: oneColumn(nil, levels)}
	for level, rate := range []float64{0.1, 0.5, 0.12, 0.55, 1} {
		rows := 400
		if level == 4 {
			rows = 3
		}
		for i := range rows {
			train.X.Columns[0] = append(train.X.Columns[0], float32(level))
			train.Y = append(train.Y, uint8(b2u(float64(i) < rate*float64(rows))))
		}
	}
	tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 2 })
	low := tree.Path(0)[0]
	if !slices.Equal(low.Levels[:2], []string{"a", "c"}) || slices.Contains(low.Levels, "b") {
		t.Errorf("left side %v", low.Levels)
	}
	high := tree.Path(1)[0]
	if len(low.Levels)+len(high.Levels) != 5 || low.Missing == high.Missing {
		t.Errorf("sides %v and %v", low, high)
	}
}

func TestTree_LearnsSoftTargets(t *testing.T) {
	train, truth := sampleShop(10_000, 6, 7)
	soft := mustTree(t, train, func(s *TreeSettings) { s.Target = truth })
	hard := mustTree(t, train, nil)
	softAUC, hardAUC := AUC(predict(soft, train.X), train.Y, nil), AUC(predict(hard, train.X), train.Y, nil)
	if softAUC < hardAUC-0.02 {
		t.Errorf("AUC with the truth as target %.3f, with labels %.3f", softAUC, hardAUC)
	}
	var want, got float64
	for _, at := range soft.leafNodes() {
		want += soft.Nodes[at].Value * soft.Nodes[at].Rows
		got += soft.Nodes[at].Positives
	}
	near(t, "positives", got, want, 0.08*want)
	for _, target := range [][]float64{{1}, slices.Repeat([]float64{math.NaN()}, 10_000), slices.Repeat([]float64{2}, 10_000)} {
		s := DefaultTreeSettings()
		s.Target = target
		if _, err := FitTree(train, s); err == nil {
			t.Error("wrong targets: no error")
		}
	}
}

func TestTree_RefitKeepsQuestionsAndTakesNewRates(t *testing.T) {
	train, _ := sampleShop(5000, 6, 8)
	later, _ := sampleShop(6000, 6, 9)
	tree := mustTree(t, train, nil)
	again, err := tree.Refit(later, 20)
	if err != nil {
		t.Fatal(err)
	}
	if again.Nodes[0].Rows != 6000 || tree.Nodes[0].Rows != 5000 {
		t.Errorf("roots of %v and %v rows", again.Nodes[0].Rows, tree.Nodes[0].Rows)
	}
	for i := range tree.Nodes {
		if tree.Nodes[i].Threshold != again.Nodes[i].Threshold || tree.Nodes[i].Leaf != again.Nodes[i].Leaf {
			t.Fatalf("node %d asks something else", i)
		}
	}
	if _, err := tree.Refit(&Training{X: oneColumn(nil, nil)}, 20); err == nil {
		t.Error("other columns: no error")
	}
}

func TestTree_PathsDescribeExactlyTheirRows(t *testing.T) {
	train, _ := sampleShop(6000, 6, 10)
	for i := range train.Y {
		if i%11 == 0 {
			train.X.Columns[0][i] = float32(math.NaN())
			train.X.Columns[5][(i+3)%6000] = float32(math.NaN())
		}
	}
	tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves = 40; s.MinGain = 0.5 })
	leaf := make([]int32, 6000)
	tree.Assign(train.X, leaf)
	for l := range tree.Leaves() {
		path := tree.Path(l)
		for i := range leaf {
			if fits(path, train.X, i) != (leaf[i] == int32(l)) {
				t.Fatalf("leaf %d and its conditions %+v disagree on a row", l, path)
			}
		}
	}
}

func fits(path []Condition, x *Matrix, row int) bool {
	for _, c := range path {
		v := x.Columns[c.Feature][row]
		switch {
		case v != v:
			if !c.Missing {
				return false
			}
		case x.Levels[c.Feature] != nil:
			if !slices.Contains(c.Levels, x.Levels[c.Feature][int(v)]) {
				return false
			}
		case !(float64(v) > c.Low && float64(v) <= c.High) || c.OnlyMissing:
			return false
		}
	}
	return true
}

func TestTree_RefusesWrongSettings(t *testing.T) {
	train, _ := sampleShop(100, 4, 1)
	for i, change := range []func(s *TreeSettings){
		func(s *TreeSettings) { s.MaxLeaves = 0 },
		func(s *TreeSettings) { s.MinRows = 0 },
		func(s *TreeSettings) { s.MinShare = 0.6 },
		func(s *TreeSettings) { s.MinGain = math.NaN() },
		func(s *TreeSettings) { s.RoundTolerance = 1 },
		func(s *TreeSettings) { s.MaxBins = 256 },
	} {
		s := DefaultTreeSettings()
		change(&s)
		if _, err := FitTree(train, s); err == nil {
			t.Errorf("settings %d: no error", i)
		}
	}
}
