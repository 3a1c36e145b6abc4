package main

import (
	"github.com/spf13/cobra"

	"winback/jobs/settings"
)

func (s *shell) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the settings in force, with their defaults",
		Long: `Prints every setting that a settings file may hold: its value, where that comes
from, and the default. What it prints is itself a settings file.`,
		Example: "  winback config > winback.yaml\n  winback config --config winback.yaml --margin 40%",
		Args:    atMost(0),
	}
	flags := addFlags(cmd, new(settings.All))
	cmd.RunE = func(*cobra.Command, []string) error {
		draft, err := flags.draft()
		if err == nil {
			err = draft.Check()
		}
		if err != nil {
			return flags.usage(err)
		}
		return draft.Print(s.out)
	}
	return cmd
}
