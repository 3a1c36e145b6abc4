package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

const ordersHelp = `ORDERS are Parquet files, folders (Hive partitions, Delta Lake and Iceberg tables too) or globs.`

func runCommand() command {
	return one(&cobra.Command{
		Use:   "run ORDERS...",
		Short: "Run the nightly batch: from orders to contact groups",
		Long: `Reads the order history, finds who has lapsed, ranks them by the chance that they
buy again, and publishes groups, recall lists and a report in the output folder.
The newest run is at OUT/current. A run that fails leaves the last one in place.
With --dry-run it reads and checks, learns and writes nothing, and says what a run
would do.

` + ordersHelp,
		Example: "  winback run orders/ --suppress optout.csv --margin 0.4 --contact-cost 0.08",
	}, reads(jobs.Run))
}
