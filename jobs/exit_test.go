package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/settings"
)

func TestCode_MapsErrorsToExitCodes(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"done":                    {nil, 0},
		"anything":                {errors.New("odd"), 1},
		"interrupted":             {fmt.Errorf("read: %w", context.Canceled), 1},
		"settings":                {fmt.Errorf("x: %w", &settings.Error{Where: "--out"}), 2},
		"input":                   {fmt.Errorf("x: %w", &data.InputError{Path: "a", Err: fs.ErrNotExist}), 3},
		"input with path error":   {&data.InputError{Path: "a", Err: full}, 3},
		"gate":                    {&ExitError{ExitGate, errors.New("old input")}, 4},
		"gate around input":       {&ExitError{ExitGate, &data.InputError{Path: "a", Err: full}}, 4},
		"locked":                  {fmt.Errorf("lock: %w", &fs.PathError{Op: "lock", Path: "x", Err: fsys.ErrLocked}), 5},
		"model":                   {&ExitError{ExitModel, errors.New("one class")}, 6},
		"disk full":               {fmt.Errorf("write: %w", full), 7},
		"rename":                  {&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EIO}, 7},
		"bare number":             {syscall.EIO, 7},
		"first of several joined": {errors.Join(&ExitError{ExitInput, errors.New("a")}, full), 3},
	} {
		if got := Code(test.err); got != test.want {
			t.Errorf("%s: code %d, want %d", name, got, test.want)
		}
	}
}
