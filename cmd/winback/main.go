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
	"winback/jobs/console"
)

// commands are those of this build beside config; the one place where they meet
// their jobs.
func commands() []command {
	return []command{
		demoCommand(),
		runCommand(),
		featuresCommand(),
		checkCommand(),
		diagnoseCommand(),
		backtestCommand(),
		importCommand(),
		poolCommand(),
		generateCommand(),
		pullCommand(),
		explainCommand(),
		scoreCommand(),
		modelCommand(),
		runsCommand(),
		diffCommand(),
		verifyCommand(),
		forgetCommand(),
		campaignCommand(),
		measureCommand(),
		serveCommand(),
		kernelCommand(),
		scaleCommand(),
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, commands(), os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	stopProf()
	os.Exit(code)
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, commands []command, args []string, io streams) int {
	s := &shell{streams: io, format: formatIn(args)}
	root := s.root(commands)
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
	ui.Error(oneLine(err), jobs.Code(err))
	var usage *usageError
	if errors.As(err, &usage) && s.format != console.JSON {
		ui.Note(usage.hint())
	}
	return jobs.Code(err)
}

// oneLine keeps a message on one line, for logs that are read by line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
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
