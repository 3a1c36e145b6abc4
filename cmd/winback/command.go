package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"winback/jobs/console"
	"winback/jobs/settings"
)

// command is what people see of a command, and the job behind it.
type command struct {
	*cobra.Command
	job   job
	under []command // its own commands, where it does nothing by itself
}

// job is a job with its settings, which a run of the process fills once.
type job struct {
	settings settings.Command
	orders   func(named []string) []string // those to read; nil for a job that reads none
	do       func(ctx context.Context, args []string, ui console.UI) error
}

// one is a command with a job.
func one(cmd *cobra.Command, j job) command { return command{cmd, j, nil} }

// reads is a job that reads orders: those that the command line names, else
// those of the settings.
func reads[S any, P interface {
	*S
	settings.Command
	Sources(named []string) []string
}](do func(context.Context, S, []string, console.UI) error) job {
	s := new(S)
	return job{P(s), P(s).Sources, func(ctx context.Context, args []string, ui console.UI) error { return do(ctx, *s, args, ui) }}
}

// takes is a job over the files that the command line names.
func takes[S any, P interface {
	*S
	settings.Command
}](do func(context.Context, S, []string, console.UI) error) job {
	s := new(S)
	return job{P(s), nil, func(ctx context.Context, args []string, ui console.UI) error { return do(ctx, *s, args, ui) }}
}

// asks is a job about what the command line names; "" where it names nothing.
func asks[S any, P interface {
	*S
	settings.Command
}](do func(context.Context, S, string, console.UI) error) job {
	s := new(S)
	return job{P(s), nil, func(ctx context.Context, args []string, ui console.UI) error {
		return do(ctx, *s, strings.Join(args, ""), ui)
	}}
}

// plain is a job without arguments.
func plain[S any, P interface {
	*S
	settings.Command
}](do func(context.Context, S, console.UI) error) job {
	s := new(S)
	return job{P(s), nil, func(ctx context.Context, _ []string, ui console.UI) error { return do(ctx, *s, ui) }}
}

// start does the job with the settings of file, environment and flags.
func (s *shell) start(cmd *cobra.Command, flags *settingFlags, j job, args []string) error {
	if err := flags.fill(s, j.settings); err != nil {
		return err
	}
	if j.orders != nil {
		if args = j.orders(args); len(args) == 0 {
			return flags.usage(fmt.Errorf("%s needs order files, folders or globs", cmd.CommandPath()))
		}
		if err := settings.CheckSources(args); err != nil {
			return flags.usage(err)
		}
	}
	ui := s.ui()
	log.SetFlags(0)
	log.SetOutput(ui.Log())
	return j.do(cmd.Context(), args, ui)
}

// flagTexts collects the texts that a flag was given with.
type flagTexts struct {
	holder string
	preset string
	texts  []string
}

func (f *flagTexts) String() string { return f.preset }
func (f *flagTexts) Type() string   { return f.holder }

func (f *flagTexts) Set(text string) error {
	f.texts = append(f.texts, text)
	return nil
}

// settingFlags are the flags of a command.
type settingFlags struct {
	command *cobra.Command
	of      settings.Command
	config  string
	rows    []settings.Setting
	texts   map[string]*flagTexts
}

// addFlags gives a command the settings that its job reads, and --config.
func addFlags(cmd *cobra.Command, of settings.Command) *settingFlags {
	f := &settingFlags{command: cmd, of: of, rows: settings.Flags(of), texts: map[string]*flagTexts{}}
	cmd.Flags().SortFlags = false
	for _, row := range f.rows {
		texts := &flagTexts{holder: row.Holder, preset: row.Preset}
		flag := &pflag.Flag{Name: row.Name, Shorthand: row.Letter, Usage: row.Help, Value: texts, DefValue: row.Preset}
		if row.Switch() {
			texts.holder, texts.preset, flag.DefValue, flag.NoOptDefVal = "bool", "", "", "true"
		}
		cmd.Flags().AddFlag(flag)
		f.texts[row.Name] = texts
	}
	cmd.Flags().StringVar(&f.config, "config", os.Getenv(settings.ConfigVariable), "settings `FILE` in YAML; environment and flags win over it")
	cmd.Flags().Lookup("config").DefValue = ""
	return f
}

// draft takes the settings file, the environment and then the flags.
func (f *settingFlags) draft() (*settings.Draft, error) {
	d := settings.NewDraft().Of(f.of)
	if f.config != "" || f.command.Flags().Changed("config") {
		content, err := os.ReadFile(f.config)
		if err != nil {
			return d, &settings.Error{Where: "--config", Text: strings.TrimPrefix(err.Error(), "open ")}
		}
		if err := d.File(f.config, content); err != nil {
			return d, err
		}
	}
	if err := d.Environment(os.Environ()); err != nil {
		return d, err
	}
	for _, row := range f.rows {
		if !f.command.Flags().Changed(row.Name) {
			continue
		}
		if err := d.Flag(row.Name, f.texts[row.Name].texts); err != nil {
			return d, err
		}
	}
	return d, nil
}

// fill gives a job its settings, checked. From here on the shell writes in the
// form that they ask for.
func (f *settingFlags) fill(s *shell, of settings.Command) error {
	for _, row := range f.rows {
		if row.Example != "" && !f.command.Flags().Changed(row.Name) {
			return f.usage(fmt.Errorf("%s needs --%s, such as --%s %s", f.command.CommandPath(), row.Name, row.Name, row.Example))
		}
	}
	d, err := f.draft()
	if err == nil {
		err = d.Into(of)
	}
	if err != nil {
		return f.usage(err)
	}
	s.format = d.LogFormat()
	return nil
}

func (f *settingFlags) usage(err error) error { return &usageError{f.command.CommandPath(), err} }

// wrongFlag says which flag may have been meant.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1 {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if best := settings.Nearest(unknown.GetSpecifiedName(), names); best != "" {
			err = fmt.Errorf("unknown flag --%s: did you mean --%s?", unknown.GetSpecifiedName(), best)
		}
	}
	return &usageError{cmd.CommandPath(), err}
}
