package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// dash stands for a number that is not known.
const dash = "–"

// count writes a whole number with thousands separators.
func count(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "−"
	}
	return sign + group(digits)
}

// number writes x with thousands separators and a fixed number of decimals.
func number(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return dash
	}
	text, sign := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64), ""
	if x < 0 && strings.ContainsAny(text, "123456789") {
		sign = "−"
	}
	whole, fraction, found := strings.Cut(text, ".")
	if found {
		fraction = "." + fraction
	}
	return sign + group(whole) + fraction
}

// group puts a comma before every third digit from the right.
func group(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// percent writes a share as a percentage without its sign. A share that is
// small but not zero is never shown as zero, nor one short of all as all.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.0005:
		return "<0.1"
	case share < 1 && share >= 0.9995:
		return ">99.9"
	}
	return number(100*share, 1)
}

// percentRange writes a range of shares; a dash if either end is unknown.
func percentRange(low, high float64) string {
	l, h := percent(low), percent(high)
	if l == dash || h == dash {
		return dash
	}
	return l + "–" + h
}

// ratio writes how many times, such as 2.31.
func ratio(x float64) string { return number(x, 2) }

// score writes a metric of models with three decimals.
func score(x float64) string { return number(x, 3) }

// scoreRange writes an interval of a metric; a dash if either end is unknown.
func scoreRange(low, high float64) string {
	l, h := score(low), score(high)
	if l == dash || h == dash {
		return dash
	}
	return l + "–" + h
}

// points writes a difference of shares in percentage points. Small ones matter
// here, so they get a second decimal.
func points(difference float64) string {
	if math.Abs(difference) < 0.00995 {
		return number(100*difference, 2)
	}
	return number(100*difference, 1)
}

// money writes an amount for one customer, with decimals.
func money(x float64) string { return number(x, 2) }

// total writes a large amount or expected count: decimals only where it is small.
func total(x float64) string {
	if math.Abs(x) < 99.95 {
		return number(x, 1)
	}
	return number(x, 0)
}

// change writes an amount with its sign.
func change(x float64) string {
	text := number(x, 0)
	if x > 0 && text != "0" {
		return "+" + text
	}
	return text
}

// share returns part of all as a percentage; a dash if there is nothing.
func share(part, all int64) string {
	if all == 0 {
		return dash
	}
	return percent(float64(part) / float64(all))
}

// days writes a number of days with its unit.
func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return count(int64(n)) + " days"
}

// Plural writes a count with the noun that fits it: "1 customer", "2,000
// customers".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// groupNumbers writes ascending group numbers as people do: "1–6", "1–3 and 5".
func groupNumbers(numbers []int) string {
	var runs []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		run := strconv.Itoa(numbers[i])
		if j > i {
			run = fmt.Sprintf("%d–%d", numbers[i], numbers[j])
		}
		runs = append(runs, run)
		i = j + 1
	}
	if n := len(runs); n > 1 {
		return strings.Join(runs[:n-1], ", ") + " and " + runs[n-1]
	}
	return strings.Join(runs, "")
}
