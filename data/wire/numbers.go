package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Sums is what counts add up by, one number after the other: a NumberWriter writes them,
// a NumberReader adds what was written of others. One list of the numbers serves both.
type Sums interface {
	// Sum gives n, or n and the number that was read. Neither is below 0.
	Sum(n int64) int64
	// Signed is Sum of numbers of any sign.
	Signed(n int64) int64
	fail(why string)
}

// SumEach puts all of a list through Sum.
func SumEach[N int32 | int64 | uint32 | float64](s Sums, list []N) {
	for i := range list {
		sum := s.Sum(int64(list[i]))
		if list[i] = N(sum); int64(list[i]) != sum {
			s.fail(fmt.Sprintf("%d is more than a count can be", sum))
			return
		}
	}
}

// mostNumber is the greatest that is written: a bit says that zeros follow.
const mostNumber = math.MaxInt64

// NumberWriter writes whole numbers as varints: twice the number, or twice how many zeros
// follow each other, plus one.
type NumberWriter struct {
	out   []byte
	zeros uint64
}

// Put writes a number below 2^63.
func (w *NumberWriter) Put(n uint64) {
	if n == 0 {
		w.zeros++
		return
	}
	w.flush()
	w.out = binary.AppendUvarint(w.out, n<<1)
}

// Sum implements Sums.
func (w *NumberWriter) Sum(n int64) int64 {
	w.Put(uint64(n))
	return n
}

// Signed implements Sums: it writes 0, -1, 1, -2 and so on as 0, 1, 2, 3. Want less than
// 2^62 of either sign.
func (w *NumberWriter) Signed(n int64) int64 {
	w.Put(uint64(n<<1) ^ uint64(n>>63))
	return n
}

// Fixed writes eight bytes, lowest first.
func (w *NumberWriter) Fixed(n uint64) {
	w.flush()
	w.out = binary.LittleEndian.AppendUint64(w.out, n)
}

// Text writes a text behind its length.
func (w *NumberWriter) Text(text string) {
	w.Put(uint64(len(text)))
	w.flush()
	w.out = append(w.out, text...)
}

// Bytes are all that was written.
func (w *NumberWriter) Bytes() []byte {
	w.flush()
	return w.out
}

func (w *NumberWriter) flush() {
	if w.zeros > 0 {
		w.out = binary.AppendUvarint(w.out, w.zeros<<1|1)
		w.zeros = 0
	}
}

func (w *NumberWriter) fail(string) {}

// NumberReader reads what a NumberWriter wrote. Once something was wrong all numbers are 0,
// and End says what it was.
type NumberReader struct {
	in    []byte
	zeros uint64
	err   error
}

// NumbersOf reads the bytes of a NumberWriter.
func NumbersOf(text []byte) *NumberReader { return &NumberReader{in: text} }

// Next is the next number, at most most.
func (r *NumberReader) Next(most uint64) uint64 {
	if r.zeros > 0 {
		r.zeros--
		return 0
	}
	if r.err != nil {
		return 0
	}
	n, size := uint64(0), 1
	if len(r.in) > 0 && r.in[0] < 1<<7 {
		n = uint64(r.in[0])
	} else {
		n, size = binary.Uvarint(r.in)
	}
	if size <= 0 || n == 0 {
		r.fail("numbers are cut")
		return 0
	}
	r.in = r.in[size:]
	if n&1 == 1 {
		r.zeros = n >> 1
		if r.zeros == 0 {
			r.fail("no zeros follow each other")
			return 0
		}
		r.zeros--
		return 0
	}
	if n >>= 1; n > most {
		r.fail(fmt.Sprintf("%d, at most %d are possible", n, most))
		return 0
	}
	return n
}

// Sum implements Sums.
func (r *NumberReader) Sum(n int64) int64 {
	sum := n + int64(r.Next(mostNumber))
	if sum < n {
		r.fail("a sum is more than a number can be")
		return n
	}
	return sum
}

// Signed implements Sums.
func (r *NumberReader) Signed(n int64) int64 {
	coded := r.Next(mostNumber)
	more := int64(coded>>1) ^ -int64(coded&1)
	if sum := n + more; (sum > n) == (more > 0) {
		return sum
	}
	r.fail("a sum is more than a number can be")
	return n
}

// Fixed reads eight bytes.
func (r *NumberReader) Fixed() uint64 {
	if r.err == nil && (r.zeros > 0 || len(r.in) < 8) {
		r.fail("numbers are cut")
	}
	if r.err != nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(r.in)
	r.in = r.in[8:]
	return n
}

// Text reads a text of at most most bytes.
func (r *NumberReader) Text(most int) string {
	n := int(r.Next(uint64(most)))
	if r.err == nil && (n > 0 && r.zeros > 0 || n > len(r.in)) {
		r.fail("texts are cut")
	}
	if r.err != nil {
		return ""
	}
	text := string(r.in[:n])
	r.in = r.in[n:]
	return text
}

// Times reads how often something follows, at most most times; Again goes through it. What
// follows must not be zeros alone, unless most is small.
func (r *NumberReader) Times(most uint64) (left uint64) { return r.Next(most) }

// Again says whether it follows once more; never behind the first fault.
func (r *NumberReader) Again(left *uint64) bool {
	*left--
	return *left != math.MaxUint64 && r.err == nil
}

// Fill reads a list of numbers, each at most most.
func (r *NumberReader) Fill(list []uint32, most uint64) {
	for i := range list {
		list[i] = uint32(r.Next(most))
	}
}

// Fail says that numbers do not hold together.
func (r *NumberReader) Fail(format string, of ...any) { r.fail(fmt.Sprintf(format, of...)) }

func (r *NumberReader) fail(why string) {
	if r.err == nil {
		r.err, r.in, r.zeros = errors.New(why), nil, 0
	}
}

// Err is the first fault so far.
func (r *NumberReader) Err() error { return r.err }

// End wants nothing behind what was read.
func (r *NumberReader) End() error {
	if r.err == nil && (r.zeros > 0 || len(r.in) > 0) {
		r.fail("there is more than belongs there")
	}
	return r.err
}
