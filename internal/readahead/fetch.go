package readahead

import (
	"cmp"
	"io"
	"slices"
	"sync"
)

// Span is a stretch of a file, from a byte up to but without another.
type Span struct{ Start, End int64 }

func (s Span) bytes() int64 { return s.End - s.Start }

// Fetched holds stretches of a file, and reads the rest of it as it is. Its zero value
// is ready; its buffer stays for the next.
type Fetched struct {
	file   *File
	stands []stand // by place
	ahead  int64   // bytes read on where a stretch is not held; 0: all are
	buffer []byte
}

// stand is a stretch and what is held of it.
type stand struct {
	Span
	at int64 // place of b
	b  []byte
}

const (
	// A gap between stretches is read with them where it is that part of their bytes.
	gapShare = 128
	// mostRead is the size of one reading; larger stretches are read side by side.
	mostRead = 16 << 20
	// fewestAhead is read on at least of a stretch that is not held.
	fewestAhead = 256 << 10
)

// Fetch reads stretches that do not overlap into memory, in few readings side by side.
// Where they take more than most bytes, each is read on as it is needed instead, in
// pieces that take as much together.
func (h *Fetched) Fetch(file *File, spans []Span, most int64) error {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	total := int64(0)
	for _, s := range spans {
		total += s.bytes()
	}
	h.file, h.stands, h.ahead = file, h.stands[:0], 0
	if total > most {
		h.ahead = max(most/int64(len(spans)), fewestAhead)
		for _, s := range spans {
			h.stands = append(h.stands, stand{Span: s})
		}
		return nil
	}
	return h.fetchAll(joined(spans, total/gapShare), total/gapShare)
}

// joined joins stretches with a gap of at most so many bytes between.
func joined(spans []Span, gap int64) (list []Span) {
	for _, s := range spans {
		if n := len(list); n > 0 && s.Start-list[n-1].End <= gap {
			list[n-1].End = max(list[n-1].End, s.End)
			continue
		}
		list = append(list, s)
	}
	return list
}

func (h *Fetched) fetchAll(spans []Span, gap int64) error {
	size := int64(0)
	for _, s := range spans {
		size += s.bytes()
	}
	if int64(cap(h.buffer)) < size {
		h.buffer = make([]byte, size)
	}
	rest := h.buffer[:size]
	var missing []stand
	known := h.file.known()
	for _, s := range spans {
		h.stands = append(h.stands, stand{s, s.Start, rest[:s.bytes():s.bytes()]})
		missing = append(missing, h.stands[len(h.stands)-1].without(known, gap)...)
		rest = rest[s.bytes():]
	}
	h.file.forget(spans)
	return h.readAll(missing)
}

// without fills in what is remembered of a stretch and lists what is missing.
func (s stand) without(known []piece, gap int64) (missing []stand) {
	var spans []Span
	next := s.Start
	for _, p := range known {
		from, to := max(p.at, s.Start), min(p.end(), s.End)
		if from >= to {
			continue
		}
		copy(s.b[from-s.Start:], p.b[from-p.at:to-p.at])
		if from > next {
			spans = append(spans, Span{next, from})
		}
		next = to
	}
	if next < s.End {
		spans = append(spans, Span{next, s.End})
	}
	for _, m := range joined(spans, gap) {
		for ; m.Start < m.End; m.Start += mostRead {
			end := min(m.Start+mostRead, m.End)
			missing = append(missing, stand{Span{m.Start, end}, m.Start, s.b[m.Start-s.Start : end-s.Start]})
		}
	}
	return missing
}

func (h *Fetched) readAll(missing []stand) error {
	errs := make([]error, len(missing))
	read := func(i int) {
		n, err := h.file.ReadFile.ReadAt(missing[i].b, missing[i].at)
		if n == len(missing[i].b) {
			err = nil
		} else if err == nil {
			err = io.ErrUnexpectedEOF
		}
		errs[i] = err
	}
	var wait sync.WaitGroup
	for i := 1; i < len(missing); i++ {
		wait.Go(func() { read(i) })
	}
	if len(missing) > 0 {
		read(0)
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Held are the bytes of a stretch that is in memory as a whole; nil for others. They
// are valid until the next Fetch.
func (h *Fetched) Held(start, end int64) []byte {
	if h.ahead > 0 {
		return nil
	}
	for _, s := range h.stands {
		if s.Start <= start && end <= s.End {
			return s.b[start-s.at : end-s.at : end-s.at]
		}
	}
	return nil
}

// ReadAt reads from memory, or reads on in the stretch, or in the file.
func (h *Fetched) ReadAt(p []byte, at int64) (int, error) {
	end := at + int64(len(p))
	for i := range h.stands {
		s := &h.stands[i]
		if at < s.Start || end > s.End {
			continue
		}
		if at < s.at || end > s.at+int64(len(s.b)) {
			if err := h.readOn(s, at, end); err != nil {
				return 0, err
			}
		}
		return copy(p, s.b[at-s.at:]), nil
	}
	return h.file.ReadAt(p, at)
}

// readOn reads on in a stretch from a place that is not held.
func (h *Fetched) readOn(s *stand, at, end int64) error {
	n := int(max(end, min(at+h.ahead, s.End)) - at)
	if cap(s.b) < n {
		s.b = make([]byte, n)
	}
	s.at, s.b = at, s.b[:n]
	got, err := h.file.ReadFile.ReadAt(s.b, at)
	if got == n {
		return nil
	}
	s.b = s.b[:0]
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return err
}
