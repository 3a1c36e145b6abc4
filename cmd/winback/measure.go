package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func measureCommand() command {
	return one(&cobra.Command{
		Use:   "measure ORDERS... | --responses FILE",
		Short: "Say what came of campaigns, against the customers held out",
		Long: `Counts who returned of the customers that a campaign contacted and of those it
held out, from the orders as they are now or from a file of responses, and says
what the contacts caused, so far and by the end, and what to do next. The interval
of an open window holds on any night. What a wave has earned is said once its
windows are closed; a wave that is settled gets its result in the ledger, once.`,
		Example: "  winback measure orders/ --campaign spring\n  winback measure --responses answers.csv --as-of 2026-06-15 --format csv -o results.csv",
	}, takes(jobs.Measure))
}
