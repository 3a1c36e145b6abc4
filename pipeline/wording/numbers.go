// Package wording puts numbers and features in words: one way to write a
// number, and one row for each feature column that says what it is called, what
// it tells of a customer and what a rule on it asks.
package wording

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style is how numbers are written for a reader; all have commas between
// thousands.
type Style struct {
	Unknown string // stands for NaN and infinities
	Minus   string
	Range   string // between the ends of a range
}

// The styles of running text, of tables on a terminal and of an HTML page.
var (
	Prose  = Style{Unknown: "unknown", Minus: "-", Range: " to "}
	Screen = Style{Unknown: "-", Minus: "-", Range: " to "}
	Page   = Style{Unknown: "–", Minus: "−", Range: "–"}
)

// Fixed writes x with so many decimals. What rounds to zero has no sign.
func (s Style) Fixed(x float64, decimals int) string {
	var room [32]byte
	return string(s.appendFixed(room[:0], x, decimals))
}

func (s Style) appendFixed(to []byte, x float64, decimals int) []byte {
	if !Known(x) {
		return append(to, s.Unknown...)
	}
	if decimals == 0 {
		x = math.Round(x) // half away from zero, as people do
	}
	var room [32]byte
	text := strconv.AppendFloat(room[:0], math.Abs(x), 'f', decimals, 64)
	if x < 0 && bytes.ContainsAny(text, "123456789") {
		to = append(to, s.Minus...)
	}
	return appendGrouped(to, text)
}

// Percent writes a share of 1: 8.4 %.
func (s Style) Percent(share float64) string {
	if !Known(share) {
		return s.Unknown
	}
	return s.Fixed(100*share, 1) + " %"
}

// PercentRange writes a range of shares: 7.9 to 8.8 %. It is unknown where
// either end is.
func (s Style) PercentRange(low, high float64) string {
	if !Known(low) || !Known(high) {
		return s.Unknown
	}
	return s.Fixed(100*low, 1) + s.Range + s.Percent(high)
}

// Times writes a factor: 2.3x.
func (s Style) Times(x float64) string {
	if !Known(x) {
		return s.Unknown
	}
	return s.Fixed(x, 1) + "x"
}

// Money writes an amount to the cent, without cents from 1,000 on.
func (s Style) Money(x float64) string {
	if math.Abs(x) < 1000 {
		return s.Fixed(x, 2)
	}
	return s.Fixed(x, 0)
}

// Signed writes a whole number with its sign: +335,489.
func (s Style) Signed(x float64) string {
	text := s.Fixed(x, 0)
	if x > 0 && text != "0" && Known(x) {
		return "+" + text
	}
	return text
}

// Known says whether x is a number.
func Known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Thousands writes a count with separators: 1,234,567.
func Thousands(n int64) string {
	var room [32]byte
	return string(appendThousands(room[:0], n))
}

func appendThousands(to []byte, n int64) []byte {
	if n > -1000 && n < 1000 {
		return strconv.AppendInt(to, n, 10)
	}
	var room [32]byte
	text := strconv.AppendInt(room[:0], n, 10)
	if n < 0 {
		to, text = append(to, '-'), text[1:]
	}
	return appendGrouped(to, text)
}

// Plural writes a count with the noun that fits it: "1 customer", "2,000
// customers".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Counted writes a count with a noun whose plural ends in s: "1 day", "29 days".
func Counted[N ~int | ~int32 | ~int64](n N, noun string) string {
	var room [64]byte
	return string(AppendCounted(room[:0], n, noun))
}

// AppendCounted appends what Counted writes.
func AppendCounted[N ~int | ~int32 | ~int64](to []byte, n N, noun string) []byte {
	to = append(append(appendThousands(to, int64(n)), ' '), noun...)
	if n != 1 {
		to = append(to, 's')
	}
	return to
}

// Trimmed writes x with at most so many decimals.
func Trimmed(x float64, decimals int) string {
	text := Prose.Fixed(x, max(decimals, 1))
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// appendGrouped appends a number without a sign with commas between its thousands.
func appendGrouped(to, text []byte) []byte {
	digits := bytes.IndexByte(text, '.')
	if digits < 0 {
		digits = len(text)
	}
	for i, c := range text {
		if i > 0 && i < digits && (digits-i)%3 == 0 {
			to = append(to, ',')
		}
		to = append(to, c)
	}
	return to
}

// List joins words: "web1, web2 or phone1" with the conjunction "or".
func List(words []string, conjunction string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + conjunction + " " + words[n-1]
	}
	return strings.Join(words, "")
}

// Runs writes ascending numbers with runs of neighbours as ranges: 1-3 and 5.
func Runs(numbers []int, dash string) []string {
	var runs []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		run := strconv.Itoa(numbers[i])
		if j > i {
			run = fmt.Sprintf("%d%s%d", numbers[i], dash, numbers[j])
		}
		runs = append(runs, run)
		i = j + 1
	}
	return runs
}

// Sentence begins with a capital and ends with a full stop; nothing stays
// nothing.
func Sentence(words string) string {
	if words == "" {
		return ""
	}
	return Capital(strings.TrimSuffix(words, ".")) + "."
}

// Capital begins with a capital letter.
func Capital(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}
