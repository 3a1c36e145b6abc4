package orders

import (
	"math"

	"winback/data"
)

// fileCounts are what reading a file, or a part of one, tells beside its lines.
type fileCounts struct {
	setAside   [reasonCount]int64
	mismatches int64 // lines whose amount differs from unit price × quantity
	byStatus   int64 // lines that only a status marks as returns
	firstTime  int64 // of a used line, microseconds; the greatest number where there is none
	lastTime   int64 // of a used line; the least number where there is none
	lastBuy    int64 // of a purchase; the least number where there is none
	// doubtful are the lines on days that stand for no date in many tables, which
	// the three times above leave out.
	doubtful             [len(doubtfulDays)]doubtfulLines
	faults               columnFaults
	statuses, currencies valueCounts
	changes              valueCounts
	marked               [len(data.MarkRoles)]int64 // purchases that are marked as not bought
	// lines is a sum over what each used line holds, whatever their order: two files
	// with the same sum hold the same. 0 where orders have ids.
	lines   uint64
	carried int64 // rows that got values of their order from another of its rows
}

// noCounts are the counts of nothing.
var noCounts = fileCounts{firstTime: math.MaxInt64, lastTime: math.MinInt64, lastBuy: math.MinInt64}

func (c *fileCounts) add(o *fileCounts) {
	for why, n := range o.setAside {
		c.setAside[why] += n
	}
	c.mismatches += o.mismatches
	c.byStatus += o.byStatus
	c.firstTime, c.lastTime = min(c.firstTime, o.firstTime), max(c.lastTime, o.lastTime)
	c.lastBuy = max(c.lastBuy, o.lastBuy)
	for i, d := range o.doubtful {
		c.doubtful[i].add(d)
	}
	c.faults.add(&o.faults)
	c.carried += o.carried
	c.lines += o.lines
	c.statuses.addAll(&o.statuses)
	c.currencies.addAll(&o.currencies)
	c.changes.addAll(&o.changes)
	for k, n := range o.marked {
		c.marked[k] += n
	}
}

// noteTime takes up the time of a line.
func (c *fileCounts) noteTime(time int64, bought bool) {
	if time < surelyFrom || time >= surelyBefore {
		if i := doubtfulIndex(data.DayOfMicros(time)); i >= 0 {
			c.doubtful[i].add(doubtfulLines{1, bought})
			return
		}
	}
	c.firstTime, c.lastTime = min(c.firstTime, time), max(c.lastTime, time)
	if bought {
		c.lastBuy = max(c.lastBuy, time)
	}
}

// count takes the counts of all files into the totals of the orders, and
// returns the days that stand for no date.
func (o *Table) count() (noDates []data.Day) {
	total := noCounts
	for i := range o.Files {
		total.add(&o.Files[i].counts)
	}
	noDates = total.settleDoubtful()
	o.RowsCarried = total.carried
	o.statuses, o.currencies, o.changes, o.marked = total.statuses, total.currencies, total.changes, total.marked
	o.SetAside, o.AmountMismatches, o.StatusReturns = total.setAside, total.mismatches, total.byStatus
	o.faults = total.faults
	o.FirstDay, o.LastDay, o.NewestPurchase = math.MaxInt32, math.MinInt32, math.MinInt32
	if total.firstTime != math.MaxInt64 {
		o.FirstDay, o.LastDay = data.DayOfMicros(total.firstTime), data.DayOfMicros(total.lastTime)
	}
	if total.lastBuy != math.MinInt64 {
		o.NewestPurchase = data.DayOfMicros(total.lastBuy)
	}
	return noDates
}
