package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

// diagnoseOut keeps a diagnosis out of the output folder of runs.
const diagnoseOut = "winback-diagnosis"

func (s *shell) diagnoseCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diagnose ORDERS...",
		Short: "Say where customers stand, when they return, and how the shop is",
		Long: `Reads the order history and answers what comes before any model: stages by three
clocks, the repurchase ladder, the first-order tree, new and old buyers by month,
definitions of lapsed judged by later data, product cycles, types of customers and
a what-if. Writes diagnosis.json, tables and a page with pictures in the output folder.

` + ordersHelp,
		Example: "  winback diagnose orders/ --as-of 2026-06-30\n  winback diagnose orders/ --what-if \"returning buyers +10%, returns -5%\"",
		Args:    atLeastOne("order files, folders or globs"),
	}
	flags := addFlags(cmd, jobs.ForDiagnose)
	cmd.Flags().Lookup("out").Usage = "folder for the diagnosis"
	cmd.Flags().Lookup("out").DefValue = diagnoseOut
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("out") {
			settings.Out = diagnoseOut
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
