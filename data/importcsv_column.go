package data

import (
	"fmt"
	"strings"
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
		plain := plainName(name)
		for _, part := range []string{"date", "datum", "day", "time"} {
			if strings.Contains(plain, part) {
				hints[i] = hintDate
			}
		}
	}
	// Names that are ambiguous as roles give no hint; reading says so later.
	roles, err := assignRoles(names, len(names), nil)
	if err != nil {
		return hints
	}
	for _, r := range []Role{Amount, Price, Quantity, Discount} {
		if roles[r] >= 0 {
			hints[roles[r]] = hintNumber
		}
	}
	if roles[Time] >= 0 {
		hints[roles[Time]] = hintTime
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

	numbers  [numberStyles]numberProfile
	noNumber bool // no style fits all values
	dates    dateProfile
}

func newColumnProfile(name string, comma rune) *columnProfile {
	return &columnProfile{name: name, comma: comma}
}

// sighting is the first value of a kind, where it stands, and how many there are.
type sighting struct {
	at    place
	value string
	count int64
}

func (m *sighting) add(at place, value string) {
	if m.count == 0 {
		m.at, m.value = at, strings.Clone(value)
	}
	m.count++
}

// missingWords stand for a missing value among numbers and dates.
var missingWords = map[string]bool{"na": true, "n/a": true, "nan": true, "null": true, "none": true, `\n`: true, "-": true}

func isMissing(value string) bool {
	return value == "" || len(value) <= 4 && missingWords[strings.ToLower(value)]
}

// see takes one value into the profile.
func (c *columnProfile) see(at place, value string) {
	if value == "" {
		c.empty++
		return
	}
	trimmed := strings.TrimSpace(value)
	if isMissing(trimmed) {
		c.missing++
		return
	}
	c.values++
	// A column that by its name is a number or a time is looked at to the end,
	// to say how many of its values are none. Any other is text from the first
	// value that is neither.
	if c.hint == hintNumber || !c.noNumber {
		c.seeNumber(at, trimmed)
		c.noNumber = c.numbers[pointPlain].misfits.count > 0 && c.numbers[commaPlain].misfits.count > 0 &&
			c.numbers[pointGrouped].misfits.count > 0 && c.numbers[commaGrouped].misfits.count > 0
	}
	if c.hint == hintTime || c.dates.dated == c.values-1 {
		c.dates.see(at, trimmed, c.hint == hintDate || c.hint == hintTime)
	}
}

func (c *columnProfile) seeNumber(at place, value string) {
	if !strings.ContainsAny(value, ".,") {
		n, ok := scanNumber(value, pointPlain)
		for style := range c.numbers {
			c.numbers[style].see(at, value, n, ok)
		}
		return
	}
	for style := range c.numbers {
		n, ok := scanNumber(value, numberStyle(style))
		c.numbers[style].see(at, value, n, ok)
	}
}

// decide names the type of the column.
func (c *columnProfile) decide(order DateOrder) (importType, error) {
	t := importType{kind: kindText, nullable: c.empty > 0}
	if c.values == 0 {
		t.nullable = t.nullable || c.missing > 0
		return t, nil
	}
	number, numberOK := c.numberType()
	if !numberOK || c.hint == hintDate || c.hint == hintTime {
		date, ok, err := c.dates.decide(c, order)
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
	return t, c.unexpected()
}

// numberType is the type of a column in which every value is a number.
func (c *columnProfile) numberType() (importType, bool) {
	for _, style := range c.stylesInOrder() {
		p := &c.numbers[style]
		if p.misfits.count > 0 || p.leadingZeros && c.hint != hintNumber {
			continue
		}
		switch {
		case p.scale == 0 && p.whole <= maxDigits:
			return importType{kind: kindWhole, style: style}, true
		case p.scale > 0 && p.whole+max(p.scale, minScale) <= maxDigits:
			return importType{kind: kindDecimal, style: style, scale: max(p.scale, minScale)}, true
		case p.scale > 0 && p.whole <= maxDigits:
			return importType{kind: kindDouble, style: style}, true
		}
	}
	return importType{}, false
}

// stylesInOrder puts the plain decimal point first; a comma is the decimal
// sign where cells are separated by something else, and groups thousands
// where they are separated by commas.
func (c *columnProfile) stylesInOrder() []numberStyle {
	if c.comma == ',' {
		return []numberStyle{pointPlain, pointGrouped, commaPlain, commaGrouped}
	}
	return []numberStyle{pointPlain, commaPlain, commaGrouped, pointGrouped}
}

// unexpected is the error of a column that by its name and by most of its
// values holds numbers or dates, and has others too. Without it one bad cell
// would turn the column into text.
func (c *columnProfile) unexpected() error {
	var worst *sighting
	want := ""
	switch c.hint {
	case hintNumber:
		want = "a number"
		for _, style := range c.stylesInOrder() {
			if m := &c.numbers[style].misfits; worst == nil || m.count < worst.count {
				worst = m
			}
		}
	case hintTime:
		want = "a date"
		worst = c.dates.leastMisfits()
	default:
		return nil
	}
	if worst.count == 0 || worst.count*2 > c.values {
		return nil
	}
	text := fmt.Sprintf("line %d, column %d %q: want %s as in the other rows, found %s", worst.at.line, worst.at.column, c.name, want, shortQuote(worst.value))
	if worst.count > 1 {
		text += fmt.Sprintf("; and %d more like it", worst.count-1)
	}
	return &InputError{worst.at.file, fmt.Errorf("%s", text)}
}

// shortQuote quotes a value as an error shows it.
func shortQuote(value string) string {
	const most = 40
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
