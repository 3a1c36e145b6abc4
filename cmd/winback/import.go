package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func importCommand() command {
	return one(&cobra.Command{
		Use:   "import CSV... --out DIR",
		Short: "Turn CSV files into an order table in Parquet",
		Long: `Turns each CSV file, plain or gzip, into a Parquet file of the same name in DIR.
The separator (comma, semicolon, tab), the types of the columns, the decimal sign
and the order of day and month are found from the whole file. Where the dates fit
both orders, or the numbers both signs, import stops and asks for --date-format or
--decimal. Nothing is left half written.`,
		Example: "  winback import sales-2025.csv.gz sales-2026.csv.gz --out orders",
		Args:    atLeastOne("CSV files"),
	}, takes(jobs.Import))
}
