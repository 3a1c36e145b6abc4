package columnar

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// bounds are the least and the greatest value of a page or chunk, as Parquet writes
// them, and the number of missing ones.
type bounds struct {
	kind      boundKind
	low, high int64 // or the bits of floats
	lowText   string
	highText  string
	nulls     int64
}

type boundKind uint8

const (
	noBounds boundKind = iota
	intBounds
	floatBounds
	textBounds
)

func (b *bounds) addInts(ints []int64) {
	if len(ints) == 0 {
		return
	}
	if b.kind == noBounds {
		b.kind, b.low, b.high = intBounds, ints[0], ints[0]
	}
	low, high := b.low, b.high
	for _, x := range ints {
		low, high = min(low, x), max(high, x)
	}
	b.low, b.high = low, high
}

// addFloats takes the bits of numbers.
func (b *bounds) addFloats(words []uint64) {
	low, high := math.Inf(1), math.Inf(-1)
	if b.kind == floatBounds {
		low, high = math.Float64frombits(uint64(b.low)), math.Float64frombits(uint64(b.high))
	}
	for _, w := range words {
		if f := math.Float64frombits(w); f < low {
			low = f
		}
		if f := math.Float64frombits(w); f > high {
			high = f
		}
	}
	if low <= high {
		b.kind, b.low, b.high = floatBounds, int64(math.Float64bits(low)), int64(math.Float64bits(high))
	}
}

func (b *bounds) addText(text string) {
	switch {
	case b.kind == noBounds:
		b.kind, b.lowText, b.highText = textBounds, text, text
	case text < b.lowText:
		b.lowText = text
	case text > b.highText:
		b.highText = text
	}
}

// addNames takes names by their codes, which ascend as they do.
func (b *bounds) addNames(codes []int32, dict []string) {
	if len(codes) > 0 {
		b.addText(dict[slices.Min(codes)-1])
		b.addText(dict[slices.Max(codes)-1])
	}
}

// merge takes in the bounds of another page.
func (b *bounds) merge(o bounds) {
	b.nulls += o.nulls
	switch o.kind {
	case intBounds:
		b.addInts([]int64{o.low, o.high})
	case floatBounds:
		b.addFloats([]uint64{uint64(o.low), uint64(o.high)})
	case textBounds:
		b.addText(o.lowText)
		b.addText(o.highText)
	}
}

// compare says how both bounds stand to others of the same kind.
func (b *bounds) compare(to *bounds) (low, high int) {
	switch b.kind {
	case floatBounds:
		of := func(bits int64) float64 { return math.Float64frombits(uint64(bits)) }
		return cmp.Compare(of(b.low), of(to.low)), cmp.Compare(of(b.high), of(to.high))
	case textBounds:
		return strings.Compare(b.lowText, to.lowText), strings.Compare(b.highText, to.highText)
	}
	return cmp.Compare(b.low, to.low), cmp.Compare(b.high, to.high)
}

// statistics writes numbers with so many bytes.
func (b *bounds) statistics(width int) format.Statistics {
	s := format.Statistics{NullCount: b.nulls}
	switch b.kind {
	case textBounds:
		s.MinValue, s.MaxValue = []byte(b.lowText), []byte(b.highText)
	case floatBounds:
		low, high := math.Float64frombits(uint64(b.low)), math.Float64frombits(uint64(b.high))
		if low == 0 {
			low = math.Copysign(0, -1) // as the format asks, for readers that tell the zeros apart
		}
		if high == 0 {
			high = 0
		}
		s.MinValue = binary.LittleEndian.AppendUint64(nil, math.Float64bits(low))
		s.MaxValue = binary.LittleEndian.AppendUint64(nil, math.Float64bits(high))
	case intBounds:
		s.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(b.low))[:width]
		s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(b.high))[:width]
	}
	return s
}
