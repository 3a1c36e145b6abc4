package diagnose

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"winback/data"
)

// permutations is how often products are dealt out anew.
const permutations = 12

// beats says of one product or category whether its rhythm is more than the
// shop's.
type beats struct {
	p       float64 // chance that permuted products differ as much from each other
	regular float64 // how much narrower than permuted the intervals spread, as a share of it; below 0: wider
	kept    bool
}

// intervalBins sorts intervals by length, in steps of about a third.
func intervalBins(longest int) (binOf []uint8, bins int) {
	edge := 1.0
	for d := range longest + 1 {
		for float64(d) > edge {
			edge = math.Max(edge*1.35, edge+1)
			bins++
		}
		binOf = append(binOf, uint8(bins))
	}
	return binOf, bins + 1
}

// permuted is how intervals spread for each unit under test, by permutation; 0
// is the truth.
type permuted struct {
	units, bins int
	histogram   [][]float64 // [permutation][unit × bins + bin]
	moments     [][]moment  // [permutation][unit]
}

type moment struct{ weight, sum, square float64 }

// add notes an interval of a unit.
func (p *permuted) add(perm int, unit int32, bin uint8, logDays, weight float64) {
	p.histogram[perm][int(unit)*p.bins+int(bin)] += weight
	m := &p.moments[perm][unit]
	m.weight += weight
	m.sum += weight * logDays
	m.square += weight * logDays * logDays
}

// series are the days on which one customer bought goods under test.
type series struct {
	unit     int32
	from, to int32   // the customer's purchase days: [from, to) of all days
	own      []int32 // days on which the goods were bought, as places in all days; two or more
	single   bool    // the customer bought nothing else
}

// mostSeries is about how many customers of one unit are looked at; more would
// only make small differences significant. Above it they are drawn by a hash of
// their ids, so that the same ones are drawn every night.
const mostSeries = 300

// placer puts the purchases of goods on other purchase days of the same
// customer, so that the customer's own rhythm stays. A day is drawn as often as
// the goods were bought in its month, against all that was bought, so that
// neither a season nor a product that was sold for half a year looks like a
// cycle. Where a customer never bought anything else there are no other days:
// such customers swap their goods.
type placer struct {
	days    []data.Day // purchase days of all customers, one after the other
	months  []int32    // their months
	all     []series
	singles []int     // of all, those that are single
	weight  []float64 // [unit × months + month]: how usual the goods were
	count   int       // months
	share   []float64 // by unit: of its repeaters that are looked at
	hashes  []uint64  // by customer
	units   int
	binOf   []uint8
	bins    int
	logDays []float64
	chosen  []int32
	left    []float64 // weights of the days that can still be drawn
	bought  []uint64  // by the customer at hand: unit and day, as a place in all days, in one number
}

// newPlacer groups slots by customer and goods; unitOf is by code, -1 for goods
// that are not tested; repeaters is by unit.
func newPlacer(slots []slot, unitOf []int32, repeaters []int64, f *facts, longest int) *placer {
	units, months := len(repeaters), &f.months
	p := &placer{units: units, hashes: f.drawn, count: months.count, weight: make([]float64, units*months.count)}
	p.binOf, p.bins = intervalBins(longest)
	for days := range longest + 1 {
		p.logDays = append(p.logDays, math.Log(math.Max(float64(days), 1)))
	}
	all := make([]float64, months.count)
	for i := range slots {
		m := months.of(slots[i].day)
		all[m]++
		if u := unitOf[slots[i].code]; u >= 0 {
			p.weight[int(u)*p.count+m]++
		}
	}
	for i := range p.weight {
		p.weight[i] /= math.Max(all[i%p.count], 1)
	}
	for _, n := range repeaters {
		p.share = append(p.share, shareFor(mostSeries, n))
	}
	for i := 0; i < len(slots); {
		j := i
		for j < len(slots) && slots[j].customer == slots[i].customer {
			j++
		}
		p.addCustomer(slots[i:j], unitOf, months)
		i = j
	}
	return p
}

// addCustomer finds the series of one customer.
func (p *placer) addCustomer(own []slot, unitOf []int32, months *calendar) {
	if own[0].day == own[len(own)-1].day {
		return
	}
	start := int32(len(p.days))
	one := true
	p.bought = p.bought[:0]
	for i := range own {
		if i == 0 || own[i].day != own[i-1].day {
			p.days = append(p.days, own[i].day)
			p.months = append(p.months, int32(months.of(own[i].day)))
		}
		one = one && own[i].code == own[0].code
		if u := unitOf[own[i].code]; u >= 0 {
			p.bought = append(p.bought, uint64(u)<<32|uint64(len(p.days)-1))
		}
	}
	slices.Sort(p.bought)
	for i := 0; i < len(p.bought); {
		unit, first := int32(p.bought[i]>>32), i
		for i < len(p.bought) && int32(p.bought[i]>>32) == unit {
			i++
		}
		if i-first < 2 || !drawn(mix(p.hashes[own[0].customer]+3), p.share[unit]) {
			continue
		}
		s := series{unit: unit, from: start, to: int32(len(p.days)), single: one, own: make([]int32, 0, i-first)}
		for _, b := range p.bought[first:i] {
			s.own = append(s.own, int32(b))
		}
		if one {
			p.singles = append(p.singles, len(p.all))
		}
		p.all = append(p.all, s)
	}
}

// run takes the truth and then so many permutations.
func (p *placer) run(times int, seed uint64) *permuted {
	out := &permuted{units: p.units, bins: p.bins}
	source := rand.New(rand.NewPCG(seed, 0x7065726d))
	swapped := make([]int, len(p.singles))
	for perm := range times + 1 {
		out.histogram = append(out.histogram, make([]float64, p.units*p.bins))
		out.moments = append(out.moments, make([]moment, p.units))
		for i := range swapped {
			swapped[i] = i
		}
		if perm > 0 {
			source.Shuffle(len(swapped), func(i, j int) { swapped[i], swapped[j] = swapped[j], swapped[i] })
		}
		single := 0
		for i := range p.all {
			s := &p.all[i]
			unit, days := s.unit, s.own
			switch {
			case s.single:
				if u := p.all[p.singles[swapped[single]]].unit; p.sold(u, s) {
					unit = u
				}
				single++
			case perm > 0:
				days = p.choose(s, source)
			}
			p.measure(out, perm, unit, days)
		}
	}
	return out
}

// sold says whether goods were on sale in all months of a series.
func (p *placer) sold(unit int32, s *series) bool {
	for _, d := range s.own {
		if p.weightOf(unit, d) == 0 {
			return false
		}
	}
	return true
}

func (p *placer) weightOf(unit, day int32) float64 {
	return p.weight[int(unit)*p.count+int(p.months[day])]
}

// choose draws as many of the customer's days as the goods were bought on, each
// by its weight against those that are left.
func (p *placer) choose(s *series, source *rand.Rand) []int32 {
	k := len(s.own)
	if k == int(s.to-s.from) {
		return s.own
	}
	weight := p.weight[int(s.unit)*p.count : (int(s.unit)+1)*p.count]
	p.left = p.left[:0]
	var all float64
	for _, m := range p.months[s.from:s.to] {
		p.left = append(p.left, weight[m])
		all += weight[m]
	}
	p.chosen = p.chosen[:0]
	for range k {
		at, last := source.Float64()*all, 0
		for d, w := range p.left {
			if w == 0 {
				continue
			}
			last = d
			if at -= w; at < 0 {
				break
			}
		}
		all -= p.left[last]
		p.left[last] = 0
		p.chosen = append(p.chosen, s.from+int32(last))
	}
	slices.Sort(p.chosen)
	return p.chosen
}

// measure notes the intervals between the days; a customer weighs one in all.
func (p *placer) measure(out *permuted, perm int, unit int32, days []int32) {
	weight := 1 / float64(len(days)-1)
	for i := 1; i < len(days); i++ {
		d := p.days[days[i]] - p.days[days[i-1]]
		out.add(perm, unit, p.binOf[d], p.logDays[d], weight)
	}
}

const (
	falseDiscoveries = 0.05 // share of the kept clocks that may be chance
	leastRegular     = 0.2
)

// judge compares the truth with the permutations: the log likelihood ratio of
// the intervals' histogram against the permuted ones, with the chance of as
// much from the permutations themselves (a gamma distribution, since few
// permutations cannot show small chances), and Benjamini and Hochberg's (1995)
// bound over all units. Each permutation is held against the others, as the
// truth is against all. How much the ratios of a unit spread, measured by their
// mean, is taken from all units: few permutations cannot show that for each.
func (p *permuted) judge() []beats {
	verdicts := make([]beats, p.units)
	all := make([]float64, p.bins)
	for perm := 1; perm < len(p.histogram); perm++ {
		for i, n := range p.histogram[perm] {
			all[i%p.bins] += n
		}
	}
	prior := pseudoIntervals(all)
	truth, means := make([]float64, p.units), make([]float64, p.units)
	var meanSum, varianceSum float64
	n := float64(len(p.histogram) - 1)
	for u := range verdicts {
		together := make([]float64, p.bins)
		for perm := 1; perm < len(p.histogram); perm++ {
			addTo(together, p.of(perm, u), 1)
		}
		var sum, square float64
		for perm := 1; perm < len(p.histogram); perm++ {
			addTo(together, p.of(perm, u), -1)
			g := likelihoodRatio(p.of(perm, u), together, prior)
			addTo(together, p.of(perm, u), 1)
			sum += g
			square += g * g
		}
		truth[u], means[u] = likelihoodRatio(p.of(0, u), together, prior), sum/n
		meanSum += sum / n
		varianceSum += math.Max(square-sum*sum/n, 0) / (n - 1)
		verdicts[u].regular = p.regular(u)
	}
	for u, mean := range means {
		verdicts[u].p = gammaTail(truth[u], mean, mean*varianceSum/math.Max(meanSum, 1e-9))
	}
	keepBy(verdicts, falseDiscoveries)
	return verdicts
}

func addTo(sums, values []float64, times float64) {
	for i, v := range values {
		sums[i] += times * v
	}
}

func (p *permuted) of(perm, unit int) []float64 {
	return p.histogram[perm][unit*p.bins : (unit+1)*p.bins]
}

// pseudoIntervals are five of the shop's intervals, which are added to permuted
// ones so that no bin is impossible.
func pseudoIntervals(all []float64) []float64 {
	prior, total := make([]float64, len(all)), sumOf(all)
	for b, n := range all {
		// Half an interval more keeps bins apart from zero that nobody saw.
		prior[b] = 5 * (n + 0.5) / (total + 0.5*float64(len(all)))
	}
	return prior
}

// likelihoodRatio is G = 2 Σ O ln(O / E), the expected shares being those of
// permuted and added intervals.
func likelihoodRatio(observed, permuted, prior []float64) (g float64) {
	share := sumOf(observed) / (sumOf(permuted) + sumOf(prior))
	for b, o := range observed {
		if o > 1e-9 {
			g += 2 * o * math.Log(o/(share*(math.Max(permuted[b], 0)+prior[b])))
		}
	}
	return g
}

// gammaTail is the chance of x or more in the gamma distribution with that mean
// and variance.
func gammaTail(x, mean, variance float64) float64 {
	if variance <= 0 || mean <= 0 {
		if x > mean {
			return 0
		}
		return 1
	}
	return mathext.GammaIncRegComp(mean*mean/variance, math.Max(x, 0)*mean/variance)
}

// regular compares the spread of the logarithms of the intervals.
func (p *permuted) regular(unit int) float64 {
	spread := func(m moment) float64 {
		if m.weight <= 0 {
			return 0
		}
		mean := m.sum / m.weight
		return math.Sqrt(math.Max(m.square/m.weight-mean*mean, 0))
	}
	var usual float64
	for perm := 1; perm < len(p.moments); perm++ {
		usual += spread(p.moments[perm][unit])
	}
	usual /= float64(len(p.moments) - 1)
	if usual == 0 {
		return 0
	}
	return 1 - spread(p.moments[0][unit])/usual
}

// keepBy keeps those whose chance is below Benjamini and Hochberg's bound and
// that are regular.
func keepBy(verdicts []beats, rate float64) {
	chances := make([]float64, len(verdicts))
	for i := range verdicts {
		chances[i] = verdicts[i].p
	}
	slices.Sort(chances)
	bound := -1.0
	for i, p := range chances {
		if p <= rate*float64(i+1)/float64(len(chances)) {
			bound = p
		}
	}
	for i := range verdicts {
		verdicts[i].kept = verdicts[i].p <= bound && verdicts[i].regular >= leastRegular
	}
}
