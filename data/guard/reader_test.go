package guard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"
)

// rowsOf reads a column of all row groups; a null is nil.
func rowsOf(b []byte, column int) ([][]byte, error) {
	r := bytes.NewReader(b)
	footer, err := Check(r, int64(len(b)), Limits{})
	if err != nil {
		return nil, err
	}
	var p PageReader
	var rows [][]byte
	for g := range footer.RowGroups {
		if err := p.Open(footer, r, g, column, Limits{}); err != nil {
			return nil, err
		}
		err := eachRow(&p, func(value []byte) {
			if value != nil {
				value = append([]byte{}, value...)
			}
			rows = append(rows, value)
		})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// eachRow hands out the values of all pages, nil for a null.
func eachRow(p *PageReader, do func([]byte)) error {
	var dictionary [][]byte
	for {
		page, err := p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if page.Dictionary {
			dictionary = dictionary[:0]
			for i := range page.Values.Count {
				dictionary = append(dictionary, bytes.Clone(page.Values.At(i)))
			}
			continue
		}
		k := 0
		for i := range page.Rows {
			switch {
			case page.Set != nil && !page.Set[i]:
				do(nil)
				continue
			case page.Codes != nil:
				do(dictionary[page.Codes[k]])
			default:
				do(page.Values.At(k))
			}
			k++
		}
	}
}

// kept is a column in one encoding, and the value of each row.
type kept struct {
	name  string
	node  parquet.Node
	value func(i int) parquet.Value
}

func keptColumns() []kept {
	text := func(i int) parquet.Value {
		return parquet.ByteArrayValue(fmt.Appendf(nil, "sku-%d", i*7919%4099*i%977))
	}
	long := func(i int) parquet.Value { return parquet.Int64Value(int64(i)*977_351<<(i%20) - 5e8) }
	short := func(i int) parquet.Value { return parquet.Int32Value(int32(i*i%9001 - 300)) }
	money := func(i int) parquet.Value { return parquet.DoubleValue(float64(i*31%9000) / 100) }
	fixed := func(i int) parquet.Value {
		return parquet.FixedLenByteArrayValue(binary.BigEndian.AppendUint64(nil, uint64(i*37%5000))[1:])
	}
	day := func(i int) parquet.Value {
		return parquet.Int96Value(deprecated.Int96{uint32(i * 1e6), 7, 2_455_000 + uint32(i%900)})
	}
	small := func(i int) parquet.Value { return parquet.FloatValue(float32(i%4000) / 8) }
	all := []kept{{"one", parquet.Encoded(parquet.String(), &parquet.RLEDictionary), func(int) parquet.Value { return parquet.ByteArrayValue([]byte("web")) }}}
	for _, k := range []struct {
		name      string
		node      parquet.Node
		value     func(i int) parquet.Value
		encodings []string
	}{
		{"text", parquet.String(), text, []string{"plain", "dict", "length", "prefix"}},
		{"long", parquet.Int(64), long, []string{"plain", "dict", "delta", "split"}},
		{"short", parquet.Int(32), short, []string{"plain", "dict", "delta", "split"}},
		{"money", parquet.Leaf(parquet.DoubleType), money, []string{"plain", "dict", "split"}},
		{"small", parquet.Leaf(parquet.FloatType), small, []string{"plain", "split"}},
		{"fixed", parquet.Decimal(2, 16, parquet.FixedLenByteArrayType(7)), fixed, []string{"plain", "dict", "prefix", "split"}},
		{"day", parquet.Leaf(parquet.Int96Type), day, []string{"plain", "dict"}},
	} {
		for _, e := range k.encodings {
			all = append(all, kept{k.name + " " + e, parquet.Encoded(k.node, pageEncodings[e]), k.value})
		}
	}
	return all
}

// valueBytes is a value as PLAIN writes it, without a length.
func valueBytes(v parquet.Value) []byte {
	switch v.Kind() {
	case parquet.Boolean:
		return []byte{map[bool]byte{true: 1}[v.Boolean()]}
	case parquet.Int32:
		return binary.LittleEndian.AppendUint32(nil, uint32(v.Int32()))
	case parquet.Int64:
		return binary.LittleEndian.AppendUint64(nil, uint64(v.Int64()))
	case parquet.Float:
		return binary.LittleEndian.AppendUint32(nil, math.Float32bits(v.Float()))
	case parquet.Double:
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v.Double()))
	case parquet.Int96:
		x := v.Int96()
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, x[0]), x[1]), x[2])
	}
	return v.ByteArray()
}

// write writes n rows; every nulls-th row holds nulls, no row where nulls is 0,
// and no row can where nulls is negative.
func write(t testing.TB, columns []kept, n, nulls int, options ...parquet.WriterOption) []byte {
	t.Helper()
	group := parquet.Group{}
	for _, c := range columns {
		if group[c.name] = parquet.Optional(c.node); nulls < 0 {
			group[c.name] = c.node
		}
	}
	schema := parquet.NewSchema("kept", group)
	var b bytes.Buffer
	w := parquet.NewWriter(&b, append(options, schema)...)
	byName := map[string]kept{}
	for _, c := range columns {
		byName[c.name] = c
	}
	var rows []parquet.Row
	for i := range n {
		var row parquet.Row
		for k, path := range schema.Columns() {
			v, level := byName[path[0]].value(i), 1
			if nulls > 0 && i%nulls == 0 {
				v, level = parquet.NullValue(), 0
			} else if nulls < 0 {
				level = 0
			}
			row = append(row, v.Level(0, level, k))
		}
		if rows = append(rows, row); len(rows) == 4096 || i == n-1 {
			if _, err := w.WriteRows(rows); err != nil {
				t.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sameRows compares the columns of a file with what was written.
func sameRows(t *testing.T, where string, b []byte, columns []kept, n, nulls int) {
	t.Helper()
	footer, err := Check(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, want := range columns {
		for c := range footer.Columns {
			if footer.Columns[c].Name != want.name {
				continue
			}
			got, err := rowsOf(b, c)
			if err != nil || len(got) != n {
				t.Errorf("%s, %s: %d rows, %v", where, want.name, len(got), err)
			}
			for i, value := range got {
				if null := nulls > 0 && i%nulls == 0; null != (value == nil) || !null && !bytes.Equal(value, valueBytes(want.value(i))) {
					t.Errorf("%s, %s, row %d: got %x, want %v (null: %v)", where, want.name, i, value, want.value(i), null)
					break
				}
			}
		}
	}
}

var pageEncodings = map[string]encoding.Encoding{
	"plain":  &parquet.Plain,
	"dict":   &parquet.RLEDictionary,
	"delta":  &parquet.DeltaBinaryPacked,
	"length": &parquet.DeltaLengthByteArray,
	"prefix": &parquet.DeltaByteArray,
	"split":  &parquet.ByteStreamSplit,
}

var pageCodecs = map[string]parquet.WriterOption{
	"none":   parquet.Compression(&parquet.Uncompressed),
	"snappy": parquet.Compression(&parquet.Snappy),
	"gzip":   parquet.Compression(&parquet.Gzip),
	"brotli": parquet.Compression(&parquet.Brotli),
	"zstd":   parquet.Compression(&parquet.Zstd),
	"lz4":    parquet.Compression(&parquet.Lz4Raw),
}

// Every value comes out as it was written, for every encoding, compression and
// version of pages, of few values and of many, with nulls and without.
func TestPageReader_ReadsWhatWasWritten(t *testing.T) {
	columns := keptColumns()
	for _, size := range []struct {
		rows   int
		codecs []string
	}{
		{10, []string{"none", "snappy", "gzip", "brotli", "zstd", "lz4"}},
		{400, []string{"none", "snappy", "gzip", "brotli", "zstd", "lz4"}},
		{4000, []string{"lz4"}},
	} {
		for _, codec := range size.codecs {
			for _, nulls := range []int{-1, 0, 1, 7} {
				for version := 1; version <= 2; version++ {
					where := fmt.Sprintf("%d rows, %s, version %d, nulls %d", size.rows, codec, version, nulls)
					b := write(t, columns, size.rows, nulls, pageCodecs[codec], parquet.DataPageVersion(version), parquet.PageBufferSize(64<<20))
					sameRows(t, where, b, columns, size.rows, nulls)
				}
			}
		}
	}
}

// Pages of a million values decompress to as many bytes as they announce, and to
// those that were written.
func TestPageReader_ReadsPagesOfAMillionValues(t *testing.T) {
	var columns []kept
	for _, c := range keptColumns() {
		if strings.HasPrefix(c.name, "short") {
			columns = append(columns, c)
		}
	}
	const rows = 1_000_000
	b := write(t, columns, rows, -1, pageCodecs["lz4"], parquet.PageBufferSize(64<<20))
	sameRows(t, "a million rows", b, columns, rows, -1)
}
