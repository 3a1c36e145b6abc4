package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func backtestCommand() command {
	return one(&cobra.Command{
		Use:   "backtest ORDERS...",
		Short: "Judge all models and baselines on past days",
		Long: `Does on past days what the nightly batch does: a model is chosen, learned and
calibrated on what was known then, and judged by who came back within the horizon.
All models and baselines stand side by side. Writes a page with curves, a summary
and a table of all predictions in the output folder.

` + ordersHelp,
		Example: "  winback backtest orders/\n  winback backtest orders/ --cuts 12 --as-of 2026-06-30",
	}, reads(jobs.Backtest))
}
