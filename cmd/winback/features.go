package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) featuresCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "features ORDERS... -o FILE.parquet|.arrow",
		Short: "Write the feature table of all customers",
		Long: `Writes one row per customer with what was known before the as-of day, as Parquet
or Arrow by the ending of the file.

` + ordersHelp,
		Example: "  winback features orders/ --as-of 2026-06-30 -o features.parquet",
		Args:    atLeastOne("order files, folders or globs"),
	}
	flags := addFlags(cmd, jobs.ForFeatures)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := flags.needs("output", "features.parquet"); err != nil {
			return err
		}
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		if end := filepath.Ext(settings.Output); end != ".parquet" && end != ".arrow" {
			return flags.usage(&jobs.SettingsError{Where: "--output", Text: "want a file that ends in .parquet or .arrow, found " + settings.Output})
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
