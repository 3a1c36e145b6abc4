package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) importCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import CSV... --out DIR",
		Short: "Turn CSV files into an order table in Parquet",
		Long: `Turns each CSV file, plain or gzip, into a Parquet file of the same name in DIR.
The separator (comma, semicolon, tab), the types of the columns, the decimal sign
and the order of day and month are found from the whole file. Where the dates fit
both orders, or the numbers both signs, import stops and asks for --date-format or
--decimal. Nothing is left half written.`,
		Example: "  winback import sales-2025.csv.gz sales-2026.csv.gz --out orders",
		Args:    atLeastOne("CSV files"),
	}
	flags := addFlags(cmd, jobs.ForImport)
	cmd.Flags().Lookup("out").Usage = "folder for the Parquet files"
	cmd.Flags().Lookup("out").DefValue = ""
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := flags.needs("out", "orders"); err != nil {
			return err
		}
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
