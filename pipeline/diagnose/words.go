package diagnose

import (
	"math"
	"strconv"
)

// moneyWords writes an amount without cents where it is large.
func moneyWords(v float64) string {
	if math.IsNaN(v) {
		return "unknown"
	}
	if math.Abs(v) < 1000 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return thousands(int64(math.Round(v)))
}
