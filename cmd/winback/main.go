// Command winback reads a shop's order history every night and hands out the
// lapsed customers in the order in which to contact them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"winback/jobs"
)

// Jobs are what the commands start. A command whose job is nil is left out.
type Jobs struct {
	Run, Features, Check, Import, Diagnose, Backtest func(ctx context.Context, s jobs.Settings, files []string, ui jobs.UI) error
	Demo, Generate, Pull                             func(ctx context.Context, s jobs.Settings, ui jobs.UI) error
	Verify, Explain                                  func(ctx context.Context, s jobs.Settings, of string, ui jobs.UI) error
}

// wired are the jobs of this build; the one place where commands and jobs meet.
func wired() Jobs {
	return Jobs{
		Run:      jobs.Run,
		Features: jobs.Features,
		Check:    jobs.Check,
		Diagnose: jobs.Diagnose,
		Backtest: jobs.Backtest,
		Import:   jobs.Import,
		Demo:     jobs.Demo,
		Generate: jobs.Generate,
		Pull:     jobs.Pull,
		Explain:  jobs.Explain,
		Verify:   jobs.Verify,
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, wired(), os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, j Jobs, args []string, io streams) int {
	s := &shell{streams: io, format: formatIn(args)}
	root := s.root(j)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return jobs.ExitDone
	}
	ui := s.ui()
	ui.Close()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = &jobs.ExitError{Code: jobs.ExitOther, Err: errors.New("interrupted, nothing published")}
	}
	ui.Error(oneLine(err))
	var usage *usageError
	if errors.As(err, &usage) && s.format != jobs.LogJSON {
		ui.Note(usage.hint())
	}
	return jobs.Code(err)
}

// oneLine keeps a message on one line, for logs that are read by line.
func oneLine(err error) error {
	text := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	return &jobs.ExitError{Code: jobs.Code(err), Err: errors.New(text)}
}

// usageError says that a command was called in a way that it does not know.
type usageError struct {
	command string // "winback run"
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// ExitCode is 2: usage or settings.
func (e *usageError) ExitCode() int { return jobs.ExitUsage }

func (e *usageError) hint() string { return fmt.Sprintf("Try %s --help.", e.command) }
