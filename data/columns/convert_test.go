package columns

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
)

// exactly is a number of currency units in the fixed point, half away from
// zero, by rational arithmetic.
func exactly(r *big.Rat, p fixedPoint) int64 {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt64(pow10(p.decimals)))
	twice := new(big.Int).Mul(scaled.Num(), big.NewInt(2))
	if scaled.Sign() < 0 {
		twice.Sub(twice, scaled.Denom())
	} else {
		twice.Add(twice, scaled.Denom())
	}
	n := twice.Quo(twice, new(big.Int).Mul(scaled.Denom(), big.NewInt(2)))
	if !n.IsInt64() || n.Int64() >= p.limit || n.Int64() <= -p.limit {
		return Unreadable
	}
	return n.Int64()
}

func ratOf(digits int64, scale int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(digits), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
}

func randomDigits(r *rand.Rand) int64 {
	x := r.Int64() >> r.IntN(63)
	switch r.IntN(10) {
	case 0:
		x = pow10(r.IntN(19)) / 2 * int64(1+2*r.IntN(2)) // where rounding turns
	case 1:
		x = pow10(r.IntN(19)) - 1
	}
	if r.IntN(2) == 0 {
		return -x
	}
	return x
}

func int64Values(x int64) guard.Values {
	return guard.FixedValues(8, binary.LittleEndian.AppendUint64(nil, uint64(x)))
}

func int32Values(x int32) guard.Values {
	return guard.FixedValues(4, binary.LittleEndian.AppendUint32(nil, uint32(x)))
}

func convertOne(t *testing.T, l Leaf, p fixedPoint, decimals int, v guard.Values) int64 {
	t.Helper()
	convert, err := fixedConverter(l, p, decimals)
	if err != nil {
		t.Fatal(err)
	}
	out := []int64{12345}
	if err := convert(v, out); err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func decimalLeaf(p guard.Physical, scale int) Leaf {
	return Leaf{Column: guard.Column{Physical: p, Logical: guard.Logical{Meaning: guard.Decimal, Scale: scale, Precision: 38}}}
}

// Decimals of every kind and text are read exactly, half away from zero, or
// marked as unreadable; never as another number.
func TestFixedConverter_DecimalsAndTextAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		p := []fixedPoint{moneyPoint, pricePoint}[r.IntN(2)]
		digits, scale := randomDigits(r), r.IntN(31)
		want := exactly(ratOf(digits, scale), p)
		wide := bigEndianOf(digits, 9+r.IntN(8))
		narrow := bigEndianOf(digits, 9)
		for len(narrow) > 1 && (narrow[0] == 0 && narrow[1]&0x80 == 0 || narrow[0] == 0xff && narrow[1]&0x80 != 0) {
			narrow = narrow[1:]
		}
		for name, got := range map[string]int64{
			"int64":       convertOne(t, decimalLeaf(guard.Int64, scale), p, 0, int64Values(digits)),
			"fixed bytes": convertOne(t, decimalLeaf(guard.FixedLenByteArray, scale), p, 0, guard.FixedValues(len(wide), wide)),
			"bytes":       convertOne(t, decimalLeaf(guard.ByteArray, scale), p, 0, guard.TextValues(string(narrow))),
		} {
			if got != want {
				t.Fatalf("%d with %d places in %s: have %d, want %d", digits, scale, name, got, want)
			}
		}
		if scale <= 12 && magnitude(digits) < 1e17 {
			text := []byte(ratOf(digits, scale).FloatString(scale))
			if got := convertOne(t, Leaf{Column: guard.Column{Physical: guard.ByteArray}}, p, 0, guard.TextValues(string(text))); got != want {
				t.Fatalf("text %s: have %d, want %d", text, got, want)
			}
		}
	}
}

// Cents are hundredths in every kind of column.
func TestFixedConverter_CentsAreHundredths(t *testing.T) {
	text := []byte("1234")
	for name, got := range map[string]int64{
		"int32":   convertOne(t, Leaf{Column: guard.Column{Physical: guard.Int32}}, moneyPoint, 2, int32Values(1234)),
		"int64":   convertOne(t, Leaf{Column: guard.Column{Physical: guard.Int64}}, moneyPoint, 2, int64Values(1234)),
		"double":  convertOne(t, Leaf{Column: guard.Column{Physical: guard.Double}}, moneyPoint, 2, int64Values(int64(math.Float64bits(1234)))),
		"float":   convertOne(t, Leaf{Column: guard.Column{Physical: guard.Float}}, moneyPoint, 2, int32Values(int32(math.Float32bits(1234)))),
		"decimal": convertOne(t, decimalLeaf(guard.Int64, 2), moneyPoint, 2, int64Values(123400)),
		"text":    convertOne(t, Leaf{Column: guard.Column{Physical: guard.ByteArray}}, moneyPoint, 2, guard.TextValues(string(text))),
	} {
		if got != 12_3400 {
			t.Errorf("1234 cents in %s: have %s, want 12.34", name, data.Money(got))
		}
	}
}

// A float stands for the number that a person would write: money in floats of
// 32 bits carries no binary dust, and doubles are read to the last place.
func TestFixedConverter_FloatsAreWhatAPersonWouldWrite(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 20_000 {
		cents := r.Int64N(99_999) * int64(1-2*r.IntN(2))
		f32, err := strconv.ParseFloat(strconv.FormatFloat(float64(cents)/100, 'f', 2, 64), 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := convertOne(t, Leaf{Column: guard.Column{Physical: guard.Float}}, moneyPoint, 0, int32Values(int32(math.Float32bits(float32(f32))))); got != cents*100 {
			t.Fatalf("float of %d cents: have %d", cents, got)
		}
		units := r.Int64N(1e14)
		f64, err := strconv.ParseFloat(ratOf(units, 4).FloatString(4), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := convertOne(t, Leaf{Column: guard.Column{Physical: guard.Double}}, moneyPoint, 0, int64Values(int64(math.Float64bits(f64)))); got != units {
			t.Fatalf("double of %d ten-thousandths: have %d", units, got)
		}
	}
}

// What is no number is missing or unreadable, never zero.
func TestFixedConverter_WhatIsNoNumberIsNeverZero(t *testing.T) {
	double := Leaf{Column: guard.Column{Physical: guard.Double}}
	for _, c := range []struct {
		value float64
		want  int64
	}{{math.NaN(), Absent}, {math.Inf(1), Unreadable}, {math.Inf(-1), Unreadable}, {1e13, Unreadable}, {-1e13, Unreadable}, {1e300, Unreadable}} {
		if got := convertOne(t, double, moneyPoint, 0, int64Values(int64(math.Float64bits(c.value)))); got != c.want {
			t.Errorf("%g: have %d, want %d", c.value, got, c.want)
		}
	}
	text := Leaf{Column: guard.Column{Physical: guard.ByteArray, Logical: guard.Logical{Meaning: guard.Text}}}
	for s, want := range map[string]int64{"": Absent, "  ": Absent, "NaN": Absent, "12,50": Unreadable, "1,234.50": 1234_5000, "€5": 5_0000, "5 €": 5_0000, "5 %": Unreadable, "0x10": Unreadable,
		"1_000": Unreadable, "--1": Unreadable, "1.2.3": Unreadable, ".": Unreadable, "-": Absent, "+": Unreadable, "inf": Unreadable, "abc": Unreadable, "1e400": Unreadable,
		" 12.5 ": 12_5000, "+3": 3_0000, "-.5": -5000, "7.": 7_0000, "1e3": 1000_0000, "0.00005": 1, "-0.00005": -1, "0.00004999": 0, "9999999999999.9999": 99_999_999_999_999_999,
		"12.34000000000000000000000": 12_3400, "10000000000000": Unreadable} {
		if got := convertOne(t, text, moneyPoint, 0, guard.TextValues(s)); got != want {
			t.Errorf("%q: have %d, want %d", s, got, want)
		}
	}
	unsigned := func(p guard.Physical) Leaf {
		return Leaf{Column: guard.Column{Physical: p, Logical: guard.Logical{Meaning: guard.Integer, Bits: 64}}}
	}
	if got := convertOne(t, unsigned(guard.Int32), moneyPoint, 0, int32Values(-1)); got != math.MaxUint32*data.MoneyScale {
		t.Errorf("largest uint32: have %d", got)
	}
	if got := convertOne(t, unsigned(guard.Int64), moneyPoint, 0, int64Values(-1)); got != Unreadable {
		t.Errorf("largest uint64: have %d, want it to be unreadable", got)
	}
}

// Price × quantity is exact, half away from zero, or unreadable.
func TestLineTotal_IsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 50_000 {
		price, quantity := randomDigits(r), randomDigits(r)
		if magnitude(price) >= maxPrice || magnitude(quantity) >= MaxMoney {
			continue
		}
		exact := new(big.Rat).Mul(ratOf(price, 8), ratOf(quantity, 4))
		want := exactly(exact, moneyPoint)
		got, ok := LineTotal(price, quantity)
		if !ok {
			got = Unreadable
		}
		if got != want {
			t.Fatalf("%d × %d: have %d, want %d", price, quantity, got, want)
		}
	}
}

// bigEndianOf writes a decimal of so many bytes.
func bigEndianOf(x int64, size int) []byte {
	n := big.NewInt(x)
	if x < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	return n.FillBytes(make([]byte, size))
}

func TestNumberMoment_NeverPanicsAndBoundsHold(t *testing.T) {
	for _, x := range []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, 101, 367, 99_999_999, 1e12, 1e14, math.MaxInt64} {
		for o := parse.UnixSeconds; o < parse.DateOrderCount; o++ {
			for _, fraction := range []float64{0, 0.5, 0.999999999} {
				if micros, ok := parse.NumberMoment(x, fraction, o); ok {
					timeMark(micros)
				}
			}
		}
	}
}
