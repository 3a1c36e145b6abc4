package guard

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	writer "github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
)

// What the walk counts and unpacks equals what was written, for levels of any width.
func TestRuns_CountAndUnpackLevels(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		top, n := 1+r.IntN(7), r.IntN(200)
		src := make([]uint8, n)
		for i := range src {
			if src[i] = uint8(r.IntN(top + 1)); i > 0 && r.IntN(3) > 0 {
				src[i] = src[i-1]
			}
		}
		width := 1
		for 1<<width <= top {
			width++
		}
		b, err := (&rle.Encoding{BitWidth: width}).EncodeLevels(nil, src)
		if err != nil {
			t.Fatal(err)
		}
		var want tally
		for _, x := range src {
			if int(x) == top {
				want.equal++
			}
			if x == 0 {
				want.zero++
			}
		}
		got, fault := levels(b, n, top)
		if fault != nil || got != want {
			t.Fatalf("levels %v up to %d: got %v %v, want %v", src, top, got, fault, want)
		}
		set := make([]bool, n)
		defined(b, top, set)
		for i := range set {
			if set[i] != (int(src[i]) == top) {
				t.Fatalf("levels %v up to %d: got %v", src, top, set)
			}
		}
	}
}

func TestRuns_RefuseWhatWouldBeFilledUpOrMadeUp(t *testing.T) {
	giant := binary.AppendUvarint(nil, math.MaxInt32<<1)
	for name, c := range map[string]struct {
		b        []byte
		width, n int
		top      uint32
	}{
		"too few values":              {[]byte{4 << 1, 1}, 1, 5, 1},
		"a giant run":                 {append(giant, 1), 1, 5, 1},
		"a giant run after the last":  {append([]byte{5 << 1, 1}, append(giant, 1)...), 1, 5, 1},
		"a giant run of no bits":      {giant, 0, 5, 0},
		"giant packing of no bits":    {binary.AppendUvarint(nil, 1<<40|1), 0, 5, 0},
		"packing that ends early":     {[]byte{2<<1 | 1, 0xff}, 1, 16, 1},
		"packing beyond the data":     {binary.AppendUvarint(nil, 1<<62|1), 3, 8, 7},
		"a value above the top":       {[]byte{5 << 1, 3}, 2, 5, 2},
		"a packed value above it":     {[]byte{1<<1 | 1, 0xff, 0xff, 0xff}, 3, 8, 6},
		"a run without its value":     {[]byte{5 << 1}, 1, 5, 1},
		"a number longer than 64 bit": {[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1, 5, 1},
	} {
		r := newRuns(c.b, c.n, c.width, c.top)
		if err := r.numbers(make([]int32, c.n)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestRuns_AcceptBlocksFilledUpByTheWriter(t *testing.T) {
	b := append([]byte{32<<1 | 1}, make([]byte, 32)...) // 256 packed values
	if _, err := levels(b, 3, 1); err != nil {
		t.Error(err)
	}
	if _, err := levels([]byte{3 << 1, 1, 0, 0, 0}, 3, 1); err != nil {
		t.Error(err)
	}
}

// Numbers of any width come out as they went in, packed or in runs.
func TestRuns_UnpackWhatTheEncoderWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		width, n := 1+r.IntN(31), r.IntN(300)
		want := make([]int32, n)
		for i := range want {
			if want[i] = r.Int32() >> (31 - width); i > 0 && r.IntN(2) > 0 {
				want[i] = want[i-1]
			}
		}
		b, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int32, n)
		runs := newRuns(b, n, width, math.MaxUint32>>(32-width))
		if fault := runs.numbers(got); fault != nil || !slices.Equal(got, want) {
			t.Fatalf("%d bits: got %v %v, want %v", width, got, fault, want)
		}
	}
}

// Every value that the encoder writes comes out, of 32 bits and of 64.
func TestDelta_UnpacksWhatTheEncoderWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		long := make([]int64, r.IntN(400))
		short := make([]int32, len(long))
		for i := range long {
			long[i] = r.Int64() >> r.IntN(64)
			short[i] = r.Int32() >> r.IntN(32)
		}
		b, err := new(writer.BinaryPackedEncoding).EncodeInt64(nil, long)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 8*len(long))
		d := delta{b: b, bits: 64}
		if fault := d.numbers(len(long), got); fault != nil || len(d.b) > 0 || !slices.Equal(wide(got), long) {
			t.Fatalf("got %v %v, %d bytes left, want %v", wide(got), fault, len(d.b), long)
		}
		if d := (&delta{b: b, bits: 64}); len(long) > 0 && d.numbers(len(long)-1, got[8:]) == nil {
			t.Fatal("a wrong number of values passes")
		}
		if d := (&delta{b: b[:len(b)/2], bits: 64}); len(long) > 100 && d.numbers(len(long), got) == nil {
			t.Fatal("a sequence cut in half passes")
		}
		if b, err = new(writer.BinaryPackedEncoding).EncodeInt32(nil, short); err != nil {
			t.Fatal(err)
		}
		d = delta{b: b, bits: 32}
		if fault := d.numbers(len(short), got[:4*len(short)]); fault != nil || !slices.Equal(narrow(got[:4*len(short)]), short) {
			t.Fatalf("got %v %v, want %v", narrow(got[:4*len(short)]), fault, short)
		}
	}
}

func wide(b []byte) []int64 {
	v := make([]int64, len(b)/8)
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return v
}

func narrow(b []byte) []int32 {
	v := make([]int32, len(b)/4)
	for i := range v {
		v[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

// A prefix that the decoder would copy from beyond the value before is refused,
// and so is a value of another length among fixed ones.
func TestDelta_RefusesTextsThatDoNotFit(t *testing.T) {
	encode := func(prefixes, lengths []int32, text string) []byte {
		var e writer.BinaryPackedEncoding
		p, _ := e.EncodeInt32(nil, prefixes)
		l, _ := e.EncodeInt32(nil, lengths)
		return append(append(p, l...), text...)
	}
	for _, c := range []struct {
		prefixes, lengths []int32
		text              string
		fixed             int
		sound             bool
	}{
		{[]int32{0, 2, 3}, []int32{3, 1, 0}, "abcd", 3, true},
		{[]int32{0, 2, 3}, []int32{3, 1, 0}, "abcd", 0, true},
		{[]int32{0, 2, 3}, []int32{3, 1, 0}, "abcd", 4, false},
		{[]int32{0, 4, 3}, []int32{3, 1, 0}, "abcd", 0, false},
		{[]int32{0, -1, 3}, []int32{3, 1, 0}, "abcd", 0, false},
		{[]int32{0, 2, 3}, []int32{3, -1, 2}, "abcd", 0, false},
		{[]int32{0, 2, 3}, []int32{3, 1, 0}, "abc", 0, false},
		{[]int32{0, 2, 3}, []int32{3, 1, 0}, "abcde", 0, false},
		{[]int32{0, 2}, []int32{3, 1, 0}, "abcd", 0, false},
	} {
		p := pageWalk{column: &Column{Physical: ByteArray}, limit: 1 << 20}
		v, err := p.prefixes(encode(c.prefixes, c.lengths, c.text), 3, c.fixed)
		if (err == nil) != c.sound {
			t.Errorf("%v %v %q of length %d: %v", c.prefixes, c.lengths, c.text, c.fixed, err)
		}
		if c.sound && (string(v.At(0)) != "abc" || string(v.At(1)) != "abd" || string(v.At(2)) != "abd") {
			t.Errorf("got %q %q %q", v.At(0), v.At(1), v.At(2))
		}
	}
	p := pageWalk{column: &Column{Physical: ByteArray}, limit: 5}
	if _, err := p.prefixes(encode([]int32{0, 2, 3}, []int32{3, 1, 0}, "abcd"), 3, 0); err == nil {
		t.Error("texts beyond the memory limit pass")
	}
}

// Runs of true are what the decoder gets wrong; packed values and runs of false
// are what it gets right.
func TestTruths_RefuseOnlyWhatTheDecoderGetsWrong(t *testing.T) {
	for _, c := range []struct {
		b     []byte
		n     int
		sound bool
	}{
		{[]byte{2<<1 | 1, 0xaa, 0x55}, 16, true},
		{[]byte{16 << 1, 0}, 16, true},
		{[]byte{16 << 1, 0, 1<<1 | 1, 0x0f}, 20, true},
		{[]byte{12 << 1, 0, 1<<1 | 1, 0x0f}, 20, false},
		{[]byte{16 << 1, 1}, 16, false},
		{[]byte{16 << 1, 0}, 17, false},
		{[]byte{17 << 1, 0}, 16, false},
		{[]byte{9<<1 | 1, 0}, 16, false},
	} {
		b := append(binary.LittleEndian.AppendUint32(nil, uint32(len(c.b))), c.b...)
		if err := truths(b, c.n); (err == nil) != c.sound {
			t.Errorf("%v for %d values: %v", c.b, c.n, err)
		}
	}
	p := pageWalk{column: &Column{Physical: Boolean}}
	for _, b := range [][]byte{{9, 0, 0, 0, 2, 0}, {9}} {
		if _, err := p.truths(b, 1); err == nil {
			t.Error("a wrong length passes")
		}
	}
}

func TestTruths_AreUnpackedFromRunsAndFromBits(t *testing.T) {
	p := pageWalk{column: &Column{Physical: Boolean}}
	runs := []byte{6, 0, 0, 0, 12 << 1, 1, 1<<1 | 1, 0x05, 2 << 1, 0} // 12 true, eight packed, two false
	v, err := p.truths(runs, 22)
	if want := "[1 1 1 1 1 1 1 1 1 1 1 1 1 0 1 0 0 0 0 0 0 0]"; err != nil || fmt.Sprint(v.Fixed()) != want {
		t.Errorf("runs are %v, %v; want %s", v.Fixed(), err, want)
	}
	if v, err = p.plain([]byte{0x81, 0x02}, 10); err != nil || fmt.Sprint(v.Fixed()) != "[1 0 0 0 0 0 0 1 0 1]" {
		t.Errorf("bits are %v, %v", v.Fixed(), err)
	}
	if _, err := p.truths([]byte{2, 0, 0, 0, 9 << 1, 1}, 8); err == nil {
		t.Error("more truth values than rows pass")
	}
}

// Eight zeros behind the values are padding, other bytes are damage.
func TestPlain_AcceptsTheZerosThatOneWriterPutsBehindValues(t *testing.T) {
	p := pageWalk{column: &Column{Physical: Int64}}
	fault := func(_ Values, err *Error) *Error { return err }
	text := []byte{2, 0, 0, 0, 'h', 'i'}
	zeros := make([]byte, 9)
	if fault(p.plain(zeros[:8], 0)) != nil || fault(p.texts(append(text, zeros[:8]...), 1)) != nil {
		t.Error("padding is refused")
	}
	if fault(p.plain(zeros, 0)) == nil || fault(p.texts(append(text, zeros...), 1)) == nil || fault(p.plain([]byte{1}, 0)) == nil || fault(p.texts(append(text, 1), 1)) == nil {
		t.Error("bytes behind the values pass")
	}
}
