package offers

import (
	"winback/models"
	"winback/pipeline/run"
)

// Estimate is a mean over judged customers with its 95 % interval, resampling
// customers.
type Estimate struct {
	Mean run.Figure `json:"mean"`
	Low  run.Figure `json:"low"`
	High run.Figure `json:"high"`
}

// Figures are the hits of one method.
type Figures struct {
	First1  Estimate `json:"hr1"`
	First3  Estimate `json:"hr3"`
	First10 Estimate `json:"hr10"`
	NDCG10  Estimate `json:"ndcg10"`
}

// Record says how well shown products met what returning customers bought.
type Record struct {
	Customers int64              `json:"customers"` // judged, counted at each cut
	Methods   map[string]Figures `json:"methods"`
	OverOwn   Estimate           `json:"over_own"` // hr3 of R less that of own
}

const (
	resamples    = 1000
	resampleSeed = 11
)

// NewRecord sums judged cuts up: each customer and cut weighs alike. Without any
// judged customer all figures are unknown.
func NewRecord(judges []*Judge, workers int) Record {
	var rows []judged
	for _, j := range judges {
		rows = append(rows, j.inOrder()...)
	}
	customers := make([]uint32, len(rows))
	for i := range rows {
		customers[i] = uint32(rows[i].customer >> 32)
	}
	estimate := func(value func(*judged) float64) Estimate {
		values := make([]float64, len(rows))
		for i := range rows {
			values[i] = value(&rows[i])
		}
		mean, interval := models.BootstrapMean(values, customers, models.Resampling{Resamples: resamples, Seed: resampleSeed, Workers: workers})
		return Estimate{run.Figure(mean), run.Figure(interval.Low), run.Figure(interval.High)}
	}
	r := Record{Customers: int64(len(rows)), Methods: map[string]Figures{}}
	for m, name := range Methods() {
		r.Methods[name] = Figures{
			First1:  estimate(func(j *judged) float64 { return j.hits[m].First1 }),
			First3:  estimate(func(j *judged) float64 { return j.hits[m].First3 }),
			First10: estimate(func(j *judged) float64 { return j.hits[m].First10 }),
			NDCG10:  estimate(func(j *judged) float64 { return j.hits[m].NDCG10 }),
		}
	}
	r.OverOwn = estimate(func(j *judged) float64 { return j.hits[2].First3 - j.hits[1].First3 })
	return r
}
