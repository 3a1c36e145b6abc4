package columnar

import (
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// chunk is one column of a row group in the making.
type chunk struct {
	name     string
	kind     parquet.Kind
	nullable bool
	deltas   bool // values as differences
	coded    bool // texts by dictionary, as long as that pays
	codec    format.CompressionCodec
	indexed  bool
	page     Values // rows that are in no page yet

	numbers   numberDictionary // of numbers
	texts     textDictionary
	names     nameDictionary // of texts that come as codes
	plainOnly bool           // the values are too many for a dictionary
	asTheyAre bool           // the numbers are too different to be compressed

	pages          []byte // with their headers
	dictionaryPage []byte
	rows           int64
	uncompressed   int64 // bytes of the pages before compression
	stats          []format.PageEncodingStats
	bounds         bounds
	index          chunkIndex
}

func newChunk(field parquet.Field, layout *Layout) (chunk, error) {
	c := chunk{name: field.Name(), nullable: field.Optional(), indexed: layout.PageIndex}
	if !field.Leaf() || field.Repeated() {
		return c, fmt.Errorf("column %s: is %v, want a column without groups", c.name, field)
	}
	encoding := format.Plain
	if e := field.Encoding(); e != nil {
		encoding = e.Encoding()
	}
	c.kind = field.Type().Kind()
	switch c.kind {
	case parquet.ByteArray:
		c.coded, c.deltas = encoding == format.RLEDictionary, encoding == format.DeltaByteArray
	case parquet.Boolean, parquet.Int32, parquet.Double:
	case parquet.Int64: // Arrow's Go reader up to v15 loses its place in differences with nulls
		c.deltas = encoding == format.DeltaBinaryPacked && !c.nullable
	default:
		return c, fmt.Errorf("column %s: is %v, want whole numbers, doubles, truth values or texts", c.name, c.kind)
	}
	if layout.Compress || c.kind == parquet.ByteArray && !c.coded {
		c.codec = format.Zstd
	}
	return c, nil
}

// reset empties the chunk for the next row group.
func (c *chunk) reset() {
	c.numbers.reset()
	c.texts.reset()
	c.names.reset()
	c.plainOnly, c.asTheyAre = false, false
	c.pages, c.dictionaryPage, c.stats = c.pages[:0], c.dictionaryPage[:0], nil
	c.rows, c.uncompressed, c.bounds, c.index = 0, 0, bounds{}, chunkIndex{}
}

// add appends a page of the values of so many rows.
//
// Differences are the smallest and fastest for whole numbers that differ. Where some are
// missing a dictionary stands in their place, because Arrow's Go reader up to
// v15 loses its place in such columns; so it does for numbers with a fraction,
// of which most columns have few different ones.
func (c *chunk) add(e *pageEncoder, v Values, rows int) error {
	var b bounds
	switch {
	case c.kind == parquet.ByteArray && len(v.Codes) > 0:
		e.keepCodes(v.Codes, c.nullable)
		b.addNames(e.codes, v.Dict)
		c.names.encode(e.codes, v.Dict)
		return c.addCoded(e, rows, b)
	case c.kind == parquet.ByteArray:
		e.keepTexts(v.Texts, c.nullable)
		return c.addTexts(e, rows)
	case c.kind == parquet.Boolean:
		e.keepInts(v.Ints, c.nullable)
		if c.indexed { // without an index nobody looks for truth values by their bounds
			b.addInts(e.ints)
		}
		e.bools()
		return c.addPage(e, rows, format.Plain, b)
	case c.kind == parquet.Double:
		e.keepFloats(v.Floats, c.nullable)
		b.addFloats(e.words)
		return c.addNumbers(e, rows, b)
	}
	e.keepInts(v.Ints, c.nullable)
	b.addInts(e.ints)
	if !c.deltas {
		e.wordsOfInts()
		return c.addNumbers(e, rows, b)
	}
	if err := e.deltas(); err != nil {
		return err
	}
	return c.addPage(e, rows, format.DeltaBinaryPacked, b)
}

// addNumbers appends a page of numbers: by dictionary as long as it stays small.
func (c *chunk) addNumbers(e *pageEncoder, rows int, b bounds) error {
	if !c.plainOnly {
		e.codes = resize(e.codes, len(e.words))
		if c.numbers.encode(e.words, e.codes) {
			return c.addCoded(e, rows, b)
		}
		c.plainOnly, c.asTheyAre = true, false
	}
	e.plain(c.width())
	return c.addPage(e, rows, format.Plain, b)
}

// addTexts appends a page of texts: by dictionary where that is wanted, as long as that
// pays.
func (c *chunk) addTexts(e *pageEncoder, rows int) error {
	if c.coded && !c.plainOnly {
		e.codes = resize(e.codes, len(e.texts))
		if b, fits := c.texts.encode(e.texts, e.codes); fits {
			return c.addCoded(e, rows, b)
		}
		c.plainOnly = true
	}
	var b bounds
	for _, text := range e.texts {
		b.addText(text)
	}
	if !c.deltas {
		e.plainTexts(e.texts)
		return c.addPage(e, rows, format.Plain, b)
	}
	if err := e.textDeltas(); err != nil {
		return err
	}
	return c.addPage(e, rows, format.DeltaByteArray, b)
}

// width is how many bytes a number takes.
func (c *chunk) width() int {
	switch c.kind {
	case parquet.Boolean:
		return 1
	case parquet.Int32:
		return 4
	}
	return 8
}

func (c *chunk) addCoded(e *pageEncoder, rows int, b bounds) error {
	if err := e.coded(); err != nil {
		return err
	}
	return c.addPage(e, rows, format.RLEDictionary, b)
}

// addPage appends the page whose levels and values the encoder holds.
func (c *chunk) addPage(e *pageEncoder, rows int, encoding format.Encoding, b bounds) error {
	before := len(c.pages)
	var err error
	var size int
	if c.pages, size, err = e.appendPage(c.pages, rows, encoding, c.codec == format.Zstd && !c.asTheyAre); err != nil {
		return err
	}
	c.asTheyAre = c.asTheyAre || e.isDense && c.kind != parquet.ByteArray
	c.count(format.DataPageV2, encoding, int64(len(c.pages)-before-e.stored+size))
	b.nulls = int64(e.nulls)
	if c.indexed {
		c.index.add(format.PageLocation{Offset: int64(before), CompressedPageSize: int32(len(c.pages) - before), FirstRowIndex: c.rows}, b, rows)
	}
	c.rows += int64(rows)
	c.bounds.merge(b)
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

// addDictionary makes the page of the dictionary, where a page refers to it.
func (c *chunk) addDictionary(e *pageEncoder) error {
	if !c.refers() {
		return nil
	}
	values := len(c.names.names) + len(c.texts.texts) + len(c.numbers.words)
	switch {
	case len(c.names.names) > 0:
		e.plainTexts(c.names.names)
	case c.kind == parquet.ByteArray:
		e.plainTexts(c.texts.texts)
	default:
		e.words = append(e.words[:0], c.numbers.words...)
		e.plain(c.width())
	}
	var err error
	if c.dictionaryPage, err = e.appendDictionary(c.dictionaryPage, values, c.codec == format.Zstd); err != nil {
		return err
	}
	c.count(format.DictionaryPage, format.Plain, int64(len(c.dictionaryPage)-e.stored+len(e.values)))
	return nil
}

// refers says whether a page refers to the dictionary.
func (c *chunk) refers() bool {
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
		Type:                  format.Type(c.kind),
		PathInSchema:          []string{c.name},
		Codec:                 c.codec,
		NumValues:             c.rows,
		TotalUncompressedSize: c.uncompressed,
		TotalCompressedSize:   int64(len(c.dictionaryPage) + len(c.pages)),
		DataPageOffset:        at + int64(len(c.dictionaryPage)),
		Statistics:            c.bounds.statistics(c.width()),
		EncodingStats:         c.stats,
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
