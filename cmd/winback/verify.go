package main

import (
	"context"

	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) verifyCommand(job func(ctx context.Context, s jobs.Settings, run string, ui jobs.UI) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [RUN]",
		Short: "Check that a published run is as it was published",
		Long: `Compares every file of a run with the checksums in its manifest and says which one
was changed, removed, added or swapped. RUN is the name of a run, such as
2026-06-30-1, or a run folder; without it the newest run is checked. The exit code
is 3 where something does not fit.`,
		Example: "  winback verify\n  winback verify 2026-06-30-1",
		Args:    atMost(1),
	}
	flags := addFlags(cmd, jobs.ForVerify)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		run := ""
		if len(args) > 0 {
			run = args[0]
		}
		return job(cmd.Context(), settings, run, s.ui())
	}
	return cmd
}
