package survey

import (
	"fmt"
	"math"

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
