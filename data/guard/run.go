package guard

import (
	"fmt"
	"runtime/debug"
)

// CrashError says that the decoder panicked over a file. Its text holds no
// stack; Stack does, for those who look for the fault.
type CrashError struct {
	Name  string // of the file
	Cause string // what the decoder said
	Stack string
}

// Error names the file and the cause.
func (e *CrashError) Error() string {
	return fmt.Sprintf("%s: the file is damaged, decoding it failed (%s)", e.Name, e.Cause)
}

// Run calls f and turns a panic of the decoder in it into a *CrashError that
// starts with name. Memory that cannot be accessed counts as a panic as well. It
// cannot catch a panic on another goroutine, nor memory running out: the checks
// before it see to both.
func Run(name string, f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if cause := recover(); cause != nil {
			err = &CrashError{Name: name, Cause: fmt.Sprint(cause), Stack: string(debug.Stack())}
		}
	}()
	return f()
}
