// Package buyers fits the probability models of customer-base analysis:
// customers who buy at random times until, unseen, they stop. They need three
// numbers per customer and no training labels, and say how likely each is to
// still be a customer, how many purchases to expect, and the chance of any.
//
// Time is in any one unit (days, weeks); a model speaks the unit that it was
// fitted in.
package buyers

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// History is what the models need to know of a customer.
type History struct {
	Frequency float64 // purchases after the first one, whole
	Recency   float64 // time from the first to the last purchase; 0 without repeats
	Age       float64 // time from the first purchase to the end of what is known
	Customers float64 // how many customers have this history; 1 for a single one
}

// Model says what to expect of customers.
type Model interface {
	// Alive is the probability that a customer with this history is still one.
	Alive(h History) float64
	// Expected is the mean number of purchases in the first t after the first
	// purchase of a customer who is not known yet.
	Expected(t float64) float64
	// ExpectedGiven is the mean number of purchases of a customer with this
	// history in the t after its end.
	ExpectedGiven(h History, t float64) float64
	// AnyGiven is the probability of one or more purchases in that time.
	AnyGiven(h History, t float64) float64
	// LogLikelihood is that of the purchase times in the histories.
	LogLikelihood(histories []History) float64
}

// Collapse checks customers, one entry each per slice, and counts those with
// equal histories. The result is in ascending order of frequency, recency and
// age, whatever the order of the customers.
func Collapse(frequency, recency, age []float64) ([]History, error) {
	if len(recency) != len(frequency) || len(age) != len(frequency) {
		return nil, fmt.Errorf("histories: %d frequencies, %d recencies and %d ages", len(frequency), len(recency), len(age))
	}
	all := make([]History, len(frequency))
	for i := range all {
		all[i] = History{Frequency: frequency[i], Recency: recency[i], Age: age[i], Customers: 1}
		if err := all[i].check(); err != nil {
			return nil, fmt.Errorf("history of row %d: %w", i, err)
		}
	}
	slices.SortFunc(all, func(a, b History) int {
		return cmp.Or(cmp.Compare(a.Frequency, b.Frequency), cmp.Compare(a.Recency, b.Recency), cmp.Compare(a.Age, b.Age))
	})
	var out []History
	for _, h := range all {
		if n := len(out); n > 0 && out[n-1].Frequency == h.Frequency && out[n-1].Recency == h.Recency && out[n-1].Age == h.Age {
			out[n-1].Customers++
			continue
		}
		out = append(out, h)
	}
	return slices.Clip(out), nil
}

func (h History) check() error {
	switch {
	case !(h.Frequency >= 0) || h.Frequency != math.Trunc(h.Frequency) || h.Frequency > 1e9:
		return fmt.Errorf("frequency %v, want a whole number from 0", h.Frequency)
	case !(h.Age >= 0) || math.IsInf(h.Age, 0):
		return fmt.Errorf("age %v, want 0 or more", h.Age)
	case !(h.Recency >= 0 && h.Recency <= h.Age):
		return fmt.Errorf("recency %v, want 0 to the age %v", h.Recency, h.Age)
	case h.Frequency == 0 && h.Recency != 0:
		return fmt.Errorf("recency %v without a repeat purchase, want 0", h.Recency)
	}
	return nil
}

// Forecast is what a model says of customers, one entry each.
type Forecast struct {
	Alive    []float64 // probability
	Expected []float64 // purchases
	Any      []float64 // probability of one or more purchases
}

// Foretell asks a model about customers for the t after the end of their
// histories, on several goroutines (0: all processors).
func Foretell(m Model, frequency, recency, age []float64, t float64, workers int) (Forecast, error) {
	if len(recency) != len(frequency) || len(age) != len(frequency) {
		return Forecast{}, fmt.Errorf("histories: %d frequencies, %d recencies and %d ages", len(frequency), len(recency), len(age))
	}
	n := len(frequency)
	f := Forecast{make([]float64, n), make([]float64, n), make([]float64, n)}
	errs := make([]error, blocksOf(n))
	eachBlock(n, workers, func(block, from, to int) {
		for i := from; i < to; i++ {
			h := History{frequency[i], recency[i], age[i], 1}
			if err := h.check(); err != nil {
				errs[block] = fmt.Errorf("history of row %d: %w", i, err)
				return
			}
			f.Alive[i], f.Expected[i], f.Any[i] = m.Alive(h), m.ExpectedGiven(h, t), m.AnyGiven(h, t)
		}
	})
	return f, cmp.Or(errs...)
}

// blockSize is how many histories one piece of parallel work covers: fixed, so
// that sums taken block by block do not depend on the workers.
const blockSize = 4096

func blocksOf(n int) int { return (n + blockSize - 1) / blockSize }

func eachBlock(n, workers int, f func(block, from, to int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	blocks := blocksOf(n)
	workers = min(workers, blocks)
	run := func(first int) {
		for b := first; b < blocks; b += workers {
			f(b, b*blockSize, min((b+1)*blockSize, n))
		}
	}
	if workers <= 1 {
		run(0)
		return
	}
	var done sync.WaitGroup
	for w := range workers {
		done.Go(func() { run(w) })
	}
	done.Wait()
}

// sum adds f over the histories, in one fixed order. f sees stretches of them.
func sum(histories []History, f func(part []History) float64) float64 {
	parts := make([]float64, blocksOf(len(histories)))
	eachBlock(len(histories), 0, func(block, from, to int) { parts[block] = f(histories[from:to]) })
	total := 0.0
	for _, p := range parts {
		total += p
	}
	return total
}
