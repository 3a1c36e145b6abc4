package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func verifyCommand() command {
	return one(&cobra.Command{
		Use:   "verify [RUN]",
		Short: "Check that a published run is as it was published",
		Long: `Compares every file of a run with the checksums in its manifest and says which one
was changed, removed, added or swapped. RUN is the name of a run, such as
2026-06-30-1, or a run folder; without it the newest run is checked. The exit code
is 3 where something does not fit.`,
		Example: "  winback verify\n  winback verify 2026-06-30-1",
		Args:    atMost(1),
	}, asks(jobs.Verify))
}
