package learn

import (
	"math"
	"slices"

	"winback/models"
)

// separationZ is how many standard errors the two sides of a question must have
// come back apart, the way the model says, to be groups of their own: chance
// alone brings that once in twenty times.
const separationZ = 1.645

// Significant says of every question of a tree whether closed snapshots confirm
// it: whether the customers on its two sides came back differently, in the
// direction of the model's probabilities p of the rows of x. A question that is
// not confirmed parts by what a model believes and nobody has seen.
func (g *SurrogateTree) Significant(x *models.Matrix, p []float64, past *pastReturns) []bool {
	now, before := g.rowsByNode(x), g.rowsByNode(past.rows.X)
	confirmed := make([]bool, len(g.Nodes))
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if n.Feature < 0 {
			continue
		}
		apart := past.apart(before[n.Left], before[n.Right])
		if meanAt(p, now[n.Left]) < meanAt(p, now[n.Right]) {
			apart = -apart
		}
		confirmed[i] = apart >= separationZ
	}
	return confirmed
}

// meanAt is the mean of the values of some rows.
func meanAt(values []float64, rows []int32) float64 {
	sum := 0.0
	for _, row := range rows {
		sum += values[row]
	}
	return sum / float64(len(rows))
}

// pastReturns are the rows of closed snapshots, with who they are and what
// became of them.
type pastReturns struct {
	rows      *models.Training
	snapshots int
	customer  []int32   // ordinal of the customer of each row
	share     []float64 // room: what each customer adds
}

func newPastReturns(closed *models.Training) *pastReturns {
	r := &pastReturns{rows: closed, customer: make([]int32, len(closed.Y))}
	for _, k := range closed.Snapshot {
		r.snapshots = max(r.snapshots, int(k)+1)
	}
	known := slices.Clone(closed.Group)
	slices.Sort(known)
	known = slices.Compact(known)
	for i, who := range closed.Group {
		at, _ := slices.BinarySearch(known, who)
		r.customer[i] = int32(at)
	}
	r.share = make([]float64, len(known))
	return r
}

// apart is by how many standard errors more of the left rows came back than of
// the right ones: the returns on the left beyond those that the rate of both
// together would bring, snapshot by snapshot (Mantel and Haenszel 1959), with
// the standard error from the sums of each customer's rows, since a customer
// stands in many snapshots. 0 where nothing can be told.
func (r *pastReturns) apart(left, right []int32) float64 {
	sides := [2][]int32{left, right}
	rows, returned := make([]float64, 2*r.snapshots), make([]float64, r.snapshots)
	for side, part := range sides {
		for _, row := range part {
			k := r.rows.Snapshot[row]
			rows[2*int(k)+side]++
			returned[k] += float64(r.rows.Y[row])
		}
	}
	clear(r.share)
	for side, part := range sides {
		for _, row := range part {
			k := r.rows.Snapshot[row]
			all := rows[2*k] + rows[2*k+1]
			r.share[r.customer[row]] += (float64(r.rows.Y[row]) - returned[k]/all) * (float64(1-side) - rows[2*k]/all)
		}
	}
	sum, squares := 0.0, 0.0
	for _, v := range r.share {
		sum += v
		squares += v * v
	}
	if squares == 0 {
		return 0
	}
	return sum / math.Sqrt(squares)
}
