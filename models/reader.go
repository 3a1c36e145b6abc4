package models

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// lineReader reads lines of words. The first error stays and ends everything:
// after it words are empty and numbers 0.
type lineReader struct {
	in    *bufio.Scanner
	line  int
	words []string // of the line that were not read yet
	err   error
}

func newLineReader(r io.Reader) *lineReader {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 4096), maxLineLength)
	return &lineReader{in: in}
}

func (r *lineReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("model line %d: %s", r.line, fmt.Sprintf(format, args...))
	}
}

// next goes to the next line, which must open with one of the given words, and
// returns that word.
func (r *lineReader) next(want ...string) string {
	r.words = nil
	if r.err != nil {
		return ""
	}
	r.line++
	if !r.in.Scan() {
		err := r.in.Err()
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d bytes", maxLineLength)
		}
		r.err = fmt.Errorf("model line %d: %w", r.line, err)
		return ""
	}
	r.words = splitWords(r.in.Text())
	got := r.word()
	for _, w := range want {
		if got == w {
			return got
		}
	}
	r.fail("want %s, have %q", strings.Join(want, " or "), shorten(got))
	return ""
}

// splitWords splits at single spaces outside of quotes.
func splitWords(line string) []string {
	var words []string
	for line != "" {
		end := strings.IndexByte(line, ' ')
		if quoted, err := strconv.QuotedPrefix(line); err == nil && line[0] == '"' {
			end = len(quoted)
			if end == len(line) {
				end = -1
			}
		}
		if end < 0 {
			return append(words, line)
		}
		words = append(words, line[:end])
		line = strings.TrimPrefix(line[end:], " ")
	}
	return words
}

func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

func (r *lineReader) word() string {
	if len(r.words) == 0 {
		r.fail("ends too early")
		return ""
	}
	w := r.words[0]
	r.words = r.words[1:]
	return w
}

// end makes sure that the line has no more words.
func (r *lineReader) end() {
	if r.err == nil && len(r.words) > 0 {
		r.fail("%d words too many", len(r.words))
	}
	r.words = nil
}

func (r *lineReader) oneOf(yes, no string) bool {
	w := r.word()
	if w != yes && w != no {
		r.fail("want %s or %s, have %q", yes, no, shorten(w))
	}
	return w == yes
}

// int reads a whole number within bounds.
func (r *lineReader) int(lo, hi int) int {
	w := r.word()
	n, err := strconv.Atoi(w)
	if r.err == nil && (err != nil || n < lo || n > hi) {
		r.fail("want a whole number from %d to %d, have %q", lo, hi, shorten(w))
	}
	if r.err != nil {
		return lo
	}
	return n
}

// number reads a number that sums of a model's numbers cannot overflow with.
func (r *lineReader) number() float64 {
	x := r.anyNumber()
	if math.Abs(x) > maxNumber {
		r.fail("want a number up to %v, have %v", maxNumber, x)
		return 0
	}
	return x
}

// anyNumber reads a number that may be infinite but is not NaN.
func (r *lineReader) anyNumber() float64 {
	w := r.word()
	x, err := strconv.ParseFloat(w, 64)
	if err != nil || math.IsNaN(x) {
		r.fail("want a number, have %q", shorten(w))
		return 0
	}
	return x
}

func (r *lineReader) quoted() string {
	w := r.word()
	s, err := strconv.Unquote(w)
	if err != nil || !strings.HasPrefix(w, `"`) {
		r.fail("want a quoted text, have %q", shorten(w))
	}
	return s
}
