package features

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// bounds are the least and the greatest value of a chunk, as Parquet writes
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

func (b *bounds) addTexts(low, high string) {
	if b.kind == noBounds || low < b.lowText {
		b.lowText = low
	}
	if b.kind == noBounds || high > b.highText {
		b.highText = high
	}
	b.kind = textBounds
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
