package diagnose

import (
	"fmt"
	"math"
)

// Band are repeat customers by the mean number of days between their
// purchases.
type Band struct {
	FromDays   Number `json:"from_days"`
	ToDays     Number `json:"to_days"`
	Customers  int64  `json:"customers"`
	MeanTenure Number `json:"mean_tenure_days"` // from the first to the last purchase day
	MeanDays   Number `json:"mean_purchase_days"`
	MeanValue  Number `json:"mean_value"`
	StillHere  Number `json:"still_here"` // share whose last purchase is at most two of their own intervals ago
}

// BandFacts are the bands and what they say.
type BandFacts struct {
	Bands    []Band `json:"bands"`
	Longest  int    `json:"longest"`            // ordinal of the band with the longest mean tenure, from 1; 0: none
	MostDays int    `json:"most_purchase_days"` // of the band with the most purchase days per customer
	Words    string `json:"words"`
}

const (
	bandCount     = 5
	mostIntervals = 100_000 // from which the edges of the bands are found
)

// bands part the repeat customers into fifths by their mean interpurchase time.
func (f *facts) bands() BandFacts {
	repeat := f.steps[1].reached
	if repeat < fewOnRung {
		return BandFacts{Words: "too few repeat customers for bands of interpurchase time"}
	}
	sorted, least, most := f.drawnIntervals(repeat)
	var edges []float64
	for k := 1; k < bandCount; k++ {
		edge := quantile(sorted, float64(k)/bandCount)
		if len(edges) == 0 || edge > edges[len(edges)-1] {
			edges = append(edges, edge)
		}
	}
	type sums struct{ customers, tenure, days, value, here int64 }
	all := make([]sums, len(edges)+1)
	for c := range f.everyone {
		if c.days < 2 {
			continue
		}
		interval := c.meanInterval()
		s := &all[score(edges, interval)-1]
		s.customers++
		s.tenure += int64(c.last - c.first)
		s.days += int64(c.days)
		s.value += int64(c.value)
		if float64(c.recency(f.s.AsOf)) <= 2*interval {
			s.here++
		}
	}
	var out BandFacts
	for k, s := range all {
		b := Band{FromDays: Number(least), ToDays: Number(most), Customers: s.customers, MeanTenure: ratio(s.tenure, s.customers),
			MeanDays: ratio(s.days, s.customers), MeanValue: ratio(float64(s.value)/10_000, float64(s.customers)), StillHere: ratio(s.here, s.customers)}
		if k > 0 {
			b.FromDays = Number(edges[k-1])
		}
		if k < len(edges) {
			b.ToDays = Number(edges[k])
		}
		out.Bands = append(out.Bands, b)
		if out.Longest == 0 || b.MeanTenure > out.Bands[out.Longest-1].MeanTenure {
			out.Longest = k + 1
		}
		if out.MostDays == 0 || b.MeanDays > out.Bands[out.MostDays-1].MeanDays {
			out.MostDays = k + 1
		}
	}
	longest, often := out.Bands[out.Longest-1], out.Bands[out.MostDays-1]
	out.Words = fmt.Sprintf("those who buy every %.0f to %.0f days buy most often, on %.1f days%s; those who buy every %.0f to %.0f days stay longest, %.0f days%s (long intervals make a long stay by themselves)",
		float64(often.FromDays), float64(often.ToDays), float64(often.MeanDays), out.place(out.MostDays), float64(longest.FromDays), float64(longest.ToDays), float64(longest.MeanTenure), out.place(out.Longest))
	return out
}

// drawnIntervals are about as many intervals as edges need, ascending, with the
// least and the greatest of all.
func (f *facts) drawnIntervals(repeat int64) (sorted []float64, least, most float64) {
	share := shareFor(mostIntervals, repeat)
	least = math.Inf(1)
	i := uint64(0)
	for c := range f.everyone {
		if c.days < 2 {
			continue
		}
		v := c.meanInterval()
		least, most = min(least, v), max(most, v)
		if drawn(mix(i), share) {
			sorted = append(sorted, v)
		}
		i++
	}
	sortFigures(sorted)
	return sorted, least, most
}

// place says whether a band is a middle one.
func (f *BandFacts) place(band int) string {
	if band > 1 && band < len(f.Bands) {
		return ", a middle band"
	}
	return ""
}

// meanInterval is the mean number of days between purchase days; it needs two.
func (c *customer) meanInterval() float64 { return float64(c.last-c.first) / float64(c.days-1) }
