package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

// backtestOut keeps a backtest out of the output folder of runs.
const backtestOut = "winback-backtest"

func (s *shell) backtestCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backtest ORDERS...",
		Short: "Judge all models and baselines on past days",
		Long: `Does on past days what the nightly batch does: a model is chosen, learned and
calibrated on what was known then, and judged by who came back within the horizon.
All models and baselines stand side by side. Writes a page with curves, a summary
and a table of all predictions in the output folder.

` + ordersHelp,
		Example: "  winback backtest orders/\n  winback backtest orders/ --cuts 12 --as-of 2026-06-30",
		Args:    atLeastOne("order files, folders or globs"),
	}
	flags := addFlags(cmd, jobs.ForBacktest)
	cmd.Flags().Lookup("out").Usage = "folder for the backtest"
	cmd.Flags().Lookup("out").DefValue = backtestOut
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("out") {
			settings.Out = backtestOut
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
