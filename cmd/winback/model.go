package main

import (
	"github.com/spf13/cobra"

	"winback/jobs"
)

func modelCommand() command {
	return one(&cobra.Command{
		Use:   "model RUN",
		Short: "Write a stored run's boosted trees for another program",
		Long: `Writes the boosted trees of a published run as LightGBM's model text, which
lightgbm.Booster(model_file=...) opens: of the ranker, or of the part of a blend
that weighs most. What it gives are log-odds before calibration. RUN is the name of
a run, such as 2026-06-30-1, or a run folder; without it, the newest run.`,
		Example: "  winback model 2026-06-30-1 --format lightgbm -o boost.txt",
		Args:    atMost(1),
	}, asks(jobs.Model))
}
