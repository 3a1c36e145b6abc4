package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"winback/data"
	"winback/pipeline"
	"winback/pipeline/diagnose"
)

// diagnose makes the diagnosis of the night once the lapsed are scored: writes
// diagnosis.json and its tables into the run, and gives the lapsed the stages
// of the clock in force.
func (n *nightly) diagnose(ctx context.Context, create pipeline.Create) (*diagnose.Diagnosis, error) {
	stage := n.ui.Stage("diagnose", 0, "customers")
	holdout, err := pipeline.NewHoldout([]byte(n.s.HoldoutKey), n.s.Campaign, n.s.Holdout)
	if err != nil {
		return nil, err
	}
	settings, err := n.s.diagnosis(n.files, n.question, n.suppressed, holdout)
	if err != nil {
		return nil, err
	}
	collector, err := diagnose.Take(ctx, n.history.orders, n.history.survey.Customers, settings)
	if err != nil {
		return nil, err
	}
	write := func(name string, fill func(io.Writer) error) error {
		file, err := create(name)
		if err != nil {
			return err
		}
		if err := fill(file); err != nil {
			return errors.Join(fmt.Errorf("write %s: %w", name, err), file.Close())
		}
		return file.Close()
	}
	var people *diagnose.People
	err = write(CustomersFile, func(w io.Writer) error {
		table := data.NewCustomersWriter(w)
		people = collector.Learn(table.Write)
		if err := people.Walk(ctx, n.history.orders); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return nil, err
	}
	d, err := people.Diagnosis(expectedValues(n.tonight.Lapsed))
	if err != nil {
		return nil, err
	}
	for i, s := range people.LapsedStages() {
		n.tonight.Lapsed.Stage[i] = pipeline.Stage(s)
	}
	stage.Add(d.Customers)
	stage.Done("")
	n.count("diagnose", "customers", d.Customers)
	n.count("diagnose", "deadlines", d.DeadlineCustomers)
	return d, writeDiagnosis(write, d)
}

// expectedValues are what the model expects of each lapsed customer within the
// horizon; NaN where the spend is not known.
func expectedValues(l *pipeline.Lapsed) []float64 {
	values := make([]float64, len(l.IDs))
	for i := range values {
		values[i] = math.NaN()
		if i < len(l.ExpectedSpend) {
			values[i] = l.Probability[i] * l.ExpectedSpend[i]
		}
	}
	return values
}
