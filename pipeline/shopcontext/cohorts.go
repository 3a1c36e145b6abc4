package shopcontext

import "winback/data"

// tally counts customers and those of them who came back.
type tally struct{ customers, returned float64 }

func (t *tally) add(returned bool) {
	t.customers++
	if returned {
		t.returned++
	}
}

func (t tally) plus(o tally) tally {
	return tally{t.customers + o.customers, t.returned + o.returned}
}

// rate is the share that came back, with so many customers of a prior rate
// added.
func (t tally) rate(prior, worth float64) float64 {
	return (t.returned + worth*prior) / (t.customers + worth)
}

// Customers of a prior rate that are added to those of a cohort.
const (
	cohortWorth = 50
	priorReturn = 0.1 // of a shop that nothing is known of
)

// mostDays is from how many purchase days on customers count as one class.
const mostDays = 3

// cohorts say how customers who were lapsed one horizon ago did since: those of
// the newest time whose outcome is known, by the week of their last purchase
// and by how often they had bought.
type cohorts struct {
	all    tally
	byWeek []cohort // weeks before the view's day
}

// cohort are those who last bought in one week.
type cohort struct{ byDays [mostDays + 1]tally }

func (c *cohort) all() tally {
	var sum tally
	for _, t := range c.byDays {
		sum = sum.plus(t)
	}
	return sum
}

func classOf(purchaseDays int) int { return min(purchaseDays, mostDays) }

// add looks at a customer's purchase days before the view's day.
func (c *cohorts) add(v *View, known []data.Day, lapsedAfter int) {
	then := v.day - data.Day(v.horizon)
	n := len(known)
	for n > 0 && known[n-1] >= then {
		n--
	}
	if n == 0 || then-known[n-1] < data.Day(lapsedAfter) {
		return
	}
	returned := n < len(known)
	c.all.add(returned)
	c.byWeek[v.weekOf(known[n-1])].byDays[classOf(n)].add(returned)
}

// rate is the share of similar customers that came back: of those who last
// bought in the same week or the ones beside it and as often, with the others
// of these weeks where they are few, and with all where those are few.
func (c *cohorts) rate(week, purchaseDays int) float64 {
	var alike, near tally
	for w := max(week-1, 0); w <= min(week+1, len(c.byWeek)-1); w++ {
		alike = alike.plus(c.byWeek[w].byDays[classOf(purchaseDays)])
		near = near.plus(c.byWeek[w].all())
	}
	return alike.rate(near.rate(c.all.rate(priorReturn, cohortWorth), cohortWorth), cohortWorth)
}
