package survey

import (
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/pipeline/wording"
)

const (
	// amountLines is how many purchase lines a side of a break takes, if a week
	// has fewer; no side is longer than amountDays.
	amountLines, amountDays = 1000, 90
	leastAmountLines        = 30
	// leastTurn is the distance of two distributions from which on amounts may
	// have changed their unit: a tenfold shift of amounts that spread over a
	// factor of nine (two thirds of them) still shows 0.6.
	leastTurn = 0.5
	// worstFit is how far the distribution after may be from that before,
	// shifted, however many lines there are: seasons move it too.
	worstFit = 0.25
	tenfold  = 6 // halves of a power of two, rounded down
	twenty   = 9 // the least factor that is no power of ten
	farthest = 26
)

// amountSides are the distributions of amounts before and after a day.
type amountSides struct {
	sums [][amountSizes]int64 // lines before each day, by size; lines of no value do not count
}

func newAmountSides(s *Survey, days int) amountSides {
	sums := make([][amountSizes]int64, days+1)
	for d := range days {
		sums[d+1] = sums[d]
		for k := 1; k < amountSizes; k++ {
			sums[d+1][k] += int64(s.AmountSizes[d][k])
		}
	}
	for d := range sums { // by size up to it
		for k := 1; k < amountSizes; k++ {
			sums[d][k] += sums[d][k-1]
		}
	}
	return amountSides{sums}
}

func (a amountSides) lines(from, to int) int64 {
	return a.sums[to][amountSizes-1] - a.sums[from][amountSizes-1]
}

// shares returns, by size, the share of the lines of days [from, to) up to it.
func (a amountSides) shares(from, to int) (shares [amountSizes]float64, lines float64) {
	lines = float64(a.lines(from, to))
	for k := range shares {
		shares[k] = float64(a.sums[to][k]-a.sums[from][k]) / max(lines, 1)
	}
	return shares, lines
}

// around returns the days of both sides of a day.
func (a amountSides) around(day int) (from, to int) {
	days := len(a.sums) - 1
	for from = day; from > 0 && day-from < amountDays && (day-from < breakWeek || a.lines(from, day) < amountLines); from-- {
	}
	for to = day; to < days && to-day < amountDays && (to-day < breakWeek || a.lines(day, to) < amountLines); to++ {
	}
	return from, to
}

// amountBreaks finds days since which amounts are many times larger or smaller,
// as when cents are taken for whole units. The distributions before and after
// must differ by more than chance allows (Kolmogorov 1933 and Smirnov 1948: the
// distance passes c·√((n+m)/nm) with a chance of 2·exp(−2c²)), and the one must
// be the other, shifted by a power of ten or at least twentyfold.
func amountBreaks(s *Survey, days int) []toldBreak {
	a := newAmountSides(s, days)
	var up, down peaks
	for day := 1; day < days; day++ {
		if a.lines(day, day+1) == 0 {
			continue
		}
		from, to := a.around(day)
		before, n := a.shares(from, day)
		after, m := a.shares(day, to)
		if min(n, m) < leastAmountLines {
			continue
		}
		scatter := math.Sqrt((n + m) / (n * m))
		turn := largestGap(before, after)
		if turn < max(leastTurn, scatter*math.Sqrt(alikeLines*surprise(days)/2)) {
			continue
		}
		factor := unitFactor(before, after, max(worstFit, 1.6*scatter))
		if factor == "" {
			continue
		}
		way := &down
		if meanSize(after) > meanSize(before) {
			way = &up
		}
		way.add(turn, toldBreak{day, amountWords(s.FirstDay+data.Day(day), factor)})
	}
	found := append(up.all, down.all...)
	slices.SortFunc(found, func(a, b toldBreak) int { return a.day - b.day })
	return found
}

func amountWords(day data.Day, factor string) string {
	return fmt.Sprintf("amounts jump: since %s purchase lines are about %s what they were before; was the unit of the amount changed? "+
		"Spend and the ranking by it compare two units: bring the amounts of all days to one, or leave out the orders before that day", day, factor)
}

// largestGap is the largest distance of two distributions.
func largestGap(a, b [amountSizes]float64) (gap float64) {
	for k := range a {
		gap = max(gap, math.Abs(a[k]-b[k]))
	}
	return gap
}

// unitFactor says by which factor the amounts after are those before, in words;
// "" where no factor fits.
func unitFactor(before, after [amountSizes]float64, fit float64) string {
	larger := meanSize(after) > meanSize(before)
	if !larger {
		before, after = after, before
	}
	best := bestShift(before, after, tenfold, farthest)
	for power := 3; power >= 1; power-- {
		if halves := int(2 * float64(power) * math.Log2(10)); misfit(before, after, halves) <= fit && max(best, halves)-min(best, halves) <= 1 {
			return factorWords(math.Pow(10, float64(power)), larger)
		}
	}
	if best >= twenty && misfit(before, after, best) <= fit {
		return factorWords(math.Round(math.Pow(2, float64(best)/2+0.25)/10)*10, larger)
	}
	return ""
}

// bestShift returns the shift in [from, to] that fits best, the middle one of
// equals.
func bestShift(before, after [amountSizes]float64, from, to int) int {
	best, least := from, math.Inf(1)
	last := from
	for halves := from; halves <= to; halves++ {
		switch off := misfit(before, after, halves); {
		case off < least-0.02:
			best, last, least = halves, halves, off
		case off < least+0.02:
			last = halves
		}
	}
	return (best + last) / 2
}

// misfit is the largest distance of the distribution after from the one before,
// moved up by halves or by one more: a factor moves each size by the one or the
// other.
func misfit(before, after [amountSizes]float64, halves int) (worst float64) {
	at := func(k int) float64 {
		if k < 0 {
			return 0
		}
		return before[k]
	}
	for k := range after {
		worst = max(worst, after[k]-at(k-halves), at(k-halves-1)-after[k])
	}
	return worst
}

func meanSize(shares [amountSizes]float64) (mean float64) {
	for _, share := range shares {
		mean += 1 - share
	}
	return mean
}

func factorWords(factor float64, larger bool) string {
	text := wording.Thousands(int64(factor))
	if larger {
		return text + " times"
	}
	return "1/" + text + " of"
}
