package orders

import (
	"winback/data"
	"winback/data/parse"
)

// scaleSet names the units in which a column of whole numbers is tried, the
// largest first.
type scaleSet uint8

const (
	wholeScales scaleSet = iota // 1
	timeScales                  // days, seconds, microseconds
	moneyScales                 // whole units, hundredths, ten-thousandths
)

// rescale divides the numbers by the largest unit that divides them all and
// returns it.
func rescale(v []int64, scales scaleSet) int64 {
	switch {
	case scales == timeScales && inDays(v):
		return data.MicrosPerDay
	case scales == timeScales && inSeconds(v):
		return parse.MicrosPerSecond
	case scales == moneyScales && inUnits(v):
		return data.MoneyScale
	case scales == moneyScales && inHundredths(v):
		return moneyHundredth
	}
	return 1
}

const moneyHundredth = data.MoneyScale / 100

// The units are constants, one function for each: the processor divides by
// them several times faster than by a variable.

func inDays(v []int64) bool {
	const unit = uint64(data.MicrosPerDay)
	for _, x := range v {
		if uint64(x)%unit != 0 {
			return false
		}
	}
	for i, x := range v {
		v[i] = int64(uint64(x) / unit)
	}
	return true
}

func inSeconds(v []int64) bool {
	const unit = uint64(parse.MicrosPerSecond)
	for _, x := range v {
		if uint64(x)%unit != 0 {
			return false
		}
	}
	for i, x := range v {
		v[i] = int64(uint64(x) / unit)
	}
	return true
}

func inUnits(v []int64) bool {
	for _, x := range v {
		if uint64(x)%data.MoneyScale != 0 {
			return false
		}
	}
	for i, x := range v {
		v[i] = int64(uint64(x) / data.MoneyScale)
	}
	return true
}

func inHundredths(v []int64) bool {
	for _, x := range v {
		if uint64(x)%moneyHundredth != 0 {
			return false
		}
	}
	for i, x := range v {
		v[i] = int64(uint64(x) / moneyHundredth)
	}
	return true
}
