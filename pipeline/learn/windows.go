package learn

import (
	"slices"

	"winback/pipeline/snapshots"
)

// cuts lists the snapshots from first on that have something to learn from, at
// most so many.
func (l *Learner) cuts(first, most int) []int {
	var cuts []int
	for c := first; c+l.Lag < len(l.snapshots.Days) && len(cuts) < most; c++ {
		cuts = append(cuts, c)
	}
	return cuts
}

// mostChoiceCuts are the rolling cuts on which form and model are chosen.
const mostChoiceCuts = 4

// choiceCuts lists the cuts of the choice: the newest that is closed at the test
// cut and the one before whose horizon ends where that begins, and the same of
// the season of the test cut and of tonight a year ago. Where too little lies
// before that season, the newest closed.
func (l *Learner) choiceCuts() []int {
	season := []int{snapshots.YearOf - l.Lag, snapshots.YearOf}
	if season[0] < l.Lag || season[1]+l.Lag+fewestBefore > len(l.snapshots.Days) {
		return l.cuts(l.Lag, mostChoiceCuts)
	}
	cuts := append([]int{l.Lag, 2 * l.Lag}, season...)
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// fewestBefore are the snapshots that a cut of a year ago needs to learn from,
// to be like a cut of this year.
const fewestBefore = 6

// window lists the snapshots that a candidate learns from, of which the newest
// closed is given: so many from there back, and of a year before the day to
// foretell the one of the same season and its neighbours.
func (l *Learner) window(c candidate, newest int) []int {
	var window []int
	season := newest - l.Lag + snapshots.YearOf
	for k := newest; k < len(l.snapshots.Days); k++ {
		if k < newest+c.window || c.season && !l.withoutSeason && season-1 <= k && k <= season+1 {
			window = append(window, k)
		}
	}
	return window
}
