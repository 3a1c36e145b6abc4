package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func demoCommand() command {
	return one(&cobra.Command{
		Use:     "demo",
		Short:   "Run the whole batch on a synthetic shop, in seconds",
		Long:    "Invents a shop whose truth is known, runs the whole batch on it, and says where\nthe report is. Nothing but the output folder is touched.",
		Example: "  winback demo --out /tmp/winback-demo",
		Args:    atMost(0),
	}, plain(jobs.Demo))
}
