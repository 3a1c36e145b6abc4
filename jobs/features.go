package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// FeaturesSettings are what Features reads.
type FeaturesSettings struct {
	settings.Reading
	settings.Acceptance
	settings.Horizon
	settings.KeptHistory
	settings.TableForm
	settings.NeededFile
}

// Settings lists them.
func (s *FeaturesSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Reading, &s.Acceptance, &s.Horizon, &s.KeptHistory, &s.TableForm, &s.NeededFile)
}

// Features writes the feature table of all customers at an as-of day: Arrow IPC
// where the name of the file ends in .arrow or .feather, else Parquet.
func Features(ctx context.Context, s FeaturesSettings, sources []string, ui console.UI) error {
	if _, err := featureWriter(nil, s.Output); err != nil {
		return err
	}
	if err := setInFuture(s.AsOf, time.Now()); err != nil {
		return err
	}
	files := s.FS()
	orders, err := readOrders(ctx, files, input{s.Reading, sources, s.Store, filepath.Dir(s.Output), Elsewhere{}}, s.MemoryLimit(), ui)
	if err != nil {
		return err
	}
	defer orders.Close()
	if orders.NewestPurchase < orders.FirstDay {
		return &ExitError{ExitGate, errors.New(survey.NoPurchase(orders))}
	}
	if err := tooMuchSetAside(orders, s.Acceptance); err != nil {
		return err
	}
	if mixed := survey.MixedCurrencies(orders); mixed != "" && !s.Accept {
		return &ExitError{ExitGate, fmt.Errorf("%s (--accept goes on all the same)", mixed)}
	}
	if text, stops := survey.ChangeFeed(orders); stops && !s.Accept {
		return &ExitError{ExitGate, fmt.Errorf("%s (--accept goes on all the same)", text)}
	}
	asOf := settledAsOf(orders, s.AsOf)
	if err := notInFuture(asOf, s.AsOf, orders, time.Now()); err != nil {
		return err
	}
	job := featureJob{files: files, s: s, ui: ui, orders: orders}
	// Whether totals are repeated shows only when all lines were seen. It is
	// rare, so that the table is built without waiting for the answer.
	job.request = survey.FeatureRequest{AsOf: asOf, Horizon: s.HorizonDays, Workers: s.WorkerCount(),
		Last: !orders.HasRole(data.Amount) || !orders.HasRole(data.OrderID)}
	if err := job.write(ctx); err != nil {
		return err
	}
	h := inspected(orders, job.survey, s.AsOf, ui)
	if totalsRepeated(orders, job.survey) {
		orders.RepeatedTotals()
		job.request.Last = true
		if err := job.write(ctx); err != nil {
			return err
		}
	}
	if err := writeRejects(ctx, files, orders, s.Reading); err != nil {
		return err
	}
	used, setAside := h.rows(asOf)
	return ui.Print(fmt.Sprintf("%s: %s customers as of %s.", s.Output, wording.Thousands(job.rows), asOf), rowsLine(orders.RowsRead, used, setAside))
}

// featureJob writes a feature table and takes the survey on the way.
type featureJob struct {
	files   fsys.FS
	s       FeaturesSettings
	ui      console.UI
	orders  *orders.Table
	request survey.FeatureRequest
	survey  *survey.Survey
	rows    int64
}

func (j *featureJob) write(ctx context.Context) error {
	stage := walkStage(j.ui, "build features", j.orders, 1)
	j.rows = 0
	err := run.WriteFile(j.files, j.s.Output, func(w io.Writer) error {
		out, err := featureWriter(w, j.s.Output)
		if err != nil {
			return err
		}
		j.survey, err = survey.SurveyFeatures(ctx, j.orders, j.request, func(t *features.Table) error {
			j.rows += int64(t.Rows())
			return out.Write(t.WithMoney(j.s.MoneyType))
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
	if err == nil {
		stage.Done(wording.Thousands(j.rows) + " customers")
	}
	return err
}

type tableWriter interface {
	Write(t *features.Table) error
	Close() error
}

func featureWriter(w io.Writer, name string) (tableWriter, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".arrow", ".feather", ".ipc":
		return &arrowWriter{out: w}, nil
	case ".parquet", ".parq", ".pq":
		return features.NewParquetWriter(w), nil
	}
	return nil, &settings.Error{Where: "--output", Text: "want a file that ends in .parquet or .arrow, found " + name}
}

// arrowWriter collects the parts of a table, since one Arrow file has one
// dictionary for each text column.
type arrowWriter struct {
	out   io.Writer
	parts []*features.Table
}

func (a *arrowWriter) Write(t *features.Table) error {
	a.parts = append(a.parts, features.Concat([]*features.Table{t}))
	return nil
}

func (a *arrowWriter) Close() error {
	buffered := bufio.NewWriter(a.out)
	if err := features.WriteArrow(buffered, features.Concat(a.parts)); err != nil {
		return err
	}
	return buffered.Flush()
}

// rowsLine accounts for all rows read in one line.
func rowsLine(read, used int64, setAside map[string]int64) string {
	parts := []string{wording.Thousands(used) + " used"}
	for _, why := range orders.Reasons()[1:] {
		if n := setAside[why.String()]; n > 0 {
			parts = append(parts, wording.Thousands(n)+" "+why.String())
		}
	}
	return fmt.Sprintf("Rows: %s read = %s", wording.Thousands(read), strings.Join(parts, " + "))
}
