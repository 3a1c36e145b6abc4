// Package settled puts a published run beside what became of its customers, for
// the notebooks.
package settled

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"

	"winback/data/tables"
	"winback/internal/fsys"
	"winback/models"
	"winback/pipeline/learn"
	"winback/pipeline/run"
)

// Customer is one lapsed customer of a run, with what came.
type Customer struct {
	RecencyDays int64 // at the as-of day of the run
	Orders      int64
	Group       int32   // 1 first
	Probability float64 // as published
	Returned    bool    // a purchase day within the horizon
}

// Run is a published run whose horizon is over.
type Run struct {
	Evaluation learn.Evaluation
	Groups     []tables.GroupRow
	Customers  []Customer // all lapsed ones, by id
}

// Read reads a run folder, and the outcome of its customers from a feature
// table that `winback features` wrote for the same as-of day once the horizon
// was over.
func Read(runDir, outcomeFile string) (*Run, error) {
	published, err := run.Open(fsys.OS(), "", runDir, run.EvaluationFile, run.GroupsFile, run.ScoresFile)
	if err != nil {
		return nil, err
	}
	r := &Run{}
	text, err := published.Evaluation()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.Evaluation); err != nil {
		return nil, fmt.Errorf("%s: %w", run.EvaluationFile, err)
	}
	if r.Groups, err = published.Groups(); err != nil {
		return nil, err
	}
	outcomes, err := openOutcomes(outcomeFile, r.Evaluation.AsOf)
	if err != nil {
		return nil, err
	}
	return r, r.join(published.Scores(), outcomes)
}

func openOutcomes(path, asOf string) ([]outcome, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	outcomes, err := readOutcomes(f, info.Size(), asOf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return outcomes, nil
}

// outcome is what the feature table says about a customer.
type outcome struct {
	CustomerID  string `parquet:"customer_id"`
	RecencyDays int64  `parquet:"recency_days"`
	Orders      int64  `parquet:"orders"`
	Returned    *bool  `parquet:"returned"`
}

func readOutcomes(r io.ReaderAt, size int64, asOf string) ([]outcome, error) {
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		return nil, err
	}
	if day, _ := f.Lookup("winback.as_of"); day != asOf {
		return nil, fmt.Errorf("want a feature table as of %s, found one as of %q", asOf, day)
	}
	for _, column := range parquet.SchemaOf(outcome{}).Columns() {
		if _, ok := f.Schema().Lookup(column...); !ok { // the library would read zeros
			return nil, fmt.Errorf("column %q is missing", column[0])
		}
	}
	rows := make([]outcome, f.NumRows())
	reader := parquet.NewGenericReader[outcome](f)
	defer reader.Close()
	for at := 0; at < len(rows); {
		n, err := reader.Read(rows[at:])
		if at += n; n == 0 || err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("row %d of %d: %w", at, len(rows), cmp.Or(err, io.ErrUnexpectedEOF))
		}
	}
	return rows, nil
}

// join walks over scores and outcomes, both by customer id.
func (r *Run) join(scores iter.Seq2[tables.ScoreRow, error], outcomes []outcome) error {
	at := 0
	for row, err := range scores {
		if err != nil {
			return err
		}
		for at < len(outcomes) && outcomes[at].CustomerID < row.CustomerID {
			at++
		}
		if at == len(outcomes) || outcomes[at].CustomerID != row.CustomerID {
			return errors.New("a customer of the run is not in the feature table")
		}
		o := &outcomes[at]
		if o.Returned == nil {
			return errors.New("the orders behind the feature table end before the horizon is over")
		}
		r.Customers = append(r.Customers, Customer{o.RecencyDays, o.Orders, row.Group, row.Probability, *o.Returned})
	}
	return nil
}

// Rate is a count of customers, the sum of what was foretold for them, and how
// many returned.
type Rate struct {
	Customers, Returned int64
	Expected            float64
}

// Add counts a customer.
func (r *Rate) Add(c Customer) {
	r.Customers++
	r.Expected += c.Probability
	if c.Returned {
		r.Returned++
	}
}

// Foretold is the mean published probability; NaN of nobody.
func (r Rate) Foretold() float64 { return r.Expected / float64(r.Customers) }

// Observed is the share that returned; NaN of nobody.
func (r Rate) Observed() float64 { return float64(r.Returned) / float64(r.Customers) }

// Interval is the 95 % score interval of the observed share.
func (r Rate) Interval() (low, high float64) { return models.WilsonInterval(r.Returned, r.Customers) }
