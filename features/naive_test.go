package features

import (
	"math"
	"math/big"
	"slices"
	"sort"

	"winback/data"
	"winback/data/orders"
)

// cell is a value of the naive feature table.
type cell struct {
	null  bool
	whole int64 // Int, Money, Bool
	real  float64
	text  string
}

var nullCell = cell{null: true}

func whole(v int64) cell        { return cell{whole: v} }
func money(v data.Money) cell   { return cell{whole: int64(v)} }
func real(v float64) cell       { return cell{real: v} }
func text(v string) cell        { return cell{text: v} }
func over(a, b data.Money) cell { return real(a.Float() / float64(b)) }

// okey is the identity of an order as the definition has it.
type okey struct {
	id  uint64
	day data.Day
}

type naiveOrder struct {
	time         int64
	day          data.Day
	value, units data.Money
	lines        int64
}

// naiveRow is the definition of the feature table once more, for the lines of
// one customer: slow, with maps, view by view. It returns nil where the
// customer has no row.
func naiveRow(lines []line, asOf data.Day, horizon int, names *orders.Names) map[string]cell {
	var known, purchases []line
	for _, l := range lines {
		if l.day() < asOf {
			known = append(known, l)
			if l.isPurchase() {
				purchases = append(purchases, l)
			}
		}
	}
	if len(purchases) == 0 {
		return nil
	}
	row := map[string]cell{}
	naiveDays(row, purchases, asOf, horizon)
	naiveOrders(row, purchases, asOf)
	naiveLines(row, known, purchases)
	naiveNames(row, purchases, names)
	if row["interval_mean"].null {
		row["recency_over_interval"] = nullCell
	} else {
		row["recency_over_interval"] = real(float64(row["recency_days"].whole) / row["interval_mean"].real)
	}
	returned := int64(0)
	for _, l := range lines {
		if l.isPurchase() && l.day() >= asOf && l.day() < asOf+data.Day(horizon) {
			returned = 1
		}
	}
	row["returned"] = whole(returned)
	return row
}

func naiveDays(row map[string]cell, purchases []line, asOf data.Day, horizon int) {
	seen := map[data.Day]bool{}
	for _, l := range purchases {
		seen[l.day()] = true
	}
	var days []data.Day
	for d := range seen {
		days = append(days, d)
	}
	slices.Sort(days)
	var gaps []float64
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, float64(days[i]-days[i-1]))
	}
	season := int64(0)
	for _, d := range days {
		h := data.Day(horizon)
		if (d >= asOf-364 && d < asOf-364+h) || (d >= asOf-728 && d < asOf-728+h) || (d >= asOf-1092 && d < asOf-1092+h) {
			season++
		}
	}
	row["purchase_days"] = whole(int64(len(days)))
	row["recency_days"] = whole(int64(asOf - slices.Max(days)))
	row["tenure_days"] = whole(int64(asOf - slices.Min(days)))
	row["same_season_days"] = whole(season)
	for _, name := range []string{"interval_mean", "interval_median", "interval_std", "interval_min", "interval_max", "interval_first", "interval_last"} {
		row[name] = nullCell
	}
	if len(gaps) == 0 {
		return
	}
	n := len(gaps)
	sorted := slices.Clone(gaps)
	sort.Float64s(sorted)
	sum := 0.0
	for _, g := range gaps {
		sum += g
	}
	mean := sum / float64(n)
	row["interval_mean"] = real(mean)
	row["interval_median"] = real((sorted[(n-1)/2] + sorted[n/2]) / 2)
	row["interval_min"] = whole(int64(sorted[0]))
	row["interval_max"] = whole(int64(sorted[n-1]))
	row["interval_first"] = whole(int64(gaps[0]))
	row["interval_last"] = whole(int64(gaps[n-1]))
	if n >= 2 {
		squares := new(big.Float)
		for _, g := range gaps {
			d := new(big.Float).Sub(big.NewFloat(g), big.NewFloat(mean))
			squares.Add(squares, d.Mul(d, d))
		}
		variance, _ := squares.Quo(squares, big.NewFloat(float64(n-1))).Float64()
		row["interval_std"] = real(math.Sqrt(variance))
	}
}

func naiveOrders(row map[string]cell, purchases []line, asOf data.Day) {
	byKey := map[okey]*naiveOrder{}
	for _, l := range purchases {
		key := okey{id: l.order}
		if l.order == 0 {
			key.day = l.day()
		}
		o := byKey[key]
		if o == nil {
			o = &naiveOrder{time: l.time, day: l.day()}
			byKey[key] = o
		}
		o.time, o.day = min(o.time, l.time), min(o.day, l.day())
		o.value += l.amount
		o.units += l.quantity
		o.lines++
	}
	var orders []*naiveOrder
	for _, o := range byKey {
		orders = append(orders, o)
	}
	sort.Slice(orders, func(i, j int) bool {
		if orders[i].time != orders[j].time {
			return orders[i].time < orders[j].time
		}
		return orders[i].value < orders[j].value
	})
	var value, units, largest data.Money
	var lines, weekend int64
	var count [4]int64
	var spend [4]data.Money
	for _, o := range orders {
		value += o.value
		units += o.units
		lines += o.lines
		largest = max(largest, o.value)
		if w := o.day.Time().Weekday().String(); w == "Saturday" || w == "Sunday" {
			weekend++
		}
		for i, back := range []data.Day{30, 90, 180, 365} {
			if o.day >= asOf-back {
				count[i]++
				spend[i] += o.value
			}
		}
	}
	n := len(orders)
	row["orders"] = whole(int64(n))
	row["monetary"] = money(value)
	row["mean_order_value"] = over(value, data.Money(n))
	row["max_order_value"] = money(largest)
	row["first_order_value"] = money(orders[0].value)
	row["last_order_value"] = money(orders[n-1].value)
	row["units_per_order"] = over(units, data.Money(n))
	row["lines_per_order"] = real(float64(lines) / float64(n))
	row["weekend_share"] = real(float64(weekend) / float64(n))
	row["orders_30d"] = whole(count[0])
	row["orders_90d"] = whole(count[1])
	row["orders_180d"] = whole(count[2])
	row["orders_365d"] = whole(count[3])
	row["spend_90d"] = money(spend[1])
	row["spend_365d"] = money(spend[3])
}

func naiveLines(row map[string]cell, known, purchases []line) {
	var units, returned, net data.Money
	var returns int64
	products, categories, channels := map[uint32]bool{}, map[uint32]bool{}, map[uint32]bool{}
	for _, l := range known {
		net += l.amount
		if l.isReturn {
			returns++
			returned -= l.amount
		}
	}
	for _, l := range purchases {
		units += l.quantity
		products[l.product] = true
		categories[l.category] = true
		channels[l.channel] = true
	}
	distinct := func(set map[uint32]bool) cell {
		delete(set, 0)
		return whole(int64(len(set)))
	}
	row["lines"] = whole(int64(len(purchases)))
	row["units"] = money(units)
	row["products"] = distinct(products)
	row["categories"] = distinct(categories)
	row["channels"] = distinct(channels)
	row["return_line_share"] = real(float64(returns) / float64(len(known)))
	row["returned_amount"] = money(returned)
	row["net_monetary"] = money(net)
}

func naiveNames(row map[string]cell, purchases []line, names *orders.Names) {
	first, last := nullCell, nullCell
	var firstTime, lastTime int64
	channels, categories := map[string]int{}, map[string]int{}
	for _, l := range purchases {
		if l.category != 0 {
			categories[names[data.Category][l.category-1]]++
		}
		if l.channel == 0 {
			continue
		}
		name := names[data.Channel][l.channel-1]
		channels[name]++
		if first.null || l.time < firstTime || (l.time == firstTime && name < first.text) {
			first, firstTime = text(name), l.time
		}
		if last.null || l.time > lastTime || (l.time == lastTime && name < last.text) {
			last, lastTime = text(name), l.time
		}
	}
	top := func(counts map[string]int) cell {
		best, most := nullCell, 0
		for name, n := range counts {
			if n > most || (n == most && name < best.text) {
				best, most = text(name), n
			}
		}
		return best
	}
	row["first_channel"], row["last_channel"] = first, last
	row["top_channel"], row["top_category"] = top(channels), top(categories)
}

// cellOf reads a value of a table.
func cellOf(c *Column, row int) cell {
	switch c.Kind {
	case Float:
		if math.IsNaN(c.Floats[row]) {
			return nullCell
		}
		return real(c.Floats[row])
	case Text:
		if c.Codes[row] == 0 {
			return nullCell
		}
		return text(c.Dict[c.Codes[row]-1])
	default:
		if c.Ints[row] == NullInt {
			return nullCell
		}
		return whole(c.Ints[row])
	}
}

// near says whether two cells are equal, real numbers to 1e-12 of their size.
func near(a, b cell) bool {
	if a.null || b.null {
		return a == b
	}
	return a.whole == b.whole && a.text == b.text && math.Abs(a.real-b.real) <= 1e-12*math.Max(1, math.Abs(b.real))
}
