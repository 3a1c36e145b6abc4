package orders

import (
	"math"
	"math/bits"

	"winback/data"
	"winback/data/parse"
)

// scaleSet names the units in which a column of whole numbers is tried.
type scaleSet uint8

const (
	wholeScales scaleSet = iota // 1
	timeScales                  // days, seconds, microseconds
	moneyScales                 // whole units, hundredths, ten-thousandths
)

// unit divides numbers that are multiples of it by a multiplication, several times
// faster than the processor divides by a variable: Granlund and Montgomery 1994,
// section 9. Of numbers that are none, the result is greater than most.
type unit struct {
	scale, inverse, most uint64
	shift                int
}

func unitOf(scale uint64) unit {
	shift := bits.TrailingZeros64(scale)
	odd := scale >> shift
	inverse := odd // right in the lowest three bits; each step doubles them
	for range 5 {
		inverse *= 2 - odd*inverse
	}
	return unit{scale, inverse, math.MaxUint64 / scale, shift}
}

func (u *unit) of(x uint64) uint64 { return bits.RotateLeft64(x*u.inverse, -u.shift) }

// units are those of each set, the largest first.
var units = [...][]unit{
	wholeScales: {unitOf(1)},
	timeScales:  {unitOf(uint64(data.MicrosPerDay)), unitOf(uint64(parse.MicrosPerSecond)), unitOf(1)},
	moneyScales: {unitOf(data.MoneyScale), unitOf(data.MoneyScale / 100), unitOf(1)},
}

// unitOfAll is the largest unit that divides how far all numbers lie from the
// lowest.
func unitOfAll(v []int64, low int64, scales scaleSet) *unit {
	set := units[scales]
	for i := range set[:len(set)-1] {
		if set[i].dividesAll(v, low) {
			return &set[i]
		}
	}
	return &set[len(set)-1]
}

func (u *unit) dividesAll(v []int64, low int64) bool {
	for _, x := range v {
		if u.of(uint64(x-low)) > u.most {
			return false
		}
	}
	return true
}
