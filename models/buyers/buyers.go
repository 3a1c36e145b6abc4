// Package buyers fits the probability model of customer-base analysis that the
// features use: customers who buy at random times until, unseen, they stop. It
// needs three numbers per customer and no training labels, and says how likely
// each is to still be a customer and how many purchases to expect.
//
// Time is in any one unit (days, weeks); a model speaks the unit that it was
// fitted in.
package buyers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// History is what the models need to know of a customer.
type History struct {
	Frequency float64 // purchases after the first one, whole
	Recency   float64 // time from the first to the last purchase; 0 without repeats
	Age       float64 // time from the first purchase to the end of what is known
	Customers float64 // how many customers have this history; 1 for a single one
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
