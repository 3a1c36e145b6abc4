package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func explainCommand() command {
	return one(&cobra.Command{
		Use:   "explain CUSTOMER",
		Short: "Say why a customer stands where it stands",
		Long: `Looks a customer up in the newest run. Of a lapsed one it says the chance to buy
beside that of all lapsed customers, the group with its rule, the rank, the
reasons, and what each model said; of one who has not lapsed the last purchase,
the stage, and from which day on they would count as lapsed. CUSTOMER is the id as the lists write it.`,
		Example: "  winback explain 13085 --out out",
		Args:    exactly(1, "the id of a customer"),
	}, asks(jobs.Explain))
}
