package data

import (
	"math"
	"strconv"
)

// Money is an amount in ten-thousandths of the shop's currency, so that sums
// are exact and do not depend on the order of rows. Quantities use the same
// scale (1 unit is 10,000).
type Money int64

// MoneyScale is how many Money units make one unit of currency.
const MoneyScale = 10_000

// MoneyType is how amounts stand in the tables that are written.
type MoneyType string

// The types of amounts in tables.
const (
	MoneyDecimal MoneyType = "decimal" // exact: DECIMAL(18,4)
	MoneyDouble  MoneyType = "double"  // for tools without decimals
)

// Float returns the amount in units of currency.
func (m Money) Float() float64 { return float64(m) / MoneyScale }

// MoneyOf is the amount nearest to so many units of currency.
func MoneyOf(units float64) Money { return Money(math.Round(units * MoneyScale)) }

// String writes the amount with two to four decimals.
func (m Money) String() string {
	if m%(MoneyScale/100) == 0 {
		return strconv.FormatFloat(m.Float(), 'f', 2, 64)
	}
	return strconv.FormatFloat(m.Float(), 'f', 4, 64)
}
