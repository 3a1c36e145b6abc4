package csvimport

import (
	"fmt"
	"strings"

	"winback/data"
	"winback/data/parse"
)

// columnHint is what the name of a column lets expect of its values.
type columnHint uint8

const (
	hintNone   columnHint = iota
	hintDate              // by its name a date: eight digits may be one
	hintNumber            // the amount, price, quantity or discount of an order table
	hintTime              // the time of an order table
)

// columnHints guesses from the names alone.
func columnHints(names []string) []columnHint {
	hints := make([]columnHint, len(names))
	for i, name := range names {
		plain := data.PlainName(name)
		for _, part := range []string{"date", "datum", "day", "time"} {
			if strings.Contains(plain, part) {
				hints[i] = hintDate
			}
		}
	}
	// Names that are ambiguous as roles give no hint; reading says so later.
	roles, err := data.AssignRoles(names, len(names), nil, new(data.PassedOver))
	if err != nil {
		return hints
	}
	for _, r := range []data.Role{data.Amount, data.Price, data.Quantity, data.Discount} {
		if roles[r] >= 0 {
			hints[roles[r]] = hintNumber
		}
	}
	if roles[data.Time] >= 0 {
		hints[roles[data.Time]] = hintTime
	}
	return hints
}

// columnProfile is what is known of a column after its values went by.
type columnProfile struct {
	name   string
	comma  rune
	hint   columnHint
	values int64 // neither empty nor missing
	empty  int64 // ""
	// missing are words such as NA that stand for no value in a column of
	// numbers or dates.
	missing int64

	numbers  numberProfile
	noNumber bool // neither decimal sign fits all values
	dates    dateProfile
}

func newColumnProfile(name string, comma rune) *columnProfile {
	return &columnProfile{name: name, comma: comma}
}

// see takes one value into the profile.
func (c *columnProfile) see(at parse.Place, value string) {
	if value == "" {
		c.empty++
		return
	}
	trimmed := strings.TrimSpace(value)
	if parse.IsMissing(trimmed) {
		c.missing++
		return
	}
	c.values++
	// A column that by its name is a number or a time is looked at to the end,
	// to say how many of its values are none. Any other is text from the first
	// value that is neither.
	if c.hint == hintNumber || !c.noNumber {
		c.numbers.see(at, trimmed)
		c.noNumber = c.numbers.noSign()
	}
	if c.hint == hintTime || c.dates.dated == c.values-1 {
		c.dates.see(at, trimmed, c.hint == hintDate || c.hint == hintTime)
	}
}

// decide names the type of the column.
func (c *columnProfile) decide(spec Spec) (importType, error) {
	t := importType{kind: kindText, nullable: c.empty > 0}
	if c.values == 0 {
		t.nullable = t.nullable || c.missing > 0
		return t, nil
	}
	isTime := c.hint == hintDate || c.hint == hintTime
	number, numberOK, err := c.numberType(spec.Decimal)
	if err != nil {
		return t, err
	}
	switch {
	case numberOK && isTime && spec.Dates.OfNumbers():
		return importType{kind: kindTime, order: spec.Dates, orderOpen: true, zoned: spec.Dates.Zoned(), nullable: c.empty+c.missing > 0}, nil
	case !numberOK || isTime:
		date, ok, err := c.dates.decide(c, spec.Dates)
		if err != nil {
			return t, err
		}
		if ok {
			t = date
			t.nullable = c.empty+c.missing > 0
			return t, nil
		}
	}
	if numberOK {
		number.nullable = c.empty+c.missing > 0
		return number, nil
	}
	return t, c.unexpected(spec.Decimal)
}

// numberType is the type of a column in which every value is a number. Only
// one that by its name is a number is asked about where two readings fit, and
// may have currencies, blanks, brackets and the like: any other is text then.
func (c *columnProfile) numberType(wanted parse.DecimalSign) (importType, bool, error) {
	column := &c.numbers.column
	if c.hint != hintNumber && (c.noNumber || column.Dressed.Count > 0 || column.Otherwise.Count > 0) ||
		column.Neither.Count > 0 {
		return importType{}, false, nil
	}
	sign, err := column.Decide(c.name, wanted)
	if err != nil && c.hint != hintNumber {
		return importType{}, false, nil
	}
	if err != nil {
		return importType{}, false, err
	}
	p := &c.numbers.reads[sign]
	if p.misfits > 0 || p.leadingZeros && c.hint != hintNumber {
		return importType{}, false, nil
	}
	t := importType{sign: sign, written: column.CommaOnly.Count+column.Open.Count+column.Dressed.Count > 0}
	switch {
	case p.scale == 0 && p.whole <= parse.MaxDigits:
		t.kind = kindWhole
	case p.scale > 0 && p.whole+max(p.scale, minScale) <= parse.MaxDigits:
		t.kind, t.scale = kindDecimal, max(p.scale, minScale)
	case p.scale > 0 && p.whole <= parse.MaxDigits:
		t.kind = kindDouble
	default:
		return importType{}, false, nil
	}
	return t, true, nil
}

// unexpected is the error of a column that by its name and by most of its
// values holds numbers or dates, and has others too. Without it one bad cell
// would turn the column into text.
func (c *columnProfile) unexpected(sign parse.DecimalSign) error {
	var worst *parse.Sighting
	want := ""
	switch c.hint {
	case hintNumber:
		want = "a number"
		worst = c.numbers.unexpected(sign)
	case hintTime:
		want = "a date"
		worst = c.dates.leastMisfits()
	default:
		return nil
	}
	if worst.Count == 0 || worst.Count*2 > c.values {
		return nil
	}
	text := fmt.Sprintf("line %d, column %d %q: want %s as in the other rows, found %s", worst.At.Line, worst.At.Column, c.name, want, parse.ShortQuote(worst.Value))
	if worst.Count > 1 {
		text += fmt.Sprintf("; and %d more like it", worst.Count-1)
	}
	return &data.InputError{Path: worst.At.File, Err: fmt.Errorf("%s", text)}
}
