package diagnose

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/features"
)

// rhythmShop has customers who come at their own pace and take products at
// random, and products that some of them use up: of each a supply for so many
// days, bought again soon after it ends.
type rhythmShop struct {
	seed      uint64
	customers int
	noise     int                // products without a rhythm
	cycles    map[string]float64 // days that a unit lasts
	units     bool               // buyers take one to three units, which last as long
}

const rhythmFrom, rhythmDays = 15000, 900

func (s rhythmShop) lines() []line {
	r := rand.New(rand.NewPCG(s.seed, 9))
	var names []string
	for name := range s.cycles {
		names = append(names, name)
	}
	slices.Sort(names)
	var lines []line
	for c := range s.customers {
		id := fmt.Sprintf("c%05d", c)
		start := data.Day(rhythmFrom + r.IntN(rhythmDays/2))
		if c == 0 {
			start = rhythmFrom
		}
		pace := 20 + 60*r.Float64()
		for day := start; day < rhythmFrom+rhythmDays; day += data.Day(1 + pace*r.ExpFloat64()) {
			lines = append(lines, line{customer: id, day: day, product: fmt.Sprintf("noise%02d", r.IntN(s.noise)), category: "stuff", amount: 10})
		}
		if len(names) == 0 {
			continue
		}
		name := names[r.IntN(len(names))]
		for day := start; day < rhythmFrom+rhythmDays; {
			units := 1.0
			if s.units {
				units = float64(1 + r.IntN(3))
			}
			lines = append(lines, line{customer: id, day: day, product: name, category: "kept", quantity: units, amount: 10 * units})
			if r.Float64() < 0.15 {
				break
			}
			day += data.Day(math.Max(1, math.Round(units*s.cycles[name]*(1+0.2*r.NormFloat64()))))
		}
	}
	return lines
}

func cycleOf(t *testing.T, d *Diagnosis, product string) *Cycle {
	t.Helper()
	for i := range d.Cycles {
		if d.Cycles[i].Product == product {
			return &d.Cycles[i]
		}
	}
	t.Fatalf("%s is not in the table", product)
	return nil
}

func TestCycles_PlantedOnesAreFoundAndOthersAreNot(t *testing.T) {
	shop := rhythmShop{seed: 1, customers: 900, noise: 10, cycles: map[string]float64{"milk": 30, "oil": 75}}
	d := diagnoseLines(t, settingsAt(rhythmFrom+rhythmDays), shop.lines()).d
	for name, days := range shop.cycles {
		c := cycleOf(t, d, name)
		if c.Kind != kindCycle || c.P > 0.001 {
			t.Errorf("%s: %s, %s (p %v, regularity %v)", name, c.Kind, c.Why, c.P, c.Regular)
		}
		near(t, name+": usual day", c.Typical, days, 0.08*days)
		if c.Use < 0.75*days || c.Use > days || c.End < days || c.End > 1.4*days {
			t.Errorf("%s: in use to %v, running out to %v", name, c.Use, c.End)
		}
		if sum := c.WeightProduct + c.WeightCategory + c.WeightShop + c.WeightIndustry; math.Abs(sum-1) > 1e-9 || c.WeightProduct < 0.8 {
			t.Errorf("%s: weights %v %v %v %v", name, c.WeightProduct, c.WeightCategory, c.WeightShop, c.WeightIndustry)
		}
	}
	for _, c := range d.Cycles {
		if c.Level == levelProduct && shop.cycles[c.Product] == 0 && c.Kind == kindCycle {
			t.Errorf("%s has a clock: %s (p %v)", c.Product, c.Why, c.P)
		}
	}
}

func TestCycles_NoneInAShopWithoutThem(t *testing.T) {
	kept, tested := 0, 0
	for seed := uint64(10); seed < 16; seed++ {
		shop := rhythmShop{seed: seed, customers: 700, noise: 12}
		d := diagnoseLines(t, settingsAt(rhythmFrom+rhythmDays), shop.lines()).d
		kept, tested = kept+d.Clocks.Product.Kept, tested+d.Clocks.Product.Tested
	}
	if tested < 60 || kept > 1 {
		t.Errorf("%d of %d goods without a rhythm were given a clock", kept, tested)
	}
}

func TestCycles_QuantityMakesASupplyLastLonger(t *testing.T) {
	shop := rhythmShop{seed: 2, customers: 900, noise: 10, cycles: map[string]float64{"milk": 30}, units: true}
	d := diagnoseLines(t, settingsAt(rhythmFrom+rhythmDays), shop.lines()).d
	near(t, "power of the quantity", float64(d.Clocks.Product.QuantityPower), 1, 0.1)
	shop.units = false
	d = diagnoseLines(t, settingsAt(rhythmFrom+rhythmDays), shop.lines()).d
	near(t, "power without quantities", float64(d.Clocks.Product.QuantityPower), 0, 1e-9)
}

// milk is a cycle of 30 days for the tests of single customers.
func milk() *cycles {
	return &cycles{all: []Cycle{{Product: "milk", Kind: kindCycle, Use: 25, Typical: 30, Middle: 33, End: 45, days: windows{25, 30, 33, 45}, Quantity: 1}}, power: 1}
}

func TestDue_PhasesFollowTheWindows(t *testing.T) {
	c := milk()
	for days, want := range map[data.Day]struct {
		stage features.Stage
		phase phase
	}{1: {features.StageActive, phaseUse}, 25: {features.StageActive, phaseUse}, 26: {features.StageSilent, phaseEnd}, 33: {features.StageSilent, phaseEnd}, 34: {features.StageSleeping, phaseEnd}, 45: {features.StageSleeping, phaseEnd}, 46: {features.StageLost, phaseDormant}} {
		d := c.due([]bought{{0, 1000, 1}}, 1000+days)
		if features.Stage(d.stage) != want.stage || d.phase != want.phase || d.since != 1026 {
			t.Errorf("after %d days: stage %d, phase %s, runs out from day %d", days, d.stage, phaseNames[d.phase], d.since)
		}
	}
	if d := c.due(nil, 1000); d.stage != noStage || d.clock != -1 {
		t.Errorf("nothing bought: %+v", d)
	}
}

func TestDue_StockIsCarriedOver(t *testing.T) {
	c := milk()
	one := c.due([]bought{{0, 1000, 1}}, 1030)
	two := c.due([]bought{{0, 1000, 2}}, 1030)
	carried := c.due([]bought{{0, 985, 1}, {0, 1000, 1}}, 1030)
	if one.phase != phaseEnd || two.phase != phaseUse || carried.phase != phaseUse {
		t.Errorf("after 30 days: one unit %s, two units %s, one on top of half a supply %s", phaseNames[one.phase], phaseNames[two.phase], phaseNames[carried.phase])
	}
	if two.since != 1051 || carried.since != 1038 { // 25 days of use: twice, and one and a half times
		t.Errorf("runs out from day %d with two units, from %d with one and a half", two.since, carried.since)
	}
	old := c.due([]bought{{0, 500, 5}, {0, 1000, 1}}, 1030)
	if old.since != one.since {
		t.Error("a supply used up long ago is carried over")
	}
}

func TestDue_SteadyBuyersHaveTheirOwnRhythm(t *testing.T) {
	c := milk()
	var own []bought
	for k := range 6 {
		own = append(own, bought{0, data.Day(1000 + 60*k), 1})
	}
	d := c.due(own, 1300+40)
	if !d.steady || d.phase != phaseUse {
		t.Errorf("one who buys every 60 days is %s after 40, steady: %v", phaseNames[d.phase], d.steady)
	}
	own[3].day += 25
	own[4].day -= 25
	if c.due(own, 1340).steady {
		t.Error("an uneven buyer is called steady")
	}
}

func TestDue_WhatRunsOutComesFirst(t *testing.T) {
	c := milk()
	c.all = append(c.all, Cycle{Product: "oil", Kind: kindCycle, days: windows{70, 80, 90, 120}, Use: 70, End: 120, Quantity: 1})
	d := c.due([]bought{{0, 1000, 1}, {1, 960, 1}}, 1060) // milk dormant, oil running out
	if d.clock != 1 || d.phase != phaseEnd || features.Stage(d.stage) != features.StageSleeping {
		t.Errorf("%+v", d)
	}
	d = c.due([]bought{{0, 1000, 1}, {1, 1000, 1}}, 1060) // milk dormant, oil in use
	if d.clock != 1 || features.Stage(d.stage) != features.StageActive {
		t.Errorf("%+v", d)
	}
}

func TestSeason_YearlyGoodsAreFoundAndAShopsSeasonIsNot(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var lines []line
	for c := range 1200 {
		id := fmt.Sprintf("c%04d", c)
		lines = append(lines, line{customer: id, day: data.Day(15000 + c%30), product: "bread", category: "food", amount: 3})
		for day := data.Day(15030); day < 16100; day += data.Day(30 + r.IntN(90)) {
			lines = append(lines, line{customer: id, day: day, product: "bread", category: "food", amount: 3})
		}
		for _, december := range []string{"2011-12-01", "2012-12-01", "2013-12-01"} {
			day, err := data.ParseDay(december)
			if err != nil {
				t.Fatal(err)
			}
			if r.IntN(3) == 0 {
				lines = append(lines, line{customer: id, day: day + data.Day(r.IntN(24)), product: "tree", category: "decoration", amount: 30})
			}
		}
	}
	d := diagnoseLines(t, settingsAt(16100), lines).d
	tree, bread := cycleOf(t, d, "tree"), cycleOf(t, d, "bread")
	if tree.Kind != kindYearly || (tree.Season-12+12)%12 > 0 && tree.Season != 10 && tree.Season != 11 {
		t.Errorf("tree: %s from month %d: %s", tree.Kind, tree.Season, tree.Why)
	}
	if bread.Kind == kindYearly {
		t.Errorf("bread: %s", bread.Why)
	}
}

func TestSeasonDue_RestsUntilTheNextSeason(t *testing.T) {
	c := &cycles{all: []Cycle{{Product: "tree", Kind: kindYearly, Season: 11}}}
	day := func(text string) data.Day {
		d, err := data.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for at, want := range map[string]features.Stage{"2024-12-20": features.StageActive, "2025-09-30": features.StageActive, "2025-10-10": features.StageSilent, "2025-12-20": features.StageSilent, "2026-05-01": features.StageSleeping, "2026-12-20": features.StageSleeping, "2027-03-01": features.StageLost} {
		if d := c.due([]bought{{0, day("2024-12-05"), 1}}, day(at)); features.Stage(d.stage) != want {
			t.Errorf("at %s: stage %d, want %s", at, d.stage, want)
		}
	}
}

func TestCycles_DurablesHaveNoClockAndNormsStandIn(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	var lines []line
	for c := range 400 {
		id := fmt.Sprintf("c%04d", c)
		lines = append(lines, line{customer: id, day: data.Day(15000 + r.IntN(300)), product: "sofa", category: "big things", amount: 900})
		if c < 25 {
			lines = append(lines, line{customer: id, day: 15400, product: "cream", category: "Skin Care", amount: 20})
			lines = append(lines, line{customer: id, day: data.Day(15430 + r.IntN(60)), product: "cream", category: "Skin Care", amount: 20})
		}
	}
	d := diagnoseLines(t, settingsAt(15800), lines).d
	if sofa := cycleOf(t, d, "sofa"); sofa.Kind != kindNone {
		t.Errorf("sofa: %s: %s", sofa.Kind, sofa.Why)
	}
	for _, c := range d.Cycles {
		if c.Category != "Skin Care" || c.Level != levelCategory {
			continue
		}
		if c.Kind != kindCycle || c.Norm != "cosmetics" || c.WeightIndustry < 0.5 || c.Use < 40 || c.End > 75 {
			t.Errorf("skin care: %s, use %v, end %v, weights %v %v: %s", c.Kind, c.Use, c.End, c.WeightCategory, c.WeightIndustry, c.Why)
		}
		return
	}
	t.Error("the category with a norm has no clock")
}

func TestWeights_OwnIntervalsOutweighThePriorAsTheyGrow(t *testing.T) {
	last := -1.0
	for _, repeaters := range []int64{0, 5, 30, 100, 1000} {
		for _, norm := range []bool{false, true} {
			w := weightsOf(repeaters, 200, true, norm)
			same(t, "sum of the weights", w[0]+w[1]+w[2]+w[3], 1)
			if norm != (w[3] > 0) || norm == (w[2] > 0) {
				t.Errorf("norm %v: weights %v", norm, w)
			}
			if !norm {
				if w[0] <= last {
					t.Errorf("%d repeaters weigh %v, fewer weighed %v", repeaters, w[0], last)
				}
				last = w[0]
			}
		}
	}
}
