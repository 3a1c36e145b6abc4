package csvimport

import (
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/data/parse"
)

// dateProfile is what is known of a column read as dates.
type dateProfile struct {
	dated   int64                               // values that are dates under one order or another
	hasTime bool                                // any with a time of day
	zoned   parse.Sighting                      // dates that name their zone
	local   parse.Sighting                      // dates that do not
	misfits [parse.YearFirst + 1]parse.Sighting // by order; [AnyDateOrder] is not used
	reach   [parse.YearFirst + 1]parse.DayReach
	// orderOpen: some value does not say its order. example are those that two
	// orders read differently.
	orderOpen bool
	example   parse.Sighting
}

// see takes a value; eight bare digits are a date only where compact allows.
func (p *dateProfile) see(at parse.Place, value string, compact bool) {
	w, ok := parse.ScanWritten(value)
	if ok && w.Form == parse.FormCompact && !w.HasTime && !compact {
		ok = false
	}
	var reads [parse.YearFirst + 1]parse.WrittenTime
	var fits [parse.YearFirst + 1]bool
	for _, order := range parse.DateOrders {
		if ok {
			reads[order], fits[order] = w.Read(order)
		}
		if fits[order] {
			p.reach[order].Add(data.DayOfMicros(reads[order].Micros))
		} else {
			p.misfits[order].Add(at, value)
		}
	}
	if !fits[parse.DayFirst] && !fits[parse.MonthFirst] && !fits[parse.YearFirst] {
		return
	}
	p.dated++
	p.hasTime = p.hasTime || w.HasTime
	if w.Zoned {
		p.zoned.Add(at, value)
	} else {
		p.local.Add(at, value)
	}
	if w.Form == parse.FormOpen {
		p.orderOpen = true
		if reads[parse.DayFirst] != reads[parse.MonthFirst] || fits[parse.YearFirst] && reads[parse.DayFirst] != reads[parse.YearFirst] {
			p.example.Add(at, value)
		}
	}
}

// leastMisfits are those of the order that fits best.
func (p *dateProfile) leastMisfits() *parse.Sighting {
	best := &p.misfits[parse.DayFirst]
	for _, order := range parse.DateOrders {
		if m := &p.misfits[order]; m.Count < best.Count {
			best = m
		}
	}
	return best
}

// decide names the date type of a column; false where it holds no dates. An
// order that is not clear is an error unless the wanted order says it.
func (p *dateProfile) decide(c *columnProfile, wanted parse.DateOrder) (importType, bool, error) {
	if p.dated != c.values {
		return importType{}, false, nil
	}
	order := wanted
	if order == parse.AnyDateOrder || order.OfNumbers() {
		var err error
		if order, err = p.findOrder(c); err != nil {
			return importType{}, false, err
		}
	}
	if m := p.misfits[order]; m.Count > 0 {
		return importType{}, false, &data.InputError{Path: m.At.File, Err: fmt.Errorf("line %d, column %d %q: want a date written %s, found %s",
			m.At.Line, m.At.Column, c.name, order, parse.ShortQuote(m.Value))}
	}
	if p.zoned.Count > 0 && p.local.Count > 0 {
		return importType{}, false, &data.InputError{Path: p.zoned.At.File, Err: fmt.Errorf("column %q mixes times with a zone (%s in line %d) and without (%s in line %d of %s); want one or the other",
			c.name, parse.ShortQuote(p.zoned.Value), p.zoned.At.Line, parse.ShortQuote(p.local.Value), p.local.At.Line, p.local.At.File)}
	}
	t := importType{kind: kindDay, order: order, orderOpen: p.orderOpen}
	if p.hasTime {
		t.kind = kindTime
		t.zoned = p.zoned.Count > 0
	}
	return t, true, nil
}

// findOrder is the one order that fits all values. Years of two digits that are taken
// for days run over decades: where another order keeps within a few years, it is meant.
func (p *dateProfile) findOrder(c *columnProfile) (parse.DateOrder, error) {
	const few, decades = 10 * 366, 20 * 365 // days
	span := func(o parse.DateOrder) int { return int(p.reach[o].Last - p.reach[o].First) }
	var fitting []parse.DateOrder
	for _, order := range parse.DateOrders {
		if p.misfits[order].Count == 0 {
			fitting = append(fitting, order)
		}
	}
	if slices.ContainsFunc(fitting, func(o parse.DateOrder) bool { return span(o) < few }) {
		fitting = slices.DeleteFunc(fitting, func(o parse.DateOrder) bool { return span(o) >= decades })
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(fitting) == 0:
		day, month := p.misfits[parse.DayFirst], p.misfits[parse.MonthFirst]
		return 0, &data.InputError{Path: day.At.File, Err: fmt.Errorf("column %q mixes dates: %s in line %d cannot be day/month/year, %s in line %d of %s cannot be month/day/year",
			c.name, parse.ShortQuote(day.Value), day.At.Line, parse.ShortQuote(month.Value), month.At.Line, month.At.File)}
	case p.example.Count == 0:
		return fitting[0], nil
	}
	var ways []string
	for _, o := range fitting {
		ways = append(ways, fmt.Sprintf("--date-format %s (the column then runs from %s to %s)", o, p.reach[o].First, p.reach[o].Last))
	}
	return 0, &data.InputError{Path: p.example.At.File, Err: fmt.Errorf("column %q: dates such as %s fit several orders; say which: %s",
		c.name, parse.ShortQuote(p.example.Value), strings.Join(ways, " or "))}
}
