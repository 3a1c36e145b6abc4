package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

// demoOut keeps a demo out of the output folder of real runs.
const demoOut = "winback-demo"

func (s *shell) demoCommand(job plainJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Run the whole batch on a synthetic shop, in seconds",
		Long:    "Invents a shop whose truth is known, runs the whole batch on it, and says where\nthe report is. Nothing but the output folder is touched.",
		Example: "  winback demo --out /tmp/winback-demo",
		Args:    atMost(0),
	}
	flags := addFlags(cmd, jobs.ForDemo)
	cmd.Flags().Lookup("out").DefValue = demoOut
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("out") {
			settings.Out = demoOut
		}
		return job(cmd.Context(), settings, s.ui())
	}
	return cmd
}
