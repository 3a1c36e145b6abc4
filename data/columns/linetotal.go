package columns

import (
	"math/bits"

	"winback/data"
)

// LineTotal multiplies a price of eight decimals with a quantity of four, and
// rounds to Money, half away from zero. It is false where the result is no
// plausible amount.
func LineTotal(price, quantity int64) (int64, bool) {
	const few = 1 << 40 // whole units of a price below 10,995 need no more than 64 bits
	if units := quantity / data.MoneyScale; units*data.MoneyScale == quantity && price >= 0 && price < few && units > -few>>20 && units < few>>20 {
		total := int64((magnitude(price*units) + data.MoneyScale/2) / data.MoneyScale)
		if units < 0 {
			total = -total
		}
		return total, true
	}
	negative := (price < 0) != (quantity < 0)
	hi, lo := bits.Mul64(magnitude(price), magnitude(quantity))
	const unit = 100_000_000 // 8 + 4 - 4 decimals
	lo, carry := bits.Add64(lo, unit/2, 0)
	hi += carry
	if hi >= unit {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, unit)
	if q >= MaxMoney {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return uint64(-x)
	}
	return uint64(x)
}

// Differ says whether two amounts are further apart than rounding explains:
// one hundredth and a thousandth of the amount.
func Differ(a, b int64) bool {
	return magnitude(a-b) > max(data.MoneyScale/100, magnitude(a)/1000)
}
