package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func featuresCommand() command {
	return one(&cobra.Command{
		Use:   "features ORDERS... -o FILE.parquet|.arrow",
		Short: "Write the feature table of all customers",
		Long: `Writes one row per customer with what was known before the as-of day, as Parquet
or Arrow by the ending of the file.

` + ordersHelp,
		Example: "  winback features orders/ --as-of 2026-06-30 -o features.parquet",
	}, reads(jobs.Features))
}
