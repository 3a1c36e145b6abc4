package columns

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"winback/data"
	"winback/data/guard"
)

// appendValue writes one value as text: whole numbers without a fraction,
// other numbers in their shortest form. A NaN is written as nothing. Bytes that
// are not UTF-8 are read as ISO 8859-1 in a column of text, and written in
// hexadecimal digits elsewhere.
func appendValue(b, value []byte, l Leaf) []byte {
	switch l.Physical {
	case guard.Int32:
		x := int64(int32(binary.LittleEndian.Uint32(value)))
		if l.unsigned() {
			x = int64(uint32(x))
		}
		return appendWhole(b, x, l)
	case guard.Int64:
		x := binary.LittleEndian.Uint64(value)
		if l.unsigned() {
			return strconv.AppendUint(b, x, 10)
		}
		return appendWhole(b, int64(x), l)
	case guard.Boolean:
		return strconv.AppendBool(b, value[0] != 0)
	case guard.Float:
		return appendFloat(b, float64(float32Of(value)), 32)
	case guard.Double:
		return appendFloat(b, float64Of(value), 64)
	case guard.ByteArray, guard.FixedLenByteArray:
		return appendBytes(b, value, l)
	}
	return b
}

func float32Of(value []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(value)) }
func float64Of(value []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(value)) }

// exactFloats refuses ids so large that a floating-point number cannot tell
// them from their neighbours: different customers would have become one.
func exactFloats(v *guard.Values, l Leaf) error {
	switch l.Physical {
	case guard.Float:
		return smallFloats(v, func(value []byte) float64 { return float64(float32Of(value)) }, 1<<24, "FLOAT with ids above 16,777,215")
	case guard.Double:
		return smallFloats(v, float64Of, 1<<53, "DOUBLE with ids above 9,007,199,254,740,991")
	}
	return nil
}

func smallFloats(v *guard.Values, of func([]byte) float64, limit float64, have string) error {
	for i := range v.Count {
		if math.Abs(of(v.At(i))) >= limit {
			return fmt.Errorf("want ids as whole numbers or text, have %s, which it cannot tell apart", have)
		}
	}
	return nil
}

// IsShortened says whether a text is a whole number of many digits in scientific
// notation, such as 1.23457E+11 or 1,23457E+11, as spreadsheets write long ids.
func IsShortened(id []byte) bool {
	e := len(id) - 4
	if e < 1 || id[e] != 'E' && id[e] != 'e' || id[e+1] != '+' || !isDigit(id[e+2]) || !isDigit(id[e+3]) || !isDigit(id[0]) {
		return false
	}
	for i, c := range id[1:e] {
		if i == 0 && (c == '.' || c == ',') {
			continue
		}
		if i == 0 || !isDigit(c) {
			return false
		}
	}
	return true
}

// IsJSON says whether a text is an object or a list of JSON.
func IsJSON(text []byte) bool {
	n := len(text)
	return n > 1 && (text[0] == '{' && text[n-1] == '}' && bytes.IndexByte(text, ':') > 0 || text[0] == '[' && text[n-1] == ']' && (text[1] == '{' || text[1] == '"'))
}

// IsShortenedID says whether an id is a number in scientific notation, such as
// 1.23457E+11, which a spreadsheet has shortened.
func IsShortenedID(id string) bool { return IsShortened([]byte(strings.TrimSpace(id))) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func appendWhole(b []byte, x int64, l Leaf) []byte {
	start := len(b)
	return placePoint(strconv.AppendInt(b, x, 10), start, l)
}

// placePoint puts the decimal point into the digits from start on, and takes
// zeros at the end of the fraction away.
func placePoint(b []byte, start int, l Leaf) []byte {
	if !l.means(guard.Decimal) || l.Logical.Scale == 0 {
		return b
	}
	if b[start] == '-' {
		start++
	}
	for len(b)-start <= l.Logical.Scale {
		b = slices.Insert(b, start, '0')
	}
	point := len(b) - l.Logical.Scale
	b = slices.Insert(b, point, '.')
	return bytes.TrimSuffix(bytes.TrimRight(b, "0"), []byte("."))
}

func appendFloat(b []byte, f float64, bits int) []byte {
	if math.IsNaN(f) {
		return b
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}

func appendBytes(b, value []byte, l Leaf) []byte {
	switch {
	case len(value) == 0:
		return b
	case l.means(guard.Decimal):
		start := len(b)
		return placePoint(twosComplement(value).Append(b, 10), start, l)
	case l.means(guard.UUID) && len(value) == 16:
		return fmt.Appendf(b, "%x-%x-%x-%x-%x", value[:4], value[4:6], value[6:8], value[8:10], value[10:])
	case utf8.Valid(value):
		return append(b, value...)
	case l.means(guard.NoMeaning): // bytes that are no text
		return hex.AppendEncode(b, value)
	}
	for _, c := range value { // text of an older time, in ISO 8859-1
		b = utf8.AppendRune(b, rune(c))
	}
	return b
}

// AsFound writes a value as it stands in the file.
func AsFound(value []byte, l Leaf) string {
	if l.Physical == guard.Int96 {
		return hex.EncodeToString(value)
	}
	if l.Physical == guard.Double && float64Of(value) != float64Of(value) {
		return "NaN"
	}
	return string(appendValue(nil, value, l))
}

// CellText writes a value as a person would; days and moments as ISO 8601, those of
// zoned columns in UTC.
func CellText(value []byte, l Leaf) string {
	if l.Physical == guard.Boolean {
		return strconv.FormatBool(value[0] != 0)
	}
	if l.means(guard.Date, guard.Timestamp) || l.Physical == guard.Int96 {
		if convert, err := timeConverter(l, time.UTC, 0); err == nil {
			var micros [1]int64
			v := guard.FixedValues(len(value), value)
			if convert(v, micros[:]) == nil && micros[0] > Placeholder {
				return isoTime(micros[0], l.means(guard.Date))
			}
		}
	}
	return AsFound(value, l)
}

func isoTime(micros int64, isDay bool) string {
	if isDay {
		return data.DayOfMicros(micros).String()
	}
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.999999")
}
