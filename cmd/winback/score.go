package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func scoreCommand() command {
	return one(&cobra.Command{
		Use:   "score ORDERS... --model RUN",
		Short: "Rank lapsed customers with a stored run's model",
		Long: `Reads the order history, finds who has lapsed by the rule of a published run, and
ranks them with its models and groups: rank, customer, group and chance, as CSV,
XLSX, Parquet or JSON by the ending of the file. Nothing is learned and nothing
published; the level of the chances is forecast anew.

` + ordersHelp,
		Example: "  winback score orders/ --model 2026-06-30-1 -o ranked.csv",
	}, reads(jobs.Score))
}
