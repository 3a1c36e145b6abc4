package columnar

const (
	// mostNumbers is how many different numbers a dictionary holds. Beyond, plain
	// values take less time, and hardly more room.
	mostNumbers = 8192
	// mostTexts is the same for texts, mostNewTexts how many may be new in a page: where
	// more are, texts hardly come again.
	mostTexts    = 65_536
	mostNewTexts = PageRows / 2
)

// numberDictionary gives the different numbers of a chunk codes, in order of
// appearance.
type numberDictionary struct {
	words []uint64
	table []uint32 // open addressing: code + 1; a power of two, at least twice the words
}

func (d *numberDictionary) reset() {
	clear(d.table)
	d.words = d.words[:0]
}

// encode writes the codes of numbers. It is false, and the dictionary as it
// was, where there are too many different ones: then it is of no further use
// before a reset.
func (d *numberDictionary) encode(words []uint64, codes []int32) bool {
	before := len(d.words)
	for i, w := range words {
		slot := d.slot(w)
		if slot < 0 || d.table[slot] == 0 {
			if len(d.words) == mostNumbers {
				d.words = d.words[:before]
				return false
			}
			if 2*len(d.words) >= len(d.table) {
				d.grow()
				slot = d.slot(w)
			}
			d.words = append(d.words, w)
			d.table[slot] = uint32(len(d.words))
		}
		codes[i] = int32(d.table[slot] - 1)
	}
	return true
}

// slot is that of a number, or the empty one where it belongs; -1 of no table.
func (d *numberDictionary) slot(w uint64) int {
	if len(d.table) == 0 {
		return -1
	}
	mask := uint64(len(d.table) - 1)
	slot := w * 0x9e3779b97f4a7c15 >> 40 & mask
	for code := d.table[slot]; code != 0 && d.words[code-1] != w; code = d.table[slot] {
		slot = (slot + 1) & mask
	}
	return int(slot)
}

func (d *numberDictionary) grow() {
	d.table = make([]uint32, max(64, 4*len(d.table)))
	for i, w := range d.words {
		d.table[d.slot(w)] = uint32(i + 1)
	}
}

// textDictionary does the same for texts.
type textDictionary struct {
	texts  []string
	places map[string]int32
	seenIn []int32 // the last page that has each, from 1 on
	pages  int32
}

func (d *textDictionary) reset() {
	clear(d.places)
	d.texts, d.seenIn, d.pages = d.texts[:0], d.seenIn[:0], 0
}

// encode is as that of numbers; it tells the bounds of the texts too.
func (d *textDictionary) encode(texts []string, codes []int32) (b bounds, fits bool) {
	if d.places == nil {
		d.places = map[string]int32{}
	}
	before := len(d.texts)
	d.pages++
	for i, text := range texts {
		if i > 0 && text == texts[i-1] {
			codes[i] = codes[i-1]
			continue
		}
		place, known := d.places[text]
		if !known {
			if place = int32(len(d.texts)); place == mostTexts || int(place)-before == mostNewTexts {
				d.texts = d.texts[:before]
				return bounds{}, false
			}
			d.places[text] = place
			d.texts, d.seenIn = append(d.texts, text), append(d.seenIn, 0)
		}
		if d.seenIn[place] != d.pages {
			d.seenIn[place] = d.pages
			b.addText(text)
		}
		codes[i] = place
	}
	return b, true
}

// nameDictionary gives the names that a chunk has codes, in order of
// appearance.
type nameDictionary struct {
	names []string
	codes []uint32 // of the caller's dictionary
	known []int32  // by code of the caller's dictionary: place in names plus one
}

func (d *nameDictionary) reset() {
	for _, code := range d.codes {
		d.known[code] = 0
	}
	d.codes, d.names = d.codes[:0], d.names[:0]
}

// encode replaces codes of the caller's dictionary, which count from one, by codes of the
// chunk.
func (d *nameDictionary) encode(codes []int32, dict []string) {
	if len(d.known) <= len(dict) {
		d.known = append(d.known, make([]int32, len(dict)+1-len(d.known))...)
	}
	for i, code := range codes {
		if d.known[code] == 0 {
			d.codes, d.names = append(d.codes, uint32(code)), append(d.names, dict[code-1])
			d.known[code] = int32(len(d.names))
		}
		codes[i] = d.known[code] - 1
	}
}
