package main

import (
	"github.com/spf13/cobra"

	"winback/jobs/pool"
)

func poolCommand() command {
	return one(&cobra.Command{
		Use:   "pool SOURCES... --out DIR",
		Short: "Find the customers of several sources who are one person",
		Long: `Reads tables of customers, orders or payments, CSV or Parquet, of several sources
(PATH, or NAME=PATH) and joins customers by e-mail address, phone number, and name
with address: by exact keys that few share, and never where names speak against it.
What is only likely stands in a table for a person to decide, which --decisions reads
back; what shares a key and was not joined stands in another. run --pool DIR and the
other commands that read orders then take one person's orders for one customer's: the
order files of a source lie in a folder, or are a file, of its name.`,
		Example: "  winback pool platform.csv shop=customers.parquet chat payments.csv --country DE --out pool\n  winback run orders/platform orders/shop --pool pool",
		Args:    atLeastOne("sources"),
	}, takes(pool.Pool))
}
