package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/guard"
)

// Entries are the texts of a column chunk: those of its dictionary first, then
// the plain values of the page at hand.
type Entries struct {
	bytes []byte
	ends  []uint32 // entry e is bytes[ends[e-1]:ends[e]]
}

// Len is how many entries there are.
func (e *Entries) Len() int { return len(e.ends) }

// At is an entry, valid until entries are taken away.
func (e *Entries) At(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = e.ends[i-1]
	}
	return e.bytes[start:e.ends[i]]
}

// Truncate keeps the first n entries.
func (e *Entries) Truncate(n int) {
	e.ends = e.ends[:n]
	end := uint32(0)
	if n > 0 {
		end = e.ends[n-1]
	}
	e.bytes = e.bytes[:end]
}

// Add adds an entry.
func (e *Entries) Add(text []byte) {
	e.bytes = append(e.bytes, text...)
	e.ends = append(e.ends, uint32(len(e.bytes)))
}

// appendTexts adds an entry for each text; false, and none, where not all of them
// are UTF-8.
func (e *Entries) appendTexts(v *guard.Values) bool {
	from := len(e.ends)
	for i := range v.Count {
		e.bytes = append(e.bytes, v.At(i)...)
		e.ends = append(e.ends, uint32(len(e.bytes)))
	}
	return e.validFrom(from)
}

// appendStretches adds one entry for each stretch of equal texts, as those of the
// lines of an order are, and notes the entry of each text in rows; false, and none,
// where not all of them are UTF-8.
func (e *Entries) appendStretches(v *guard.Values, rows []int32) bool {
	from := len(e.ends)
	texts, ends := e.bytes, e.ends // kept at hand: a field is written through memory
	page, places, before := v.Texts()
	var last []byte
	for i := range rows {
		text := page[places[i]+before : places[i+1]]
		if i == 0 || !SameText(text, last) {
			texts = append(texts, text...)
			ends = append(ends, uint32(len(texts)))
			last = text
		}
		rows[i] = int32(len(ends) - 1)
	}
	e.bytes, e.ends = texts, ends
	return e.validFrom(from)
}

// SameText says whether two texts are equal; those of up to 16 bytes, as most ids are, without
// a call.
func SameText(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	if n := len(a); n >= 8 && n <= 16 {
		return binary.LittleEndian.Uint64(a) == binary.LittleEndian.Uint64(b) && binary.LittleEndian.Uint64(a[n-8:]) == binary.LittleEndian.Uint64(b[n-8:])
	}
	return bytes.Equal(a, b)
}

// validFrom says whether the entries from one on are UTF-8: their bytes are as a
// whole, and none starts in the middle of a character. If not it takes them away.
func (e *Entries) validFrom(from int) bool {
	start := 0
	if from > 0 {
		start = int(e.ends[from-1])
	}
	valid := utf8.Valid(e.bytes[start:])
	for i := from; i < len(e.ends) && valid; i++ {
		valid = start == len(e.bytes) || utf8.RuneStart(e.bytes[start])
		start = int(e.ends[i])
	}
	if !valid {
		e.Truncate(from)
	}
	return valid
}

// appendWritten adds an entry for each value, written as a person would.
func (e *Entries) appendWritten(v *guard.Values, l Leaf) error {
	if err := exactFloats(v, l); err != nil {
		return err
	}
	for i := range v.Count {
		e.bytes = appendValue(e.bytes, v.At(i), l)
		e.ends = append(e.ends, uint32(len(e.bytes)))
	}
	if len(e.bytes) > math.MaxUint32 {
		return errors.New("the texts of a page are longer than 4 GB")
	}
	return nil
}

// TextHash identifies a text by 64 bits, never 0. Orders, products and lines
// of one customer are distinguished by it: two different ids of the same customer
// collide with a chance of 2^-64 per pair.
func TextHash(b []byte) uint64 {
	h := xxhash.Sum64(b)
	if h == 0 {
		return 1
	}
	return h
}

// CleanIDs writes the entries from one on as ids of customers: without what programs
// add on the way, which are blanks and marks that nobody sees around them, quotes, the
// apostrophe or ="" that keeps a number a text and the empty fraction of a whole number (13085.0); and folded as data.FoldID does where that is asked for.
func (e *Entries) CleanIDs(from int, fold bool) {
	for ; from < e.Len() && !fold && isClean(e.At(from)); from++ {
	}
	if from == e.Len() {
		return
	}
	rest := Entries{bytes: bytes.Clone(e.bytes), ends: slices.Clone(e.ends)}
	e.Truncate(from)
	for i := from; i < rest.Len(); i++ {
		id := CleanID(rest.At(i))
		if fold {
			id = []byte(data.FoldID(string(id)))
		}
		e.Add(id)
	}
}

// CleanID is an id as CleanIDs writes it, not folded.
func CleanID(id []byte) []byte {
	return withoutFraction(withoutGuard(bytes.TrimFunc(id, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })))
}

func isClean(id []byte) bool {
	n := len(id)
	if n == 0 {
		return true
	}
	first, last := id[0], id[n-1]
	return first > ' ' && first < 0x80 && first != '\'' && first != '=' && first != '"' && last > ' ' && last < 0x80 && (last != '0' || len(withoutFraction(id)) == n)
}

// withoutGuard takes the apostrophe or ="" off that a spreadsheet keeps a text by, and
// the quotes of JSON.
func withoutGuard(id []byte) []byte {
	if inner, found := bytes.CutPrefix(id, []byte(`="`)); found && bytes.HasSuffix(inner, []byte(`"`)) {
		return bytes.TrimSpace(inner[:len(inner)-1])
	}
	if n := len(id); n > 2 && id[0] == '"' && bytes.IndexByte(id[1:], '"') == n-2 { // a text of JSON
		return bytes.TrimSpace(id[1 : n-1])
	}
	if rest := bytes.TrimPrefix(id, []byte("'")); len(rest) > 0 && len(bytes.Trim(rest, "0123456789")) == 0 {
		return rest
	}
	return id
}

// withoutFraction takes the fraction of nothing but zeros off a whole number.
func withoutFraction(id []byte) []byte {
	whole := bytes.TrimSuffix(bytes.TrimRight(id, "0"), []byte("."))
	digits := bytes.TrimPrefix(whole, []byte("-"))
	if len(whole) == len(id) || len(digits) == 0 || id[len(whole)] != '.' || len(bytes.Trim(digits, "0123456789")) > 0 {
		return id
	}
	return whole
}
