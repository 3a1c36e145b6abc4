package diagnose

import (
	"fmt"

	"winback/pipeline/wording"
)

// Month are the buyers and sales of a month. A customer counts as kept while
// there is a purchase in the three months up to the end of a month.
type Month struct {
	Month     string `json:"month"`
	Complete  bool   `json:"complete"` // all its days are known
	NewBuyers int64  `json:"new_buyers"`
	OldBuyers int64  `json:"old_buyers"` // who had first bought in an earlier month
	NewSales  Number `json:"new_sales"`
	OldSales  Number `json:"old_sales"`
	Retained  int64  `json:"retained"` // kept at the end of the month before and of this one
	Lost      *int64 `json:"lost"`     // kept at the end of the month before and not of this one; null while the month runs
	Regained  int64  `json:"regained"` // bought after having been lost
}

// ShopType says what kind of shop the recent months show, and why.
type ShopType struct {
	Type string `json:"type"`
	Why  string `json:"why"`
	// The figures behind it: three complete months against those before.
	Months        int    `json:"months"`
	Against       string `json:"against"`
	NewTrend      Number `json:"new_trend"` // new buyers now over new buyers then, minus one
	OldTrend      Number `json:"old_trend"`
	OldShare      Number `json:"old_share"` // of the buyers
	OldSalesShare Number `json:"old_sales_share"`
}

func (f *facts) monthRows() []Month {
	var rows []Month
	for m := range f.counts.flow {
		k := &f.counts.flow[m]
		complete := f.months.firstOf(m) >= f.history.FirstDay && f.months.firstOf(m+1) <= f.s.AsOf
		row := Month{Month: f.months.name(m), Complete: complete, NewBuyers: k.newBuyers, OldBuyers: k.oldBuyers, NewSales: Number(k.newSales.Float()), OldSales: Number(k.oldSales.Float()),
			Retained: k.retained, Regained: k.regained}
		if f.months.firstOf(m+1) <= f.s.AsOf {
			lost := k.lost
			row.Lost = &lost
		}
		rows = append(rows, row)
	}
	return rows
}

// Names of the shop types.
const (
	typeYoung    = "too young to tell"
	typeFew      = "too few buyers to tell"
	typeGrowing  = "growing"
	typeLeaky    = "leaky bucket"
	typeRegulars = "lives on its regulars"
	typeFading   = "fading"
	typeSteady   = "steady"
	typeLoyal    = "loyal but not renewed"
)

const (
	flat       = 0.03 // change of a number of buyers that counts as none
	fewInMonth = 30   // a month, on average of the months compared, to say anything
)

// shopType compares the last three complete months with the same months of the
// year before, or with the three months before where there is no such year.
func shopType(rows []Month) ShopType {
	t := ShopType{Type: typeYoung, Why: "there are fewer than six complete months", NewTrend: unknown, OldTrend: unknown, OldShare: unknown, OldSalesShare: unknown}
	last := len(rows) - 1
	for last >= 0 && !rows[last].Complete {
		last--
	}
	first := 0
	for first < len(rows) && !rows[first].Complete {
		first++
	}
	back := 12
	t.Against = "the same months a year before"
	if last-2-12 < first {
		back, t.Against = 3, "the three months before"
	}
	if last-2-back < first {
		return t
	}
	t.Months = 3
	var now, then Month
	for m := last - 2; m <= last; m++ {
		now.NewBuyers += rows[m].NewBuyers
		now.OldBuyers += rows[m].OldBuyers
		now.NewSales += rows[m].NewSales
		now.OldSales += rows[m].OldSales
		then.NewBuyers += rows[m-back].NewBuyers
		then.OldBuyers += rows[m-back].OldBuyers
	}
	t.NewTrend, t.OldTrend = ratio(now.NewBuyers, then.NewBuyers)-1, ratio(now.OldBuyers, then.OldBuyers)-1
	t.OldShare = ratio(now.OldBuyers, now.OldBuyers+now.NewBuyers)
	t.OldSalesShare = ratio(float64(now.OldSales), float64(now.OldSales+now.NewSales))
	if all := now.NewBuyers + now.OldBuyers + then.NewBuyers + then.OldBuyers; all < fewInMonth*2*int64(t.Months) {
		t.Type = typeFew
		t.Why = fmt.Sprintf("from %s to %s and in %s there were on average fewer than %d buyers a month", rows[last-2].Month, rows[last].Month, t.Against, fewInMonth)
		return t
	}
	t.Type, t.Why = t.judge(rows[last-2].Month, rows[last].Month)
	return t
}

func (t *ShopType) judge(from, to string) (name, why string) {
	up, down := func(x Number) bool { return x > flat }, func(x Number) bool { return x < -flat }
	facts := fmt.Sprintf("from %s to %s, against %s, new buyers %s and old buyers %s; old ones are %s of the buyers",
		from, to, t.Against, changeWords(t.NewTrend), changeWords(t.OldTrend), wording.Prose.Percent(float64(t.OldShare)))
	if t.OldSalesShare.Known() {
		facts += fmt.Sprintf(" and bring %s of the sales", wording.Prose.Percent(float64(t.OldSalesShare)))
	}
	switch {
	case t.OldShare == 0:
		return typeLeaky, facts + ": nobody comes back, so work on the second order before buying more new ones"
	case up(t.NewTrend) && up(t.OldTrend):
		return typeGrowing, facts + ": both rise, go on"
	case up(t.NewTrend) && down(t.OldTrend):
		return typeLeaky, facts + ": new ones come and do not stay, so work on the second order before buying more new ones"
	case t.OldShare > 0.5:
		return typeRegulars, facts + ": more than half are old ones, so keep them and look for new ones"
	case down(t.NewTrend) && down(t.OldTrend):
		return typeFading, facts + ": both fall, so win back the lapsed first, they are the cheapest"
	case down(t.NewTrend) && up(t.OldTrend):
		return typeLoyal, facts + ": old ones come more often and too few new ones follow"
	}
	return typeSteady, facts + ": neither moves much"
}

func changeWords(x Number) string {
	switch {
	case !x.Known():
		return "cannot be compared"
	case x > flat:
		return fmt.Sprintf("rose by %.0f %%", 100*float64(x))
	case x < -flat:
		return fmt.Sprintf("fell by %.0f %%", -100*float64(x))
	}
	return "stayed about the same"
}
