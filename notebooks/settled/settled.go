// Package settled puts a published run beside what became of its customers, for
// the notebooks.
package settled

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/models"
	"winback/pipeline"
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
	Evaluation pipeline.Evaluation
	Groups     []data.GroupRow
	Customers  []Customer // all lapsed ones, by id
}

// Read reads a run folder, and the outcome of its customers from a feature
// table that `winback features` wrote for the same as-of day once the horizon
// was over.
func Read(runDir, outcomeFile string) (*Run, error) {
	r := &Run{}
	text, err := os.ReadFile(filepath.Join(runDir, pipeline.EvaluationFile))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.Evaluation); err != nil {
		return nil, fmt.Errorf("%s: %w", pipeline.EvaluationFile, err)
	}
	err = open(filepath.Join(runDir, pipeline.GroupsFile), func(f io.ReaderAt, size int64) error {
		for row, err := range data.ReadGroups(f, size) {
			if err != nil {
				return err
			}
			r.Groups = append(r.Groups, row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var outcomes []outcome
	err = open(outcomeFile, func(f io.ReaderAt, size int64) error {
		outcomes, err = readOutcomes(f, size, r.Evaluation.AsOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, open(filepath.Join(runDir, pipeline.ScoresFile), func(f io.ReaderAt, size int64) error {
		return r.join(f, size, outcomes)
	})
}

func open(path string, read func(f io.ReaderAt, size int64) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := read(f, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
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
func (r *Run) join(f io.ReaderAt, size int64, outcomes []outcome) error {
	scores, err := data.OpenScores(f, size)
	if err != nil {
		return err
	}
	at := 0
	for row, err := range scores.Rows() {
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
