package csvimport

import (
	"strconv"
	"strings"

	"winback/data/parse"
)

const (
	// minScale are the decimal places that a decimal column has at least, so
	// that the files of a shop agree.
	minScale = 2
)

// numberProfile is what is known of a column of CSV read as numbers.
type numberProfile struct {
	column parse.NumberColumn
	reads  [parse.DecimalComma + 1]digitProfile // by sign; [AnyDecimal] is not used
}

// digitProfile is what is known of a column under a decimal sign.
type digitProfile struct {
	whole, scale int // the most digits before and after the decimal sign
	leadingZeros bool
	misfits      int64
}

func (p *numberProfile) see(at parse.Place, value string) {
	point, comma := p.column.See(at, []byte(value))
	p.reads[parse.DecimalPoint].see(point)
	p.reads[parse.DecimalComma].see(comma)
}

// noSign says whether neither sign fits all values.
func (p *numberProfile) noSign() bool {
	return p.reads[parse.DecimalPoint].misfits > 0 && p.reads[parse.DecimalComma].misfits > 0
}

// unexpected are the values that keep a column from being one of numbers.
func (p *numberProfile) unexpected(sign parse.DecimalSign) *parse.Sighting {
	switch {
	case sign == parse.DecimalComma && p.column.PointOnly.Count > 0:
		return &p.column.PointOnly
	case sign == parse.DecimalPoint && p.column.CommaOnly.Count > 0:
		return &p.column.CommaOnly
	}
	return &p.column.Neither
}

// see takes in a number written as 1234.56, or nil for none.
func (p *digitProfile) see(plain []byte) {
	if plain == nil {
		p.misfits++
		return
	}
	n := measure(string(plain))
	p.whole = max(p.whole, n.whole)
	p.scale = max(p.scale, n.scale)
	p.leadingZeros = p.leadingZeros || n.leadingZero
}

// measured are the digits of a number.
type measured struct {
	whole, scale int  // before and after the decimal point, with the exponent carried out
	leadingZero  bool // as in 007: an id rather than a number
}

func measure(plain string) measured {
	number, exponent := splitExponent(strings.TrimPrefix(plain, "-"))
	whole, fraction, _ := strings.Cut(number, ".")
	n := measured{leadingZero: len(whole) > 1 && whole[0] == '0'}
	if exponent != 0 { // zeros at the end say nothing there
		fraction = strings.TrimRight(fraction, "0")
	}
	n.whole = max(len(strings.TrimLeft(whole, "0"))+exponent, 0)
	n.scale = max(len(fraction)-exponent, 0)
	return n
}

// splitExponent takes 1.5e3 apart.
func splitExponent(plain string) (number string, exponent int) {
	at := strings.IndexAny(plain, "eE")
	if at < 0 {
		return plain, 0
	}
	exponent, err := strconv.Atoi(plain[at+1:])
	if err != nil {
		exponent = parse.MaxDigits + 1
	}
	return plain[:at], exponent
}

// parseUnscaled reads a number as a count of 10^-scale; false where it has
// more decimals or does not fit.
func parseUnscaled(text string, sign parse.DecimalSign, scale int) (int64, bool) {
	plain, ok := parse.PlainNumber(text, sign)
	if !ok || measure(plain).scale > scale {
		return 0, false
	}
	number, exponent := splitExponent(plain)
	whole, fraction, _ := strings.Cut(number, ".")
	if exponent != 0 {
		fraction = strings.TrimRight(fraction, "0")
	}
	digits := whole + fraction
	zeros := scale - len(fraction) + exponent
	if zeros > 2*parse.MaxDigits {
		return 0, false
	}
	v, err := strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, 64)
	return v, err == nil
}

// parseDouble reads a number under a decimal sign.
func parseDouble(text string, sign parse.DecimalSign) (float64, bool) {
	plain, ok := parse.PlainNumber(text, sign)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(plain, 64)
	return v, err == nil
}
