package tables

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestRejectWriter_KeepsColumnsApartFromItsOwn(t *testing.T) {
	var b bytes.Buffer
	w := NewRejectWriter(&b, []string{"zip", "row", "Amount"})
	for _, set := range []bool{true, false} {
		if err := w.Write("a.parquet", 7, "no time", []string{"01067", "x", "12,5"}, []bool{true, set, true}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	type row struct {
		File   string  `parquet:"file"`
		Row    int64   `parquet:"row"`
		Reason string  `parquet:"reason"`
		Zip    *string `parquet:"zip,optional"`
		Theirs *string `parquet:"row_,optional"`
		Amount *string `parquet:"Amount,optional"`
	}
	rows, err := parquet.Read[row](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	r := rows[0]
	if r.File != "a.parquet" || r.Row != 7 || r.Reason != "no time" || *r.Zip != "01067" || *r.Theirs != "x" || *r.Amount != "12,5" || rows[1].Theirs != nil {
		t.Errorf("%+v", r)
	}
}
