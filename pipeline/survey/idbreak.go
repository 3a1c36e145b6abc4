package survey

import (
	"fmt"
	"math"
	"slices"

	"winback/data"
)

// idBreaks finds days since which, for a week, hardly any buyer had been known
// for a week, though many were in the four weeks before and as many buy: ids
// that were given out anew. The share of known buyers is compared by the bound
// of Chernoff (1952) on the binomial; that they also fall tenfold keeps campaigns out.
func idBreaks(s *Survey, days int) []toldBreak {
	known := runningSums(s.KnownCustomers, days)
	again, fresh := runningSums(s.ReturningCustomers, days), runningSums(s.NewCustomers, days)
	buyers := func(from, to int) float64 { return float64(again[to] - again[from] + fresh[to] - fresh[from]) }
	var found peaks
	for day := 2 * breakWeek; day < days; day++ {
		if s.PurchaseLines[day] == 0 {
			continue
		}
		from, to := max(day-breakMonth, 0), min(day+breakWeek, days)
		n, usual := buyers(day, to), float64(known[day]-known[from])/(buyers(from, day)+4) // few known buyers are no share of 1
		have := float64(known[to] - known[day])
		expected := float64(known[day]-known[from]) * float64(to-day) / float64(day-from)
		rate := buyers(from, day) * float64(to-day) / float64(day-from)
		if have > usual*n/10 || have > expected/5 || 4*n < rate || n*divergence(have/max(n, 1), usual) < surprise(days) {
			continue
		}
		// A day too early brings known buyers in, a day too late takes some from before.
		drop := float64(known[day]-known[day-breakWeek]) - 5*have
		found.add(drop, toldBreak{day, fmt.Sprintf("since %s hardly a buyer had been known for a week (%.1f %%, against %.0f %% in the %d days before): were the customer ids given out anew? "+
			"Customers of before look lapsed though they buy under new ids; give the orders before that day the new ids, or leave them out",
			s.FirstDay+data.Day(day), 100*have/n, 100*usual, day-from)})
	}
	if len(found.all) == 0 {
		return partings(s, days)
	}
	return found.all
}

// partings finds days that hardly a customer has purchases on either side of, though
// many stay both before and after: ids that were given out anew in a shop whose weeks
// are too small to show it.
func partings(s *Survey, days int) []toldBreak {
	const fewest, share = 10, 20
	fresh, gone := runningSums(s.NewCustomers, days), runningSums(s.LastPurchases, days)
	across := make([]int64, days) // customers with purchases before and since a day
	for day := range days {
		across[day] = fresh[day] - gone[day]
	}
	after := slices.Clone(across) // the most of a day and later
	for day := days - 2; day >= 0; day-- {
		after[day] = max(after[day], after[day+1])
	}
	var found peaks
	before := int64(0)
	for day, n := range across {
		if most := min(before, after[day]); most >= fewest && share*n <= most && s.PurchaseLines[day] > 0 {
			found.add(float64(most-n), toldBreak{day, fmt.Sprintf("hardly a customer of before %s is one since (%d, though up to %d stay at other days): were the customer ids given out anew? "+
				"Customers of before look lapsed though they buy under new ids; give the orders before that day the new ids, or leave them out", s.FirstDay+data.Day(day), n, most)})
		}
		before = max(before, n)
	}
	return found.all
}

// divergence is that of Kullback and Leibler between two shares, a of b.
func divergence(a, b float64) float64 {
	term := func(p, q float64) float64 {
		if p == 0 {
			return 0
		}
		return p * math.Log(p/max(q, 1e-9))
	}
	return term(a, b) + term(1-a, 1-b)
}
