package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"winback/pipeline/campaign"
	"winback/pipeline/effect"
)

// Three waves to the same groups, dealt by rules, on numbers alone: who returns is
// drawn from rates.
const (
	wavesPlayed = 3
	waveGroups  = 10
	orderMargin = 25. // of a return, in currency
	waveHoldout = .2
	explored    = .1
)

// offered are the arms: a letter, a voucher that who comes anyway takes too, and a call.
var offered = []campaign.Arm{
	{Name: "letter", Share: 1. / 3},
	{Name: "voucher", Share: 1. / 3, Discount: 8},
	{Name: "call", Share: 1. / 3},
}

var contactCosts = []float64{.3, .3, 1.5}

// responses are what arms cause, as shares of the natural rate, in worlds.
var responses = []struct {
	name string
	arms [3]float64
}{
	{"no arm does anything", [3]float64{0, 0, 0}},
	{"weak", [3]float64{.1, .2, .25}},
	{"a letter does all", [3]float64{.5, .5, .5}},
	{"strong", [3]float64{.3, .8, 1.2}},
}

// target is a group with what the arms do to it.
type target struct {
	customers int
	natural   float64    // rate, before the level of the wave
	lifts     [3]float64 // of the arms
}

func targetsOf(world int, draw *rand.Rand) (all [waveGroups]target) {
	for g := range all {
		all[g] = target{customers: 1500 + draw.IntN(4500), natural: .25 * math.Pow(.8, float64(g))}
		for a, share := range responses[world].arms {
			all[g].lifts[a] = max(-.5, share*(1+draw.NormFloat64()/3)) * all[g].natural
		}
	}
	return all
}

// offer is what an arm costs and gives away.
func offer(arm int) effect.Offer {
	return effect.Offer{ContactCost: contactCosts[arm], Discount: offered[arm].Discount, Redemption: 1}
}

// profit is what a contact of an arm is to be expected to earn.
func (t *target) profit(arm int, level float64) float64 {
	return offer(arm).Profit(t.lifts[arm], t.natural*level, orderMargin)
}

// memory is what a rule has seen: waves by arm and group.
type memory struct {
	waves  [3]map[int32][]effect.Group
	before []*campaign.Wave
	newest int
	known  *campaign.Taught // of the waves until now; nil before it was asked for
}

// rule says which share of a group's contacts gets which arm, and which share of its
// customers is held out; nobody is contacted where the shares are 0.
type rule func(t *[waveGroups]target, m *memory, group int) (shares [3]float64, holdout float64)

var third = [3]float64{1. / 3, 1. / 3, 1. / 3}

func equalShares(*[waveGroups]target, *memory, int) ([3]float64, float64) { return third, waveHoldout }

// asLearned is what the next wave of winback does, where such a share explores.
func asLearned(explore float64) rule {
	return func(_ *[waveGroups]target, m *memory, group int) ([3]float64, float64) {
		number, shares := int32(group+1), [3]float64{}
		for _, g := range m.taught().Groups {
			switch {
			case g.Group != number:
				continue
			case g.Rests > 0:
				return shares, 0
			}
			at := map[string]int{"letter": 0, "voucher": 1, "call": 2}
			shares[at[g.Arms[0].Arm]] = 1
			if len(g.Arms) > 1 {
				shares[at[g.Arms[0].Arm]], shares[at[g.Arms[1].Arm]] = 1-explore, explore
			}
			return shares, float64(g.Holdout)
		}
		return third, waveHoldout
	}
}

// taught is what campaign makes of the lifts learned so far.
func (m *memory) taught() *campaign.Taught {
	if m.known != nil {
		return m.known
	}
	lessons := map[int32]campaign.TaughtGroup{}
	for arm := range offered {
		for number, l := range m.learned(arm) {
			lesson := lessons[number]
			lesson.Group, lesson.Wave = number, m.newest
			profit := effect.Candidate{Offer: offer(arm), Margin: orderMargin, Learned: l}.Profit()
			lesson.Arms = append(lesson.Arms, campaign.ArmProfit{Arm: offered[arm].Name, Profit: campaign.Figure(profit)})
			lessons[number] = lesson
		}
	}
	var numbers []int32
	for g := range waveGroups {
		numbers = append(numbers, int32(g+1))
	}
	m.known = campaign.Teaching{Lessons: lessons, Before: m.before, Arms: offered, Holdout: waveHoldout, Explore: explored}.Of(numbers)
	return m.known
}

// learned are the lifts of an arm by group.
func (m *memory) learned(arm int) map[int32]effect.Learned {
	var numbers []int32
	var groups []effect.Group
	for g := range waveGroups {
		if waves := m.waves[arm][int32(g+1)]; len(waves) > 0 {
			numbers, groups = append(numbers, int32(g+1)), append(groups, effect.Pool(waves))
		}
	}
	lifts := map[int32]effect.Learned{}
	if len(groups) > 0 {
		for i, l := range effect.Learn(groups, effect.UntestedTau) {
			lifts[numbers[i]] = l
		}
	}
	return lifts
}

// rawBest gives each group the arm of the largest profit as counted, if above 0.
func rawBest(_ *[waveGroups]target, m *memory, group int) (shares [3]float64, holdout float64) {
	best, most := -1, 0.0
	for arm := range offered {
		if m.newest == 0 {
			return third, waveHoldout
		}
		g := effect.Pool(m.waves[arm][int32(group+1)])
		if p := offer(arm).Profit(g.Rate()-g.HeldOutRate(), g.HeldOutRate(), orderMargin); p > most {
			best, most = arm, p
		}
	}
	if best >= 0 {
		shares[best] = 1
	}
	return shares, waveHoldout
}

// oneForAll gives all groups the arm that earned most over all of them, or nothing.
func oneForAll(_ *[waveGroups]target, m *memory, _ int) (shares [3]float64, holdout float64) {
	best, most := -1, 0.0
	for arm := range offered {
		sum := 0.0
		for g := range waveGroups {
			if m.newest == 0 {
				return third, waveHoldout
			}
			c := effect.Pool(m.waves[arm][int32(g+1)])
			sum += float64(c.Contacted+c.HeldOut) * offer(arm).Profit(c.Rate()-c.HeldOutRate(), c.HeldOutRate(), orderMargin)
		}
		if sum > most {
			best, most = arm, sum
		}
	}
	if best >= 0 {
		shares[best] = 1
	}
	return shares, waveHoldout
}

// inHindsight knows what the arms do.
func inHindsight(t *[waveGroups]target, m *memory, group int) (shares [3]float64, holdout float64) {
	if m.newest == 0 {
		return third, waveHoldout
	}
	best, most := -1, 0.0
	for arm := range offered {
		if p := t[group].profit(arm, 1); p > most {
			best, most = arm, p
		}
	}
	if best >= 0 {
		shares[best] = 1
	}
	return shares, waveHoldout
}

// rules by name; the first wave is the same for all.
var rules = []struct {
	name string
	rule rule
}{{"equal shares to all groups", equalShares}, {"one arm for all groups", oneForAll}, {"the arm that earned most in each group, as counted", rawBest},
	{"as learned", asLearned(explored)}, {"as learned, but nobody explores", asLearned(0)}, {"best in hindsight", inHindsight}}

// wavesTally is what the rules earned in later waves, by world, and how the lifts
// learned over waves held.
type wavesTally struct {
	campaigns       int
	earned          [4][6]float64 // by world and rule, in currency
	learned, held   int           // after later waves
	learned1, held1 int           // after the first wave alone
}

// playWaves plays one campaign under all rules, with the same levels.
func (t *wavesTally) playWaves(number int) {
	world := number % len(responses)
	targets := targetsOf(world, rand.New(rand.NewPCG(uint64(number), 31)))
	t.campaigns++
	for r := range rules {
		draw := rand.New(rand.NewPCG(uint64(number), 32))
		m := &memory{}
		for a := range m.waves {
			m.waves[a] = map[int32][]effect.Group{}
		}
		for range wavesPlayed {
			level := levels[draw.IntN(len(levels))]
			earned := m.wave(&targets, rules[r].rule, level, draw)
			if m.newest > 1 {
				t.earned[world][r] += earned
			}
			if rules[r].name == "as learned" {
				t.cover(&targets, m)
			}
		}
	}
}

// wave deals a wave, counts it, and says what its contacts are to be expected to earn.
func (m *memory) wave(targets *[waveGroups]target, by rule, level float64, draw *rand.Rand) (earned float64) {
	type dealt struct {
		shares  [3]float64
		holdout float64
	}
	var deals [waveGroups]dealt
	for g := range deals {
		deals[g].shares, deals[g].holdout = by(targets, m, g)
	}
	w := &campaign.Wave{Number: m.newest + 1}
	if m.newest > 0 {
		w.Plan.Taught = m.taught()
	}
	m.newest++
	for g, d := range deals {
		t := &targets[g]
		if d.shares == [3]float64{} {
			continue
		}
		w.Plan.Groups = append(w.Plan.Groups, campaign.PlannedGroup{Group: int32(g + 1)})
		natural := min(.9, t.natural*level)
		held := int64(float64(t.customers) * d.holdout)
		back := drawn(held, natural, draw)
		for a, share := range d.shares {
			n := int64(float64(int64(t.customers)-held) * share)
			if n == 0 {
				continue
			}
			earned += float64(n) * t.profit(a, level)
			seen := effect.Group{Contacted: n, Returned: drawn(n, min(.99, max(0, natural+t.lifts[a])), draw), HeldOut: held, HeldOutReturned: back, Probability: t.natural}
			m.waves[a][int32(g+1)] = append(m.waves[a][int32(g+1)], seen)
		}
	}
	m.before, m.known = append(m.before, w), nil
	return earned
}

func drawn(n int64, p float64, draw *rand.Rand) int64 {
	if n == 0 || p <= 0 {
		return 0
	}
	return int64(distuv.Binomial{N: float64(n), P: p, Src: draw}.Rand())
}

// cover counts learned lifts that hold the truth.
func (t *wavesTally) cover(targets *[waveGroups]target, m *memory) {
	for arm := range offered {
		for number, l := range m.learned(arm) {
			held := 0
			if math.Abs(l.Lift-targets[number-1].lifts[arm]) <= z95*l.SD {
				held = 1
			}
			if m.newest == 1 {
				t.learned1, t.held1 = t.learned1+1, t.held1+held
			} else {
				t.learned, t.held = t.learned+1, t.held+held
			}
		}
	}
}
