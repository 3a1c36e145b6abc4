package features

// mostCoded is how many different numbers a dictionary holds. Beyond, plain
// values take less time, and hardly more room.
const mostCoded = 8192

// numberDictionary gives the different numbers of a chunk codes, in order of
// appearance.
type numberDictionary struct {
	words []uint64
	table [4 * mostCoded]uint32 // open addressing: code + 1
}

func (d *numberDictionary) reset() {
	clear(d.table[:])
	d.words = d.words[:0]
}

// encode writes the codes of numbers. It is false, and the dictionary as it
// was, where there are too many different ones: then it is of no further use
// before a reset.
func (d *numberDictionary) encode(words []uint64, codes []int32) bool {
	before := len(d.words)
	for i, w := range words {
		slot := (w * 0x9e3779b97f4a7c15) >> 49 % uint64(len(d.table))
		for {
			code := d.table[slot]
			if code == 0 {
				if len(d.words) == mostCoded {
					d.words = d.words[:before]
					return false
				}
				d.words = append(d.words, w)
				code = uint32(len(d.words))
				d.table[slot] = code
			} else if d.words[code-1] != w {
				slot = (slot + 1) % uint64(len(d.table))
				continue
			}
			codes[i] = int32(code - 1)
			break
		}
	}
	return true
}

// nameDictionary gives the names that a chunk has codes, in order of
// appearance.
type nameDictionary struct {
	codes []int32 // of the table, in order of appearance
	known []int32 // by code of the table: place in codes plus one
}

func (d *nameDictionary) reset() {
	for _, code := range d.codes {
		d.known[code] = 0
	}
	d.codes = d.codes[:0]
}

// encode replaces codes of the table, which count from one, by codes of the
// chunk.
func (d *nameDictionary) encode(codes []int32, names int) {
	if len(d.known) <= names {
		d.known = append(d.known, make([]int32, names+1-len(d.known))...)
	}
	for i, code := range codes {
		if d.known[code] == 0 {
			d.codes = append(d.codes, code)
			d.known[code] = int32(len(d.codes))
		}
		codes[i] = d.known[code] - 1
	}
}
