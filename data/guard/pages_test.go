package guard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	arrowparquet "github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	arrowfile "github.com/apache/arrow/go/v15/parquet/file"
	arrowschema "github.com/apache/arrow/go/v15/parquet/schema"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// arrowWrite writes n rows of a text and a number with the encoder of Arrow.
func arrowWrite(t *testing.T, n, nulls int, options ...arrowparquet.WriterProperty) []byte {
	t.Helper()
	repetition := arrowparquet.Repetitions.Optional
	if nulls < 0 {
		repetition = arrowparquet.Repetitions.Required
	}
	text := arrowschema.NewByteArrayNode("text", repetition, -1)
	long := arrowschema.NewInt64Node("long", repetition, -1)
	root, err := arrowschema.NewGroupNode("kept", arrowparquet.Repetitions.Required, arrowschema.FieldList{text, long}, -1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := arrowfile.NewParquetWriter(&b, root, arrowfile.WithWriterProps(arrowparquet.NewWriterProperties(options...)))
	group := w.AppendRowGroup()
	texts, longs, levels := arrowValues(n, nulls)
	column := func() arrowfile.ColumnChunkWriter {
		c, err := group.NextColumn()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := column()
	if _, err := c.(*arrowfile.ByteArrayColumnChunkWriter).WriteBatch(texts, levels, nil); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c = column()
	if _, err := c.(*arrowfile.Int64ColumnChunkWriter).WriteBatch(longs, levels, nil); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func arrowValues(n, nulls int) (texts []arrowparquet.ByteArray, longs []int64, levels []int16) {
	for i := range n {
		if nulls > 0 && i%nulls == 0 {
			levels = append(levels, 0)
			continue
		}
		texts, longs = append(texts, []byte(arrowText(i))), append(longs, arrowLong(i))
		if nulls >= 0 {
			levels = append(levels, 1)
		}
	}
	return texts, longs, levels
}

func arrowText(i int) string { return fmt.Sprintf("sku-%d", i*7919%997) }
func arrowLong(i int) int64  { return int64(i)*61_000_000 - int64(i%7)<<40 }

// What the encoder of Arrow writes comes out as well, in either version of pages.
func TestPageReader_ReadsWhatArrowWrote(t *testing.T) {
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Zstd} {
		for _, n := range []int{10, 3000} {
			for _, nulls := range []int{-1, 0, 1, 7} {
				for _, version := range []arrowparquet.DataPageVersion{arrowparquet.DataPageV1, arrowparquet.DataPageV2} {
					for name, options := range map[string][]arrowparquet.WriterProperty{
						"plain":      {arrowparquet.WithDictionaryDefault(false)},
						"dictionary": {arrowparquet.WithDictionaryDefault(true)},
						"delta": {arrowparquet.WithDictionaryDefault(false), arrowparquet.WithEncodingFor("text", arrowparquet.Encodings.DeltaByteArray),
							arrowparquet.WithEncodingFor("long", arrowparquet.Encodings.DeltaBinaryPacked)},
					} {
						if nulls == 1 && name == "delta" {
							continue // its encoder panics where it has nothing to write
						}
						where := fmt.Sprintf("%s, %d rows, %v, version %v, nulls %d", name, n, codec, version, nulls)
						b := arrowWrite(t, n, nulls, append(options, arrowparquet.WithCompression(codec), arrowparquet.WithDataPageVersion(version))...)
						sameAsArrow(t, where, b, n, nulls)
					}
				}
			}
		}
	}
}

func sameAsArrow(t *testing.T, where string, b []byte, n, nulls int) {
	t.Helper()
	texts, err := rowsOf(b, 0)
	longs, err2 := rowsOf(b, 1)
	if err != nil || err2 != nil || len(texts) != n || len(longs) != n {
		t.Fatalf("%s: %d and %d rows, %v, %v", where, len(texts), len(longs), err, err2)
	}
	for i := range n {
		null := nulls > 0 && i%nulls == 0
		if null != (texts[i] == nil) || null != (longs[i] == nil) ||
			!null && (string(texts[i]) != arrowText(i) || int64(binary.LittleEndian.Uint64(longs[i])) != arrowLong(i)) {
			t.Fatalf("%s, row %d: got %q %x", where, i, texts[i], longs[i])
		}
	}
}

// parquet-mr before 1.14 gives a checksum to dictionaries and none to data pages
// of version 2.
func TestCheckChunk_PassesDictionariesThatAloneHaveAChecksum(t *testing.T) {
	e := takeApart(t, parquet.DataPageVersion(2))
	for g := range e.pages {
		e.pages[g][channelColumn][0].sum()
	}
	b := e.build(t, nil)
	if _, summed, err := guarded(b, Limits{}); err != nil || summed {
		t.Errorf("got %v, checksums %v", err, summed)
	}
	rows, err := rowsOf(b, channelColumn)
	if err != nil || len(rows) != 40 || string(rows[1]) != "phone" {
		t.Errorf("got %q %v", rows, err)
	}
	e.pages[0][channelColumn][0].body[5] ^= 1
	if _, err := rowsOf(e.build(t, nil), channelColumn); err == nil || !strings.Contains(err.Error(), "its checksum is") {
		t.Errorf("a damaged dictionary: got %v", err)
	}
}

// Eight zeros behind the values of a page, as fastparquet writes them, are none of
// its values.
func TestPageReader_PassesZerosBehindTheValues(t *testing.T) {
	e := takeApart(t, parquet.DataPageVersion(1))
	p := e.page(customerColumn)
	p.setBody(append(bytes.Clone(p.body), make([]byte, 8)...))
	rows, err := rowsOf(e.build(t, nil), customerColumn)
	if err != nil || len(rows) != 40 || binary.LittleEndian.Uint64(rows[19]) != 19 {
		t.Errorf("got %x %v", rows, err)
	}
}

// framed puts LZ4 blocks in the framing of Hadoop, in blocks of so many bytes.
func framed(t *testing.T, raw []byte, block int) []byte {
	t.Helper()
	var b []byte
	for part := range slices.Chunk(raw, block) {
		packed := make([]byte, lz4.CompressBlockBound(len(part)))
		n, err := lz4.CompressBlock(part, packed, nil)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = binary.BigEndian.AppendUint32(b, uint32(n))
		b = append(b, packed[:n]...)
	}
	return b
}

// The deprecated LZ4 of the format comes in the framing of Hadoop, in one block or
// several, or without any.
func TestPageReader_ReadsLZ4WithAndWithoutTheFramingOfHadoop(t *testing.T) {
	want, err := rowsOf(takeApart(t, parquet.DataPageVersion(1)).build(t, nil), productColumn)
	if err != nil {
		t.Fatal(err)
	}
	for name, pack := range map[string]func(raw []byte) []byte{
		"one block":  func(raw []byte) []byte { return framed(t, raw, len(raw)) },
		"two blocks": func(raw []byte) []byte { return framed(t, raw, len(raw)/2+1) },
		"no framing": func(raw []byte) []byte { return framed(t, raw, len(raw))[8:] },
		"cut":        func(raw []byte) []byte { b := framed(t, raw, len(raw)); return b[:len(b)-9] },
		"too long":   func(raw []byte) []byte { return framed(t, append(raw, raw...), 2*len(raw)) },
		"nothing":    func([]byte) []byte { return nil },
	} {
		e := takeApart(t, parquet.DataPageVersion(1))
		for g := range e.pages {
			p := &e.pages[g][productColumn][len(e.pages[g][productColumn])-1]
			size := p.header.UncompressedPageSize
			p.setBody(pack(bytes.Clone(p.body)))
			p.header.UncompressedPageSize = size
			e.footer.RowGroups[g].Columns[productColumn].MetaData.Codec = format.CompressionCodec(LZ4)
		}
		got, err := rowsOf(e.build(t, nil), productColumn)
		if sound := strings.Contains(name, "block") || name == "no framing"; !sound {
			if err == nil || !strings.Contains(err.Error(), "LZ4 data") {
				t.Errorf("%s: got %v", name, err)
			}
		} else if err != nil || !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: got %q %v, want %q", name, got, err, want)
		}
	}
}

// A page whose levels and nulls are all there is may have no compressed bytes.
func TestPageReader_ReadsPagesOfNullsWithoutCompressedBytes(t *testing.T) {
	for _, codec := range []Codec{Snappy, Gzip, Brotli, Zstd, LZ4Raw} {
		if b, err := new(unpacker).unpack(codec, nil, 0, make([]byte, spare)); err != nil || len(b) > 0 {
			t.Errorf("%s: got %v %v", codec, b, err)
		}
		if _, err := new(unpacker).unpack(codec, nil, 1, make([]byte, 1+spare)); err == nil {
			t.Errorf("%s: a byte out of none", codec)
		}
	}
}

// Columns that are no column of one value a row are refused by name.
func TestPageReader_RefusesWhatIsNoColumnOfSingleValues(t *testing.T) {
	b := ownFiles(t)["own-plain.parquet"]
	if _, err := rowsOf(b, 9); err == nil || !strings.Contains(err.Error(), "lists") {
		t.Errorf("got %v", err)
	}
}
