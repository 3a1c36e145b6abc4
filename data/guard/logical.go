package guard

// Meaning is the logical type of a column, from the newer annotation or, where
// there is none, the older one.
type Meaning uint8

// The logical types. Other stands for those that came later.
const (
	NoMeaning Meaning = iota
	Text
	Enum
	Decimal
	Date
	TimeOfDay
	Timestamp
	Integer
	Null // all values are null
	JSON
	BSON
	UUID
	Float16
	Interval
	Geo
	Other
)

// Unit is the unit of a timestamp or time of day.
type Unit uint8

// The units of time.
const (
	NoUnit Unit = iota
	Millis
	Micros
	Nanos
)

// Logical is what the values of a column mean.
type Logical struct {
	Meaning   Meaning
	Scale     int  // Decimal: digits after the point
	Precision int  // Decimal: digits in all
	Unit      Unit // Timestamp, TimeOfDay
	UTC       bool // Timestamp, TimeOfDay: the writer normalized to UTC; false: local
	Bits      int  // Integer: 8, 16, 32 or 64
	Signed    bool // Integer
}

// logicalUnion decodes the newer annotation, a union with one member.
func (t *thrift) logicalUnion() (l Logical, group bool) {
	members := 0
	t.structure(func(id int16, typ byte) {
		if members++; members > 1 {
			t.fail("a column has two logical types")
		}
		if !t.is(typ, thriftStruct, "logical type") {
			return
		}
		l, group = t.logicalMember(id)
	})
	return l, group
}

func (t *thrift) logicalMember(id int16) (l Logical, group bool) {
	switch id {
	case 5:
		return t.decimalType(), false
	case 7, 8:
		return t.timeType(id), false
	case 10:
		return t.integerType(), false
	}
	t.skip(thriftStruct)
	switch id {
	case 1:
		l.Meaning = Text
	case 2, 3, 16:
		return Logical{Meaning: Other}, true
	case 4:
		l.Meaning = Enum
	case 6:
		l.Meaning = Date
	case 11:
		l.Meaning = Null
	case 12:
		l.Meaning = JSON
	case 13:
		l.Meaning = BSON
	case 14:
		l.Meaning = UUID
	case 15:
		l.Meaning = Float16
	case 17, 18:
		l.Meaning = Geo
	default:
		l.Meaning = Other
	}
	return l, false
}

func (t *thrift) decimalType() Logical {
	l := Logical{Meaning: Decimal}
	t.structure(func(id int16, typ byte) {
		switch id {
		case 1:
			l.Scale = int(t.i32(typ, "scale"))
		case 2:
			l.Precision = int(t.i32(typ, "precision"))
		default:
			t.skip(typ)
		}
	})
	return l
}

func (t *thrift) timeType(kind int16) Logical {
	l := Logical{Meaning: TimeOfDay}
	if kind == 8 {
		l.Meaning = Timestamp
	}
	t.structure(func(id int16, typ byte) {
		switch id {
		case 1:
			l.UTC = t.bool(typ, "adjusted to UTC")
		case 2:
			if t.is(typ, thriftStruct, "time unit") {
				l.Unit = t.unit()
			}
		default:
			t.skip(typ)
		}
	})
	return l
}

func (t *thrift) unit() Unit {
	unit := NoUnit
	t.structure(func(id int16, typ byte) {
		if id >= 1 && id <= 3 && unit == NoUnit {
			unit = Unit(id)
		}
		t.skip(typ)
	})
	return unit
}

func (t *thrift) integerType() Logical {
	l := Logical{Meaning: Integer}
	t.structure(func(id int16, typ byte) {
		switch {
		case id == 1 && t.is(typ, thriftByte, "bit width"):
			l.Bits = int(t.byte())
		case id == 2:
			l.Signed = t.bool(typ, "signed")
		default:
			t.skip(typ)
		}
	})
	return l
}

// convertedType translates the older annotation. ok is false for those of
// groups, which have no meaning on a column.
func convertedType(code, scale, precision int32) (l Logical, ok bool) {
	switch code {
	case 0:
		l.Meaning = Text
	case 4:
		l.Meaning = Enum
	case 5:
		l = Logical{Meaning: Decimal, Scale: int(scale), Precision: int(precision)}
	case 6:
		l.Meaning = Date
	case 7, 8:
		l = Logical{Meaning: TimeOfDay, Unit: Unit(code - 6), UTC: true}
	case 9, 10:
		l = Logical{Meaning: Timestamp, Unit: Unit(code - 8), UTC: true}
	case 11, 12, 13, 14:
		l = Logical{Meaning: Integer, Bits: 8 << (code - 11)}
	case 15, 16, 17, 18:
		l = Logical{Meaning: Integer, Bits: 8 << (code - 15), Signed: true}
	case 19:
		l.Meaning = JSON
	case 20:
		l.Meaning = BSON
	case 21:
		l.Meaning = Interval
	default:
		return Logical{Meaning: Other}, false
	}
	return l, true
}
