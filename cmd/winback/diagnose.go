package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func diagnoseCommand() command {
	return one(&cobra.Command{
		Use:   "diagnose ORDERS...",
		Short: "Say where customers stand, when they return, and how the shop is",
		Long: `Reads the order history and answers what comes before any model: stages by three
clocks, the repurchase ladder, the first-order tree, new and old buyers by month,
definitions of lapsed judged by later data, product cycles, types of customers and
a what-if. Writes diagnosis.json, tables and a page with pictures in the output folder.

` + ordersHelp,
		Example: "  winback diagnose orders/ --as-of 2026-06-30\n  winback diagnose orders/ --what-if \"returning buyers +10%, returns -5%\"",
	}, reads(jobs.Diagnose))
}
