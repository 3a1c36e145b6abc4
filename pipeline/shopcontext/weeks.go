package shopcontext

import (
	"math"
	"slices"

	"winback/data"
)

const (
	weekDays  = 7
	yearWeeks = 52
	yearDays  = yearWeeks * weekDays // so that weekdays meet weekdays
)

// peakTraffic is how much busier than the mean of its year a week of the peak
// is.
const peakTraffic = 1.4

// weeks are the weeks before a day, counted back from it: week 0 holds the
// seven days before.
type weeks struct {
	traffic []float64       // purchase days per week over the median week
	peak    [yearWeeks]bool // by week of the year, counted back from the day
}

// weekOf is the week of a day before the view's day.
func (v *View) weekOf(day data.Day) int { return int(v.day-day-1) / weekDays }

// newWeeks learns from the purchase days per week, newest first; the last one
// may be cut short by the beginning of the history.
func newWeeks(counts []float64) weeks {
	w := weeks{traffic: make([]float64, len(counts))}
	if len(counts) < 2 {
		return w
	}
	whole := counts[:len(counts)-1]
	sorted := slices.Clone(whole)
	slices.Sort(sorted)
	median := math.Max(sorted[len(sorted)/2], 1)
	for i, n := range counts {
		w.traffic[i] = n / median
	}
	w.peak = peakWeeks(whole)
	return w
}

// peakWeeks compares each week with the mean of the year around it, and takes
// the mean of what comes out for the same week of several years.
func peakWeeks(counts []float64) (peak [yearWeeks]bool) {
	sums := make([]float64, len(counts)+1)
	for i, n := range counts {
		sums[i+1] = sums[i] + n
	}
	var busy, years [yearWeeks]float64
	for i, n := range counts {
		from := max(0, min(i-yearWeeks/2, len(counts)-yearWeeks))
		to := min(len(counts), from+yearWeeks)
		if mean := (sums[to] - sums[from]) / float64(to-from); mean > 0 {
			busy[i%yearWeeks] += n / mean
			years[i%yearWeeks]++
		}
	}
	for i := range peak {
		peak[i] = busy[i] > peakTraffic*years[i]
	}
	return peak
}

// PeaksBeforeChristmas says whether the shop has peak weeks and all of them touch
// November or December.
func (v *View) PeaksBeforeChristmas() bool {
	any := false
	for week, peak := range v.weeks.peak {
		if !peak {
			continue
		}
		any = true
		last := v.day - data.Day(week*weekDays) - 1
		if !lateInYear(last) && !lateInYear(last-weekDays+1) {
			return false
		}
	}
	return any
}

func lateInYear(day data.Day) bool {
	month := day.String()[len("2006-"):len("2006-01")]
	return month == "11" || month == "12"
}

func (w *weeks) trafficOf(week int) float64 {
	if len(w.traffic) == 0 {
		return math.NaN()
	}
	return w.traffic[min(week, len(w.traffic)-1)]
}

// season says how near the middle of the horizon the days of a year lie.
type season struct {
	gap  [yearDays]float64 // by days ago, without whole years: days to the horizon's middle, around the year
	near [yearDays]float64 // 1 on the same day of the year, falling to 0 within a quarter
}

// seasonSpread is the standard deviation of nearness, in days.
const seasonSpread = 35

func newSeason(horizon int) *season {
	s := new(season)
	for ago := range yearDays {
		gap := float64((ago + horizon/2) % yearDays)
		gap = math.Min(gap, yearDays-gap)
		s.gap[ago] = gap
		s.near[ago] = math.Exp(-gap * gap / (2 * seasonSpread * seasonSpread))
	}
	return s
}
