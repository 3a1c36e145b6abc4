package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
)

// Marks for values that are not there, cannot be read, or as a time stand for no
// date, such as 9999-12-31, in a decoded column of whole numbers.
const (
	Absent      = math.MinInt64
	Unreadable  = math.MinInt64 + 1
	Placeholder = math.MinInt64 + 2
)

// MaxMoney bounds amounts, prices and quantities: 10^13 units and more are
// unreadable, so that sums over a customer's lines stay exact.
const MaxMoney = 10_000_000_000_000 * data.MoneyScale

// Converter turns the values of a page or dictionary into as many whole
// numbers: Money units for amounts, microseconds of local time for times.
type Converter func(v guard.Values, out []int64) error

// fromInt32 converts a column of 32 bits number by number.
func fromInt32(convert func(int32) int64) Converter {
	return func(v guard.Values, out []int64) error {
		b := v.Fixed()
		for i := 0; i < len(out) && len(b) >= 4; i, b = i+1, b[4:] {
			out[i] = convert(int32(binary.LittleEndian.Uint32(b)))
		}
		return nil
	}
}

// fromInt64 converts a column of 64 bits number by number.
func fromInt64(convert func(int64) int64) Converter {
	return func(v guard.Values, out []int64) error {
		b := v.Fixed()
		for i := 0; i < len(out) && len(b) >= 8; i, b = i+1, b[8:] {
			out[i] = convert(int64(binary.LittleEndian.Uint64(b)))
		}
		return nil
	}
}

// fromBytes converts a column of any other type value by value.
func fromBytes(convert func([]byte) int64) Converter {
	return func(v guard.Values, out []int64) error {
		for i := range out {
			out[i] = convert(v.At(i))
		}
		return nil
	}
}

// maxPrice bounds unit prices, which are read with eight decimals.
const maxPrice = math.MaxInt64 / 2

// fixedPoint is how a number is kept: value × 10^decimals, of a size below
// limit.
type fixedPoint struct {
	decimals int
	limit    int64
	sign     parse.DecimalSign // of texts; AnyDecimal reads a point
}

// PriceDecimals are the decimals of unit prices and of rates.
const PriceDecimals = 8

var (
	moneyPoint = fixedPoint{decimals: 4, limit: MaxMoney}
	pricePoint = fixedPoint{decimals: PriceDecimals, limit: maxPrice}
)

// ParsePrice reads a number of at most priceDecimals decimals, as people and programs
// write it, as units of its last decimal; absent or unreadable where it is none.
func ParsePrice(text []byte) int64 { return parseFixed(text, pricePoint) }

// fixedConverter reads decimals, floats, integers and decimal text as whole
// numbers of the given fixed point. unitDecimals are those that a whole unit of the
// column stands for: 2 where it counts hundredths.
func fixedConverter(l Leaf, p fixedPoint, unitDecimals int) (Converter, error) {
	p.decimals -= unitDecimals
	switch {
	case l.Physical == guard.Float:
		factor := math.Pow10(p.decimals)
		return fromInt32(func(bits int32) int64 { return p.round(shortest(math.Float32frombits(uint32(bits))) * factor) }), nil
	case l.Physical == guard.Double:
		factor := math.Pow10(p.decimals)
		return fromInt64(func(bits int64) int64 { return p.round(math.Float64frombits(uint64(bits)) * factor) }), nil
	case l.means(guard.Decimal):
		return decimalFixed(l, l.Logical.Scale, p), nil
	case l.Physical == guard.Int32 || l.Physical == guard.Int64:
		return decimalFixed(l, 0, p), nil
	case l.Physical == guard.ByteArray:
		return fromBytes(func(s []byte) int64 { return parseFixed(s, p) }), nil
	}
	if l.wide() {
		return nil, errWide
	}
	return nil, fmt.Errorf("want a number, have %s", l.typeName())
}

// errWide is what to do about whole numbers of 128 bits, which the format has
// no type for.
var errWide = errors.New("want numbers or text, have FIXED_LEN_BYTE_ARRAY of 16 bytes that say nothing of what they are, as Polars writes INT128; write the column as INT64, DECIMAL or text")

// wide says whether the values are 16 bytes without a meaning.
func (l Leaf) wide() bool {
	return l.Physical == guard.FixedLenByteArray && l.Length == 16 && l.means(guard.NoMeaning)
}

// shortest widens a float to the double that a person would write: 0.1 for
// float32(0.1), so that money in floats does not carry binary dust.
func shortest(f float32) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return d
}

// round gives the nearest whole number, half away from zero. NaN is how many
// programs write a missing number.
func (p fixedPoint) round(f float64) int64 {
	if math.IsNaN(f) {
		return Absent
	}
	r := math.Round(f)
	if !(math.Abs(r) < float64(p.limit)) {
		return Unreadable
	}
	return int64(r)
}

func decimalFixed(l Leaf, scale int, p fixedPoint) Converter {
	rescale := p.rescaler(scale)
	switch {
	case l.Physical == guard.Int64 && !l.unsigned() && scale <= p.decimals:
		return p.scaleUp(pow10(p.decimals - scale))
	case l.Physical == guard.Int32 && l.unsigned():
		return fromInt32(func(x int32) int64 { return rescale(int64(uint32(x))) })
	case l.Physical == guard.Int32:
		return fromInt32(func(x int32) int64 { return rescale(int64(x)) })
	case l.Physical == guard.Int64 && l.unsigned():
		return fromInt64(func(x int64) int64 {
			if x < 0 {
				return Unreadable
			}
			return rescale(x)
		})
	case l.Physical == guard.Int64:
		return fromInt64(rescale)
	}
	return fromBytes(func(b []byte) int64 { return p.bigDecimal(b, scale, rescale) })
}

// rescaler turns an integer with that many decimals into the fixed point, half
// away from zero.
func (p fixedPoint) rescaler(scale int) func(int64) int64 {
	if scale <= p.decimals {
		factor := pow10(p.decimals - scale)
		limit := p.limit / factor
		return func(x int64) int64 {
			if x >= limit || x <= -limit {
				return Unreadable
			}
			return x * factor
		}
	}
	if scale-p.decimals > 18 {
		return func(x int64) int64 { return p.divided(big.NewInt(x), scale-p.decimals) }
	}
	divisor := pow10(scale - p.decimals)
	return func(x int64) int64 {
		q, r := x/divisor, x%divisor
		if r > 0 && r >= divisor-r {
			q++
		} else if r < 0 && -r >= divisor+r {
			q--
		}
		if q >= p.limit || q <= -p.limit {
			return Unreadable
		}
		return q
	}
}

// scaleUp multiplies a column of 64 bits, without a call for each number.
func (p fixedPoint) scaleUp(factor int64) Converter {
	limit := p.limit / factor
	return func(v guard.Values, out []int64) error {
		b := v.Fixed()
		for i := 0; i < len(out) && len(b) >= 8; i, b = i+1, b[8:] {
			x := int64(binary.LittleEndian.Uint64(b))
			if out[i] = x * factor; x >= limit || x <= -limit {
				out[i] = Unreadable
			}
		}
		return nil
	}
}

func pow10(n int) int64 {
	x := int64(1)
	for range n {
		x *= 10
	}
	return x
}

// bigDecimal reads a big-endian two's complement decimal of any length.
func (p fixedPoint) bigDecimal(b []byte, scale int, rescale func(int64) int64) int64 {
	if len(b) == 0 {
		return Unreadable
	}
	if x, ok := shortTwosComplement(b); ok {
		return rescale(x)
	}
	if scale <= p.decimals { // more than 64 bits and no decimals to drop
		return Unreadable
	}
	return p.divided(twosComplement(b), scale-p.decimals)
}

// divided drops so many decimals, half away from zero. It may change n.
func (p fixedPoint) divided(n *big.Int, decimals int) int64 {
	divisor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	half := new(big.Int).Rsh(divisor, 1)
	if n.Sign() < 0 {
		half.Neg(half)
	}
	n.Quo(n.Add(n, half), divisor)
	if !n.IsInt64() || n.Int64() >= p.limit || n.Int64() <= -p.limit {
		return Unreadable
	}
	return n.Int64()
}

// twosComplement reads a big-endian number of any length.
func twosComplement(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// shortTwosComplement reads a number that fits 64 bits, whatever its length.
func shortTwosComplement(b []byte) (int64, bool) {
	sign := byte(0)
	if b[0]&0x80 != 0 {
		sign = 0xff
	}
	for len(b) > 8 {
		if b[0] != sign {
			return 0, false
		}
		b = b[1:]
	}
	if (b[0]^sign)&0x80 != 0 {
		return 0, false
	}
	var buf [8]byte
	for i := range buf {
		buf[i] = sign
	}
	copy(buf[8-len(b):], b)
	return int64(binary.BigEndian.Uint64(buf[:])), true
}

// parseFixed reads a number as people and programs write it: -12.50, 1e3, and
// what numberColumn finds in the whole column, such as 1.234,50 € or (12.50).
func parseFixed(s []byte, p fixedPoint) int64 {
	s = bytes.TrimSpace(s)
	if len(s) <= 4 && parse.IsMissing(string(s)) {
		return Absent
	}
	if p.sign != parse.DecimalComma {
		if x, ok := p.digits(s); ok {
			return x
		}
	}
	var w parse.WrittenNumber
	if !w.Take(s) {
		return Unreadable
	}
	var room [parse.LongestNumber + 1]byte
	plain, ok := w.AppendPlain(room[:0], max(p.sign, parse.DecimalPoint))
	if !ok {
		return Unreadable
	}
	if x, ok := p.digits(plain); ok {
		return x
	}
	f, err := strconv.ParseFloat(string(plain), 64)
	if err != nil {
		return Unreadable
	}
	return p.round(f * math.Pow10(p.decimals))
}

// digits reads plain decimals exactly, half away from zero; false where the
// text is longer or of another form.
func (p fixedPoint) digits(s []byte) (int64, bool) {
	negative := s[0] == '-'
	if negative || s[0] == '+' {
		s = s[1:]
	}
	const most = 18 // digits that a whole number of 64 bits holds
	if len(s) == 0 || len(s) > most+1 {
		return 0, false
	}
	x, decimals, seen := int64(0), -1, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			x, seen = x*10+int64(c-'0'), seen+1
			if decimals >= 0 {
				decimals++
			}
		case c == '.' && decimals < 0:
			decimals = 0
		default:
			return 0, false
		}
	}
	if seen == 0 || seen > most {
		return 0, false
	}
	if negative {
		x = -x
	}
	return p.rescaler(max(decimals, 0))(x), true
}
