package pipeline

import (
	"math/rand/v2"
	"testing"

	"winback/models"
)

func TestGroupTree_AbsoluteCutPointsPartCustomersAsRanksDo(t *testing.T) {
	for seed := range uint64(5) {
		s := inventedSnapshots(6, 1500, 1, seed+20)
		tree, err := fitGroupTree(s.training(s.Relative, 1, 6), 10, 2)
		if err != nil {
			t.Fatal(err)
		}
		raw, relative := s.training(s.Raw, 0, 1).X, s.training(s.Relative, 0, 1).X
		byRank, byValue := tree.leaves(relative), tree.absolute(raw, relative).leaves(raw)
		for i := range byRank {
			if byRank[i] != byValue[i] {
				t.Fatalf("seed %d, row %d: leaf %d by rank, %d by value", seed, i, byRank[i], byValue[i])
			}
		}
		if tree.Leaves() < 3 {
			t.Errorf("seed %d: %d leaves only", seed, tree.Leaves())
		}
	}
}

func TestGroupTree_PrunedHasNoGroupOfAHandful(t *testing.T) {
	s := inventedSnapshots(6, 1500, 1, 30)
	train := s.training(s.Relative, 1, 6)
	tree, err := fitGroupTree(train, 10, 2)
	if err != nil {
		t.Fatal(err)
	}
	few := window(s.Relative, 0, 200)
	pruned, err := tree.pruned(few, train)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, pruned.Leaves())
	for _, leaf := range pruned.leaves(few) {
		rows[leaf]++
	}
	for leaf, n := range rows {
		if n < fewestInGroup && len(rows) > 1 {
			t.Errorf("leaf %d has %d rows", leaf, n)
		}
	}
	if pruned.Leaves() >= tree.Leaves() {
		t.Errorf("%d leaves of %d are left", pruned.Leaves(), tree.Leaves())
	}
	if err := pruned.valid(); err != "" {
		t.Error(err)
	}
}

// valid says what is wrong with the shape of the tree.
func (g *groupTree) valid() string {
	leaf := int32(0)
	var walk func(at int32) string
	walk = func(at int32) string {
		n := g.Nodes[at]
		if n.Feature < 0 {
			if n.Leaf != leaf {
				return "leaves are not numbered from left to right"
			}
			leaf++
			return ""
		}
		if n.Left <= at || n.Right <= at {
			return "a child stands before its parent"
		}
		if text := walk(n.Left); text != "" {
			return text
		}
		return walk(n.Right)
	}
	return walk(0)
}

func TestRankTables_AgreeWithTheSnapshotsRanks(t *testing.T) {
	s := inventedSnapshots(1, 800, 1, 40)
	tables := rankTables(s.Raw, 2)
	again := ranked(s.Raw, tables)
	for k := range s.Raw.Columns {
		for i := range s.Raw.Columns[k] {
			if again.Columns[k][i] != s.Relative.Columns[k][i] {
				t.Fatalf("column %s, row %d: %v by table, %v in the snapshot", s.Raw.Names[k], i, again.Columns[k][i], s.Relative.Columns[k][i])
			}
		}
	}
	rising := tables[0]
	last := float32(-1)
	for v := float32(0); v < 600; v += 0.5 {
		if r := rising.of(v); r < last {
			t.Fatalf("the rank falls from %v to %v at %v", last, r, v)
		} else {
			last = r
		}
	}
}

func TestThinned_KeepsReturnsAndRates(t *testing.T) {
	s := inventedSnapshots(4, 40_000, 0.5, 50)
	full := s.training(s.Raw, 0, 4)
	thin := thinned(full, 50_000)
	var weight, returned, positives float64
	for i, y := range thin.Y {
		weight += float64(thin.Weight[i])
		returned += float64(thin.Weight[i]) * float64(y)
		positives += float64(y)
	}
	wantReturned := 0.0
	for _, y := range full.Y {
		wantReturned += float64(y)
	}
	if n := len(thin.Y); n > 55_000 || n < 30_000 || thin.X.Rows() != n {
		t.Errorf("%d of %d rows are left", n, len(full.Y))
	}
	if rel := weight / float64(len(full.Y)); rel < 0.98 || rel > 1.02 {
		t.Errorf("weights sum to %v of the rows", rel)
	}
	if rel := returned / wantReturned; rel < 0.98 || rel > 1.02 {
		t.Errorf("weighted returns are %v of all", rel)
	}
	small := s.training(s.Raw, 0, 1)
	if thinned(small, 1_000_000) != small {
		t.Error("few rows were thinned")
	}
}

func TestBlend_LiesBetweenItsParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := make([]float64, 100), make([]float64, 100)
	for i := range a {
		a[i], b[i] = 0.01+0.98*rng.Float64(), 0.01+0.98*rng.Float64()
	}
	for i, p := range blendOf(a, b) {
		if p < min(a[i], b[i])-1e-12 || p > max(a[i], b[i])+1e-12 {
			t.Errorf("%v and %v blend to %v", a[i], b[i], p)
		}
	}
	var m models.Model = rfmModel{}
	x := &models.Matrix{Names: []string{"recency_days", "orders", "monetary"}, Columns: [][]float32{{0, 1}, {1, 0}, {1, 0}}, Levels: [][]string{nil, nil, nil}}
	out := make([]float64, 2)
	m.Predict(x, out)
	if out[0] != 15.0/16 || out[1] != 3.0/16 {
		t.Errorf("RFM of the best and the worst: %v", out)
	}
}
