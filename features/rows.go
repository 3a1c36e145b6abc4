package features

import (
	"math"
	"slices"

	"winback/data"
)

// blockRows is how many rows are gathered before they go to the columns.
// Writing a row straight to forty columns of a dozen tables would touch as many
// memory pages; a block stays in the cache.
const blockRows = 32

// block gathers rows of one table, row by row: floats by their bits, whole
// numbers and codes as they are.
type block struct {
	rows [blockRows][allColumns]uint64
	used int
}

// flush appends the rows of the block to the table's columns.
func (b *block) flush(t *Table) {
	rows := b.rows[:b.used]
	for i := range t.Columns {
		c := &t.Columns[i]
		switch c.Kind {
		case Float:
			var room []float64
			c.Floats, room = extend(c.Floats, len(rows))
			for j := range room {
				room[j] = math.Float64frombits(rows[j][i])
			}
		case Text:
			var room []uint32
			c.Codes, room = extend(c.Codes, len(rows))
			for j := range room {
				room[j] = uint32(rows[j][i])
			}
		default:
			var room []int64
			c.Ints, room = extend(c.Ints, len(rows))
			for j := range room {
				room[j] = int64(rows[j][i])
			}
		}
	}
	b.used = 0
}

// extend makes a slice longer and returns it and its new part.
func extend[T any](s []T, by int) (all, room []T) {
	old := len(s)
	all = slices.Grow(s, by)[:old+by]
	return all, all[old:]
}

// add writes the row of one customer.
func (v *view) add(id string, p *past, f *facts, returned bool) {
	v.table.IDs = append(v.table.IDs, id)
	row := &v.block.rows[v.block.used]
	v.addTimes(row, p, f)
	v.addOrders(row, p, f)
	addLines(row, p, f)
	row[colReturned] = v.label(returned)
	if v.Extra {
		v.addExtra(row, p, f)
	}
	v.block.used++
	if v.block.used == blockRows {
		v.block.flush(v.table)
	}
}

func (v *view) label(returned bool) uint64 {
	switch {
	case !v.labelled:
		return noInt
	case returned:
		return 1
	}
	return 0
}

// noInt is NullInt as a block holds it.
const noInt = 1 << 63

func (v *view) addTimes(row *[allColumns]uint64, p *past, f *facts) {
	recency := uint64(v.AsOf - p.last())
	row[colPurchaseDays] = uint64(len(p.days))
	row[colRecencyDays] = recency
	row[colTenureDays] = uint64(v.AsOf - p.first())
	row[colIntervalMean] = math.Float64bits(f.mean)
	row[colIntervalMedian] = math.Float64bits(f.median)
	row[colIntervalStd] = math.Float64bits(f.std)
	row[colRecencyOverInterval] = math.Float64bits(float64(recency) / f.mean)
	row[colIntervalMin], row[colIntervalMax] = noInt, noInt
	row[colIntervalFirst], row[colIntervalLast] = noInt, noInt
	if n := len(p.gaps); n > 0 {
		row[colIntervalMin], row[colIntervalMax] = uint64(p.minGap), uint64(p.maxGap)
		row[colIntervalFirst], row[colIntervalLast] = uint64(p.gaps[0]), uint64(p.gaps[n-1])
	}
	row[colSameSeasonDays] = uint64(p.sameSeason(v.AsOf, v.Horizon))
}

func (v *view) addOrders(row *[allColumns]uint64, p *past, f *facts) {
	row[colOrders] = uint64(len(p.orders))
	row[colMonetary] = uint64(p.monetary)
	row[colMeanOrderValue] = math.Float64bits(f.meanOrderValue)
	row[colMaxOrderValue] = uint64(p.maxOrderValue)
	row[colFirstOrderValue] = uint64(f.firstOrderValue)
	row[colLastOrderValue] = uint64(f.lastOrderValue)
	row[colUnitsPerOrder] = math.Float64bits(f.unitsPerOrder)
	row[colLinesPerOrder] = math.Float64bits(f.linesPerOrder)
	row[colWeekendShare] = math.Float64bits(f.weekendShare)
	r := p.recent(v.AsOf)
	row[colOrders30d] = uint64(r.orders30)
	row[colOrders90d] = uint64(r.orders90)
	row[colOrders180d] = uint64(r.orders180)
	row[colOrders365d] = uint64(r.orders365)
	row[colSpend90d] = uint64(r.spend90)
	row[colSpend365d] = uint64(r.spend365)
}

func addLines(row *[allColumns]uint64, p *past, f *facts) {
	row[colLines] = uint64(p.purchaseLines)
	row[colUnits] = uint64(p.units)
	row[colProducts] = uint64(p.products.count)
	row[colCategories] = uint64(p.categories.distinct)
	row[colChannels] = uint64(p.channels.distinct)
	row[colReturnLineShare] = math.Float64bits(f.returnLineShare)
	row[colReturnedAmount] = uint64(p.returnedAmount)
	row[colNetMonetary] = uint64(p.netMonetary)
	row[colFirstChannel] = uint64(p.firstChannel)
	row[colLastChannel] = uint64(p.lastChannel)
	row[colTopChannel] = uint64(p.channels.top)
	row[colTopCategory] = uint64(p.categories.top)
}

func (v *view) addExtra(row *[allColumns]uint64, p *past, f *facts) {
	secondLast, trend := uint64(noInt), math.NaN()
	if n := len(p.days); n >= 2 {
		secondLast = uint64(v.AsOf - p.days[n-2])
	}
	if n := len(p.gaps); n >= 2 {
		trend = float64(p.gaps[n-1]) / f.mean
	}
	recency, tenure := float64(v.AsOf-p.last()), float64(v.AsOf-p.first())
	spend365 := float64(row[colSpend365d]) // never negative
	lastOrder := float64(f.lastOrderValue) / data.MoneyScale
	row[colDaysSinceSecondLast] = secondLast
	row[colIntervalTrend] = math.Float64bits(trend)
	row[colOverdueDeviations] = math.Float64bits(ratio(recency-f.mean, f.std))
	row[colPurchaseDaysPerYear] = math.Float64bits(365 * float64(len(p.days)) / tenure)
	row[colSpendShare365d] = math.Float64bits(ratio(spend365, float64(p.monetary)))
	row[colLastOrderRatio] = math.Float64bits(ratio(lastOrder, f.meanOrderValue))
}

// ratio returns a / b, NaN where b is 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}
