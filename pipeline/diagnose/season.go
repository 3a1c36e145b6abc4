package diagnose

import "winback/data"

// season is a stretch of three months of the year in which something is bought.
type season struct {
	month int // first month, 0 for January
	share float64
	shop  float64 // share of all the shop's purchases in these months
}

const (
	seasonMonths   = 3
	seasonShare    = 0.6 // of the purchases in the season, at least
	seasonAgainst  = 2.0 // times the shop's share in the same months, at least
	seasonYears    = 2   // years that must each show it
	fewInSeason    = 100 // purchases, in all
	fewInOneSeason = 20  // purchases, in each year
)

// monthCounts counts purchases by month since the first month of the history,
// up to the month of the last day that is known.
func (f *facts) monthCounts(slots []slot, at data.Day) []float64 {
	if at <= f.history.FirstDay {
		return nil
	}
	counts := make([]float64, f.months.of(at-1)+1)
	for i := range slots {
		counts[f.months.of(slots[i].day)]++
	}
	return counts
}

// seasonOf finds the yearly season of something that is bought at the same time
// of the year, and not only because the shop sells most then; false where there
// is none, or less than two years to see it in.
func (f *facts) seasonOf(counts, shop []float64) (season, bool) {
	if len(counts) < 12*seasonYears || sumOf(counts) < fewInSeason {
		return season{}, false
	}
	best := f.bestSeason(counts, shop)
	if best.share < seasonShare || best.share < seasonAgainst*best.shop {
		return best, false
	}
	years := 0
	for from := 0; from+12 <= len(counts); from += 12 {
		var inside, year float64
		for m := from; m < from+12; m++ {
			year += counts[m]
			if best.has(f.months.ofYear(m)) {
				inside += counts[m]
			}
		}
		if year >= fewInOneSeason && inside >= 0.5*year {
			years++
		}
	}
	return best, years >= seasonYears
}

// bestSeason are the three months in a row with the largest share.
func (f *facts) bestSeason(counts, shop []float64) season {
	own, all := f.byMonthOfYear(counts), f.byMonthOfYear(shop)
	best := season{}
	for m := range 12 {
		var o, a float64
		for k := range seasonMonths {
			o += own[(m+k)%12]
			a += all[(m+k)%12]
		}
		if o > best.share {
			best = season{m, o, a}
		}
	}
	return best
}

func (s season) has(month int) bool { return (month-s.month+12)%12 < seasonMonths }

// byMonthOfYear shares counts out over the months of the year; a month that is
// there more often counts its mean.
func (f *facts) byMonthOfYear(counts []float64) (share [12]float64) {
	var times [12]float64
	for m, n := range counts {
		share[f.months.ofYear(m)] += n
		times[f.months.ofYear(m)]++
	}
	var sum float64
	for m := range share {
		if times[m] > 0 {
			share[m] /= times[m]
		}
		sum += share[m]
	}
	for m := range share {
		if sum > 0 {
			share[m] /= sum
		}
	}
	return share
}

// next returns the first day of the first season that begins on a day or later.
func (s season) next(from data.Day) data.Day {
	t := from.Time()
	for year := t.Year(); ; year++ {
		if d := firstOfMonth(year, s.month); d >= from {
			return d
		}
	}
}
