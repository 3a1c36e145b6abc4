package columnar

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pageEncoder encodes pages, one after the other: it keeps the values that are
// there, writes them, and appends the page to its chunk.
type pageEncoder struct {
	levels    []uint8 // of a nullable column: whether each row has a value
	nulls     int
	ints      []int64 // perhaps those of the column itself
	kept      []int64
	words     []uint64
	codes     []int32
	texts     []string // perhaps those of the column itself
	keptTexts []string
	joined    []byte // texts one behind the other
	ends      []uint32

	values   []byte // encoded
	defined  []byte // encoded levels
	packed   []byte // compressed values
	stored   int    // bytes of the page behind its header
	isDense  bool   // compression took next to nothing from the values
	protocol thrift.CompactProtocol
}

// codec costs a night the least of all levels; its encoders are shared.
var codec = zstd.Codec{Level: zstd.SpeedFastest}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// keep readies the levels for a column of so many rows.
func (e *pageEncoder) keep(rows int, nullable bool) {
	e.nulls, e.levels = 0, e.levels[:0]
	if nullable {
		e.levels = resize(e.levels, rows)
	}
}

func (e *pageEncoder) keepInts(ints []int64, nullable bool) {
	e.keep(len(ints), nullable)
	if !nullable {
		e.ints = ints
		return
	}
	e.kept = resize(e.kept, len(ints))
	kept := 0
	for i, x := range ints {
		set := uint8(1)
		if x == NullInt {
			set = 0
		}
		e.levels[i] = set
		e.kept[kept] = x // a missing one is written over
		kept += int(set)
	}
	e.ints, e.nulls = e.kept[:kept], len(ints)-kept
}

func (e *pageEncoder) keepFloats(floats []float64, nullable bool) {
	e.keep(len(floats), nullable)
	e.words = resize(e.words, len(floats))
	kept := 0
	for i, f := range floats {
		e.words[kept] = math.Float64bits(f) // a missing one is written over
		if !nullable {
			kept++
			continue
		}
		set := uint8(1)
		if math.IsNaN(f) {
			set = 0
		}
		e.levels[i] = set
		kept += int(set)
	}
	e.words, e.nulls = e.words[:kept], len(floats)-kept
}

func (e *pageEncoder) keepCodes(codes []uint32, nullable bool) {
	e.keep(len(codes), nullable)
	if !nullable {
		e.codes = resize(e.codes, len(codes))
		for i, code := range codes {
			e.codes[i] = int32(code)
		}
		return
	}
	e.codes = e.codes[:0]
	for i, code := range codes {
		e.levels[i] = 0
		if code != 0 {
			e.levels[i] = 1
			e.codes = append(e.codes, int32(code))
		}
	}
	e.nulls = len(codes) - len(e.codes)
}

func (e *pageEncoder) wordsOfInts() {
	e.words = resize(e.words, len(e.ints))
	for i, x := range e.ints {
		e.words[i] = uint64(x)
	}
}

func (e *pageEncoder) keepTexts(texts []string, nullable bool) {
	e.keep(len(texts), nullable)
	if !nullable {
		e.texts = texts
		return
	}
	e.keptTexts = e.keptTexts[:0]
	for i, text := range texts {
		e.levels[i] = 0
		if text != "" {
			e.levels[i] = 1
			e.keptTexts = append(e.keptTexts, text)
		}
	}
	e.texts, e.nulls = e.keptTexts, len(texts)-len(e.keptTexts)
}

// textDeltas encodes the texts: each as what differs from the one before.
func (e *pageEncoder) textDeltas() (err error) {
	e.joined, e.ends = e.joined[:0], append(e.ends[:0], 0)
	for _, text := range e.texts {
		e.joined = append(e.joined, text...)
		e.ends = append(e.ends, uint32(len(e.joined)))
	}
	e.values, err = new(delta.ByteArrayEncoding).EncodeByteArray(e.values[:0], e.joined, e.ends)
	return err
}

// plainTexts encodes texts as they are, each behind its length.
func (e *pageEncoder) plainTexts(texts []string) {
	e.values = e.values[:0]
	for _, text := range texts {
		e.values = binary.LittleEndian.AppendUint32(e.values, uint32(len(text)))
		e.values = append(e.values, text...)
	}
}

// bools encodes the whole numbers 0 and 1 as bits.
func (e *pageEncoder) bools() {
	e.values = e.values[:0]
	for i, x := range e.ints {
		if i%8 == 0 {
			e.values = append(e.values, 0)
		}
		e.values[i/8] |= byte(x&1) << (i % 8)
	}
}

// deltas encodes the whole numbers by their differences.
func (e *pageEncoder) deltas() (err error) {
	e.values, err = new(delta.BinaryPackedEncoding).EncodeInt64(e.values[:0], e.ints)
	return err
}

// coded encodes the codes.
func (e *pageEncoder) coded() (err error) {
	e.values, err = new(rle.DictionaryEncoding).EncodeInt32(e.values[:0], e.codes)
	return err
}

// plain encodes the words as they are, with so many bytes each.
func (e *pageEncoder) plain(width int) {
	e.values = resize(e.values, width*len(e.words)+8)
	for i, w := range e.words {
		binary.LittleEndian.PutUint64(e.values[width*i:], w) // what is too much is written over
	}
	e.values = e.values[:width*len(e.words)]
}

// appendPage writes the page of so many rows behind others. size is what its
// levels and values take uncompressed.
func (e *pageEncoder) appendPage(pages []byte, rows int, encoding format.Encoding, compress bool) (_ []byte, size int, err error) {
	e.defined = e.defined[:0]
	if len(e.levels) > 0 {
		if e.defined, err = (&rle.Encoding{BitWidth: 1}).EncodeLevels(e.defined, e.levels); err != nil {
			return pages, 0, err
		}
	}
	values, err := e.compressed(compress)
	if err != nil {
		return pages, 0, err
	}
	e.stored = len(e.defined) + len(values)
	size = len(e.defined) + len(e.values)
	header := format.PageHeader{
		Type:                 format.DataPageV2,
		UncompressedPageSize: int32(size),
		CompressedPageSize:   int32(e.stored),
		CRC:                  int32(crc32.Update(crc32.ChecksumIEEE(e.defined), crc32.IEEETable, values)),
		DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
			NumValues:                  int32(rows),
			NumNulls:                   int32(e.nulls),
			NumRows:                    int32(rows),
			Encoding:                   encoding,
			DefinitionLevelsByteLength: int32(len(e.defined)),
			IsCompressed:               thrift.New(compress),
		}),
	}
	head, err := thrift.Marshal(&e.protocol, &header)
	if err != nil {
		return pages, 0, err
	}
	return append(append(append(withRoom(pages, len(head)+e.stored), head...), e.defined...), values...), size, nil
}

// compressed are the values as a page stores them.
func (e *pageEncoder) compressed(compress bool) (_ []byte, err error) {
	e.isDense = false
	if !compress {
		return e.values, nil
	}
	e.packed, err = codec.Encode(e.packed, e.values)
	e.isDense = len(e.packed) > len(e.values)-len(e.values)/denseShare
	return e.packed, err
}

// denseShare is the part of values that compression must take to be worth its time.
const denseShare = 10

// withRoom makes room for a page of so many bytes behind others: with the second
// page for about as many as a row group has, since they are about alike.
func withRoom(pages []byte, page int) []byte {
	if len(pages) > 0 && cap(pages)-len(pages) < page {
		return slices.Grow(pages, RowGroupRows/PageRows*page)
	}
	return pages
}

// appendDictionary writes the page of a dictionary, whose values the encoder
// holds.
func (e *pageEncoder) appendDictionary(page []byte, values int, compress bool) ([]byte, error) {
	stored, err := e.compressed(compress)
	if err != nil {
		return page, err
	}
	e.stored = len(stored)
	header := format.PageHeader{
		Type:                 format.DictionaryPage,
		UncompressedPageSize: int32(len(e.values)),
		CompressedPageSize:   int32(e.stored),
		CRC:                  int32(crc32.ChecksumIEEE(stored)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(values), Encoding: format.Plain}),
	}
	head, err := thrift.Marshal(&e.protocol, &header)
	if err != nil {
		return page, err
	}
	return append(append(page, head...), stored...), nil
}
