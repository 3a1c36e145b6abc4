package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/models"
	"winback/pipeline/snapshots"
)

// twoSides are the rows of customers on two sides, who stand in several
// snapshots each and come back with those chances.
func twoSides(rng *rand.Rand, customers, snapshots int, chance [2]float64, level func(snapshot int) float64) (past *pastReturns, sides [2][]int32) {
	rows := &models.Training{}
	for i := range customers {
		side := i % 2
		u := rng.Float64() // one fate in all snapshots: they show the same customer
		for k := range snapshots {
			y := uint8(0)
			if u < chance[side]*level(k) {
				y = 1
			}
			sides[side] = append(sides[side], int32(len(rows.Y)))
			rows.Y, rows.Group, rows.Snapshot = append(rows.Y, y), append(rows.Group, uint32(i*7)), append(rows.Snapshot, uint16(k))
		}
	}
	return newPastReturns(rows), sides
}

func TestPastReturns_CountACustomerOnceHoweverManySnapshotsShowHim(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	steady := func(int) float64 { return 1 }
	var sum, squares float64
	const trials = 400
	for range trials {
		past, sides := twoSides(rng, 400, 5, [2]float64{0.1, 0.1}, steady)
		z := past.apart(sides[0], sides[1])
		sum += z / trials
		squares += z * z / trials
	}
	if math.Abs(sum) > 0.2 || squares < 0.8 || squares > 1.25 {
		t.Errorf("equal sides come apart by %v on average, mean square %v; want 0 and 1", sum, squares)
	}
}

func TestPastReturns_TellSidesApartWhateverTheLevelOfSnapshots(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	past, sides := twoSides(rng, 4000, 4, [2]float64{0.2, 0.1}, func(k int) float64 { return 1 / float64(1+k) })
	if z := past.apart(sides[0], sides[1]); z < 4 {
		t.Errorf("20 and 10 %% come apart by %v standard errors", z)
	}
	if a, b := past.apart(sides[0], sides[1]), past.apart(sides[1], sides[0]); math.Abs(a+b) > 1e-9 {
		t.Errorf("%v one way, %v the other", a, b)
	}
	if z := past.apart(sides[0], nil); z != 0 {
		t.Errorf("nobody is apart from nobody by %v", z)
	}
}

func TestImitation_AsksOnlyWhatClosedSnapshotsBearOut(t *testing.T) {
	s := inventedSnapshots(4, 4000, 1, 60)
	x := s.Training(s.Relative, 0, 1).X
	closed := s.Training(s.Relative, 1, 4)
	recency, value := snapshots.Column(x, "recency_days"), snapshots.Column(x, "mean_order_value")
	known := make([]float64, x.Rows())
	for i := range known { // the value of orders does not matter
		known[i] = 0.15 - 0.1*float64(recency[i]) + 0.03*float64(value[i])
	}
	tree, err := fitSurrogate(x, known, closed, SharpRules, 10, 2)
	if err != nil || tree.Leaves() < 4 {
		t.Fatalf("%d groups of a model that knows what matters, %v", tree.Leaves(), err)
	}
	confirmed := tree.Significant(x, known, newPastReturns(closed))
	for i, n := range tree.Nodes {
		if n.Feature >= 0 && tree.Nodes[n.Left].Feature < 0 && tree.Nodes[n.Right].Feature < 0 && !confirmed[i] {
			t.Errorf("the groups on the two sides of %s at %v came back alike", tree.Names[n.Feature], n.Threshold)
		}
	}
}
