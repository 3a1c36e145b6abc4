package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func forgetCommand() command {
	return one(&cobra.Command{
		Use:   "forget CUSTOMER…",
		Short: "Remove customers from all runs, the ledger of campaigns and the store",
		Long: `Removes customers from every run in the output folder, from the ledger of campaigns,
from other Parquet files there, and with --store from the kept history, which is
dropped as a whole. Ids are compared as those of an opt-out list. Manifests and the
chain of the ledger are written anew and say how many customers were removed when;
ranks may keep gaps. A keyed hash of each stays in forgotten.json, so that runs on
orders that still hold them put them on no list. While it works, and where it was
cut short, other commands stop with exit code 3: start it again with the same
customers. A damaged run or entry stops it before anything is changed. Name many
customers, and those whose ids should be in no shell history, with --file.`,
		Example: "  winback forget 13085 17850\n  winback forget --file requests.csv --store history",
		Args:    cobra.ArbitraryArgs,
	}, takes(jobs.Forget))
}
