package effect

import (
	"cmp"
	"math"
	"slices"
)

// Outcome is a customer of a closed wave, to judge rankings by.
type Outcome struct {
	Contacted, Returned bool
	// Share of the group's customers who were dealt to contacts, above 0 and
	// below 1, and the probability frozen at launch (0 where none is known).
	Share, Probability float64
}

// gamma is an unbiased score of what contacting does to the customer:
// (W − e)(Y − p)/(e (1 − e)).
func (o Outcome) gamma() float64 {
	w, y := 0.0, 0.0
	if o.Contacted {
		w = 1
	}
	if o.Returned {
		y = 1
	}
	return (w - o.Share) * (y - o.Probability) / (o.Share * (1 - o.Share))
}

// Qini is what a ranking (scores, the best highest, one per customer) is worth,
// in returns per customer: the area between its Qini curve and the diagonal,
//
//	q = mean(Γᵢ sᵢ), sᵢ = ½ − (rankᵢ − ½)/n, standard error sd/√n
//
// ties share their mean rank; 0 for a ranking without worth (Sverdrup, Wu,
// Athey and Wager, 2024, with inverse-propensity scores). The ranking must not
// have been fitted on these customers. NaN below two.
func Qini(customers []Outcome, score []float64) Estimate {
	return meanOf(customers, placement(score))
}

// QiniDifference is Qini of ranking a less that of ranking b, with the limits
// of the difference.
func QiniDifference(customers []Outcome, a, b []float64) Estimate {
	place := placement(a)
	for i, s := range placement(b) {
		place[i] -= s
	}
	return meanOf(customers, place)
}

func meanOf(customers []Outcome, place []float64) Estimate {
	if len(customers) < 2 {
		return unknown()
	}
	var v Values
	for i, o := range customers {
		v.Add(o.gamma() * place[i])
	}
	half := z * math.Sqrt(v.Variance()/float64(len(customers)))
	return Estimate{v.Mean(), v.Mean() - half, v.Mean() + half}
}

// placement is ½ for the first of a ranking to −½ for the last.
func placement(score []float64) []float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) })
	place, n := make([]float64, len(score)), float64(len(score))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && score[order[to]] == score[order[from]] {
			to++
		}
		rank := float64(from+to+1) / 2 // mean of from+1 … to
		for _, i := range order[from:to] {
			place[i] = .5 - (rank-.5)/n
		}
		from = to
	}
	return place
}
