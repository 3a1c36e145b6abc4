package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func diffCommand() command {
	return one(&cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Say what moved from one run to another",
		Long: `Compares two published runs: how many lapsed customers came, left and moved from
group to group, whose rules and chances differ, and which settings and order files
do. RUN is the name of a run, such as 2026-06-30-1, or a run folder.`,
		Example: "  winback diff 2026-06-30-1 2026-07-01-1",
		Args:    exactly(2, "two runs"),
	}, takes(jobs.Diff))
}
