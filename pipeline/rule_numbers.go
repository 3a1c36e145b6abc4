package pipeline

import (
	"math"
	"strconv"
	"strings"
)

// whole writes a whole number with commas between thousands: 1,204.
func whole(x float64) string {
	if math.Abs(x) < 1<<53 {
		return withCommas(strconv.FormatInt(int64(math.Round(x)), 10))
	}
	return decimals(x, 0)
}

// money writes an amount with two decimals, or none for a round one.
func money(x float64) string {
	if x == math.Trunc(x) {
		return whole(x)
	}
	return withCommas(strconv.FormatFloat(x, 'f', 2, 64))
}

// decimals writes a number with at most n decimals and commas between
// thousands.
func decimals(x float64, n int) string {
	text := strconv.FormatFloat(x, 'f', n, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return withCommas(text)
}

func withCommas(text string) string {
	digits := strings.TrimPrefix(text, "-")
	sign := text[:len(text)-len(digits)]
	digits, fraction, _ := strings.Cut(digits, ".")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + digits + fraction
}
