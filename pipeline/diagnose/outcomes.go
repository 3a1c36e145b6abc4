package diagnose

import "math"

// outcome are customers who look equally lapsed, and what became of them.
type outcome struct {
	figure          float64 // how lapsed they look
	customers, back int64
}

// outcomes ascend by figure.
type outcomes []outcome

// outcomesOf puts customers of the same figure, which is not negative, together.
// Figures are compared as 32-bit numbers.
func outcomesOf(states []state, figure func(i int) float64) outcomes {
	keys := make([]uint64, len(states))
	for i := range states {
		keys[i] = uint64(math.Float32bits(float32(figure(i)))) << 1
		if states[i].returned {
			keys[i]++
		}
	}
	sortKeys(keys)
	var all outcomes
	for i, k := range keys {
		if i == 0 || k>>1 != keys[i-1]>>1 {
			all = append(all, outcome{figure: float64(math.Float32frombits(uint32(k >> 1)))})
		}
		all[len(all)-1].add(k&1 == 1)
	}
	return all
}

func (o *outcome) add(returned bool) {
	o.customers++
	if returned {
		o.back++
	}
}

// auc is the chance that a customer who came back looks less lapsed than one
// who did not, one half where they look the same; NaN where there are not both.
func (all outcomes) auc() float64 {
	var lost, stayed, back float64
	for _, o := range all {
		n := float64(o.customers - o.back)
		lost += float64(o.back) * (stayed + n/2)
		stayed, back = stayed+n, back+float64(o.back)
	}
	return 1 - lost/(back*stayed)
}

// rates are those of the given share who look most lapsed and of the others; a
// tie at the edge is shared out in proportion. NaN where nobody came back.
func (all outcomes) rates(share float64) (lapsed, others float64) {
	if share <= 0 || share >= 1 {
		return math.NaN(), math.NaN()
	}
	var customers, back, found float64
	for _, o := range all {
		customers, back = customers+float64(o.customers), back+float64(o.back)
	}
	room := share * customers
	for i := len(all) - 1; i >= 0 && room > 0; i-- {
		n := float64(all[i].customers)
		take := math.Min(n, room)
		found += float64(all[i].back) * take / n
		room -= take
	}
	found /= back
	return found * back / (share * customers), (1 - found) * back / ((1 - share) * customers)
}

// from counts the lapsed, those whose figure reaches a limit, and the others.
func (all outcomes) from(limit float64) (t tally) {
	for _, o := range all {
		if o.figure >= limit {
			t.lapsed += o.customers
			t.back += o.back
		} else {
			t.others += o.customers
			t.othersBack += o.back
		}
	}
	return t
}
