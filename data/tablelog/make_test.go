package tablelog

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/internal/fsys"
)

// put writes a file and the folders above it.
func put(t testing.TB, fsy fsys.FS, path, text string) {
	t.Helper()
	if err := fsy.MkdirAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	_ = fsy.Remove(path) // another version of it
	f, err := fsy.Create(path)
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// parquetOf is a Parquet file of the rows.
func parquetOf[T any](t testing.TB, rows []T) string {
	t.Helper()
	var out bytes.Buffer
	if err := parquet.Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// read reads the table in /t, which must be of the format.
func read(fsy fsys.FS, format Format) (*Table, error) { return Read(fsy, "/t", format, 1<<26) }

// wantFiles compares the files of the table in /t with names relative to it.
func wantFiles(t *testing.T, fsy fsys.FS, format Format, want ...string) *Table {
	t.Helper()
	table, err := read(fsy, format)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range table.Files {
		name, _ := filepath.Rel("/t", f.Path)
		have = append(have, filepath.ToSlash(name))
	}
	if slices.Sort(want); !slices.Equal(have, want) {
		t.Errorf("have the files %q, want %q", have, want)
	}
	return table
}

// refused wants an error with all of the texts in it.
func refused(t *testing.T, fsy fsys.FS, format Format, texts ...string) {
	t.Helper()
	_, err := read(fsy, format)
	if err == nil {
		t.Errorf("taken, want an error with %q", texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("have %q, want %q in it", err, text)
		}
	}
}

// avroText builds Avro values.
type avroText struct{ bytes.Buffer }

func (a *avroText) long(v int64) *avroText {
	a.Write(binary.AppendVarint(nil, v))
	return a
}

func (a *avroText) text(s string) *avroText {
	a.long(int64(len(s)))
	a.WriteString(s)
	return a
}

// avroFile is an object file with one block of records.
func avroFile(schema, codec string, records int64, block []byte) string {
	var a avroText
	a.WriteString(avroMagic)
	a.long(2).text("avro.schema").text(schema).text("avro.codec").text(codec).long(0)
	mark := strings.Repeat("m", markBytes)
	a.WriteString(mark)
	if records > 0 {
		a.long(records).text(string(block)).WriteString(mark)
	}
	return a.String()
}
