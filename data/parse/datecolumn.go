package parse

import "winback/data"

// DateColumn is what the texts of a column of dates show of the order of day,
// month and year, where dates such as 2/11/2013 leave it open.
type DateColumn struct {
	open    int64 // dates that do not say their order by their form
	misfits [YearFirst + 1]int64
	reach   [YearFirst + 1]DayReach
}

// OpenOrder says whether a text is a date whose form leaves its order open.
func OpenOrder(text string) bool {
	w, ok := ScanWritten(text)
	return ok && w.Form == FormOpen
}

// See takes a text; what is no date under any order does not count.
func (c *DateColumn) See(text string) {
	w, ok := ScanWritten(text)
	if !ok || w.Form != FormOpen {
		return
	}
	var days [YearFirst + 1]data.Day
	var fits [YearFirst + 1]bool
	any := false
	for _, order := range DateOrders {
		var t WrittenTime
		t, fits[order] = w.Read(order)
		days[order] = data.DayOfMicros(t.Micros)
		any = any || fits[order]
	}
	if !any {
		return
	}
	c.open++
	for _, order := range DateOrders {
		if fits[order] {
			c.reach[order].Add(days[order])
		} else {
			c.misfits[order]++
		}
	}
}

// Add takes in what another part of the column shows.
func (c *DateColumn) Add(o *DateColumn) {
	c.open += o.open
	for _, order := range DateOrders {
		c.misfits[order] += o.misfits[order]
		if r := o.reach[order]; r.any {
			c.reach[order].Add(r.First)
			c.reach[order].Add(r.Last)
		}
	}
}

// Decide is the one order that all dates fit; AnyDateOrder where several do, or
// none. Each of the others must be refuted by one date in twenty, since a few may
// be slips, or, where years of two digits are taken for days, by a reach over
// decades.
func (c *DateColumn) Decide() DateOrder {
	const few, decades = 10 * 366, 20 * 365 // days
	found := AnyDateOrder
	for _, order := range DateOrders {
		if c.open == 0 || c.misfits[order] > 0 {
			continue
		}
		alone := true
		for _, other := range DateOrders {
			refuted := 20*c.misfits[other] >= c.open || c.reach[order].days() < few && c.reach[other].days() >= decades
			alone = alone && (other == order || refuted)
		}
		if alone {
			found = order
		}
	}
	return found
}

// days are those from the first to the last.
func (r *DayReach) days() int { return int(r.Last - r.First) }
