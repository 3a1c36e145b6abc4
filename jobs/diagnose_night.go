package jobs

import (
	"errors"
	"io"
	"math"

	"winback/features"
	"winback/pipeline"
	"winback/pipeline/diagnose"
)

// beginDiagnosis readies the two walks of the diagnosis, which other stages
// make along with their own.
func (n *nightly) beginDiagnosis() error {
	holdout, err := pipeline.NewHoldout([]byte(n.s.HoldoutKey), n.s.Campaign, n.s.Holdout)
	if err != nil {
		return err
	}
	settings, err := n.s.diagnosis(n.files, n.question, n.suppressed, holdout)
	if err != nil {
		return err
	}
	n.collector, err = diagnose.NewCollector(settings, diagnose.HistoryOf(n.history.orders, n.history.survey.Customers))
	return err
}

// tableFile is a table of the run that is written while others are.
type tableFile struct {
	*features.ParquetWriter
	file io.WriteCloser
}

func openTable(create pipeline.Create, name string) (*tableFile, error) {
	file, err := create(name)
	if err != nil {
		return nil, err
	}
	return &tableFile{features.NewParquetWriter(file), file}, nil
}

// end closes the file, finished where nothing went wrong before: that is err.
func (t *tableFile) end(err error) error {
	if err == nil {
		err = t.ParquetWriter.Close()
	}
	return errors.Join(err, t.file.Close())
}

// diagnose puts the diagnosis together once the lapsed are scored: writes
// diagnosis.json and its tables into the run, and gives the lapsed the stages
// of the clock in force.
func (n *nightly) diagnose(create pipeline.Create) (*diagnose.Diagnosis, error) {
	stage := n.ui.Stage("diagnose", 0, "customers")
	d, err := n.people.Diagnosis(expectedValues(n.tonight.Lapsed))
	if err != nil {
		return nil, err
	}
	n.tonight.Lapsed.Stage = n.people.LapsedStages()
	stage.Add(d.Customers)
	stage.Done("")
	n.count("diagnose", "customers", d.Customers)
	n.count("diagnose", "deadlines", d.DeadlineCustomers)
	return d, writeDiagnosis(create.Write, d)
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
