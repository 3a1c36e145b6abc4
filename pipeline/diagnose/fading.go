package diagnose

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"winback/data"
	"winback/pipeline/wording"
)

// Fading tests the claim that the longer ago the last purchase, the less likely
// the next one.
type Fading struct {
	Holds  *bool         `json:"holds"`  // nothing speaks against it beyond chance; nil: not tested
	Chance Number        `json:"chance"` // that such a rise comes by chance where the claim is true
	Bands  []RecencyBand `json:"bands"`
	// Where it breaks: the later band of the two that speak most against it; not known: nowhere.
	RisesFrom Number `json:"rises_from_days"`
	RisesTo   Number `json:"rises_to_days"`
	Words     string `json:"words"`
}

// RecencyBand are the customers whose last purchase was so many days ago.
type RecencyBand struct {
	FromDays  int    `json:"from_days"`
	ToDays    int    `json:"to_days"` // last day
	Customers int64  `json:"customers"`
	Returned  int64  `json:"returned"`
	Rate      Number `json:"rate"`
	Low       Number `json:"rate_low"`
	High      Number `json:"rate_high"`
}

const (
	bandDays    = 30
	fewInBand   = 200
	fewBands    = 3
	fadingDraws = 400
	// enoughBeyond draws that rise as much end the test: the claim stands,
	// whatever further draws would say (Besag and Clifford 1991).
	enoughBeyond = 40
)

// fading counts the returns by bands of 30 days over all past days and asks how
// far they are from falling throughout: the distance to the nearest falling
// rates (pooling adjacent violators), against what chance brings where those
// rates are true.
//
// Customers first seen before firstFrom are left out: where the first months
// hold survivors only, the longest silent are those who are sure to return.
func fading(days []past, firstFrom data.Day, seed uint64) Fading {
	f := Fading{Chance: unknown, RisesFrom: unknown, RisesTo: unknown}
	var seen, returned int64
	for d := range days {
		p := &days[d]
		for i := range p.states {
			if p.states[i].first < firstFrom {
				continue
			}
			k := (int(p.day-p.states[i].last) - 1) / bandDays
			for len(f.Bands) <= k {
				n := len(f.Bands)
				f.Bands = append(f.Bands, RecencyBand{FromDays: n*bandDays + 1, ToDays: (n + 1) * bandDays})
			}
			f.Bands[k].Customers++
			seen++
			if p.states[i].returned {
				f.Bands[k].Returned++
				returned++
			}
		}
	}
	// The oldest bands are thin and are of the newest days alone.
	for len(f.Bands) > 0 && f.Bands[len(f.Bands)-1].Customers < fewInBand {
		f.Bands = f.Bands[:len(f.Bands)-1]
	}
	hits, sizes := make([]float64, len(f.Bands)), make([]float64, len(f.Bands))
	for k := range f.Bands {
		b := &f.Bands[k]
		b.Rate = ratio(b.Returned, b.Customers)
		b.Low, b.High = wilson(b.Returned, b.Customers)
		hits[k], sizes[k] = float64(b.Returned), float64(b.Customers)
	}
	switch {
	case seen == 0:
		f.Words = "too little history to test whether a longer silence means a smaller chance"
	case returned == 0:
		f.Words = "nobody came back, so whether a longer silence means a smaller chance cannot be tested"
	case returned == seen:
		f.Words = "everybody came back, so whether a longer silence means a smaller chance cannot be tested"
	case len(f.Bands) < fewBands:
		f.Words = fmt.Sprintf("too few customers to test whether a longer silence means a smaller chance: that takes %d bands of %d days with %d customers each", fewBands, bandDays, fewInBand)
	default:
		f.test(hits, sizes, seed)
	}
	return f
}

func (f *Fading) test(hits, sizes []float64, seed uint64) {
	falling := fallingRates(hits, sizes)
	truth := rise(hits, sizes, falling)
	src := rand.NewPCG(seed, 0x66616465)
	again := make([]float64, len(hits))
	beyond := 1
	draws := 0
	for ; draws < fadingDraws && beyond <= enoughBeyond; draws++ {
		for k, n := range sizes {
			again[k] = distuv.Binomial{N: n, P: falling[k], Src: src}.Rand()
		}
		if rise(again, sizes, fallingRates(again, sizes)) >= truth {
			beyond++
		}
	}
	f.Chance = Number(float64(beyond) / float64(draws+1))
	holds := f.Chance > 0.05
	f.Holds = &holds
	if holds {
		f.Words = "the longer ago, the less likely: nothing in these days speaks against it beyond chance"
		return
	}
	from, to := worstRise(hits, sizes)
	f.RisesFrom, f.RisesTo = Number(f.Bands[from].FromDays), Number(f.Bands[to].FromDays)
	f.Words = fmt.Sprintf("the longer ago is not always the less likely: %s of those silent for %d to %d days came back, but %s of those silent for %d to %d days",
		wording.Prose.Percent(float64(f.Bands[from].Rate)), f.Bands[from].FromDays, f.Bands[from].ToDays, wording.Prose.Percent(float64(f.Bands[to].Rate)), f.Bands[to].FromDays, f.Bands[to].ToDays)
}

// fallingRates are the rates nearest to the observed ones that never rise
// (Ayer et al. 1955).
func fallingRates(hits, sizes []float64) []float64 {
	type block struct {
		hits, size float64
		bands      int
	}
	var blocks []block
	for k := range hits {
		blocks = append(blocks, block{hits[k], sizes[k], 1})
		for n := len(blocks); n > 1 && blocks[n-1].hits*blocks[n-2].size > blocks[n-2].hits*blocks[n-1].size; n = len(blocks) {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			blocks[n-2].hits += last.hits
			blocks[n-2].size += last.size
			blocks[n-2].bands += last.bands
		}
	}
	var rates []float64
	for _, b := range blocks {
		for range b.bands {
			rates = append(rates, b.hits/math.Max(b.size, 1))
		}
	}
	return rates
}

// rise is twice the log likelihood that falling rates lose against free ones.
func rise(hits, sizes, falling []float64) (g float64) {
	term := func(n, share, model float64) float64 {
		if n == 0 {
			return 0
		}
		return 2 * n * math.Log(share/model)
	}
	for k, n := range sizes {
		if n == 0 {
			continue
		}
		rate := hits[k] / n
		g += term(hits[k], rate, falling[k]) + term(n-hits[k], 1-rate, 1-falling[k])
	}
	return g
}

// worstRise is the pair of bands, an earlier and a later one, whose rates speak
// most against falling ones.
func worstRise(hits, sizes []float64) (from, to int) {
	best := 0.0
	for a := range hits {
		for b := a + 1; b < len(hits); b++ {
			if sizes[a] == 0 || sizes[b] == 0 {
				continue
			}
			p := (hits[a] + hits[b]) / (sizes[a] + sizes[b])
			spread := math.Sqrt(p * (1 - p) * (1/sizes[a] + 1/sizes[b]))
			if z := (hits[b]/sizes[b] - hits[a]/sizes[a]) / math.Max(spread, 1e-12); z > best {
				best, from, to = z, a, b
			}
		}
	}
	return from, to
}
