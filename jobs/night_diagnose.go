package jobs

import (
	"errors"
	"io"
	"iter"

	"winback/data"
	"winback/features"
	"winback/pipeline/diagnose"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/sendtime"
)

// diagnosing are the settings of the diagnosis, whose two walks other stages make along
// with their own.
func (n *nightly) diagnosing(a asked) (settings diagnose.Settings, err error) {
	holdout, err := drawn(n.s.Draw, n.s.HeldOut)
	if err != nil {
		return settings, err
	}
	settings, err = judging{n.s.Diagnose, n.s.Stages, n.s.Money, n.s.Random}.settings(n.files, a.Question, a.suppressed, holdout)
	if err != nil {
		return settings, err
	}
	settings.WaitDue = n.s.Wait == sendtime.WaitDue
	settings.Disk, settings.MemoryBytes = n.listsOnDisk, n.listBytes()/2
	a.rest.keepOff(&settings)
	return settings, nil
}

// tableFile is a table of the run that is written while others are.
type tableFile struct {
	out   *features.ParquetWriter
	file  io.WriteCloser
	money data.MoneyType
}

func openTable(create run.Create, name string, money data.MoneyType) (*tableFile, error) {
	file, err := create(name)
	if err != nil {
		return nil, err
	}
	return &tableFile{features.NewParquetWriter(file), file, money}, nil
}

// Write appends the rows of a table.
func (t *tableFile) Write(rows *features.Table) error { return t.out.Write(rows.WithMoney(t.money)) }

// end closes the file, finished where nothing went wrong before: that is err.
func (t *tableFile) end(err error) error {
	if err == nil {
		err = t.out.Close()
	}
	return errors.Join(err, t.file.Close())
}

// diagnose puts the diagnosis together once the lapsed are scored.
func (n *nightly) diagnose(people *diagnose.People, tonight *scoring.Scored) (*diagnose.Diagnosis, error) {
	stage := n.ui.Stage("diagnose", 0, "customers")
	d, err := people.Diagnosis(expectedValues(tonight.Lapsed))
	if err != nil {
		return nil, err
	}
	stage.Add(d.Customers)
	stage.Done("")
	n.timings.count("diagnose", "customers", d.Customers)
	n.timings.count("diagnose", "deadlines", d.DeadlineCustomers)
	return d, nil
}

// expectedValues are what the model expects of each lapsed customer within the
// horizon; NaN where the spend is not known.
func expectedValues(lapsed *scoring.Store) iter.Seq2[float64, error] {
	return func(yield func(float64, error) bool) {
		err := lapsed.Each(func(l *scoring.Lapsed) error {
			for i := range int32(l.Len()) {
				if !yield(l.Probability[i]*l.SpendOf(i), nil) {
					return errStopped
				}
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(0, err)
		}
	}
}

// errStopped says that nobody wants to see the rest.
var errStopped = errors.New("stopped")
