package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func demoCommand() command {
	return one(&cobra.Command{
		Use:     "demo",
		Short:   "Run the whole batch on a synthetic shop, in seconds",
		Long:    "Invents a shop whose truth is known, runs the whole batch on it, and says where\nthe report is. Nothing but the output folder is touched.\n\nWith --campaign it plays half a year of a campaign on that shop instead, and sets\nthe extra returns that were measured beside those that were planted.",
		Example: "  winback demo --out /tmp/winback-demo\n  winback demo --campaign --out /tmp/winback-demo",
		Args:    atMost(0),
	}, plain(jobs.Demo))
}
