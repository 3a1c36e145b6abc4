package guard

// Kinds of pages.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

// pageHeader stands before every page.
type pageHeader struct {
	kind         int32
	uncompressed int32 // bytes of the page, levels included
	compressed   int32 // bytes of the page in the file, levels included
	checksum     uint32
	hasChecksum  bool

	values      int32 // nulls included
	encoding    Encoding
	definition  Encoding // of the definition levels, version 1
	repetition  Encoding
	nulls, rows int32 // version 2
	definitionBytes, repetitionBytes,
	levelBytes int32 // version 2: length of the levels, and both together
	stored bool // version 2: the values are not compressed

	headers uint64 // fields that are present, as bits
}

// Fields of a page header.
const (
	headerData       = 5
	headerDictionary = 7
	headerDataV2     = 8
)

// Bits of the fields that a header must hold.
const (
	needPage   = 0b1110    // type and both sizes
	needDataV1 = 0b11110   // values, encoding, encodings of the levels
	needDict   = 0b110     // values, encoding
	needDataV2 = 0b1111110 // values, nulls, rows, encoding, lengths of the levels
)

// maxHeaderElements bounds the lists and structures of a page header.
const maxHeaderElements = 1000

// pageHeader decodes a page header.
func (t *thrift) pageHeader() (h pageHeader) {
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			h.headers |= 1 << id
		}
		switch id {
		case 1:
			h.kind = t.i32(typ, "page type")
		case 2:
			h.uncompressed = t.i32(typ, "uncompressed page size")
		case 3:
			h.compressed = t.i32(typ, "compressed page size")
		case 4:
			h.checksum, h.hasChecksum = uint32(t.i32(typ, "checksum")), true
		case headerData, headerDictionary, headerDataV2:
			if t.is(typ, thriftStruct, "header") {
				t.innerHeader(&h, id)
			}
		default:
			t.skip(typ)
		}
	})
	if t.err == nil && h.headers&needPage != needPage {
		t.fail("it lacks its type or size")
	}
	return h
}

func (t *thrift) innerHeader(h *pageHeader, kind int16) {
	var has uint64
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			has |= 1 << id
		}
		if kind == headerDataV2 {
			t.fieldV2(h, id, typ)
			return
		}
		t.fieldV1(h, kind, id, typ)
	})
	var need uint64
	switch kind {
	case headerData:
		need = needDataV1
	case headerDictionary:
		need = needDict
	default:
		need = needDataV2
	}
	if t.err == nil && has&need != need {
		t.fail("it lacks its number of values or its encoding")
	}
}

func (t *thrift) fieldV1(h *pageHeader, kind, id int16, typ byte) {
	switch {
	case id == 1:
		h.values = t.i32(typ, "number of values")
	case id == 2:
		h.encoding = Encoding(t.i32(typ, "encoding"))
	case id == 3 && kind == headerData:
		h.definition = Encoding(t.i32(typ, "encoding of the definition levels"))
	case id == 4 && kind == headerData:
		h.repetition = Encoding(t.i32(typ, "encoding of the repetition levels"))
	default:
		t.skip(typ)
	}
}

func (t *thrift) fieldV2(h *pageHeader, id int16, typ byte) {
	switch id {
	case 1:
		h.values = t.i32(typ, "number of values")
	case 2:
		h.nulls = t.i32(typ, "number of nulls")
	case 3:
		h.rows = t.i32(typ, "number of rows")
	case 4:
		h.encoding = Encoding(t.i32(typ, "encoding"))
	case 5:
		h.definitionBytes = t.i32(typ, "length of the definition levels")
	case 6:
		h.repetitionBytes = t.i32(typ, "length of the repetition levels")
	case 7:
		h.stored = !t.bool(typ, "is compressed")
	default:
		t.skip(typ)
	}
}

// check proves the header against the chunk that the page lies in, of which
// left bytes follow the header.
func (h *pageHeader) check(left int64) *Error {
	field := 0
	switch h.kind {
	case dataPage:
		field = headerData
	case dictionaryPage:
		field = headerDictionary
	case dataPageV2:
		field = headerDataV2
	default:
		return wrong("unknown page type %d", h.kind)
	}
	switch {
	case h.headers&(1<<field) == 0:
		return wrong("its header does not describe a page of its type")
	case h.compressed < 0 || h.uncompressed < 0:
		return wrong("its size is negative (%d in the file, %d uncompressed)", h.compressed, h.uncompressed)
	case int64(h.compressed) > left:
		return wrong("it is %s, larger than what is left of its chunk (%s)", bytesText(int64(h.compressed)), bytesText(left))
	case h.values < 0:
		return wrong("it holds %d values", h.values)
	}
	if h.kind == dataPageV2 {
		return h.checkV2()
	}
	return nil
}

func (h *pageHeader) checkV2() *Error {
	levels := int64(h.definitionBytes) + int64(h.repetitionBytes)
	switch {
	case h.definitionBytes < 0 || h.repetitionBytes < 0 || levels > int64(h.compressed) || levels > int64(h.uncompressed):
		return wrong("its levels are said to take %s, the page takes %s", bytesText(levels), bytesText(int64(h.compressed)))
	case h.nulls < 0 || h.nulls > h.values:
		return wrong("it holds %d nulls among %d values", h.nulls, h.values)
	case h.rows < 0 || h.rows > h.values:
		return wrong("it holds %d rows in %d values", h.rows, h.values)
	}
	h.levelBytes = int32(levels)
	return nil
}
