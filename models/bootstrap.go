package models

import (
	"fmt"
	"math"
	"slices"
)

// Resampling says how intervals are found: by weighing all rows of a customer
// with one Poisson(1) draw per resample, which is the bootstrap of customers
// for large data (Chamandy et al. 2012). The draw depends on seed, resample and
// group alone: different scores, and different days of the same customers, are
// weighed alike, so that differences are paired.
type Resampling struct {
	Resamples int    // 200 to 500 are enough for 95 % intervals
	Seed      uint64 // of the draws
	Workers   int    // goroutines; 0 for all processors; changes no result
}

// Interval is where a figure lies in 95 % of the resamples.
type Interval struct{ Low, High float64 }

// lanes is how many resamples are taken in one pass over the rows: a draw has
// 16 bits for each.
const lanes = 4

// ResampleAUC returns the AUC of every resample, see AUC. group names the
// customer of each row, nil where each row is its own; NaN where a resample has
// one class only.
func ResampleAUC(score []float64, y []uint8, group []uint32, r Resampling) []float64 {
	checkLengths(len(score), len(y), nil)
	if group != nil && len(group) != len(y) {
		panic(fmt.Sprintf("models: %d groups for %d rows", len(group), len(y)))
	}
	rows := sortedRows(score, y, group)
	counts := newPoissonTable()
	passes := (r.Resamples + lanes - 1) / lanes
	out := make([]float64, passes*lanes)
	each(workersOf(r.Workers), passes, func(pass int) {
		auc := rows.pass(mix(mix(r.Seed)+uint64(pass)), counts)
		copy(out[pass*lanes:], auc[:])
	})
	return out[:r.Resamples]
}

// BootstrapAUC returns the 95 % interval of the AUC, NaN with one class only.
func BootstrapAUC(score []float64, y []uint8, group []uint32, r Resampling) Interval {
	return IntervalOf(ResampleAUC(score, y, group, r))
}

// BootstrapAUCDifference returns the 95 % interval of AUC(a) − AUC(b), both
// taken on the same resamples.
func BootstrapAUCDifference(a, b []float64, y []uint8, group []uint32, r Resampling) Interval {
	first, second := ResampleAUC(a, y, group, r), ResampleAUC(b, y, group, r)
	for i := range first {
		first[i] -= second[i]
	}
	return IntervalOf(first)
}

// IntervalOf returns the 2.5 and 97.5 % quantiles (linear between neighbours)
// of the numbers that are none NaN.
func IntervalOf(values []float64) Interval {
	values = slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(values) == 0 {
		return Interval{Low: math.NaN(), High: math.NaN()}
	}
	slices.Sort(values)
	return Interval{Low: quantile(values, 0.025), High: quantile(values, 0.975)}
}

func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// scoredRows are rows in ascending order of score.
type scoredRows struct {
	ends   []int    // of each tie
	tagged []uint64 // group of each row × 2 + its label
}

func sortedRows(score []float64, y []uint8, group []uint32) scoredRows {
	r := newRanking(score)
	s := scoredRows{ends: r.ends, tagged: make([]uint64, len(y))}
	for i, row := range r.order {
		g := row
		if group != nil {
			g = group[row]
		}
		s.tagged[i] = uint64(g)<<1 | uint64(y[row])
	}
	return s
}

// pass takes four resamples at a time. Counts are whole, hence exact.
func (s *scoredRows) pass(stream uint64, counts *poissonTable) (auc [lanes]float64) {
	var below, positives, won [lanes]uint64 // won in halves
	from := 0
	for _, end := range s.ends {
		var tied [2][lanes]uint64 // negatives, positives
		for _, tag := range s.tagged[from:end] {
			bits := mix(stream + tag>>1)
			t := &tied[tag&1]
			for l := range lanes {
				t[l] += uint64(counts[bits>>(64-poissonBits)])
				bits <<= 16
			}
		}
		from = end
		for l := range lanes {
			won[l] += tied[1][l] * (2*below[l] + tied[0][l])
			below[l] += tied[0][l]
			positives[l] += tied[1][l]
		}
	}
	for l := range lanes {
		auc[l] = float64(won[l]) / 2 / (float64(positives[l]) * float64(below[l]))
	}
	return auc
}

// poissonBits is the width of the uniform draw behind a Poisson count: the
// mean of the counts is right to 1e-3.
const poissonBits = 12

// poissonTable turns a uniform draw into a Poisson(1) count.
type poissonTable [1 << poissonBits]uint8

func newPoissonTable() *poissonTable {
	table := new(poissonTable)
	term, sum, count := math.Exp(-1), math.Exp(-1), 0
	for i := range table {
		for (float64(i)+0.5)/float64(len(table)) > sum {
			count++
			term /= float64(count)
			sum += term
		}
		table[i] = uint8(count)
	}
	return table
}

// BootstrapMean returns the mean of values and its 95 % interval. group names the
// customer of each value, nil where each is its own; no value is NaN. Without values
// all are NaN.
func BootstrapMean(values []float64, group []uint32, r Resampling) (mean float64, interval Interval) {
	means, intervals := BootstrapMeans([][]float64{values}, group, r)
	return means[0], intervals[0]
}

// BootstrapMeans is BootstrapMean of several figures of the same rows, all taken on the
// same resamples: values are by figure and row.
func BootstrapMeans(values [][]float64, group []uint32, r Resampling) (means []float64, intervals []Interval) {
	rows, figures := len(values[0]), len(values)
	if group != nil && len(group) != rows {
		panic(fmt.Sprintf("models: %d groups for %d values", len(group), rows))
	}
	byRow := make([]float64, rows*figures)
	sums := make([]float64, figures)
	for f, column := range values {
		for i, v := range column {
			byRow[i*figures+f] = v
			sums[f] += v
		}
	}
	counts := newPoissonTable()
	passes := (r.Resamples + lanes - 1) / lanes
	drawn := make([][]float64, figures)
	for f := range drawn {
		drawn[f] = make([]float64, passes*lanes)
	}
	each(workersOf(r.Workers), passes, func(pass int) {
		for f, mean := range resampledMeans(byRow, figures, group, mix(mix(r.Seed)+uint64(pass)), counts) {
			copy(drawn[f][pass*lanes:], mean[:])
		}
	})
	for f := range values {
		if rows == 0 {
			means, intervals = append(means, math.NaN()), append(intervals, IntervalOf(nil))
			continue
		}
		means, intervals = append(means, sums[f]/float64(rows)), append(intervals, IntervalOf(drawn[f][:r.Resamples]))
	}
	return means, intervals
}

// resampledMeans are those of every figure in the resamples of a pass.
func resampledMeans(byRow []float64, figures int, group []uint32, stream uint64, counts *poissonTable) [][lanes]float64 {
	var drawn [lanes]float64
	total := make([][lanes]float64, figures)
	for i := range len(byRow) / figures {
		g := uint32(i)
		if group != nil {
			g = group[i]
		}
		bits := mix(stream + uint64(g))
		var count [lanes]float64
		for l := range lanes {
			count[l] = float64(counts[bits>>(64-poissonBits)])
			drawn[l] += count[l]
			bits <<= 16
		}
		for f, v := range byRow[i*figures : (i+1)*figures] {
			if v == 0 {
				continue
			}
			for l := range lanes {
				total[f][l] += float64(count[l] * v)
			}
		}
	}
	for f := range total {
		for l := range lanes {
			total[f][l] /= drawn[l]
		}
	}
	return total
}
