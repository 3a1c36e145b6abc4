package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func campaignCommand() command {
	return command{
		Command: &cobra.Command{
			Use:   "campaign",
			Short: "Launch a campaign, tell what was sent, stop it, see where it stands",
			Long: `A campaign is told to the ledger of the output folder: who was assigned to what
(launch), what went out (sent), that it ends (stop), and that an entry was a mistake
(void). Entries are only added. What came of it says winback measure.`,
			Example: "  winback campaign launch spring --holdout 0.1 --target-returns 400\n  winback campaign sent spring --groups 1-2 --on 2026-07-03",
		},
		under: []command{launchCommand(), sentCommand(), statusCommand(), stopCommand(), voidCommand()},
	}
}

func launchCommand() command {
	return one(&cobra.Command{
		Use:   "launch NAME",
		Short: "Freeze lists of a run, or a list drawn elsewhere, as a wave of a campaign",
		Long: `Freezes the groups of the newest run that the plan recommends, or those named,
draws who is held out and what the others get, and writes that to the ledger. The
same NAME again is the next wave. With --assignments the list was drawn elsewhere:
customer_id, group, arm (or holdout) and, where known, probability. --dry-run says
what the wave could tell at several holdouts and what it costs, and writes nothing.`,
		Example: "  winback campaign launch spring --groups 1-4 --arms arms.yaml --target-returns 400\n  winback campaign launch spring --assignments list.csv --as-of 2026-07-01 --margin 0.4 --contact-cost 0.1",
		Args:    exactly(1, "the name of a campaign"),
	}, asks(jobs.Launch))
}

func sentCommand() command {
	return one(&cobra.Command{
		Use:   "sent [NAME]",
		Short: "Tell what went out, which starts the windows of the groups",
		Long: `Takes groups as sent on a day, or contact logs of whoever sent: customer_id and
sent_at, where they are there campaign, channel, status, arm and cost, as CSV, plain
or gzip, or Parquet. Without NAME the contacts are outside all campaigns: those who
opted out are kept off lists all the same. A log that was told before is told once.`,
		Example: "  winback campaign sent spring --groups 1-2 --on 2026-07-03\n  winback campaign sent spring --log july.csv,august.csv.gz",
		Args:    atMost(1),
	}, asks(jobs.Sent))
}

func statusCommand() command {
	return one(&cobra.Command{
		Use:     "status [NAME]",
		Short:   "Say where all campaigns stand, or one by its groups",
		Long:    "Reads the ledger alone, and writes nothing. What came of the contacts says winback measure.",
		Example: "  winback campaign status\n  winback campaign status spring --format json",
		Args:    atMost(1),
	}, asks(jobs.Status))
}

func stopCommand() command {
	return one(&cobra.Command{
		Use:     "stop NAME",
		Short:   "End a campaign: no list of it is handed out any more",
		Long:    "Groups that were sent are measured to the end of their windows. The next launch of NAME goes on.",
		Example: "  winback campaign stop spring --reason \"target reached\"",
		Args:    exactly(1, "the name of a campaign"),
	}, asks(jobs.Stop))
}

func voidCommand() command {
	return one(&cobra.Command{
		Use:     "void ENTRY",
		Short:   "Take an entry of the ledger back that was a mistake",
		Long:    "ENTRY is the number or the name of an entry, such as 14 or 000014-sent. It stays in the ledger and counts no more.",
		Example: "  winback campaign void 14 --reason \"wrong day\"",
		Args:    exactly(1, "an entry"),
	}, asks(jobs.Void))
}
