package effect

import (
	"errors"
	"fmt"

	"winback/models"
)

// Uplift foretells how much a contact raises the probability to return: two
// logistic regressions, one of those contacted and one of those held out, on
// the features frozen at launch (the T-learner of Künzel et al., PNAS 116
// (2019) 4156).
type Uplift struct{ Contacted, HeldOut *models.Logistic }

// UpliftWaves settled waves and UpliftHeldOutReturns returns of their held-out
// are needed before an uplift ranking is tried.
const (
	UpliftWaves          = 2
	UpliftHeldOutReturns = 100
)

// ErrOneSided says that a side cannot be learned from: nobody returned, or all did.
var ErrOneSided = errors.New("want some of both")

// FitUplift learns from customers of waves that are settled, all but the
// newest; row i of x is customers[i]. It fails with ErrOneSided where a side has
// nobody who returned, or nobody who did not.
func FitUplift(x *models.Matrix, customers []Outcome) (Uplift, error) {
	if x.Rows() != len(customers) {
		return Uplift{}, fmt.Errorf("uplift: %d rows of features, want one per customer (%d)", x.Rows(), len(customers))
	}
	var u Uplift
	var err error
	if u.Contacted, err = fitSide(x, customers, true); err != nil {
		return Uplift{}, fmt.Errorf("uplift, contacted: %w", err)
	}
	if u.HeldOut, err = fitSide(x, customers, false); err != nil {
		return Uplift{}, fmt.Errorf("uplift, held out: %w", err)
	}
	return u, nil
}

func fitSide(x *models.Matrix, customers []Outcome, contacted bool) (*models.Logistic, error) {
	side := &models.Matrix{Names: x.Names, Levels: x.Levels, Columns: make([][]float32, len(x.Columns))}
	t := &models.Training{X: side}
	positives := 0
	for i, o := range customers {
		if o.Contacted != contacted {
			continue
		}
		y := uint8(0)
		if o.Returned {
			y = 1
			positives++
		}
		t.Y = append(t.Y, y)
		for c := range x.Columns {
			side.Columns[c] = append(side.Columns[c], x.Columns[c][i])
		}
	}
	if positives == 0 || positives == len(t.Y) {
		return nil, fmt.Errorf("%d of %d returned, %w", positives, len(t.Y), ErrOneSided)
	}
	return models.FitLogistic(t, models.DefaultLogisticSettings())
}

// Score is the foretold uplift of every row, between −1 and 1.
func (u Uplift) Score(x *models.Matrix) []float64 {
	with, without := make([]float64, x.Rows()), make([]float64, x.Rows())
	u.Contacted.Predict(x, with)
	u.HeldOut.Predict(x, without)
	for i := range with {
		with[i] -= without[i]
	}
	return with
}

// JudgeUplift compares the uplift ranking with that by probability on the
// customers of the newest settled wave, whom it has not seen. It is chosen only
// where it is better beyond noise: Low above 0.
func JudgeUplift(u Uplift, x *models.Matrix, customers []Outcome) (worth Estimate, chosen bool) {
	probability := make([]float64, len(customers))
	for i, o := range customers {
		probability[i] = o.Probability
	}
	worth = QiniDifference(customers, u.Score(x), probability)
	return worth, worth.Low > 0
}
