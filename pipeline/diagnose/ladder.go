package diagnose

import (
	"fmt"

	"winback/data"
	"winback/pipeline/wording"
)

// Rung is one step of the repurchase ladder: from the k-th purchase day to the
// next.
type Rung struct {
	K              int    `json:"k"`
	Customers      int64  `json:"customers"` // who had a k-th purchase day
	Next           int64  `json:"next"`      // of them, who had another one before the as-of day
	Share          Number `json:"share"`
	ShareCorrected Number `json:"share_corrected"` // had all been followed for FollowedDays
	FollowedDays   int    `json:"followed_days"`   // reach of the corrected share
	MeanValue      Number `json:"mean_value"`      // of the k-th purchase day
	MeanUnits      Number `json:"mean_units"`
	MedianDays     Number `json:"median_days"` // to the next purchase day, of those who had it
	// OnePointWorth is what one percentage point more at this step would bring
	// in a year: a hundredth of those who reached it in the last 365 days, times
	// the value of the next purchase day and of what usually follows. Unknown in a
	// history of less than a year, from the first step on that fewer than 30
	// customers reached, and where nobody reached the step in the last year.
	OnePointWorth   Number `json:"one_point_worth"`
	ReachedLastYear int64  `json:"reached_last_year"`
}

// LadderFacts sum up the ladder.
type LadderFacts struct {
	ShareWith3 Number `json:"share_with_3"` // of all customers, with three purchase days or more
	ShareWith5 Number `json:"share_with_5"`
	WeakestK   int    `json:"weakest_k"`    // step with the lowest corrected share among those with enough customers; 0: none
	WorthMostK int    `json:"worth_most_k"` // step at which one point is worth most; 0: none
	Words      string `json:"words"`
	// After is the ladder of customers first seen after the fill-up.
	After LaterLadder `json:"after_fill_up"`
}

// LaterLadder is the ladder of the customers whose first purchase lies
// behind the time in which the history fills up.
type LaterLadder struct {
	FirstFrom string `json:"first_from"` // first purchase on this day or later
	Customers int64  `json:"customers"`
	Rungs     []Rung `json:"rungs"`
	// Survivors says that customers of the fill-up come back far more often, as
	// if those who never did had been left out.
	Survivors   bool   `json:"survivors"`
	EarlyReturn Number `json:"early_return"` // share back within 180 days, of the first purchases of the fill-up
	LaterReturn Number `json:"later_return"`
	Words       string `json:"words"`
}

const (
	fewOnRung   = 100 // customers that a step must have to be compared
	fewForWorth = 30  // to say what follows it
)

func (f *facts) ladder(steps *[ladderSteps]step) []Rung {
	var rungs []Rung
	for k := range steps {
		s := &steps[k]
		if s.reached == 0 {
			break
		}
		next := int64(s.wait.total())
		reach := s.wait.reach(f.s.FollowShare)
		r := Rung{K: k + 1, Customers: s.reached, Next: next, Share: ratio(next, s.reached), FollowedDays: reach, MedianDays: unknown,
			MeanValue: ratio(s.value.Float(), float64(s.reached)), MeanUnits: ratio(s.units.Float(), float64(s.reached)), ReachedLastYear: s.reachedLastYear,
			ShareCorrected: Number(s.wait.curve()[reach])}
		if next > 0 {
			r.MedianDays = Number(s.wait.plainCuts([]float64{0.5})[0])
		}
		rungs = append(rungs, r)
	}
	addWorth(rungs, f.s.AsOf-f.history.FirstDay >= 365)
	return rungs
}

// addWorth follows a customer won at each step up the ladder at its plain
// shares. Beyond the last step with enough customers its share and value go on.
// wholeYear says that customers were followed for a year.
func addWorth(rungs []Rung, wholeYear bool) {
	last := len(rungs) - 1
	for ; last >= 0 && rungs[last].Customers < fewForWorth; last-- {
		rungs[last].OnePointWorth = unknown
	}
	worth := 0.0 // of reaching the step after k, with all that follows
	for i := last; i >= 0; i-- {
		r := &rungs[i]
		if i == last {
			share := min(float64(r.Share), 0.95)
			worth = float64(r.MeanValue) / (1 - share)
		}
		r.OnePointWorth = unknown
		if wholeYear && r.ReachedLastYear > 0 {
			r.OnePointWorth = Number(0.01 * float64(r.ReachedLastYear) * worth)
		}
		worth = float64(r.MeanValue) + float64(r.Share)*worth
	}
}

func (f *facts) ladderFacts(rungs []Rung) LadderFacts {
	l := LadderFacts{ShareWith3: unknown, ShareWith5: unknown, After: f.laterLadder(), Words: "there are no purchases yet"}
	if len(rungs) == 0 {
		return l
	}
	reached := func(k int) int64 {
		if k < len(rungs) {
			return rungs[k].Customers
		}
		return 0
	}
	l.ShareWith3, l.ShareWith5 = ratio(reached(2), rungs[0].Customers), ratio(reached(4), rungs[0].Customers)
	judged := rungs
	if l.After.Survivors {
		judged = l.After.Rungs
	}
	for _, r := range judged {
		if r.Customers < fewOnRung {
			break
		}
		if l.WeakestK == 0 || r.ShareCorrected < judged[l.WeakestK-1].ShareCorrected {
			l.WeakestK = r.K
		}
		if worth := rungs[r.K-1].OnePointWorth; worth > 0 && (l.WorthMostK == 0 || worth > rungs[l.WorthMostK-1].OnePointWorth) {
			l.WorthMostK = r.K
		}
	}
	if l.WeakestK == 0 {
		l.Words = fmt.Sprintf("fewer than %d customers: too few to say where the ladder breaks", fewOnRung)
		return l
	}
	weak, of := judged[l.WeakestK-1], ""
	if l.After.Survivors {
		of = " of those first seen from " + l.After.FirstFrom + " on"
	}
	l.Words = fmt.Sprintf("the shop loses most from order %d to %d: %s%s have gone on so far, and %s would within %d days", weak.K, weak.K+1, wording.Prose.Percent(float64(weak.Share)), of, wording.Prose.Percent(float64(weak.ShareCorrected)), weak.FollowedDays)
	if l.WorthMostK > 0 {
		most := rungs[l.WorthMostK-1]
		l.Words += fmt.Sprintf("; one percentage point more from order %d to %d is worth about %s a year", most.K, most.K+1, wording.Prose.Money(float64(most.OnePointWorth)))
	}
	return l
}

// laterLadder is taken of the customers first seen after the fill-up.
func (f *facts) laterLadder() LaterLadder {
	from := f.history.FirstDay + data.Day(f.s.FillUpDays)
	l := LaterLadder{FirstFrom: from.String(), EarlyReturn: unknown, LaterReturn: unknown}
	early, later := f.counts.earlySoon, f.counts.laterSoon
	if l.Rungs = f.ladder(&f.later); len(l.Rungs) > 0 {
		l.Customers = l.Rungs[0].Customers
	}
	l.EarlyReturn, l.LaterReturn = ratio(early.back, early.followed), ratio(later.back, later.followed)
	l.Survivors = early.followed >= 50 && later.followed >= 50 && l.EarlyReturn > 1.3*l.LaterReturn && l.EarlyReturn-l.LaterReturn > 0.05
	l.Words = l.words()
	return l
}

func (l *LaterLadder) words() string {
	switch {
	case l.Survivors:
		return fmt.Sprintf("the first months hold mostly survivors: %s of the customers first seen before %s bought again within 180 days, %s of later ones; "+
			"the ladder of all customers looks better than the shop is, that of later customers is nearer to the truth", wording.Prose.Percent(float64(l.EarlyReturn)), l.FirstFrom, wording.Prose.Percent(float64(l.LaterReturn)))
	case l.Customers == 0:
		return "nobody was first seen after the fill-up"
	}
	return fmt.Sprintf("customers first seen from %s on", l.FirstFrom)
}
