package data

import (
	"errors"
	"fmt"
	"io/fs"

	"winback/data/guard"
)

// InputError says that an input cannot be read or has the wrong shape. Its
// text names the file or folder.
type InputError struct {
	Path string
	Err  error
}

// Error names the path once, also where the cause names it too.
func (e *InputError) Error() string {
	var crash *guard.CrashError
	if errors.As(e.Err, &crash) && crash.Name == e.Path {
		return "read " + crash.Error()
	}
	var refused *fs.PathError
	if errors.As(e.Err, &refused) && refused.Path == e.Path {
		return fmt.Sprintf("read %s: %v", e.Path, refused.Err)
	}
	return fmt.Sprintf("read %s: %v", e.Path, e.Err)
}

// Unwrap returns what was wrong with the input.
func (e *InputError) Unwrap() error { return e.Err }

// ExitCode is 3: an input cannot be read or has the wrong schema.
func (e *InputError) ExitCode() int { return 3 }
