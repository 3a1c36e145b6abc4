package parse

import (
	"fmt"

	"winback/data"
)

// NumberColumn is what is known of a text column read as numbers after its
// values went by.
type NumberColumn struct {
	values    int64
	PointOnly Sighting // numbers with a decimal point that no comma reading fits
	CommaOnly Sighting
	Open      Sighting // numbers under both signs, but not the same one, such as 1,408
	Neither   Sighting // no numbers
	Dressed   Sighting // numbers, but written with more than digits, minus, point and comma
	money     Sighting // the first currency
	currency  string
	Otherwise Sighting // another currency
	number    WrittenNumber
	plain     [2][]byte
}

// See takes one value into the profile. What it says is valid until the next call.
func (c *NumberColumn) See(at Place, text []byte) (point, comma []byte) {
	c.values++
	w := &c.number
	if !w.Take(text) {
		c.Neither.addBytes(at, text)
		return nil, nil
	}
	var fitsPoint, fitsComma bool
	c.plain[0], fitsPoint = w.AppendPlain(c.plain[0][:0], DecimalPoint)
	c.plain[1], fitsComma = w.AppendPlain(c.plain[1][:0], DecimalComma)
	point, comma = c.plain[0], c.plain[1]
	switch {
	case fitsPoint && fitsComma:
		if string(point) != string(comma) {
			c.Open.addBytes(at, text)
		}
	case fitsPoint:
		c.PointOnly.addBytes(at, text)
		comma = nil
	case fitsComma:
		c.CommaOnly.addBytes(at, text)
		point = nil
	default:
		c.Neither.addBytes(at, text)
		return nil, nil
	}
	if w.dressed {
		c.Dressed.addBytes(at, text)
	}
	c.seeCurrency(at, text)
	return point, comma
}

func (c *NumberColumn) seeCurrency(at Place, text []byte) {
	switch currency := c.number.currency; {
	case currency == "":
	case c.currency == "":
		c.currency = currency
		c.money.addBytes(at, text)
	case currency != c.currency:
		c.Otherwise.addBytes(at, text)
	}
}

// Add takes in what another part of the column showed, which stands behind.
func (c *NumberColumn) Add(o *NumberColumn) {
	c.values += o.values
	c.PointOnly.join(&o.PointOnly)
	c.CommaOnly.join(&o.CommaOnly)
	c.Open.join(&o.Open)
	c.Neither.join(&o.Neither)
	c.Dressed.join(&o.Dressed)
	switch {
	case c.currency == "":
		c.currency, c.money = o.currency, o.money
	case o.currency != "" && o.currency != c.currency:
		c.Otherwise.join(&o.money)
	}
	c.Otherwise.join(&o.Otherwise)
}

// AnyNumber asks that one value at least is a number.
func (c *NumberColumn) AnyNumber(name string, role data.Role) error {
	if c.values == 0 || c.Neither.Count < c.values {
		return nil
	}
	return &data.InputError{Path: c.Neither.At.File, Err: fmt.Errorf("column %q as %s: not one value is a number, such as %s; a minus on either side or brackets mark what goes back, marks such as CR and DR are not read; "+
		"name another column with --map %s=COLUMN", name, role, ShortQuote(c.Neither.Value), role)}
}

// Decide finds the decimal sign that all numbers of the column agree on. Where
// each of them has two readings, where they disagree, and where they are of
// several currencies, it is an error that says what to do, unless wanted says
// the sign.
func (c *NumberColumn) Decide(name string, wanted DecimalSign) (DecimalSign, error) {
	if c.Otherwise.Count > 0 {
		return 0, &data.InputError{Path: c.Otherwise.At.File, Err: fmt.Errorf("column %q mixes currencies: %s%s and %s%s; want one currency in a column",
			name, ShortQuote(c.money.Value), c.money.where(), ShortQuote(c.Otherwise.Value), c.Otherwise.where())}
	}
	switch {
	case wanted != AnyDecimal:
		return wanted, nil
	case c.PointOnly.Count > 0 && c.CommaOnly.Count > 0:
		return 0, &data.InputError{Path: c.CommaOnly.At.File, Err: fmt.Errorf("column %q mixes numbers: %s%s has a decimal point, %s%s a decimal comma; want one of them, or say --decimal point or --decimal comma to set the others aside",
			name, ShortQuote(c.PointOnly.Value), c.PointOnly.where(), ShortQuote(c.CommaOnly.Value), c.CommaOnly.where())}
	case c.CommaOnly.Count > 0:
		return DecimalComma, nil
	case c.PointOnly.Count > 0 || c.Open.Count == 0:
		return DecimalPoint, nil
	}
	return 0, &data.InputError{Path: c.Open.At.File, Err: fmt.Errorf("column %q: every number fits two readings, such as %s%s; say which: --decimal comma (it is %s) or --decimal point (%s)",
		name, ShortQuote(c.Open.Value), c.Open.where(), plainUnder(c.Open.Value, DecimalComma), plainUnder(c.Open.Value, DecimalPoint))}
}

// plainUnder writes a number as 1234.56.
func plainUnder(text string, sign DecimalSign) string {
	var w WrittenNumber
	if !w.Take([]byte(text)) {
		return text
	}
	plain, _ := w.AppendPlain(nil, sign)
	return string(plain)
}
