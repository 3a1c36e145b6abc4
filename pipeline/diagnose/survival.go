package diagnose

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// waits counts, by days, how long something was waited for. Counts are weights:
// whole where each customer counts once.
type waits struct {
	came     []float64 // [t]: it came after t days
	left     []float64 // [t]: still waited for when last seen, after t days
	followed []float64 // [t]: could be seen for t days, whether it came or not
}

func newWaits(days int) waits {
	return waits{make([]float64, days+1), make([]float64, days+1), make([]float64, days+1)}
}

// add counts a wait that could be seen for so many days; after is when it came,
// negative where it did not come within them.
func (w *waits) add(after, seen int, weight float64) {
	if after >= 0 {
		w.came[after] += weight
	} else {
		w.left[seen] += weight
	}
	w.followed[seen] += weight
}

func (w *waits) clear() {
	clear(w.came)
	clear(w.left)
	clear(w.followed)
}

// total is the weight of all that came.
func (w *waits) total() float64 { return sumOf(w.came) }

// curve returns F(t), the share for whom it came within t days had all been
// followed long enough (Kaplan and Meier 1958). At the same day what came is
// counted before what was lost from sight.
func (w *waits) curve() []float64 {
	atRisk := sumOf(w.came) + sumOf(w.left)
	f := make([]float64, len(w.came))
	waiting := 1.0
	for t := range f {
		if atRisk > 1e-9 && w.came[t] > 0 {
			waiting *= math.Max(0, 1-w.came[t]/atRisk)
		}
		atRisk -= w.came[t] + w.left[t]
		f[t] = 1 - waiting
	}
	return f
}

// reach returns the longest time for which at least the given share could be
// seen; -1 where there is nobody.
func (w *waits) reach(share float64) int {
	all := sumOf(w.followed)
	if all <= 0 {
		return -1
	}
	var seen float64
	for t := len(w.followed) - 1; t >= 0; t-- {
		if seen += w.followed[t]; seen >= share*all {
			return t
		}
	}
	return 0
}

// firstAt returns the smallest t with f[t] ≥ level, the last index where there
// is none.
func firstAt(f []float64, level float64) int {
	for t, v := range f {
		if v >= level-1e-12 && v > 0 {
			return t
		}
	}
	return max(len(f)-1, 0)
}

// plainCuts returns the smallest days by which the shares of all that came had
// come; zeros where nothing came.
func (w *waits) plainCuts(shares []float64) []int {
	cuts := make([]int, len(shares))
	all := w.total()
	if all <= 0 {
		return cuts
	}
	var sum float64
	k := 0
	for t, n := range w.came {
		sum += n
		for k < len(shares) && sum >= shares[k]*all {
			cuts[k] = t
			k++
		}
	}
	return cuts
}

// correctedCuts returns the smallest days t with F(t) ≥ q·F(reach), so that
// customers too young to have come back do not pull the cuts down; zeros where
// nothing came within the reach.
func (w *waits) correctedCuts(reach int, shares []float64) []int {
	cuts := make([]int, len(shares))
	if reach < 0 {
		return cuts
	}
	f := w.curve()[:reach+1]
	for k, q := range shares {
		if f[reach] > 0 {
			cuts[k] = firstAt(f, q*f[reach])
		}
	}
	return cuts
}

// resample draws every count anew from the Poisson distribution around it,
// which weighs each customer with a Poisson(1) count: the bootstrap of
// customers.
func (w *waits) resample(source *rand.Rand, into *waits) {
	draw := func(from, to []float64) {
		for t, n := range from {
			switch {
			case n <= 0:
				to[t] = 0
			case n < 100:
				to[t] = distuv.Poisson{Lambda: n, Src: source}.Rand()
			default: // near enough to the normal distribution
				to[t] = math.Round(n + math.Sqrt(n)*source.NormFloat64())
			}
		}
	}
	draw(w.came, into.came)
	draw(w.left, into.left)
}

const cutResamples = 200

// cutIntervals returns the 95 % intervals of the plain and of the corrected
// cuts, of the resamples in which something came; zeros where nothing did.
func (w *waits) cutIntervals(reach int, shares []float64, seed uint64) (plain, corrected [][2]int) {
	source := rand.New(rand.NewPCG(seed, 0x63757473))
	again := newWaits(len(w.came) - 1)
	draws := make([][]float64, 2*len(shares))
	for range cutResamples {
		w.resample(source, &again)
		for k, c := range append(again.plainCuts(shares), again.correctedCuts(reach, shares)...) {
			if c > 0 { // 0: nobody who came was drawn
				draws[k] = append(draws[k], float64(c))
			}
		}
	}
	between := func(values []float64) [2]int {
		if len(values) == 0 {
			return [2]int{}
		}
		low, high := quantilesOf(values, 0.025, 0.975)
		return [2]int{int(math.Floor(low)), int(math.Ceil(high))}
	}
	for k := range shares {
		plain = append(plain, between(draws[k]))
		corrected = append(corrected, between(draws[len(shares)+k]))
	}
	return plain, corrected
}
