package features

import (
	"math"
	"math/bits"
	"slices"

	"winback/data"
)

// calendar holds the purchase days of one customer, as far as they are known,
// and the intervals between them.
type calendar struct {
	days       []data.Day // ascending
	gaps       []int32    // days between consecutive purchase days; one fewer than days
	sumSquares uint64     // of the gaps
	minGap     int32
	maxGap     int32
	sorted     []int32 // scratch of median
}

func (c *calendar) reset() {
	c.days, c.gaps = c.days[:0], c.gaps[:0]
	c.sumSquares, c.minGap, c.maxGap = 0, math.MaxInt32, 0
}

// add appends a purchase day, which is later than the last.
func (c *calendar) add(day data.Day) {
	if n := len(c.days); n > 0 {
		gap := int32(day - c.days[n-1])
		c.gaps = append(c.gaps, gap)
		c.sumSquares += uint64(gap) * uint64(gap)
		c.minGap, c.maxGap = min(c.minGap, gap), max(c.maxGap, gap)
	}
	c.days = append(c.days, day)
}

func (c *calendar) first() data.Day { return c.days[0] }
func (c *calendar) last() data.Day  { return c.days[len(c.days)-1] }

// mean returns the mean interval, NaN without one.
func (c *calendar) mean() float64 {
	if len(c.gaps) == 0 {
		return math.NaN()
	}
	return float64(c.last()-c.first()) / float64(len(c.gaps))
}

// median returns the middle interval or the mean of the middle two, NaN
// without one.
func (c *calendar) median() float64 {
	n := len(c.gaps)
	switch n {
	case 0:
		return math.NaN()
	case 1:
		return float64(c.gaps[0])
	case 2:
		return float64(c.gaps[0]+c.gaps[1]) / 2
	}
	c.sorted = append(c.sorted[:0], c.gaps...)
	slices.Sort(c.sorted)
	if n%2 == 1 {
		return float64(c.sorted[n/2])
	}
	return float64(c.sorted[n/2-1]+c.sorted[n/2]) / 2
}

// std returns the sample standard deviation of the intervals, NaN with fewer
// than two. n·Σg² − (Σg)² is exact in 128 bits, so that nothing cancels and
// equal intervals give exactly 0.
func (c *calendar) std() float64 {
	n := uint64(len(c.gaps))
	if n < 2 {
		return math.NaN()
	}
	sum := uint64(c.last() - c.first())
	leftHi, leftLo := bits.Mul64(n, c.sumSquares)
	rightHi, rightLo := bits.Mul64(sum, sum)
	lo, borrow := bits.Sub64(leftLo, rightLo, 0)
	hi, _ := bits.Sub64(leftHi, rightHi, borrow)
	numerator := float64(hi)*(1<<64) + float64(lo)
	return math.Sqrt(numerator / (float64(n) * float64(n-1)))
}

// sameSeason counts the purchase days that fell into the horizon's days counted
// from the as-of day, one, two and three times 364 days earlier.
func (c *calendar) sameSeason(asOf data.Day, horizon int) int64 {
	count := int64(0)
	for i := len(c.days) - 1; i >= 0; i-- {
		age := int(asOf - c.days[i])
		if age > 3*seasonDays {
			break
		}
		for year := seasonDays; year <= 3*seasonDays; year += seasonDays {
			if age <= year && age > year-horizon {
				count++
				break
			}
		}
	}
	return count
}

// seasonDays is a year of whole weeks, so that weekdays meet weekdays.
const seasonDays = 364
