package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func (s *shell) checkCommand(job filesJob) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check ORDERS...",
		Short: "Read and profile an order history without writing anything",
		Long: `Reads the order history as the batch would, says which column was taken for what,
what was set aside and why, and warns of what spoils such extracts.

` + ordersHelp,
		Example: "  winback check orders/ --map customer=client_no,amount=total",
		Args:    atLeastOne("order files, folders or globs"),
	}
	flags := addFlags(cmd, jobs.ForCheck)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.settings(s)
		if err != nil {
			return err
		}
		return job(cmd.Context(), settings, args, s.ui())
	}
	return cmd
}
