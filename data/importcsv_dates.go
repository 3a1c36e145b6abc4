package data

import "fmt"

// dateProfile is what is known of a column read as dates.
type dateProfile struct {
	dated   int64                   // values that are dates under one order or another
	hasTime bool                    // any with a time of day
	zoned   sighting                // dates that name their zone
	local   sighting                // dates that do not
	misfits [YearFirst + 1]sighting // by order; [AnyDateOrder] is not used
	reach   [YearFirst + 1]dayReach
	// orderOpen: some value does not say its order. example are those that day
	// first and month first read differently.
	orderOpen bool
	example   sighting
}

// dayReach is the first and last day of a column under an order.
type dayReach struct {
	first, last Day
	any         bool
}

func (r *dayReach) add(d Day) {
	if !r.any || d < r.first {
		r.first = d
	}
	if !r.any || d > r.last {
		r.last = d
	}
	r.any = true
}

// dateOrders are the orders that a column may be written in.
var dateOrders = [...]DateOrder{DayFirst, MonthFirst, YearFirst}

// see takes a value; eight bare digits are a date only where compact allows.
func (p *dateProfile) see(at place, value string, compact bool) {
	w, ok := scanWritten(value)
	if ok && w.form == formCompact && !w.hasTime && !compact {
		ok = false
	}
	var reads [YearFirst + 1]WrittenTime
	var fits [YearFirst + 1]bool
	for _, order := range dateOrders {
		if ok {
			reads[order], fits[order] = w.read(order)
		}
		if fits[order] {
			p.reach[order].add(DayOfMicros(reads[order].Micros))
		} else {
			p.misfits[order].add(at, value)
		}
	}
	if !fits[DayFirst] && !fits[MonthFirst] && !fits[YearFirst] {
		return
	}
	p.dated++
	p.hasTime = p.hasTime || w.hasTime
	if w.zoned {
		p.zoned.add(at, value)
	} else {
		p.local.add(at, value)
	}
	if w.form == formOpen {
		p.orderOpen = true
		if reads[DayFirst] != reads[MonthFirst] {
			p.example.add(at, value)
		}
	}
}

// leastMisfits are those of the order that fits best.
func (p *dateProfile) leastMisfits() *sighting {
	best := &p.misfits[DayFirst]
	for _, order := range dateOrders {
		if m := &p.misfits[order]; m.count < best.count {
			best = m
		}
	}
	return best
}

// decide names the date type of a column; false where it holds no dates. An
// order that is not clear is an error unless the wanted order says it.
func (p *dateProfile) decide(c *columnProfile, wanted DateOrder) (importType, bool, error) {
	if p.dated != c.values {
		return importType{}, false, nil
	}
	order := wanted
	if order == AnyDateOrder || order.ofNumbers() {
		var err error
		if order, err = p.findOrder(c); err != nil {
			return importType{}, false, err
		}
	}
	if m := p.misfits[order]; m.count > 0 {
		return importType{}, false, &InputError{m.at.file, fmt.Errorf("line %d, column %d %q: want a date written %s, found %s",
			m.at.line, m.at.column, c.name, order, shortQuote(m.value))}
	}
	if p.zoned.count > 0 && p.local.count > 0 {
		return importType{}, false, &InputError{p.zoned.at.file, fmt.Errorf("column %q mixes times with a zone (%s in line %d) and without (%s in line %d of %s); want one or the other",
			c.name, shortQuote(p.zoned.value), p.zoned.at.line, shortQuote(p.local.value), p.local.at.line, p.local.at.file)}
	}
	t := importType{kind: kindDay, order: order, orderOpen: p.orderOpen}
	if p.hasTime {
		t.kind = kindTime
		t.zoned = p.zoned.count > 0
	}
	return t, true, nil
}

// findOrder is the one order that fits all values.
func (p *dateProfile) findOrder(c *columnProfile) (DateOrder, error) {
	var fitting []DateOrder
	for _, order := range []DateOrder{DayFirst, MonthFirst} {
		if p.misfits[order].count == 0 {
			fitting = append(fitting, order)
		}
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(fitting) == 0:
		if p.misfits[YearFirst].count == 0 {
			return YearFirst, nil
		}
		day, month := p.misfits[DayFirst], p.misfits[MonthFirst]
		return 0, &InputError{day.at.file, fmt.Errorf("column %q mixes dates: %s in line %d cannot be day/month/year, %s in line %d of %s cannot be month/day/year",
			c.name, shortQuote(day.value), day.at.line, shortQuote(month.value), month.at.line, month.at.file)}
	case p.example.count == 0:
		return DayFirst, nil
	}
	day, month := p.reach[DayFirst], p.reach[MonthFirst]
	return 0, &InputError{p.example.at.file, fmt.Errorf("column %q: dates such as %s fit both orders; say which: --date-format %s (the column then runs from %s to %s) or --date-format %s (%s to %s)",
		c.name, shortQuote(p.example.value), DayFirst, day.first, day.last, MonthFirst, month.first, month.last)}
}
