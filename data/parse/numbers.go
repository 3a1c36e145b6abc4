package parse

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DecimalSign says which sign stands before the decimals of the numbers of a
// text column. The other one may group thousands.
type DecimalSign uint8

const (
	// AnyDecimal finds the sign from all values of the column together.
	AnyDecimal   DecimalSign = iota
	DecimalPoint             // 1,234.50
	DecimalComma             // 1.234,50
)

var decimalSignNames = [...]string{"", "point", "comma"}

// String writes the sign as --decimal takes it; "" is AnyDecimal.
func (d DecimalSign) String() string { return decimalSignNames[d] }

func (d DecimalSign) byte() byte {
	if d == DecimalComma {
		return ','
	}
	return '.'
}

// ParseDecimalSign reads comma or point. "" is AnyDecimal.
func ParseDecimalSign(text string) (DecimalSign, error) {
	for d, name := range decimalSignNames {
		if strings.EqualFold(text, name) {
			return DecimalSign(d), nil
		}
	}
	return AnyDecimal, fmt.Errorf("want comma or point, found %q", text)
}

// LongestNumber is how many bytes the digits of a number may have with what
// stands between them.
const LongestNumber = 64

// WrittenNumber is a number as a text writes it, its decimal sign not yet
// decided.
type WrittenNumber struct {
	core     []byte // digits with . , ' and blanks, perhaps an exponent
	negative bool
	currency string // "": none; one name for all ways to write it
	// dressed: more than digits, one minus in front, points and commas, so that
	// in a column that no name calls a number it may be a text.
	dressed bool
	marks   uint8 // signs, brackets and currencies already seen, as bits
	room    [LongestNumber]byte
}

const (
	markSign = 1 << iota
	markOpen
	markClose
	markCurrency
)

// Take takes a text apart: signs on either side, brackets for a negative
// number, a currency on either side, blanks of any kind. It is false where the
// text is no number.
func (w *WrittenNumber) Take(text []byte) bool {
	w.negative, w.currency, w.dressed, w.marks = false, "", false, 0
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '-' {
		w.negative, w.marks, text = true, markSign, text[1:]
	}
	if len(text) == 0 || len(text) > LongestNumber {
		return false
	}
	for !digitAhead(text) {
		n := w.takeMark(text, false)
		if n == 0 {
			return false
		}
		text = text[n:]
	}
	for !digitBehind(text) {
		n := w.takeMark(text, true)
		if n == 0 || n == len(text) {
			return false
		}
		text = text[:len(text)-n]
	}
	if open := w.marks & (markOpen | markClose); open == markOpen || open == markClose {
		return false
	}
	return w.takeCore(text)
}

// digitAhead says whether the digits of a number begin here; .50 is one.
func digitAhead(text []byte) bool {
	if len(text) > 1 && (text[0] == '.' || text[0] == ',') {
		text = text[1:]
	}
	return len(text) > 0 && text[0] >= '0' && text[0] <= '9'
}

// digitBehind says whether the digits of a number end here; 12. is one.
func digitBehind(text []byte) bool {
	if len(text) > 1 && text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	end := text[len(text)-1]
	return end >= '0' && end <= '9'
}

// takeMark reads what stands at one end of a number and returns its length; 0
// where it belongs to no number.
func (w *WrittenNumber) takeMark(text []byte, atEnd bool) int {
	w.dressed = true
	next := utf8.DecodeRune
	if atEnd {
		next = utf8.DecodeLastRune
	}
	r, size := next(text)
	switch {
	case unicode.IsSpace(r):
		return size
	case r == '-' || r == '+' || r == '\u2212':
		if w.marks&(markSign|markOpen) != 0 {
			return 0
		}
		w.marks |= markSign
		w.negative = r != '+'
		return size
	case r == '(' && !atEnd && w.marks&(markSign|markOpen) == 0:
		w.marks |= markOpen
		w.negative = true
		return size
	case r == ')' && atEnd && w.marks&markClose == 0:
		w.marks |= markClose
		return size
	}
	return w.takeCurrency(text, atEnd)
}

// takeCore copies the digits and what stands between them, with one form for
// all blanks and one for all apostrophes.
func (w *WrittenNumber) takeCore(text []byte) bool {
	w.core = w.room[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			i += size - 1
			switch {
			case unicode.IsSpace(r):
				c = ' '
			case r == '\u2019':
				c = '\''
			default:
				return false
			}
		}
		if c == ' ' || c == '\'' || c == 'e' || c == 'E' {
			w.dressed = true
		}
		w.core = append(w.core, c)
	}
	return true
}

// AppendPlain writes the number under a decimal sign as 1234.56 or -1234.56e3;
// false where the text is none under that sign. Groups are of three digits, in
// India of two before the last; the first never starts with a zero.
func (w *WrittenNumber) AppendPlain(b []byte, sign DecimalSign) ([]byte, bool) {
	if w.negative {
		b = append(b, '-')
	}
	start := len(b)
	var g grouping
	for i, c := range w.core {
		switch {
		case c >= '0' && c <= '9':
			g.part++
			b = append(b, c)
		case c == sign.byte():
			if !g.end(b[start:]) {
				return b, false
			}
			return appendFraction(append(b, '.'), w.core[i+1:], len(b) == start)
		case c == 'e' || c == 'E':
			if g.sign != 0 || g.part == 0 {
				return b, false
			}
			return appendExponent(b, w.core[i:])
		case !g.next(c):
			return b, false
		}
	}
	return b, len(b) > start && g.end(b[start:])
}

// grouping follows the separators of thousands.
type grouping struct {
	sign    byte // 0: none yet
	part    int  // digits since the last one
	parts   int  // groups before it
	ofTwo   bool // a group of two digits is among them
	ofThree bool // a group of three behind the first is among them
}

// next ends a group at a separator.
func (g *grouping) next(c byte) bool {
	if c != '.' && c != ',' && c != '\'' && c != ' ' || g.sign != 0 && g.sign != c || g.part == 0 || g.part > 3 {
		return false
	}
	if g.parts > 0 {
		g.ofTwo, g.ofThree = g.ofTwo || g.part == 2, g.ofThree || g.part == 3
		if g.part == 1 || g.ofTwo && (g.ofThree || c != ',') {
			return false
		}
	}
	g.sign, g.part = c, 0
	g.parts++
	return true
}

// end says whether the digits are well grouped.
func (g *grouping) end(digits []byte) bool {
	return g.sign == 0 || g.part == 3 && digits[0] != '0'
}

func appendFraction(b, fraction []byte, alone bool) ([]byte, bool) {
	for i, c := range fraction {
		switch {
		case c >= '0' && c <= '9':
			b = append(b, c)
		case (c == 'e' || c == 'E') && (i > 0 || !alone):
			return appendExponent(b, fraction[i:])
		default:
			return b, false
		}
	}
	return b, len(fraction) > 0 || !alone
}

func appendExponent(b, exponent []byte) ([]byte, bool) {
	digits := exponent[1:]
	if len(digits) > 0 && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	return append(b, exponent...), len(digits) > 0 && len(digits) <= 3 && allDigits(string(digits))
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// missingWords stand for a missing value among numbers and dates.
var missingWords = map[string]bool{"na": true, "n/a": true, "nan": true, "null": true, "none": true, `\n`: true, "-": true}

// IsMissing says whether a cell stands for no value: empty, or a word for it.
func IsMissing(value string) bool {
	return value == "" || len(value) <= 4 && missingWords[strings.ToLower(value)]
}

// MaxDigits is how many decimal digits an int64 holds whatever they are.
const MaxDigits = 18

// PlainNumber rewrites a number under a decimal sign as 1234.56.
func PlainNumber(text string, sign DecimalSign) (string, bool) {
	var w WrittenNumber
	if !w.Take([]byte(text)) {
		return "", false
	}
	plain, ok := w.AppendPlain(make([]byte, 0, LongestNumber), sign)
	return string(plain), ok
}
