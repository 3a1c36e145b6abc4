package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"winback/jobs"
)

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
	config  string
	texts   map[string]*flagTexts
	names   []string // in the order of the table
}

// shortFlags are the flags that have a letter too.
var shortFlags = map[string]string{"output": "o"}

// addFlags gives a command the settings that it takes, and --config.
func addFlags(cmd *cobra.Command, takes jobs.Command) *settingFlags {
	f := &settingFlags{command: cmd, texts: map[string]*flagTexts{}}
	cmd.Flags().SortFlags = false
	for _, setting := range jobs.Flags(takes) {
		texts := &flagTexts{holder: setting.Holder, preset: setting.Preset}
		flag := &pflag.Flag{Name: setting.Name, Shorthand: shortFlags[setting.Name], Usage: setting.Help, Value: texts, DefValue: setting.Preset}
		if setting.Holder == "" {
			texts.holder = "bool"
			flag.NoOptDefVal = "true"
		}
		cmd.Flags().AddFlag(flag)
		f.texts[setting.Name] = texts
		f.names = append(f.names, setting.Name)
	}
	cmd.Flags().StringVar(&f.config, "config", "", "settings `FILE` in YAML; a flag wins over it")
	return f
}

// draft takes the settings file and then the flags.
func (f *settingFlags) draft() (*jobs.Draft, error) {
	d := jobs.NewDraft()
	if f.command.Flags().Changed("config") {
		content, err := os.ReadFile(f.config)
		if err != nil {
			return d, &jobs.SettingsError{Where: "--config", Text: strings.TrimPrefix(err.Error(), "open ")}
		}
		if err := d.File(f.config, content); err != nil {
			return d, err
		}
	}
	for _, name := range f.names {
		if !f.command.Flags().Changed(name) {
			continue
		}
		if err := d.Flag(name, f.texts[name].texts); err != nil {
			return d, err
		}
	}
	return d, nil
}

// settings are those of the file and the flags, checked. From here on the
// shell writes in the form that they ask for.
func (f *settingFlags) settings(s *shell) (jobs.Settings, error) {
	d, err := f.draft()
	if err != nil {
		return jobs.Settings{}, f.usage(err)
	}
	settings, err := d.Settings()
	if err != nil {
		return settings, f.usage(err)
	}
	s.format = settings.LogFormat
	return settings, nil
}

func (f *settingFlags) usage(err error) error { return &usageError{f.command.CommandPath(), err} }

// needs wants a flag that has no useful default.
func (f *settingFlags) needs(name, example string) error {
	if f.command.Flags().Changed(name) {
		return nil
	}
	return f.usage(fmt.Errorf("%s needs --%s, such as --%s %s", f.command.CommandPath(), name, name, example))
}
