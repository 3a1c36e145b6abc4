package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func runsCommand() command {
	return one(&cobra.Command{
		Use:   "runs",
		Short: "List the published runs",
		Long: `Lists the complete runs in the output folder, the oldest first: as-of day, when it
was made, customers, how many of them have lapsed and are contacts, the model that
ranks, what the plan recommends, and which run is the current one.`,
		Example: "  winback runs --out out",
		Args:    atMost(0),
	}, plain(jobs.Runs))
}
