package features

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// chunk is one column of a row group in the making.
type chunk struct {
	name     string
	kind     Kind
	isID     bool
	nullable bool
	texts    []string // of a Text column, by code

	numbers   numberDictionary // of Float and nullable Int columns
	names     nameDictionary   // of Text columns
	plainOnly bool             // the values are too many for a dictionary

	pages          []byte // with their headers
	dictionaryPage []byte
	rows           int64
	uncompressed   int64 // bytes of the pages before compression
	stats          []format.PageEncodingStats
	bounds         bounds
}

func idChunk() chunk { return chunk{name: idColumn, isID: true, kind: Text} }

func chunkOf(c *Column) chunk {
	return chunk{name: c.Name, kind: c.Kind, nullable: c.nullable(), texts: c.Dict}
}

// reset empties the chunk for the next row group.
func (c *chunk) reset() {
	c.numbers.reset()
	c.names.reset()
	c.plainOnly = false
	c.pages, c.dictionaryPage, c.stats = c.pages[:0], c.dictionaryPage[:0], nil
	c.rows, c.uncompressed, c.bounds = 0, 0, bounds{}
}

// addIDs appends a page of customer ids.
func (c *chunk) addIDs(e *pageEncoder, ids []string) error {
	c.bounds.addTexts(ids[0], ids[len(ids)-1])
	if err := e.texts(ids); err != nil {
		return err
	}
	return c.addPage(e, len(ids), format.DeltaByteArray)
}

// add appends a page of the values of a column.
//
// Differences are the smallest and fastest for whole numbers. Where some are
// missing a dictionary stands in their place, because Arrow's Go reader up to
// v15 loses its place in such columns; so it does for numbers with a fraction,
// of which most columns have few different ones.
func (c *chunk) add(e *pageEncoder, v *Column) error {
	switch {
	case c.kind == Text:
		e.keepCodes(v.Codes, c.nullable)
		c.names.encode(e.codes, len(c.texts))
		return c.addCoded(e, len(v.Codes))
	case c.kind == Bool:
		e.keepInts(v.Ints, c.nullable)
		e.bools()
		return c.addPage(e, len(v.Ints), format.Plain)
	case c.kind == Float:
		e.keepFloats(v.Floats, c.nullable)
		c.bounds.addFloats(e.words)
		return c.addNumbers(e, len(v.Floats))
	case c.nullable:
		e.keepInts(v.Ints, true)
		c.bounds.addInts(e.ints)
		e.wordsOfInts()
		return c.addNumbers(e, len(v.Ints))
	}
	e.keepInts(v.Ints, false)
	c.bounds.addInts(e.ints)
	if err := e.deltas(); err != nil {
		return err
	}
	return c.addPage(e, len(v.Ints), format.DeltaBinaryPacked)
}

// addNumbers appends a page of numbers of eight bytes: by dictionary as long as
// it stays small.
func (c *chunk) addNumbers(e *pageEncoder, rows int) error {
	if !c.plainOnly {
		e.codes = resize(e.codes, len(e.words))
		if c.numbers.encode(e.words, e.codes) {
			return c.addCoded(e, rows)
		}
		c.plainOnly = true
	}
	e.plain(c.width())
	return c.addPage(e, rows, format.Plain)
}

// width is how many bytes a number takes.
func (c *chunk) width() int {
	if c.kind == Date {
		return 4
	}
	return 8
}

func (c *chunk) addCoded(e *pageEncoder, rows int) error {
	if err := e.coded(); err != nil {
		return err
	}
	return c.addPage(e, rows, format.RLEDictionary)
}

// addPage appends the page whose levels and values the encoder holds.
func (c *chunk) addPage(e *pageEncoder, rows int, encoding format.Encoding) error {
	before := len(c.pages)
	var err error
	var size int
	if c.pages, size, err = e.appendPage(c.pages, rows, encoding, c.isID); err != nil {
		return err
	}
	c.count(format.DataPageV2, encoding, int64(len(c.pages)-before-e.stored+size))
	c.rows += int64(rows)
	c.bounds.nulls += int64(e.nulls)
	return nil
}

// count notes a page of so many bytes before compression.
func (c *chunk) count(kind format.PageType, encoding format.Encoding, size int64) {
	c.uncompressed += size
	for i := range c.stats {
		if c.stats[i].PageType == kind && c.stats[i].Encoding == encoding {
			c.stats[i].Count++
			return
		}
	}
	c.stats = append(c.stats, format.PageEncodingStats{PageType: kind, Encoding: encoding, Count: 1})
}

// addDictionary makes the page of the dictionary, where there is one.
func (c *chunk) addDictionary(e *pageEncoder) error {
	values := 0
	e.values = e.values[:0]
	switch {
	case c.isID:
		return nil
	case c.kind == Text:
		values = len(c.names.codes)
		c.boundNames(c.names.codes)
		for _, code := range c.names.codes {
			text := c.texts[code-1]
			e.values = binary.LittleEndian.AppendUint32(e.values, uint32(len(text)))
			e.values = append(e.values, text...)
		}
		if values == 0 && c.rows == 0 {
			return nil
		}
	default:
		values = len(c.numbers.words)
		if values == 0 && !c.coded() {
			return nil
		}
		for _, word := range c.numbers.words {
			e.values = binary.LittleEndian.AppendUint64(e.values, word)[:len(e.values)+c.width()]
		}
	}
	var err error
	if c.dictionaryPage, err = e.appendDictionary(c.dictionaryPage, values); err != nil {
		return err
	}
	c.count(format.DictionaryPage, format.Plain, int64(len(c.dictionaryPage)))
	return nil
}

// coded says whether a page refers to the dictionary.
func (c *chunk) coded() bool {
	for _, s := range c.stats {
		if s.Encoding == format.RLEDictionary {
			return true
		}
	}
	return false
}

// metadata describes the chunk as it lies in the file from a place on.
func (c *chunk) metadata(at int64) format.ColumnMetaData {
	m := format.ColumnMetaData{
		Type:                  c.physical(),
		PathInSchema:          []string{c.name},
		Codec:                 format.Uncompressed,
		NumValues:             c.rows,
		TotalUncompressedSize: c.uncompressed,
		TotalCompressedSize:   int64(len(c.dictionaryPage) + len(c.pages)),
		DataPageOffset:        at + int64(len(c.dictionaryPage)),
		Statistics:            c.bounds.statistics(c.width()),
		EncodingStats:         c.stats,
	}
	if c.isID {
		m.Codec = format.Zstd
	}
	if len(c.dictionaryPage) > 0 {
		m.DictionaryPageOffset = at
	}
	seen := map[format.Encoding]bool{}
	for _, s := range c.stats {
		if !seen[s.Encoding] {
			seen[s.Encoding] = true
			m.Encoding = append(m.Encoding, s.Encoding)
		}
	}
	if c.nullable {
		m.Encoding = append(m.Encoding, format.RLE) // of the levels
	}
	return m
}

func (c *chunk) physical() format.Type {
	switch c.kind {
	case Text:
		return format.ByteArray
	case Float:
		return format.Double
	case Bool:
		return format.Boolean
	case Date:
		return format.Int32
	}
	return format.Int64
}

// boundNames takes the names of codes into the bounds; they ascend with the
// codes.
func (c *chunk) boundNames(codes []int32) {
	low, high := int32(math.MaxInt32), int32(0)
	for _, code := range codes {
		low, high = min(low, code), max(high, code)
	}
	if high > 0 {
		c.bounds.addTexts(c.texts[low-1], c.texts[high-1])
	}
}
