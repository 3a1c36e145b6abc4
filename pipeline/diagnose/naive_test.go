package diagnose

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"winback/data"
)

// plain is a customer as a naive reading of the lines sees it.
type plain struct {
	id         string
	days       []data.Day
	value      map[data.Day]float64
	units      map[data.Day]float64
	total      float64
	firstOrder float64
}

func plainCustomers(lines []line, asOf data.Day) []plain {
	byID := map[string]*plain{}
	orders := map[string]map[uint64]float64{}
	var ids []string
	for _, l := range lines {
		if l.day >= asOf || l.isReturn {
			continue
		}
		p := byID[l.customer]
		if p == nil {
			p = &plain{id: l.customer, value: map[data.Day]float64{}, units: map[data.Day]float64{}}
			byID[l.customer], orders[l.customer] = p, map[uint64]float64{}
			ids = append(ids, l.customer)
		}
		if !slices.Contains(p.days, l.day) {
			p.days = append(p.days, l.day)
		}
		quantity := l.quantity
		if quantity == 0 {
			quantity = 1
		}
		p.value[l.day] += l.amount
		p.units[l.day] += quantity
		p.total += l.amount
		orders[l.customer][l.order] += l.amount
	}
	slices.Sort(ids)
	var out []plain
	for _, id := range ids {
		p := byID[id]
		slices.Sort(p.days)
		// Of the orders with a line on the first day the one of the least value:
		// all lines of a day have the same time here.
		p.firstOrder = math.Inf(1)
		for _, l := range lines {
			if l.customer == id && l.day == p.days[0] && !l.isReturn {
				p.firstOrder = math.Min(p.firstOrder, orders[id][l.order])
			}
		}
		out = append(out, *p)
	}
	return out
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestDiagnosis_AgreesWithANaiveReading(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		lines, asOf := randomShop(seed, 250)
		s := settingsAt(asOf)
		d := diagnoseLines(t, s, lines).d
		customers := plainCustomers(lines, asOf)
		if int(d.Customers) != len(customers) {
			t.Fatalf("%d customers, want %d", d.Customers, len(customers))
		}
		checkLadder(t, d, customers)
		checkIntervals(t, d, customers)
		checkStages(t, d, customers, asOf)
		checkMonths(t, d, customers, asOf)
		checkPareto(t, d, customers)
		checkFirstOrders(t, d, customers, asOf)
	}
}

func checkLadder(t *testing.T, d *Diagnosis, customers []plain) {
	t.Helper()
	for k := 1; k <= ladderSteps; k++ {
		var reached, next, value, units float64
		for _, c := range customers {
			if len(c.days) >= k {
				reached++
				value += c.value[c.days[k-1]]
				units += c.units[c.days[k-1]]
			}
			if len(c.days) > k {
				next++
			}
		}
		if reached == 0 {
			if len(d.Ladder) >= k {
				t.Errorf("the ladder has %d steps", len(d.Ladder))
			}
			return
		}
		r := d.Ladder[k-1]
		same(t, fmt.Sprint("customers of step ", k), float64(r.Customers), reached)
		same(t, fmt.Sprint("next of step ", k), float64(r.Next), next)
		same(t, fmt.Sprint("share of step ", k), float64(r.Share), next/reached)
		same(t, fmt.Sprint("value of step ", k), float64(r.MeanValue), value/reached)
		same(t, fmt.Sprint("units of step ", k), float64(r.MeanUnits), units/reached)
		if r.ShareCorrected < r.Share-1e-9 && r.FollowedDays > 600 {
			t.Errorf("step %d: corrected share %v below the plain one %v", k, r.ShareCorrected, r.Share)
		}
	}
}

func checkIntervals(t *testing.T, d *Diagnosis, customers []plain) {
	t.Helper()
	var intervals []int
	for _, c := range customers {
		if len(c.days) > 1 {
			intervals = append(intervals, int(c.days[1]-c.days[0]))
		}
	}
	slices.Sort(intervals)
	same(t, "intervals", float64(d.Clocks.Own.Intervals), float64(len(intervals)))
	for k, q := range ownShares {
		at := int(math.Ceil(q*float64(len(intervals))-1e-9)) - 1
		same(t, "cut point", float64(d.Clocks.Own.CutPoints[k]), float64(intervals[at]))
	}
}

func checkStages(t *testing.T, d *Diagnosis, customers []plain, asOf data.Day) {
	t.Helper()
	for _, row := range d.Stages {
		if row.Clock == ClockProduct {
			continue
		}
		var heads, once, value, tested, returned float64
		edges := d.Clocks.Fixed.Edges
		if row.Clock == ClockOwn {
			edges = d.Clocks.Own.Edges
		}
		cut := asOf - data.Day(d.HorizonDays)
		for _, c := range customers {
			if edges.Of(int(asOf-c.days[len(c.days)-1])).String() == row.Stage {
				heads++
				value += c.total
				if len(c.days) == 1 {
					once++
				}
			}
			seen := 0
			for seen < len(c.days) && c.days[seen] < cut {
				seen++
			}
			if seen == 0 || row.Clock != ClockFixed || edges.Of(int(cut-c.days[seen-1])).String() != row.Stage {
				continue
			}
			tested++
			if seen < len(c.days) {
				returned++
			}
		}
		same(t, "customers of a stage", float64(row.Customers), heads)
		same(t, "one-time customers", float64(row.OneTime), once)
		same(t, "value of a stage", float64(row.PastValue), value)
		if row.Clock == ClockFixed {
			same(t, "tested", float64(row.TestCustomers), tested)
			same(t, "rate", float64(row.ReturnRate), returned/tested)
		}
	}
}

func checkMonths(t *testing.T, d *Diagnosis, customers []plain, asOf data.Day) {
	t.Helper()
	month := func(day data.Day) string { return day.String()[:7] }
	at := map[string]int{}
	for k, m := range d.Months {
		at[m.Month] = k
	}
	for k, m := range d.Months {
		var fresh, old, freshSales, oldSales, retained, lost, regained float64
		for _, c := range customers {
			bought := map[int]bool{}
			for _, day := range c.days {
				bought[at[month(day)]] = true
			}
			first := at[month(c.days[0])]
			active := func(m int) bool { return bought[m] || bought[m-1] || bought[m-2] }
			for _, day := range c.days {
				if at[month(day)] != k {
					continue
				}
				if k == first {
					freshSales += c.value[day]
				} else {
					oldSales += c.value[day]
				}
			}
			switch {
			case bought[k] && k == first:
				fresh++
			case bought[k]:
				old++
			}
			switch {
			case active(k-1) && active(k):
				retained++
			case active(k - 1):
				lost++
			case bought[k] && k > first:
				regained++
			}
		}
		same(t, m.Month+" new", float64(m.NewBuyers), fresh)
		same(t, m.Month+" old", float64(m.OldBuyers), old)
		same(t, m.Month+" new sales", float64(m.NewSales), freshSales)
		same(t, m.Month+" old sales", float64(m.OldSales), oldSales)
		same(t, m.Month+" retained", float64(m.Retained), retained)
		same(t, m.Month+" regained", float64(m.Regained), regained)
		if whole := k+1 < len(d.Months) || month(asOf) != m.Month; whole != (m.Lost != nil) {
			t.Errorf("%s: lost is known: %v, but the month is over: %v", m.Month, m.Lost != nil, whole)
		} else if whole {
			same(t, m.Month+" lost", float64(*m.Lost), lost)
		}
	}
}

func checkPareto(t *testing.T, d *Diagnosis, customers []plain) {
	t.Helper()
	var values []float64
	var sum float64
	for _, c := range customers {
		values = append(values, c.total)
		sum += c.total
	}
	slices.Sort(values)
	slices.Reverse(values)
	var top float64
	for i, v := range values {
		top += v * math.Min(1, math.Max(0, 0.2*float64(len(values))-float64(i)))
	}
	same(t, "share of the best fifth", float64(d.Pareto.Top20Share), top/sum)
	var found, n float64
	for _, v := range values {
		if found+v >= 0.8*sum {
			n += (0.8*sum - found) / v
			break
		}
		found, n = found+v, n+1
	}
	same(t, "customers for 80 %", float64(d.Pareto.CustomersFor80), n/float64(len(values)))
	var heads int64
	for _, c := range d.Value.ABC {
		heads += c.Customers
	}
	same(t, "customers in ABC", float64(heads), float64(len(customers)))
	var rfm int64
	for _, c := range d.RFM.Cells {
		rfm += c.Customers
	}
	same(t, "customers in RFM", float64(rfm), float64(len(customers)))
}

func checkFirstOrders(t *testing.T, d *Diagnosis, customers []plain, asOf data.Day) {
	t.Helper()
	for _, class := range d.FirstOrder {
		var n, back float64
		for _, c := range customers {
			if c.firstOrder < float64(class.From) || class.To.Known() && c.firstOrder >= float64(class.To) || asOf-c.days[0] <= 365 {
				continue
			}
			n++
			if len(c.days) > 1 && c.days[1]-c.days[0] <= 365 {
				back++
			}
		}
		same(t, "first buyers", float64(class.Customers), n)
		same(t, "first buyers who came back", float64(class.Returned), back)
	}
}
