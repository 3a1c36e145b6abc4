package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func checkCommand() command {
	return one(&cobra.Command{
		Use:   "check ORDERS...",
		Short: "Read and profile an order history without writing anything",
		Long: `Reads the order history as the batch would, says which column was taken for what,
what was set aside and why, and warns of what spoils such extracts.

` + ordersHelp,
		Example: "  winback check orders/ --map customer=client_no,amount=total",
	}, reads(jobs.Check))
}
