package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/models"
	"winback/pipeline/snapshots"
)

// imitated are the groups of one snapshot that imitate the chances behind it.
func imitated(t *testing.T, s *snapshots.Snapshots, maxGroups int) (*SurrogateTree, []float64) {
	t.Helper()
	first := s.Training(s.Raw, 0, 1)
	p := make([]float64, len(first.Y))
	for i := range p {
		p[i] = 1 / (1 + float64(snapshots.Column(first.X, "recency_days")[i])/float64(snapshots.Column(first.X, "orders")[i]))
	}
	tree, err := fitSurrogate(s.Training(s.Relative, 0, 1).X, p, s.Training(s.Relative, min(1, len(s.Days)-1), len(s.Days)), SharpRules, maxGroups, 2)
	if err != nil {
		t.Fatal(err)
	}
	return tree, p
}

func TestGroupTree_AbsoluteCutPointsPartNearlyAllCustomersAsRanksDo(t *testing.T) {
	for seed := range uint64(5) {
		s := inventedSnapshots(2, 1500, 1, seed+20)
		tree, _ := imitated(t, s, 10)
		raw, relative := s.Training(s.Raw, 0, 1).X, s.Training(s.Relative, 0, 1).X
		byRank, byValue := tree.LeafOf(relative), tree.Absolute(raw, relative).LeafOf(raw)
		moved := 0
		for i := range byRank {
			if byRank[i] != byValue[i] {
				moved++
			}
		}
		if most := int(mostLeeway * float64(len(byRank)*tree.Leaves())); moved > most {
			t.Errorf("seed %d: %d customers are in other groups by value than by rank, want at most %d", seed, moved, most)
		}
		if tree.Leaves() < 3 {
			t.Errorf("seed %d: %d leaves only", seed, tree.Leaves())
		}
	}
}

func TestGroupTree_KeepsTheOrderOfTheModelAndNoHandfuls(t *testing.T) {
	s := inventedSnapshots(2, 4000, 1, 30)
	last := 0.0
	for _, most := range []int{1, 2, 5, 10} {
		tree, p := imitated(t, s, most)
		leaf := tree.LeafOf(s.Training(s.Relative, 0, 1).X)
		rows := make([]int, tree.Leaves())
		for _, l := range leaf {
			rows[l]++
		}
		for l, n := range rows {
			if n < fewestInGroup || n < int(leastShare*4000) {
				t.Errorf("%d groups: leaf %d has %d rows", most, l, n)
			}
		}
		if err := tree.valid(); err != "" || tree.Leaves() > most {
			t.Errorf("%d leaves, want at most %d: %s", tree.Leaves(), most, err)
		}
		// How much of the order is left: the spread between groups over the spread of all.
		kept := stdOf(leafMeans(p, leaf, tree.Leaves())) / stdOf(p)
		if kept < last {
			t.Errorf("%d groups keep %v of the order, fewer kept %v", most, kept, last)
		}
		last = kept
	}
	if last < 0.85 {
		t.Errorf("ten groups keep %v of the model's order", last)
	}
}

func stdOf(values []float64) float64 {
	mean, sum := snapshots.MeanOf(values), 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(values)))
}

func TestGroupTree_OneProbabilityForAllIsOneGroup(t *testing.T) {
	s := inventedSnapshots(1, 600, 1, 31)
	p := make([]float64, 600)
	for i := range p {
		p[i] = 0.1
	}
	tree, err := fitSurrogate(s.Relative, p, s.Training(s.Relative, 0, 1), SharpRules, 10, 1)
	if err != nil || tree.Leaves() != 1 {
		t.Errorf("%d groups of equal chances, %v", tree.Leaves(), err)
	}
}

// valid says what is wrong with the shape of the tree.
func (g *SurrogateTree) valid() string {
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
	tables := snapshots.RankTables(s.Raw, 2)
	again := snapshots.Ranked(s.Raw, tables)
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
		if r := rising.Of(v); r < last {
			t.Fatalf("the rank falls from %v to %v at %v", last, r, v)
		} else {
			last = r
		}
	}
}

func TestBlend_LiesBetweenItsParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := make([]float64, 100), make([]float64, 100)
	for i := range a {
		a[i], b[i] = 0.01+0.98*rng.Float64(), 0.01+0.98*rng.Float64()
	}
	for i, p := range blendOf(evenly(2), a, b) {
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

func TestResampledQuestions_AgreeOnAPlainStructure(t *testing.T) {
	s := inventedSnapshots(1, 3000, 1, 32)
	x := s.Training(s.Relative, 0, 1)
	tree, _ := imitated(t, s, 6)
	questions, err := tree.resampledQuestions(x.X, x.Group, 2)
	if err != nil {
		t.Fatal(err)
	}
	night := tree.Absolute(s.Raw, s.Relative)
	cuts := tree.Stability(night, questions, s.Raw, s.Relative)
	if len(cuts) != tree.Leaves()-1 {
		t.Fatalf("%d questions of %d groups", len(cuts), tree.Leaves())
	}
	if first := cuts[0]; first.Agreement < 0.9 || first.Feature != tree.Names[tree.Nodes[0].Feature] || !(first.Low <= first.Cut && first.Cut <= first.High) {
		t.Errorf("the first question %+v is plain", first)
	}
	for _, c := range cuts {
		if c.Agreement < 0 || c.Agreement > 1+1e-9 || c.Low > c.High {
			t.Errorf("%+v", c)
		}
	}
}

func TestResampleOf_CountsEachCustomerOnceOnAverage(t *testing.T) {
	customer, rows := make([]uint32, 20_000), make([]int32, 20_000)
	for i := range rows {
		customer[i], rows[i] = uint32(i*7), int32(i)
	}
	var sum, squares float64
	for _, w := range resampleOf(customer, rows, 3) {
		sum += float64(w)
		squares += float64(w) * float64(w)
	}
	mean := sum / 20_000
	if variance := squares/20_000 - mean*mean; math.Abs(mean-1) > 0.03 || math.Abs(variance-1) > 0.05 {
		t.Errorf("mean %v and variance %v of the weights, want 1 and 1", mean, variance)
	}
}
