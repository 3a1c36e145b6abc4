package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

const (
	pauseSide   = 180 // days on either side that tell how long pauses usually are
	leastBefore = 30  // selling days before a pause
	leastAfter  = 7   // and after it
	yearDays    = 365.25
	sameWeeks   = 14 // days by which a yearly pause may move
	// Shops close between the years.
	yearEndPause = 16
)

// pause is days [from, to) without a purchase, between two with one.
type pause struct{ from, to int }

func (p pause) days() int { return p.to - p.from }

// missingDays finds pauses in a shop that sells all the time. Where a day has no
// purchase with chance e, pauses are geometric and 99 of 100 have at most q days;
// one of more than 4·q days comes once in a million pauses or more rarely. A
// pause that other years have in the same weeks is the shop's own.
func missingDays(s *Survey, days int) []toldBreak {
	all := pauses(s.PurchaseLines[:days])
	var told []toldBreak
	for _, p := range all {
		if p.days() < breakWeek || betweenYears(s, p) || p.days() < longestUsual(s, all, p, days) || inOtherYears(all, p) {
			continue
		}
		told = append(told, toldBreak{p.from, fmt.Sprintf("no purchase from %s to %s (%s), though the shop sells before and after: is a file missing? "+
			"Customers of these days look further lapsed than they are, and past rates too low; add the orders, or leave out those before",
			s.FirstDay+data.Day(p.from), s.FirstDay+data.Day(p.to-1), wording.Counted(p.days(), "day"))})
	}
	return told
}

func pauses(lines []int64) (all []pause) {
	last := -1
	for d, n := range lines {
		if n == 0 {
			continue
		}
		if last >= 0 && d > last+1 {
			all = append(all, pause{last + 1, d})
		}
		last = d
	}
	return all
}

// strayLastDays finds a few last days long after all others: the as-of day then
// follows slips or the first orders of a file that lacks those before.
func strayLastDays(s *Survey, days int) []toldBreak {
	all := pauses(s.PurchaseLines[:days])
	if len(all) == 0 {
		return nil
	}
	p := all[len(all)-1]
	selling, _ := usualPauses(s, all, pause{p.to, days})
	before, usual := usualPauses(s, all, pause{max(p.from-pauseSide, 0), p.from})
	if selling >= leastAfter || before < leastBefore || p.days() <= max(4*usual, breakWeek) || betweenYears(s, p) || inOtherYears(all, p) {
		return nil
	}
	lines := s.sumDays(s.PurchaseLines, s.FirstDay+data.Day(p.to), s.FirstDay+data.Day(days))
	return []toldBreak{{p.to, fmt.Sprintf("the newest %s, from %s on, stand behind %s without a purchase: are their days slips, or is a file missing? "+
		"The as-of day follows the newest purchase, and all others look lapsed by so many days more; --as-of %s leaves them out", wording.Counted(lines, "purchase line"),
		s.FirstDay+data.Day(p.to), wording.Counted(p.days(), "day"), s.FirstDay+data.Day(p.from))}}
}

// longestUsual is the least length of a pause that stands out; more than all
// days where too little is known.
func longestUsual(s *Survey, all []pause, p pause, days int) int {
	before, usualBefore := usualPauses(s, all, pause{max(p.from-pauseSide, 0), p.from})
	after, usualAfter := usualPauses(s, all, pause{p.to, min(p.to+pauseSide, days)})
	if before < leastBefore || after < leastAfter {
		return days + 1
	}
	return 4*max(usualBefore, usualAfter) + 1
}

// usualPauses counts the selling days of a side, and says how long 99 of 100 pauses
// after them are at most.
func usualPauses(s *Survey, all []pause, side pause) (selling, usual int) {
	var lengths []int
	for d := side.from; d < side.to; d++ {
		if s.PurchaseLines[d] > 0 {
			lengths = append(lengths, 0) // of the pause after it
		}
	}
	if len(lengths) == 0 {
		return 0, 0
	}
	at := 0
	for _, q := range all {
		if q.from >= side.from && q.to <= side.to {
			lengths[at] = q.days()
			at++
		}
	}
	slices.Sort(lengths)
	return len(lengths), lengths[(len(lengths)*99+99)/100-1]
}

func betweenYears(s *Survey, p pause) bool {
	from, to := (s.FirstDay+data.Day(p.from)).Time().AddDate(0, 0, 14), (s.FirstDay+data.Day(p.to-1)).Time().AddDate(0, 0, 14)
	return p.days() <= yearEndPause && (from.YearDay() <= 25 || to.YearDay() <= 25)
}

// inOtherYears says whether another year has a pause of at least half the length
// in the same weeks.
func inOtherYears(all []pause, p pause) bool {
	for _, other := range all {
		years := float64(other.from-p.from) / yearDays
		whole := int(years + 0.5)
		if years < 0 {
			whole = int(years - 0.5)
		}
		if whole == 0 || 2*other.days() < p.days() {
			continue
		}
		shift := int(float64(whole) * yearDays)
		if other.from >= p.from+shift-sameWeeks && other.to <= p.to+shift+sameWeeks {
			return true
		}
	}
	return false
}

// periodDays says when all purchases are on the first or last day of months, or on one
// day of the week, as where a column has the period of an order and not its day.
func periodDays(o *orders.Table, s *Survey, asOf data.Day) string {
	const leastMonths, leastWeeks = 6, 26
	counts := map[string]int{}
	days := 0
	for i, n := range s.PurchaseLines[:max(min(s.dayIndex(asOf), len(s.PurchaseLines)), 0)] {
		if n == 0 {
			continue
		}
		day := s.FirstDay + data.Day(i)
		days++
		counts[day.Time().Weekday().String()]++
		if day.Time().Day() == 1 {
			counts["first day of a month"]++
		}
		if (day + 1).Time().Day() == 1 {
			counts["last day of a month"]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		if counts[kind] == days && (days >= leastWeeks || days >= leastMonths && strings.Contains(kind, "month")) {
			return fmt.Sprintf("all purchases are dated on a %s: column %q may hold the period of an order and not its day, and days since the last purchase are those since the period began or ended. If another column has the day, name it with --map time=COLUMN",
				kind, o.ColumnOf(data.Time))
		}
	}
	return ""
}
