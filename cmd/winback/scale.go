package main

import (
	"github.com/spf13/cobra"

	"winback/jobs/scale"
)

func kernelCommand() command {
	return command{&cobra.Command{
		Use:   "kernel",
		Short: "What a task of another engine calls",
		Long: `Commands that a task of another engine, such as Spark, calls on its part of the
lines: a stream in, a stream out, each with an end record that proves it.`,
	}, job{}, []command{
		one(&cobra.Command{
			Use:   "deal --sample FILE",
			Short: "Order lines of a range of customers to histories",
			Long: `Reads the order lines of one range of customers as an Arrow IPC stream with an end
record on standard input, and writes their histories on standard output for winback
scale driver. A stream that is cut, damaged, reordered or empty is an error (exit
code 3), and nothing is written.`,
			Example: "  winback kernel deal --sample sample.parquet < lines.arrows > dealt.arrows",
			Args:    atMost(0),
		}, plain(scale.Deal)),
		one(&cobra.Command{
			Use:   "stage --package FILE",
			Short: "Dealt histories of a range of customers to what a stage makes of them",
			Long: `Reads on standard input what winback kernel deal has written of one range of
customers, and writes on standard output what a stage of the night makes of it, for
winback scale driver, which has written the package. That says which stage: survey counts
what the driver would count, lookback what came before (who returned, the first look of
the diagnosis, purchases by product and hour, samples), score gives the lapsed customers,
their features and scores by the models, ranks and groups of the night. A stream or a
package that is cut or damaged, or that do not belong together, are an error (exit code
3), and nothing is written.`,
			Example: "  winback kernel stage --package packages/score < dealt.arrows > scored.arrows",
			Args:    atMost(0),
		}, plain(scale.Stage)),
	}}
}

func scaleCommand() command {
	return command{&cobra.Command{
		Use:   "scale",
		Short: "The nightly batch over lines that another engine reads",
		Long: `Commands that the driver of another engine, such as Spark, calls: plan before its
tasks deal the lines by ranges of customers with winback kernel deal, driver
afterwards.`,
	}, job{}, []command{
		one(&cobra.Command{
			Use:   "plan --sample FILE",
			Short: "Print what an engine must know to deal the lines of a table",
			Long: `Decides from a sample of the table, a Parquet file, which column is what, and prints
as JSON which columns are needed, which one is the customer, and which words stand for
none. It takes all settings of winback run, and refuses those that go with files alone.`,
			Example: "  winback scale plan --sample sample.parquet",
			Args:    atMost(0),
		}, plain(scale.Plan)),
		one(&cobra.Command{
			Use:   "driver --sample FILE --table NAME",
			Short: "Run the nightly batch over dealt histories",
			Long: `Reads on standard input what winback kernel deal has written of all ranges of
customers, each behind its length (eight bytes, lowest first; 0 behind the last), runs
the night on this machine, and publishes what winback run publishes of the same lines.
With --packages it writes there the package of each stage, survey, lookback and score, and
reads in the same way what winback kernel stage makes of all ranges with it; without it
the driver does all stages.
It takes the settings of winback run.`,
			Example: "  winback scale driver --sample sample.parquet --table shop.order_lines --out out < dealt",
			Args:    atMost(0),
		}, plain(scale.Drive)),
	}}
}
