package guard

import "io"

// holder is a file that may have a stretch in memory: the bytes from start to end, or
// nil. They are valid as long as the file is read.
type holder interface {
	Held(start, end int64) []byte
}

// window reads a stretch of a file from front to back through a buffer, or from memory.
type window struct {
	held  []byte // the stretch, where the file has it in memory
	start int64
	r     io.ReaderAt
	at    int64 // place in the file of buf[pos]
	end   int64 // end of the stretch
	buf   []byte
	pos   int
}

// readAhead is how much is read from the file in one go, at least.
const readAhead = 256 << 10

// open goes to the start of a stretch from start to end.
func (w *window) open(r io.ReaderAt, start, end int64) {
	*w = window{r: r, start: start, at: start, end: end, buf: w.buf[:0]}
	if h, ok := r.(holder); ok {
		w.held = h.Held(start, end)
	}
}

// peek returns the next n bytes, or fewer at the end of the stretch, without
// passing them. They are valid until the next call.
func (w *window) peek(n int) ([]byte, error) {
	if left := w.end - w.at; int64(n) > left {
		n = int(left)
	}
	if w.held != nil {
		return w.held[w.at-w.start:][:n], nil
	}
	if have := len(w.buf) - w.pos; have < n {
		if err := w.fill(n, have); err != nil {
			return nil, err
		}
	}
	return w.buf[w.pos : w.pos+n], nil
}

func (w *window) fill(n, have int) error {
	size := int(min(int64(max(n, readAhead)), w.end-w.at))
	next := w.buf
	if cap(next) < size {
		next = make([]byte, size)
	}
	next = next[:size]
	copy(next, w.buf[w.pos:])
	w.buf, w.pos = next, 0
	return readFull(w.r, next[have:], w.at+int64(have))
}

func (w *window) pass(n int) {
	w.at += int64(n)
	w.pos += n
}
