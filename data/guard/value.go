package guard

// prefix is how many bytes the length takes that stands before a text.
const prefix = 4

// Values are values of a column without the nulls among them, proven to be
// whole. They hold on to the bytes of their page.
type Values struct {
	Count int
	Width int // bytes of a value; 0 where they differ, as those of BYTE_ARRAY do

	bytes  []byte
	ends   []uint32 // where Width is 0: value i lies before ends[i+1], from ends[i]+before on
	before uint32
}

// FixedValues are values of width bytes, at least 1, one behind the other in b.
func FixedValues(width int, b []byte) Values {
	return Values{Count: len(b) / width, Width: width, bytes: b}
}

// TextValues are values of differing lengths.
func TextValues(texts ...string) Values {
	v := Values{Count: len(texts), ends: make([]uint32, 1, len(texts)+1)}
	for _, s := range texts {
		v.bytes = append(v.bytes, s...)
		v.ends = append(v.ends, uint32(len(v.bytes)))
	}
	return v
}

// Fixed returns values of one width, one behind the other, numbers with their
// lowest byte first.
func (v *Values) Fixed() []byte { return v.bytes[:v.Count*v.Width] }

// At returns value i, counted from 0.
func (v *Values) At(i int) []byte {
	if v.Width > 0 {
		return v.bytes[i*v.Width : (i+1)*v.Width]
	}
	return v.bytes[v.ends[i]+v.before : v.ends[i+1]]
}

// Texts returns values of differing lengths as they lie in their page: value i is
// bytes[ends[i]+before : ends[i+1]]. There are no ends where Width is not 0.
func (v *Values) Texts() (bytes []byte, ends []uint32, before uint32) {
	return v.bytes, v.ends, v.before
}

// resize returns space for n elements, in place where there is room. It makes
// somewhat more than asked for, so that slowly growing sizes do not allocate
// each time.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}

// roomy is how many elements of a buffer are too many to keep for the next chunk.
const roomy = 4 << 20

func reusable[T any](s []T) []T {
	if cap(s) > roomy {
		return nil
	}
	return s
}
