package main

import (
	"context"

	"github.com/spf13/cobra"

	"winback/jobs"
)

// filesJob is a job over input files.
type filesJob = func(ctx context.Context, s jobs.Settings, files []string, ui jobs.UI) error

// plainJob is a job without arguments.
type plainJob = func(ctx context.Context, s jobs.Settings, ui jobs.UI) error

const ordersHelp = `ORDERS are Parquet files, folders (Hive partitions, Delta Lake and Iceberg tables too) or globs.`

func (s *shell) runCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run ORDERS...",
		Short: "Run the nightly batch: from orders to contact groups",
		Long: `Reads the order history, finds who has lapsed, ranks them by the chance that they
buy again, and publishes groups, recall lists and a report in the output folder.
The newest run is at OUT/current. A run that fails leaves the last one in place.

` + ordersHelp,
		Example: "  winback run orders/ --suppress optout.csv --margin 0.4 --contact-cost 0.08",
		Args:    atLeastOne("order files, folders or globs"),
	}
	flags := addFlags(cmd, jobs.ForRun)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
