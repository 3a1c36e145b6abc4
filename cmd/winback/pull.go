package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func pullCommand() command {
	return one(&cobra.Command{
		Use:   "pull",
		Short: "Hand out a recall list of the newest run",
		Long: `Takes customers from the newest run in the output folder, in the order of their
ranks, and writes them as CSV, as a spreadsheet, as Parquet or as JSON (one array,
a customer per line). Without --groups these are the customers that the plan
recommends; --groups all takes every group of the run. Cells that a spreadsheet
would take for formulas are disarmed. Name the opt-out list with --suppress:
whoever joined it since the run is left out too.

--join FILE adds e-mail address, phone number and name of those who agreed to be
contacted; nobody else is on the list then. --for SENDER writes them in the form of a
sending tool, a file for each group and arm, into the new folder of --output.`,
		Example: "  winback pull --groups 1-3 --suppress optout.csv -o recall.xlsx\n  winback pull --top 500 --channel phone > calls.csv\n  winback pull --join contacts.csv --country DE --for klaviyo -o upload-2026-07-01",
		Args:    atMost(0),
	}, plain(jobs.Pull))
}
