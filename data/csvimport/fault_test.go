package csvimport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/internal/fsys/fsystest"
)

func TestImportCSV_AFailureOfAnyFileOperationLeavesNothingHalfWritten(t *testing.T) {
	disk := func() *fsystest.Mem {
		m := fsystest.NewMem()
		for _, name := range []string{"a", "b"} {
			f, err := m.Create(name + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte("customer_id,amount\nA,1\nB," + strings.Repeat("7", len(name)) + "\n")); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return m
	}
	files := []string{"a.csv", "b.csv"}
	whole := fsystest.NewFaulty(disk(), fsystest.Fault{})
	if _, err := Import(context.Background(), whole, files, "out", Spec{}); err != nil {
		t.Fatal(err)
	}
	ops := len(whole.Ops())
	if ops < 10 {
		t.Fatalf("only %d operations", ops)
	}
	for k := 1; k <= ops; k++ {
		op := whole.Ops()[k-1]
		for _, broken := range []error{errors.New("disk broken"), nil} {
			if broken == nil && op.Name != "write" { // a short write without an error
				continue
			}
			m := disk()
			_, err := Import(context.Background(), fsystest.NewFaulty(m, fsystest.Fault{At: k, Err: broken}), files, "out", Spec{})
			if err == nil && op.Changes() && op.Name != "remove" {
				t.Errorf("operation %d (%v) failed unseen", k, op)
			}
			checkWhole(t, m, fmt.Sprintf("operation %d (%v)", k, op), err == nil)
		}
	}
}

// checkWhole wants nothing but whole tables in the folder, both of them where
// all went well.
func checkWhole(t *testing.T, m *fsystest.Mem, when string, both bool) {
	t.Helper()
	entries, err := m.ReadDir("out")
	if err != nil && !errors.Is(err, fs.ErrNotExist) || both && len(entries) != 2 {
		t.Errorf("%s: %d files, %v", when, len(entries), err)
	}
	for _, e := range entries {
		f, err := m.Open("out/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		table, err := parquet.OpenFile(f, info.Size())
		if err != nil || table.NumRows() != 2 || !strings.HasSuffix(e.Name(), ".parquet") {
			t.Errorf("%s: left %s, %v", when, e.Name(), err)
		}
	}
}
