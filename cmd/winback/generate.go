package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func generateCommand() command {
	return one(&cobra.Command{
		Use:     "generate --customers N --out DIR",
		Short:   "Write the orders of a synthetic shop",
		Long:    "Writes the orders of an invented shop as Parquet files into DIR. The same seed\ngives the same bytes.",
		Example: "  winback generate --customers 100000 --out orders --seed 7",
		Args:    atMost(0),
	}, plain(jobs.Generate))
}
