package guard

import "math"

// fits checks that values stored as p can mean l. Readers believe the
// logical type, so that text on whole numbers would be read as garbage.
func (l Logical) fits(p Physical, length int) *Error {
	switch l.Meaning {
	case Text, Enum, JSON, BSON, Geo:
		return stored(l, p, ByteArray)
	case Date:
		return stored(l, p, Int32)
	case UUID:
		return fixed(l, p, length, 16)
	case Interval:
		return fixed(l, p, length, 12)
	case Float16:
		return fixed(l, p, length, 2)
	case Timestamp:
		if l.Unit == NoUnit {
			return wrong("a timestamp without a unit")
		}
		return stored(l, p, Int64)
	case TimeOfDay:
		if l.Unit == NoUnit {
			return wrong("a time of day without a unit")
		}
		if l.Unit == Millis {
			return stored(l, p, Int32)
		}
		return stored(l, p, Int64)
	case Integer:
		return l.integerFits(p)
	case Decimal:
		return l.decimalFits(p, length)
	}
	return nil
}

var meaningNames = [...]string{"plain", "text", "enum", "decimal", "date", "time of day", "timestamp", "integer",
	"null", "JSON", "BSON", "UUID", "half-precision number", "interval", "geography", "other"}

// String names the meaning in words.
func (m Meaning) String() string { return nameOf(meaningNames[:], int32(m)) }

func stored(l Logical, p, want Physical) *Error {
	if p != want {
		return wrong("type %s is stored as %s, must be %s", l.Meaning, p, want)
	}
	return nil
}

func fixed(l Logical, p Physical, length, want int) *Error {
	if p != FixedLenByteArray || length != want {
		return wrong("type %s must be stored as %s of %d bytes", l.Meaning, FixedLenByteArray, want)
	}
	return nil
}

func (l Logical) integerFits(p Physical) *Error {
	switch l.Bits {
	case 8, 16, 32:
		return stored(l, p, Int32)
	case 64:
		return stored(l, p, Int64)
	}
	return wrong("an integer of %d bits, must be 8, 16, 32 or 64", l.Bits)
}

func (l Logical) decimalFits(p Physical, length int) *Error {
	most := math.MaxInt32 // digits that the storage holds
	switch p {
	case Int32:
		most = 9
	case Int64:
		most = 18
	case FixedLenByteArray:
		most = int(float64(8*length-1) * math.Log10(2))
	case ByteArray:
	default:
		return wrong("a decimal cannot be stored as %s", p)
	}
	if l.Precision < 1 || l.Precision > most {
		return wrong("a decimal of %d digits in %s, must be 1 to %d", l.Precision, p, most)
	}
	if l.Scale < 0 || l.Scale > l.Precision {
		return wrong("a decimal of %d digits with %d after the point", l.Precision, l.Scale)
	}
	return nil
}
