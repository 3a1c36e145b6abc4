package guard

import (
	"bytes"
	"testing"
)

// Whatever bytes come, Check, CheckChunk and PageReader end with a footer whose
// places lie in the file and as many rows as it says, or an error; and a footer is never larger than its limit allows.
func FuzzCheck(f *testing.F) {
	for _, b := range soundFiles(f) {
		if len(b) < 20_000 {
			f.Add(b)
		}
	}
	for _, b := range [][]byte{nil, []byte("PAR1"), withFooter(nil, []byte{0x15, 2, 0}), withFooter([]byte(magic), bytes.Repeat([]byte{0xfc}, 99))} {
		f.Add(b)
	}
	limits := Limits{MemoryBytes: 4 << 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		footer, err := Check(r, int64(len(b)), limits)
		if err != nil {
			return
		}
		var rows int64
		var p PageReader
		for g := range footer.RowGroups {
			rows += footer.RowGroups[g].Rows
			if len(footer.RowGroups[g].Chunks) != len(footer.Columns) {
				t.Fatal("a row group lacks columns")
			}
			for c := range footer.Columns {
				chunk := &footer.RowGroups[g].Chunks[c]
				if chunk.CompressedBytes > 0 && (chunk.Start() < 4 || chunk.End() > int64(len(b))-8) {
					t.Fatalf("chunk from %d to %d of %d bytes", chunk.Start(), chunk.End(), len(b))
				}
				footer.CheckChunk(r, g, c, limits)
				if p.Open(footer, r, g, c, limits) != nil {
					continue
				}
				rows := int64(0)
				if eachRow(&p, func([]byte) { rows++ }) == nil && rows != footer.RowGroups[g].Rows {
					t.Fatalf("%d rows of %d", rows, footer.RowGroups[g].Rows)
				}
			}
		}
		if rows != footer.Rows {
			t.Fatalf("%d rows in row groups, %d in the file", rows, footer.Rows)
		}
	})
}

// Any footer bytes between sound marks are decoded or refused.
func FuzzFooter(f *testing.F) {
	for _, b := range soundFiles(f) {
		n := int(b[len(b)-8]) | int(b[len(b)-7])<<8
		f.Add(b[len(b)-8-n : len(b)-8])
	}
	f.Fuzz(func(t *testing.T, footer []byte) {
		raw, err := decodeFooter(footer, 1<<20)
		if err != nil {
			return
		}
		if columns, err := leaves(raw.elements); err == nil && len(columns) >= len(raw.elements) {
			t.Fatalf("%d leaves of %d nodes", len(columns), len(raw.elements))
		}
	})
}
