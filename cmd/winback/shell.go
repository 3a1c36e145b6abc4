package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"winback/jobs"
	"winback/jobs/console"
)

// streams are where a process writes.
type streams struct{ out, err *os.File }

// shell is what the commands of one process share.
type shell struct {
	streams
	format console.Format
	shown  console.UI
	made   bool
}

// ui is made once, so that an error finds the bar that a job left.
func (s *shell) ui() console.UI {
	if !s.made {
		s.shown = console.New(s.out, s.err, isTerminal(s.out), isTerminal(s.err) && os.Getenv("TERM") != "dumb", s.format)
		s.made = true
	}
	return s.shown
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// formatIn finds --log-format before the arguments are read, for errors in
// them.
func formatIn(args []string) console.Format {
	for i, arg := range args {
		if arg == "--log-format=json" || arg == "--log-format" && i+1 < len(args) && args[i+1] == "json" {
			return console.JSON
		}
	}
	return console.Text
}

func (s *shell) root(commands []command) *cobra.Command {
	root := &cobra.Command{
		Use:   "winback",
		Short: "Rank lapsed customers by how likely they are to buy again",
		Long: `winback reads a shop's order history and hands out its lapsed customers in about
ten groups, in the order in which to contact them, each with a rule in words, a
probability and an expected value.`,
		Example:       "  winback run orders/\n  winback pull --groups 1-3 --format xlsx -o recall.xlsx",
		Version:       jobs.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("winback {{.Version}}\n")
	root.SuggestionsMinimumDistance = 2
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 100"))
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(s.configCommand())
	s.add(root, commands)
	return root
}

// add gives a command those under it.
func (s *shell) add(to *cobra.Command, commands []command) {
	for _, c := range commands {
		to.AddCommand(c.Command)
		if c.under != nil {
			c.Args, c.RunE = unknownCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			s.add(c.Command, c.under)
			continue
		}
		flags := addFlags(c.Command, c.job.settings)
		c.RunE = func(cmd *cobra.Command, args []string) error { return s.start(cmd, flags, c.job, args) }
	}
}

func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q", args[0])
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		text += "; did you mean " + strings.Join(like, " or ") + "?"
	}
	return &usageError{cmd.CommandPath(), errors.New(text)}
}

// atLeastOne wants arguments.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &usageError{cmd.CommandPath(), fmt.Errorf("%s needs %s", cmd.CommandPath(), what)}
		}
		return nil
	}
}

// exactly wants n arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return &usageError{cmd.CommandPath(), fmt.Errorf("%s needs %s", cmd.CommandPath(), what)}
		}
		return atMost(n)(cmd, args)
	}
}

// atMost wants no more than n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return &usageError{cmd.CommandPath(), fmt.Errorf("%s has no use for %q", cmd.CommandPath(), args[n])}
		}
		return nil
	}
}
