package data

import "fmt"

// numberColumn is what is known of a text column read as numbers after its
// values went by.
type numberColumn struct {
	values    int64
	pointOnly sighting // numbers with a decimal point that no comma reading fits
	commaOnly sighting
	open      sighting // numbers under both signs, but not the same one, such as 1,408
	neither   sighting // no numbers
	dressed   sighting // numbers, but written with more than digits, minus, point and comma
	money     sighting // the first currency
	currency  string
	otherwise sighting // another currency
	number    writtenNumber
	plain     [2][]byte
}

// see takes one value into the profile. What it says is valid until the next call.
func (c *numberColumn) see(at place, text []byte) (point, comma []byte) {
	c.values++
	w := &c.number
	if !w.take(text) {
		c.neither.addBytes(at, text)
		return nil, nil
	}
	var fitsPoint, fitsComma bool
	c.plain[0], fitsPoint = w.appendPlain(c.plain[0][:0], DecimalPoint)
	c.plain[1], fitsComma = w.appendPlain(c.plain[1][:0], DecimalComma)
	point, comma = c.plain[0], c.plain[1]
	switch {
	case fitsPoint && fitsComma:
		if string(point) != string(comma) {
			c.open.addBytes(at, text)
		}
	case fitsPoint:
		c.pointOnly.addBytes(at, text)
		comma = nil
	case fitsComma:
		c.commaOnly.addBytes(at, text)
		point = nil
	default:
		c.neither.addBytes(at, text)
		return nil, nil
	}
	if w.dressed {
		c.dressed.addBytes(at, text)
	}
	c.seeCurrency(at, text)
	return point, comma
}

func (c *numberColumn) seeCurrency(at place, text []byte) {
	switch currency := c.number.currency; {
	case currency == "":
	case c.currency == "":
		c.currency = currency
		c.money.addBytes(at, text)
	case currency != c.currency:
		c.otherwise.addBytes(at, text)
	}
}

// add takes in what another part of the column showed, which stands behind.
func (c *numberColumn) add(o *numberColumn) {
	c.values += o.values
	c.pointOnly.join(&o.pointOnly)
	c.commaOnly.join(&o.commaOnly)
	c.open.join(&o.open)
	c.neither.join(&o.neither)
	c.dressed.join(&o.dressed)
	switch {
	case c.currency == "":
		c.currency, c.money = o.currency, o.money
	case o.currency != "" && o.currency != c.currency:
		c.otherwise.join(&o.money)
	}
	c.otherwise.join(&o.otherwise)
}

// anyNumber asks that one value at least is a number.
func (c *numberColumn) anyNumber(name string, role Role) error {
	if c.values == 0 || c.neither.count < c.values {
		return nil
	}
	return &InputError{c.neither.at.file, fmt.Errorf("column %q as %s: not one value is a number, such as %s; a minus on either side or brackets mark what goes back, marks such as CR and DR are not read; "+
		"name another column with --map %s=COLUMN", name, role, shortQuote(c.neither.value), role)}
}

// decide finds the decimal sign that all numbers of the column agree on. Where
// each of them has two readings, where they disagree, and where they are of
// several currencies, it is an error that says what to do, unless wanted says
// the sign.
func (c *numberColumn) decide(name string, wanted DecimalSign) (DecimalSign, error) {
	if c.otherwise.count > 0 {
		return 0, &InputError{c.otherwise.at.file, fmt.Errorf("column %q mixes currencies: %s%s and %s%s; want one currency in a column",
			name, shortQuote(c.money.value), c.money.where(), shortQuote(c.otherwise.value), c.otherwise.where())}
	}
	switch {
	case wanted != AnyDecimal:
		return wanted, nil
	case c.pointOnly.count > 0 && c.commaOnly.count > 0:
		return 0, &InputError{c.commaOnly.at.file, fmt.Errorf("column %q mixes numbers: %s%s has a decimal point, %s%s a decimal comma; want one of them, or say --decimal point or --decimal comma to set the others aside",
			name, shortQuote(c.pointOnly.value), c.pointOnly.where(), shortQuote(c.commaOnly.value), c.commaOnly.where())}
	case c.commaOnly.count > 0:
		return DecimalComma, nil
	case c.pointOnly.count > 0 || c.open.count == 0:
		return DecimalPoint, nil
	}
	return 0, &InputError{c.open.at.file, fmt.Errorf("column %q: every number fits two readings, such as %s%s; say which: --decimal comma (it is %s) or --decimal point (%s)",
		name, shortQuote(c.open.value), c.open.where(), plainUnder(c.open.value, DecimalComma), plainUnder(c.open.value, DecimalPoint))}
}

// plainUnder writes a number as 1234.56.
func plainUnder(text string, sign DecimalSign) string {
	var w writtenNumber
	if !w.take([]byte(text)) {
		return text
	}
	plain, _ := w.appendPlain(nil, sign)
	return string(plain)
}
