package main

import (
	"context"

	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) explainCommand(job func(ctx context.Context, s jobs.Settings, customer string, ui jobs.UI) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain CUSTOMER",
		Short: "Say why a customer stands where it stands",
		Long: `Looks a lapsed customer up in the newest run: the chance to buy beside that of all
lapsed customers, the group with its rule, the rank, the reasons, and what each
model said. CUSTOMER is the id as the lists write it.`,
		Example: "  winback explain 13085 --out out",
		Args:    exactlyOne("the id of a customer"),
	}
	flags := addFlags(cmd, jobs.ForExplain)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		return job(cmd.Context(), settings, args[0], s.ui())
	}
	return cmd
}
