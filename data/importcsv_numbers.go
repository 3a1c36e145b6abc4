package data

import (
	"strconv"
	"strings"
)

// numberStyle is a way to write decimals.
type numberStyle uint8

const (
	pointPlain   numberStyle = iota // 1234.56
	commaPlain                      // 1234,56
	pointGrouped                    // 1,234.56
	commaGrouped                    // 1.234,56
	numberStyles
)

const (
	// maxDigits is how many decimal digits an int64 holds whatever they are.
	maxDigits = 18
	// minScale are the decimal places that a decimal column has at least, so
	// that the files of a shop agree.
	minScale = 2
)

// scannedNumber is a number as a text writes it.
type scannedNumber struct {
	whole, scale int  // digits before and after the decimal sign
	leadingZero  bool // as in 007: an id rather than a number
}

// scanNumber looks at the digits of a number; false where the text is no
// number of that style. Exponents, signs of currency and blanks are not read.
func scanNumber(text string, style numberStyle) (scannedNumber, bool) {
	decimal, group := byte('.'), byte(',')
	if style == commaPlain || style == commaGrouped {
		decimal, group = ',', '.'
	}
	s := strings.TrimPrefix(text, "-")
	whole, fraction, hasFraction := strings.Cut(s, string(decimal))
	if hasFraction && (fraction == "" || !allDigits(fraction)) || !hasFraction && whole == "" {
		return scannedNumber{}, false
	}
	n := scannedNumber{scale: len(fraction)}
	if style == pointGrouped || style == commaGrouped {
		var ok bool
		if whole, ok = ungroup(whole, group); !ok {
			return scannedNumber{}, false
		}
	}
	if !allDigits(whole) {
		return scannedNumber{}, false
	}
	n.leadingZero = len(whole) > 1 && whole[0] == '0'
	n.whole = len(strings.TrimLeft(whole, "0"))
	return n, true
}

// ungroup takes the thousands separators out of 1,234,567; digits without any
// pass too.
func ungroup(whole string, group byte) (string, bool) {
	parts := strings.Split(whole, string(group))
	if len(parts) == 1 {
		return whole, true
	}
	if parts[0] == "" || len(parts[0]) > 3 {
		return "", false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// numberProfile is what is known of a column read as numbers of one style.
type numberProfile struct {
	whole, scale int // the most digits before and after the decimal sign
	leadingZeros bool
	misfits      sighting
}

func (p *numberProfile) see(at place, value string, n scannedNumber, ok bool) {
	if !ok {
		p.misfits.add(at, value)
		return
	}
	p.whole = max(p.whole, n.whole)
	p.scale = max(p.scale, n.scale)
	p.leadingZeros = p.leadingZeros || n.leadingZero
}

// pointNumber rewrites a number of a style as 1234.56.
func pointNumber(text string, style numberStyle) string {
	switch style {
	case commaPlain:
		return strings.Replace(text, ",", ".", 1)
	case pointGrouped:
		return strings.ReplaceAll(text, ",", "")
	case commaGrouped:
		return strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	}
	return text
}

// parseUnscaled reads a number as a count of 10^-scale; false where it has
// more decimals or does not fit.
func parseUnscaled(text string, style numberStyle, scale int) (int64, bool) {
	n, ok := scanNumber(text, style)
	if !ok || n.scale > scale {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(pointNumber(text, style), ".")
	v, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	return v, err == nil
}

// parseDouble reads a number of a style.
func parseDouble(text string, style numberStyle) (float64, bool) {
	if _, ok := scanNumber(text, style); !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(pointNumber(text, style), 64)
	return v, err == nil
}
