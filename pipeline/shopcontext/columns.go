package shopcontext

import (
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/models/buyers"
)

// Positions of the columns.
const (
	firstPurchaseDay = iota
	lastPurchaseDay
	seasonGapLast
	seasonGapFirst
	seasonGapLeast
	seasonShare
	cohortReturnRate
	productsAgain
	productsLate
	lastProductsAgain
	trafficFirst
	trafficLast
	trafficMean
	peakShare
	firstInPeak
	chanceAlive
	expectedPurchases
	columns
)

// Columns lists the columns of a view. Those of Kind Int are days that name a
// cohort or a place in the year and mean the same on all days; the others are
// best compared within a day.
var Columns = []features.Definition{
	{Name: "first_purchase_day", Kind: features.Int, Unit: "days", Meaning: "first purchase day, in days since 1970-01-01"},
	{Name: "last_purchase_day", Kind: features.Int, Unit: "days", Meaning: "last purchase day, in days since 1970-01-01"},
	{Name: "season_gap_last", Kind: features.Int, Unit: "days", Meaning: "days around the year between the last purchase and the middle of the horizon"},
	{Name: "season_gap_first", Kind: features.Int, Unit: "days", Meaning: "the same of the first purchase"},
	{Name: "season_gap_least", Kind: features.Int, Unit: "days", Meaning: "the least of all purchases"},
	{Name: "season_share", Kind: features.Float, Unit: "share", Meaning: "mean nearness of the purchase days to the horizon's time of the year, 1 on the same day of the year"},
	{Name: "cohort_return_rate", Kind: features.Float, Unit: "share", Meaning: "share that came back within the last horizon of those who last bought in the same weeks and as often"},
	{Name: "products_again", Kind: features.Float, Unit: "share", Nullable: true, Meaning: "mean share of buyers who bought again, over the products bought"},
	{Name: "products_late", Kind: features.Float, Unit: "share", Nullable: true, Meaning: "the same of buyers who were lapsed"},
	{Name: "last_products_again", Kind: features.Float, Unit: "share", Nullable: true, Meaning: "products_again of the last purchase day"},
	{Name: "traffic_first", Kind: features.Float, Unit: "ratio", Meaning: "purchase days in the shop in the week of the first purchase, over the median week"},
	{Name: "traffic_last", Kind: features.Float, Unit: "ratio", Meaning: "the same of the last purchase"},
	{Name: "traffic_mean", Kind: features.Float, Unit: "ratio", Meaning: "the same, mean of all purchase days"},
	{Name: "peak_share", Kind: features.Float, Unit: "share", Meaning: "share of the purchase days in the shop's peak weeks"},
	{Name: "first_in_peak", Kind: features.Float, Unit: "yes or no", Meaning: "1 where the first purchase fell in a peak week, else 0"},
	{Name: "chance_alive", Kind: features.Float, Unit: "share", Nullable: true, Meaning: "chance of still being a customer (MBG/NBD)"},
	{Name: "expected_purchases", Kind: features.Float, Unit: "purchases", Nullable: true, Meaning: "purchases to expect within the horizon (MBG/NBD)"},
}

// AddTo appends the columns to a table that was built from h at the view's day.
func (v *View) AddTo(t *features.Table, h *orders.Histories) {
	added := make([]features.Column, columns)
	for i, d := range Columns {
		added[i] = features.Column{Name: d.Name, Kind: d.Kind}
		if d.Kind == features.Int {
			added[i].Ints = make([]int64, t.Rows())
		} else {
			added[i].Floats = make([]float64, t.Rows())
		}
	}
	var row [columns]float64
	forecasts := forecasts{model: v.buyers, horizon: float64(v.horizon) / weekDays, known: map[buyers.History]forecast{}}
	c := 0
	for i, id := range t.IDs {
		for h.IDs[c] != id {
			c++
		}
		v.fill(&row, h.Customer(c).Before(v.day), &forecasts)
		for k := range added {
			if added[k].Ints != nil {
				added[k].Ints[i] = int64(row[k])
			} else {
				added[k].Floats[i] = row[k]
			}
		}
	}
	t.Columns = append(t.Columns, added...)
}

// fill works out the row of one customer, of whom past is known.
func (v *View) fill(row *[columns]float64, past orders.History, f *forecasts) {
	var p purchaseSums
	p.add(v, past)
	days := float64(p.days)
	lastWeek := v.weekOf(p.last)
	row[firstPurchaseDay], row[lastPurchaseDay] = float64(p.first), float64(p.last)
	row[seasonGapLast], row[seasonGapFirst], row[seasonGapLeast] = v.season.gap[v.ago(p.last)], v.season.gap[v.ago(p.first)], p.leastGap
	row[seasonShare] = p.near / days
	row[cohortReturnRate] = v.cohorts.rate(lastWeek, p.days)
	row[productsAgain], row[productsLate] = p.again/p.products, p.late/p.products
	row[lastProductsAgain] = p.lastAgain / p.lastProducts
	row[trafficFirst], row[trafficLast] = v.weeks.trafficOf(v.weekOf(p.first)), v.weeks.trafficOf(lastWeek)
	row[trafficMean] = p.traffic / days
	row[peakShare], row[firstInPeak] = p.peak/days, v.inPeak(p.first)
	now := f.of(history(p.days, p.first, p.last, v.day))
	row[chanceAlive], row[expectedPurchases] = now.alive, now.expected
}

// ago is how many days ago a day was, without whole years.
func (v *View) ago(day data.Day) int { return int(v.day-day) % yearDays }

func (v *View) inPeak(day data.Day) float64 {
	if v.weeks.peak[v.weekOf(day)%yearWeeks] {
		return 1
	}
	return 0
}

// purchaseSums are what one walk over a customer's purchases before the view's
// day tells.
type purchaseSums struct {
	first, last                   data.Day
	days                          int
	near, leastGap, traffic, peak float64 // sums over the purchase days, and the least
	products, again, late         float64 // sums over the lines of known products
	lastProducts, lastAgain       float64 // and over those of the last purchase day
}

func (p *purchaseSums) add(v *View, h orders.History) {
	p.leastGap = yearDays
	for i := range h.Purchases() {
		if day := data.DayOfMicros(h.Time[i]); p.days == 0 || day != p.last {
			p.addDay(v, day)
		}
		if code := h.Codes[data.Product][i]; code != 0 {
			r := v.products[v.catalogue.of(code)]
			p.products++
			p.again += r.again
			p.late += r.late
			p.lastProducts++
			p.lastAgain += r.again
		}
	}
}

func (p *purchaseSums) addDay(v *View, day data.Day) {
	if p.days == 0 {
		p.first = day
	}
	p.last = day
	p.days++
	ago := v.ago(day)
	p.near += v.season.near[ago]
	p.leastGap = min(p.leastGap, v.season.gap[ago])
	p.traffic += v.weeks.trafficOf(v.weekOf(day))
	p.peak += v.inPeak(day)
	p.lastProducts, p.lastAgain = 0, 0
}

// IsCalendar says whether a column holds days of the calendar or of the year:
// they mean the same on all days, so that models see them as they are.
func IsCalendar(name string) bool {
	return slices.ContainsFunc(Columns, func(d features.Definition) bool { return d.Name == name && d.Kind == features.Int })
}
