package guard

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestRun_TurnsAPanicIntoAnErrorWithoutItsStack(t *testing.T) {
	none := []int{}
	at := 5
	err := Run("orders.parquet", func() error {
		_ = none[at]
		return nil
	})
	var crash *CrashError
	if !errors.As(err, &crash) {
		t.Fatalf("got %v, want a CrashError", err)
	}
	const want = "orders.parquet: the file is damaged, decoding it failed (runtime error: index out of range [5] with length 0)"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if !strings.Contains(crash.Stack, "run_test.go") {
		t.Error("the stack does not lead to the panic")
	}
}

func TestRun_HandsErrorsAndSuccessThrough(t *testing.T) {
	if err := Run("x", func() error { return fs.ErrNotExist }); err != fs.ErrNotExist {
		t.Errorf("got %v", err)
	}
	if err := Run("x", func() error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
}
