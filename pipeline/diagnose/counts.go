package diagnose

import (
	"time"

	"winback/data"
)

// ladderSteps is how many purchase days the ladder counts.
const ladderSteps = 10

// counts are sums over customers; adding them up in any order gives the same.
type counts struct {
	early, later         [ladderSteps]stepCounts // of customers first seen in the fill-up, and after it
	earlySoon, laterSoon soonBack                // of the same
	flow                 []monthFlow
	year                 yearSums
	recency              []standing  // by days since the last purchase
	days                 []int64     // customers by purchase days
	most                 data.Money  // value of one customer
	newerWaits           [][]float64 // by past day and days: waits for the second purchase day that were not over by then
}

// soonDays is how soon a second purchase shows that survivors fill a history.
const soonDays = 180

// soonBack counts the customers who could be followed for soonDays, and those
// who bought again by then.
type soonBack struct{ followed, back int64 }

// standing sums up customers who stand at the same place.
type standing struct {
	customers, oneTime int64
	value, oneValue    int64 // ten-thousandths of the currency
}

func (s *standing) add(c *customer) {
	s.customers++
	s.value += int64(c.value)
	if c.days == 1 {
		s.oneTime++
		s.oneValue += int64(c.value)
	}
}

func (s *standing) merge(o *standing) {
	s.customers += o.customers
	s.oneTime += o.oneTime
	s.value += o.value
	s.oneValue += o.oneValue
}

// step counts the customers who reached a purchase day, and their wait for the
// next one.
type step struct {
	reached, reachedLastYear int64
	value, units             data.Money // of that day
	wait                     waits
}

// stepCounts are a step as it is counted: small, since customer after customer
// goes through all of it.
type stepCounts struct {
	reached, reachedLastYear int64
	value, units             data.Money
	wait                     []waitCounts // by days
}

// waitCounts are whole counts of what waits hold.
type waitCounts struct{ came, left, followed uint32 }

// plus adds counts up.
func (s *stepCounts) plus(o *stepCounts) step {
	sum := step{s.reached + o.reached, s.reachedLastYear + o.reachedLastYear, s.value + o.value, s.units + o.units, newWaits(len(s.wait) - 1)}
	for t := range s.wait {
		a, b := &s.wait[t], &o.wait[t]
		sum.wait.came[t], sum.wait.left[t], sum.wait.followed[t] = float64(a.came+b.came), float64(a.left+b.left), float64(a.followed+b.followed)
	}
	return sum
}

// monthFlow counts the customers and sales of a month.
type monthFlow struct {
	newBuyers, oldBuyers     int64
	newSales, oldSales       data.Money
	retained, lost, regained int64
}

// yearSums are the sums of the 365 days before the as-of day.
type yearSums struct {
	newBuyers, returningBuyers, repeatDays int64
	firstSales, repeatSales, returned      data.Money
}

func newCounts(months *calendar, span, pastDays int) *counts {
	c := &counts{flow: make([]monthFlow, months.count), recency: make([]standing, span+1)}
	for k := range c.early {
		c.early[k].wait, c.later[k].wait = make([]waitCounts, span+1), make([]waitCounts, span+1)
	}
	for range pastDays {
		c.newerWaits = append(c.newerWaits, make([]float64, span+1))
	}
	return c
}

func (c *counts) merge(o *counts) {
	for k := range c.early {
		c.early[k].merge(&o.early[k])
		c.later[k].merge(&o.later[k])
	}
	c.most = max(c.most, o.most)
	c.earlySoon.merge(&o.earlySoon)
	c.laterSoon.merge(&o.laterSoon)
	for days := range c.recency {
		c.recency[days].merge(&o.recency[days])
	}
	c.days = append(c.days, make([]int64, max(len(o.days)-len(c.days), 0))...)
	for days, n := range o.days {
		c.days[days] += n
	}
	for k := range c.newerWaits {
		for t, n := range o.newerWaits[k] {
			c.newerWaits[k][t] += n
		}
	}
	for m := range c.flow {
		a, b := &c.flow[m], &o.flow[m]
		a.newBuyers += b.newBuyers
		a.oldBuyers += b.oldBuyers
		a.newSales += b.newSales
		a.oldSales += b.oldSales
		a.retained += b.retained
		a.lost += b.lost
		a.regained += b.regained
	}
	c.year.newBuyers += o.year.newBuyers
	c.year.returningBuyers += o.year.returningBuyers
	c.year.repeatDays += o.year.repeatDays
	c.year.firstSales += o.year.firstSales
	c.year.repeatSales += o.year.repeatSales
	c.year.returned += o.year.returned
}

func (s *stepCounts) merge(o *stepCounts) {
	s.reached += o.reached
	s.reachedLastYear += o.reachedLastYear
	s.value += o.value
	s.units += o.units
	for t := range s.wait {
		s.wait[t].came += o.wait[t].came
		s.wait[t].left += o.wait[t].left
		s.wait[t].followed += o.wait[t].followed
	}
}

func (s *soonBack) merge(o *soonBack) {
	s.followed += o.followed
	s.back += o.back
}

// place counts a customer among those of the same recency and purchase days.
func (c *counts) place(one *customer, asOf data.Day) {
	c.most = max(c.most, one.value)
	c.recency[one.recency(asOf)].add(one)
	for len(c.days) <= int(one.days) {
		c.days = append(c.days, 0)
	}
	c.days[one.days]++
}

func (s *soonBack) add(c *customer, asOf data.Day) {
	if c.first+soonDays >= asOf {
		return
	}
	s.followed++
	if c.wait >= 0 && c.wait <= soonDays {
		s.back++
	}
}

// climb counts the rungs that a customer reached.
func climb(ladder *[ladderSteps]stepCounts, days []purchaseDay, asOf data.Day) {
	for k := range min(len(days), ladderSteps) {
		s := &ladder[k]
		s.reached++
		if days[k].day >= asOf-365 {
			s.reachedLastYear++
		}
		s.value += days[k].value
		s.units += days[k].units
		seen := &s.wait[asOf-1-days[k].day]
		seen.followed++
		if k+1 < len(days) {
			s.wait[days[k+1].day-days[k].day].came++
		} else {
			seen.left++
		}
	}
}

func (c *counts) lastYear(days []purchaseDay, asOf data.Day) {
	returning := int64(0)
	for k, d := range days {
		switch {
		case d.day < asOf-365:
		case k == 0:
			c.year.newBuyers++
			c.year.firstSales += d.value
		default:
			returning = 1
			c.year.repeatDays++
			c.year.repeatSales += d.value
		}
	}
	c.year.returningBuyers += returning
}

// activeMonths is for how many months after a purchase, that of the purchase
// included, a buyer counts as kept.
const activeMonths = 3

// month counts a customer's months: kept while there was a purchase in the
// three months up to the end of a month, lost in the month that ends without,
// regained with the next purchase.
func (c *counts) month(days []purchaseDay, months *calendar) {
	first := months.of(days[0].day)
	last := first
	c.flow[first].newBuyers++
	for _, d := range days {
		m := months.of(d.day)
		f := &c.flow[m]
		if m == first {
			f.newSales += d.value
			continue
		}
		f.oldSales += d.value
		if m == last {
			continue
		}
		f.oldBuyers++
		if m-last <= activeMonths {
			c.kept(last+1, m)
		} else {
			c.kept(last+1, last+activeMonths-1)
			c.flow[last+activeMonths].lost++
			f.regained++
		}
		last = m
	}
	c.kept(last+1, min(last+activeMonths-1, months.count-1))
	if last+activeMonths < months.count {
		c.flow[last+activeMonths].lost++
	}
}

// kept counts a customer as retained in months [from, to].
func (c *counts) kept(from, to int) {
	for m := from; m <= to; m++ {
		c.flow[m].retained++
	}
}

// calendar numbers the months of the known history.
type calendar struct {
	firstDay data.Day
	monthOf  []int16 // of each day from firstDay on
	count    int
	year     int // of month 0
	month    int // 0 to 11, of month 0
}

// newCalendar covers the days from first up to but without asOf.
func newCalendar(first, asOf data.Day) calendar {
	t := first.Time()
	c := calendar{firstDay: first, year: t.Year(), month: int(t.Month()) - 1}
	for d := first; d < asOf; d++ {
		t := d.Time()
		m := (t.Year()-c.year)*12 + int(t.Month()) - 1 - c.month
		c.monthOf = append(c.monthOf, int16(m))
		c.count = m + 1
	}
	return c
}

func (c *calendar) of(d data.Day) int { return int(c.monthOf[d-c.firstDay]) }

// name is such as 2007-11.
func (c *calendar) name(m int) string { return c.firstOf(m).Time().Format("2006-01") }

// firstOf returns the first day of a month.
func (c *calendar) firstOf(m int) data.Day {
	return firstOfMonth(c.year, c.month+m)
}

// ofYear is the month of the year, 0 for January.
func (c *calendar) ofYear(m int) int { return (c.month + m) % 12 }

func firstOfMonth(year, month int) data.Day {
	return data.DayOf(time.Date(year, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC))
}
