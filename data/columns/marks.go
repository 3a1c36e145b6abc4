package columns

import (
	"bytes"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
)

// markedText stands for a mark that is set.
const markedText = "true"

// yesWords and noWords are the texts that stand for true and false; eventWords those
// that set a mark beside them, and beside dates.
var (
	yesWords   = []string{"true", "t", "yes", "y", "1", "1.0", "ja", "j", "oui", "si", "sí", "sì", "sim", "tak", "evet", "da", "да", "истина", "так", "kyllä", "ano", "igen", "ναι", "是", "有", "はい", "예", "○", "✓", "x", "on"}
	noWords    = []string{"false", "f", "no", "n", "0", "0.0", "nein", "non", "nee", "nej", "nei", "não", "nao", "nie", "hayır", "hayir", "nu", "нет", "ложь", "ні", "ei", "ne", "nem", "όχι", "否", "无", "無", "いいえ", "아니오", "×", "off", "-", "none", "null"}
	eventWords = []string{"test", "cancelled", "canceled", "refunded", "returned", "deleted", "voided", "void", "storniert"}
)

// Truth reads a text as true or false; known is false for any other.
func Truth(text string) (yes, known bool) {
	if len(text) == 1 && text[0] < '\t' { // a bit, as databases write it
		return text[0] != 0, text[0] < 2
	}
	word := strings.ToLower(strings.TrimSpace(text))
	yes = slices.Contains(yesWords, word)
	return yes, yes || slices.Contains(noWords, word)
}

// canMark says whether a column can hold marks: truth values, times, texts and
// whole numbers. Others, such as the amount that was refunded, are none.
func canMark(l Leaf) bool {
	switch l.Physical {
	case guard.Float, guard.Double, guard.FixedLenByteArray:
		return false
	}
	return !l.means(guard.Decimal)
}

// appendMarks adds an entry for each value: "true" where it sets the mark.
func (e *Entries) appendMarks(v *guard.Values, l Leaf) error {
	isSet, err := markReader(l)
	if err != nil {
		return err
	}
	for i := range v.Count {
		text := ""
		if isSet(v.At(i)) {
			text = markedText
		}
		e.Add([]byte(text))
	}
	return nil
}

// markReader says of a value whether it sets the mark. A time does unless it
// stands for none, as 1970-01-01 00:00 and 2099-12-31 do; a number does unless it is 0.
func markReader(l Leaf) (func(value []byte) bool, error) {
	switch {
	case l.Physical == guard.Boolean:
		return func(value []byte) bool { return value[0] != 0 }, nil
	case l.Physical == guard.Int96 || l.means(guard.Date, guard.Timestamp):
		convert, err := timeConverter(l, nil, parse.AnyDateOrder)
		if err != nil {
			return nil, err
		}
		return func(value []byte) bool {
			var micros [1]int64
			return convert(guard.FixedValues(len(value), value), micros[:]) == nil && micros[0] > Placeholder && micros[0] != 0 && micros[0] < never
		}, nil
	case l.Physical == guard.ByteArray:
		return setsMark, nil
	}
	return func(value []byte) bool { return strings.Trim(string(appendValue(nil, value, l)), "0") != "" }, nil
}

// never is the day from which on a time says that something has not happened, such
// as the end of what is valid today.
var never = parse.MustDay(2090, 1, 1).Micros()

// SetsMark says whether a text sets a mark.
func SetsMark(text string) bool { return setsMark([]byte(text)) }

func setsMark(text []byte) bool {
	if yes, known := Truth(string(text)); known {
		return yes
	}
	word := strings.ToLower(string(bytes.TrimSpace(text)))
	if slices.Contains(eventWords, word) {
		return true
	}
	when, isDate := parse.ParseWrittenTime(word, parse.AnyDateOrder)
	if !isDate {
		when, isDate = parse.ParseWrittenTime(word, parse.DayFirst)
	}
	if !isDate {
		when, isDate = parse.ParseWrittenTime(word, parse.MonthFirst)
	}
	return isDate && plausibleDay(int64(data.DayOfMicros(when.Micros))) && when.Micros != 0 && when.Micros < never
}
