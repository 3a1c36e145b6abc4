package tablelog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

const everyType = `{"type":"record","name":"all","namespace":"x","fields":[{"name":"n","type":"null"},{"name":"b","type":"boolean"},{"name":"i","type":{"type":"int"}},
	{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"s","type":"string"},{"name":"x","type":{"type":"fixed","name":"three","size":3}},
	{"name":"y","type":"x.three"},{"name":"e","type":{"type":"enum","name":"abc","symbols":["A","B"]}},{"name":"a","type":{"type":"array","items":"long"}},
	{"name":"m","type":{"type":"map","values":["null","bytes"]}},{"name":"u","type":["null","string"]},{"name":"last","type":"long"}]}`

func everyValue(last int64) []byte {
	var a avroText
	a.WriteByte(1)
	a.long(-7)
	a.Write(make([]byte, 12))
	a.text("text").WriteString("abcdef")
	a.long(1).long(-2).long(2).long(10).long(20).long(1).long(30).long(0)
	a.long(2).text("k").long(1).text("v").text("l").long(0).long(0)
	a.long(1).text("there").long(last)
	return a.Bytes()
}

// pack compresses a block as the codec does.
func pack(t testing.TB, codec string, block []byte) []byte {
	t.Helper()
	switch codec {
	case "deflate":
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, 6)
		w.Write(block)
		w.Close()
		return out.Bytes()
	case "snappy":
		return binary.BigEndian.AppendUint32(snappy.Encode(nil, block), crc32.ChecksumIEEE(block))
	case "zstandard":
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return w.EncodeAll(block, nil)
	}
	return block
}

var avroCodecs = []string{"null", "", "deflate", "snappy", "zstandard"}

func TestAvro_DecodesEveryTypeUnderEveryCodec(t *testing.T) {
	for _, codec := range avroCodecs {
		var have []int64
		file := avroFile(everyType, codec, 2, pack(t, codec, slices.Concat(everyValue(40), everyValue(50))))
		err := eachAvro([]byte(file), 1<<20, func(v avroValue) error {
			items := []int64{}
			for _, item := range v.field("a").items {
				items = append(items, item.number)
			}
			if !v.field("n").isNull() || v.field("i").number != -7 || v.field("s").text != "text" || v.field("y").text != "def" || v.field("u").text != "there" ||
				!slices.Equal(items, []int64{10, 20, 30}) || !v.field("missing").isNull() {
				t.Errorf("%s: have %+v", codec, v)
			}
			have = append(have, v.field("last").number)
			return nil
		})
		if err != nil || !slices.Equal(have, []int64{40, 50}) {
			t.Errorf("%s: have %v, %v", codec, have, err)
		}
	}
}

func TestAvro_RefusesWhatDoesNotFit(t *testing.T) {
	long := func(v ...int64) []byte {
		var a avroText
		for _, n := range v {
			a.long(n)
		}
		return a.Bytes()
	}
	deep := strings.Repeat(`{"type":"array","items":`, 40) + `"long"` + strings.Repeat("}", 40)
	for name, file := range map[string]string{
		"more records than bytes": avroFile(`"long"`, "null", 1<<60, long(1)),
		"records without bytes":   avroFile(`"null"`, "null", 1<<60, long(1)),
		"bytes left over":         avroFile(`"long"`, "null", 1, long(1, 2)),
		"text beyond the end":     avroFile(`"string"`, "null", 1, long(1<<40)),
		"text of no length":       avroFile(`"string"`, "null", 1, long(-5)),
		"items without bytes":     avroFile(`{"type":"array","items":"null"}`, "null", 1, long(1<<60, 0)),
		"items without an end":    avroFile(`{"type":"array","items":"long"}`, "null", 1, long(1<<60, 1)),
		"the least count":         avroFile(`{"type":"array","items":"long"}`, "null", 1, long(math.MinInt64, 1, 1)),
		"a branch too high":       avroFile(`["null","long"]`, "null", 1, long(2)),
		"a branch below 0":        avroFile(`["null","long"]`, "null", 1, long(-1)),
		"too deep":                avroFile(deep, "null", 1, bytes.Repeat(long(1), 41)),
		"itself in itself":        avroFile(`{"type":"record","name":"r","fields":[{"name":"r","type":"r"}]}`, "null", 1, long(1)),
		"an unknown type":         avroFile(`"decimal"`, "null", 1, long(1)),
		"no schema":               avroFile(``, "null", 1, long(1)),
		"an unknown codec":        avroFile(`"long"`, "lzma", 1, long(1)),
		"no mark":                 strings.TrimSuffix(avroFile(`"long"`, "null", 1, long(1)), "m"),
		"another mark":            strings.TrimSuffix(avroFile(`"long"`, "null", 1, long(1)), "m") + "n",
		"no Avro":                 "PAR1",
		"nothing":                 "",
		"a bomb of deflate":       avroFile(`"bytes"`, "deflate", 1, pack(t, "deflate", make([]byte, 1<<21))),
		"a bomb of zstd":          avroFile(`"bytes"`, "zstandard", 1, pack(t, "zstandard", make([]byte, 1<<21))),
		"a bomb of snappy":        avroFile(`"bytes"`, "snappy", 1, pack(t, "snappy", make([]byte, 1<<21))),
		"a wrong sum of snappy":   avroFile(`"long"`, "snappy", 1, append(snappy.Encode(nil, long(1)), 0, 0, 0, 0)),
	} {
		if err := eachAvro([]byte(file), 1<<20, func(avroValue) error { return nil }); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A file that ends early is never taken, but where a block just ended.
func TestAvro_RefusesFilesCutShort(t *testing.T) {
	file := avroFile(everyType, "null", 1, everyValue(1))
	empty := len(avroFile(everyType, "null", 0, nil))
	for n := range len(file) {
		if err := eachAvro([]byte(file[:n]), 1<<20, func(avroValue) error { return nil }); err == nil && n != empty {
			t.Errorf("cut off at byte %d of %d: taken", n, len(file))
		}
	}
}

// FuzzAvro: any bytes are decoded or refused.
func FuzzAvro(f *testing.F) {
	for _, codec := range avroCodecs {
		f.Add([]byte(avroFile(everyType, codec, 1, pack(f, codec, everyValue(1)))))
	}
	f.Add([]byte(avroFile(manifestSchema, "null", 0, nil)))
	f.Fuzz(func(t *testing.T, file []byte) {
		_ = eachAvro(file, 1<<20, func(v avroValue) error {
			_ = fmt.Sprint(v.field("last").number)
			return nil
		})
	})
}

// FuzzIcebergManifest: whatever a manifest says, the table is read or refused.
func FuzzIcebergManifest(f *testing.F) {
	var entries avroText
	entries.entry(entry{status: 1, sequence: 1, path: icebergHome + "/data/a.parquet", channel: "web", bound: "x"})
	f.Add(entries.Bytes(), int64(1))
	f.Fuzz(func(t *testing.T, block []byte, records int64) {
		mem := icebergTable(t, []string{"data/a.parquet"}, icebergManifest{entries: []entry{dataEntry(1, "a.parquet")}})
		put(t, mem, "/t/metadata/m0.avro", avroFile(manifestSchema, "null", records, block))
		table, err := read(mem, Iceberg)
		if err != nil {
			return
		}
		for _, file := range table.Files {
			if !strings.HasPrefix(file.Path, "/t/") {
				t.Errorf("names %q, outside of the table", file.Path)
			}
		}
	})
}
