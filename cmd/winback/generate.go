package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) generateCommand(job plainJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "generate --customers N --out DIR",
		Short:   "Write the orders of a synthetic shop",
		Long:    "Writes the orders of an invented shop as Parquet files into DIR. The same seed\ngives the same bytes.",
		Example: "  winback generate --customers 100000 --out orders --seed 7",
		Args:    atMost(0),
	}
	flags := addFlags(cmd, jobs.ForGenerate)
	cmd.Flags().Lookup("out").Usage = "folder for the Parquet files"
	cmd.Flags().Lookup("out").DefValue = ""
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := flags.needs("out", "orders"); err != nil {
			return err
		}
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		return job(cmd.Context(), settings, s.ui())
	}
	return cmd
}
