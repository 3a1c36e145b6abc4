package diagnose

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"winback/data"
	"winback/features"
)

func TestEdges_LeaveNoGapAndNoOverlap(t *testing.T) {
	e := features.StageEdges{45, 90, 180}
	for days, want := range map[int]features.Stage{1: features.StageActive, 45: features.StageActive, 46: features.StageSilent, 90: features.StageSilent, 91: features.StageSleeping, 180: features.StageSleeping, 181: features.StageLost, 5000: features.StageLost} {
		if got := e.Of(days); got != want {
			t.Errorf("after %d days: %s, want %s", days, got, want)
		}
	}
}

// TestWaits_CurveOfAKnownExample is the example of remission times under 6-MP of
// Freireich et al. (1963), as Kaplan-Meier estimates are taught with.
func TestWaits_CurveOfAKnownExample(t *testing.T) {
	w := newWaits(35)
	for _, day := range []int{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		w.add(day, 35, 1)
	}
	for _, day := range []int{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		w.add(-1, day, 1)
	}
	f := w.curve()
	for day, survival := range map[int]float64{5: 1, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448} {
		near(t, fmt.Sprintf("survival at %d", day), 1-f[day], survival, 0.0006)
	}
	if got := w.plainCuts([]float64{0.3, 0.6, 0.9}); !slices.Equal(got, []int{6, 13, 23}) {
		t.Errorf("plain cuts are %v", got)
	}
}

func TestWaits_CorrectedCutsFindTheTruthUnderCensoring(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const days = 400
	w := newWaits(days)
	var all []float64
	for range 20000 {
		// Half come back ever, after an exponential time; followed evenly.
		after, seen := math.Floor(80*r.ExpFloat64()), r.IntN(days)
		if r.Float64() < 0.5 {
			after = 1e6
		}
		if after < 300 {
			all = append(all, after)
		}
		if int(after) <= seen {
			w.add(int(after), seen, 1)
		} else {
			w.add(-1, seen, 1)
		}
	}
	slices.Sort(all)
	tau := w.reach(0.25)
	near(t, "τ", float64(tau), 300, 6)
	for k, got := range w.correctedCuts(tau, ownShares) {
		near(t, "corrected cut", float64(got), quantile(all, ownShares[k]), 8)
		if plain := w.plainCuts(ownShares)[k]; plain >= got {
			t.Errorf("plain cut %d, corrected %d: young customers pull it down", plain, got)
		}
	}
	_, intervals := w.cutIntervals(tau, ownShares, 1)
	for k, got := range w.correctedCuts(tau, ownShares) {
		if intervals[k][0] > got || intervals[k][1] < got {
			t.Errorf("interval %v does not hold %d", intervals[k], got)
		}
	}
}

func TestDeadlines_WhoLeavesAStageWithinTheDays(t *testing.T) {
	const asOf = 16000
	var lines []line
	for recency := 1; recency <= 200; recency++ {
		lines = append(lines, line{customer: fmt.Sprintf("once%03d", recency), day: data.Day(asOf - recency), amount: float64(recency)})
		lines = append(lines, line{customer: fmt.Sprintf("twice%03d", recency), day: data.Day(asOf - recency), amount: 1}, line{customer: fmt.Sprintf("twice%03d", recency), day: data.Day(asOf - recency - 300), amount: 1})
	}
	s := settingsAt(asOf)
	s.KeepOff = func(id string) bool { return id == "once042" }
	got := diagnoseLines(t, s, lines).d.Deadlines
	var want []string
	for left := 0; left < 7; left++ {
		for _, edge := range []int{180, 90, 45} { // the larger value first
			if id := fmt.Sprintf("once%03d", edge-left); id != "once042" {
				want = append(want, id)
			}
		}
	}
	var ids []string
	for _, d := range got {
		ids = append(ids, d.CustomerID)
		if d.LastDay != asOf+data.Day(d.DaysLeft) || int(d.RecencyDays)+int(d.DaysLeft) != map[string]int{"active": 45, "silent": 90, "sleeping": 180}[d.Stage] {
			t.Errorf("deadline %+v", d)
		}
	}
	if !slices.Equal(ids, want) {
		t.Errorf("deadlines of\n%v, want\n%v", ids, want)
	}
}

func TestFading_TellsChanceFromARise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	make := func(rate func(recency int) float64) []past {
		p := past{day: 16000}
		for range 40000 {
			recency := 1 + r.IntN(400)
			p.states = append(p.states, state{first: 15000, last: data.Day(16000 - recency), days: 1, returned: r.Float64() < rate(recency)})
		}
		return []past{p}
	}
	falls := fading(make(func(d int) float64 { return 0.2 * math.Exp(-float64(d)/150) }), 0, 1)
	if falls.Holds == nil || !*falls.Holds || falls.Chance < 0.05 {
		t.Errorf("falling rates: %s (chance %v)", falls.Words, falls.Chance)
	}
	flat := fading(make(func(int) float64 { return 0.1 }), 0, 1)
	if flat.Holds == nil || !*flat.Holds {
		t.Errorf("flat rates: %s (chance %v)", flat.Words, flat.Chance)
	}
	rises := fading(make(func(d int) float64 {
		if d > 330 && d <= 360 {
			return 0.09
		}
		return 0.06
	}), 0, 1)
	if rises.Holds == nil || *rises.Holds || rises.RisesTo != 331 {
		t.Errorf("a rise at 331 days: %s (chance %v)", rises.Words, rises.Chance)
	}
}

func TestSmallestDays_KeepsFalseAlarmsBelowTheSetting(t *testing.T) {
	p := past{day: 16000}
	for recency := 1; recency <= 300; recency++ {
		for k := range 100 { // the rate falls from 30 % to 0
			p.states = append(p.states, state{last: data.Day(16000 - recency), days: 1, returned: k < 30-recency/10})
		}
	}
	smallest, rate := smallestDays([]past{p}, 0.05)
	days := int(smallest)
	at := func(from int) float64 {
		var n, back float64
		for _, s := range p.states {
			if int(p.day-s.last) >= from {
				n++
				if s.returned {
					back++
				}
			}
		}
		return back / n
	}
	if at(days) > 0.05 || at(days-1) <= 0.05 || math.Abs(float64(rate)-at(days)) > 1e-12 {
		t.Errorf("smallest days %d: %.4f, one day less %.4f", days, at(days), at(days-1))
	}
}

// TestLifetimes_FitThePublishedCDNOWTable checks the MBG/NBD model against the
// published log likelihood and parameters of the CDNOW sample, in weeks.
func TestLifetimes_FitThePublishedCDNOWTable(t *testing.T) {
	rows := cdnow(t)
	m := lifetimes{r: 0.525, alpha: 6.183 * 7, a: 0.891, b: 1.614}
	// Days instead of weeks add a constant to the density of each repeat.
	repeats := 0.0
	for _, row := range rows {
		repeats += float64(row.repeats) * row.n
	}
	near(t, "log likelihood", likelihood(rows, m, make([]float64, 400))+repeats*math.Log(7), -9582.14, 0.5)
	if m.alive(0, 0, 270) >= 1 || m.alive(0, 0, 270) > m.alive(0, 0, 30) {
		t.Error("one-time buyers do not fade")
	}
	var states []state
	for _, row := range rows {
		for range int(row.n) {
			states = append(states, state{first: data.Day(10000 - row.age), last: data.Day(10000 - row.age + row.last), days: row.repeats + 1})
		}
	}
	fitted, ok := fitLifetimes(states, 10000, usualLifetimes())
	if !ok {
		t.Fatal("no fit")
	}
	near(t, "log likelihood of the fit", likelihood(rows, fitted, make([]float64, 400))+repeats*math.Log(7), -9582.14, 0.6)
}

// cdnow are the customers of the sample over 39 weeks of calibration.
func cdnow(t *testing.T) []buying {
	t.Helper()
	f, err := os.Open("../../../shared/data/cdnow_sample.csv.gz")
	if err != nil {
		t.Skip("the CDNOW sample is not here")
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(unzipped)
	if _, err := table.Read(); err != nil {
		t.Fatal(err)
	}
	end, err := data.ParseDay("1997-09-30")
	if err != nil {
		t.Fatal(err)
	}
	days := map[string][]data.Day{}
	for {
		row, err := table.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse("20060102", row[2])
		if err != nil {
			t.Fatal(err)
		}
		if day := data.DayOf(at); day <= end && !slices.Contains(days[row[1]], day) {
			days[row[1]] = append(days[row[1]], day)
		}
	}
	var rows []buying
	for _, own := range days {
		slices.Sort(own)
		rows = append(rows, buying{int32(len(own) - 1), int32(own[len(own)-1] - own[0]), int32(end - own[0]), 1})
	}
	return alike(rows)
}

func TestRules_EveryRuleCountsEverybodyOnce(t *testing.T) {
	lines, asOf := randomShop(8, 1200)
	d := diagnoseLines(t, settingsAt(asOf), lines).d
	if len(d.RuleFacts.Days) != mostCuts || len(d.LapsedRules) < 13 {
		t.Fatalf("%d days, %d rules", len(d.RuleFacts.Days), len(d.LapsedRules))
	}
	for _, r := range d.LapsedRules {
		if r.Customers != d.LapsedRules[0].Customers {
			t.Errorf("%s looks at %d customers, the first rule at %d", r.Rule, r.Customers, d.LapsedRules[0].Customers)
		}
		back := float64(r.RateLapsed)*float64(r.Lapsed) + float64(r.RateOthers)*float64(r.Customers-r.Lapsed)
		first := d.LapsedRules[0]
		all := float64(first.RateLapsed)*float64(first.Lapsed) + float64(first.RateOthers)*float64(first.Customers-first.Lapsed)
		if r.RateLapsed.Known() && r.RateOthers.Known() && math.Abs(back-all) > 1e-6 {
			t.Errorf("%s counts %v returns, the first rule %v", r.Rule, back, all)
		}
		if r.RateLapsed.Known() {
			same(t, r.Rule+" false alarms", float64(r.FalseAlarms), float64(r.RateLapsed)*float64(r.Lapsed))
		}
	}
	for k := 1; k < 7; k++ {
		if d.LapsedRules[k].LapsedShare > d.LapsedRules[k-1].LapsedShare {
			t.Error("more days declare more customers lapsed")
		}
	}
}
