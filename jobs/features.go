package jobs

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"winback/data"
	"winback/features"
	"winback/internal/fsys"
	"winback/pipeline"
	"winback/pipeline/publish"
)

// Features writes the feature table of all customers at an as-of day: Arrow IPC
// where the name of the file ends in .arrow or .feather, else Parquet.
func Features(ctx context.Context, s Settings, sources []string, ui UI) error {
	files := fsys.OS()
	h, err := readHistory(ctx, files, s, sources, ui)
	if err != nil {
		return err
	}
	q, _, err := h.question(s, time.Now())
	if err != nil {
		return err
	}
	stage := ui.Stage("build features", h.survey.Customers, "customers")
	rows := int64(0)
	err = publish.WriteFile(files, s.Output, func(w io.Writer) error {
		out, err := featureWriter(w, s.Output)
		if err != nil {
			return err
		}
		err = pipeline.EachFeatures(ctx, h.orders, q.AsOf, q.Horizon, q.Workers, func(t *features.Table) error {
			rows += int64(t.Rows())
			stage.Add(int64(t.Rows()))
			return out.Write(t)
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
	if err != nil {
		return err
	}
	stage.Done("")
	used, setAside := h.rows(q.AsOf)
	return ui.Print(fmt.Sprintf("%s: %s customers as of %s.", s.Output, Thousands(rows), q.AsOf), rowsLine(h.orders.RowsRead, used, setAside))
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
	return nil, &SettingsError{Where: "-o", Text: fmt.Sprintf("want a file name that ends in .parquet or .arrow, found %q", name)}
}

// arrowWriter collects the parts of a table, since one Arrow file has one
// dictionary for each text column.
type arrowWriter struct {
	out   io.Writer
	parts []*features.Table
}

func (a *arrowWriter) Write(t *features.Table) error {
	a.parts = append(a.parts, t)
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
	parts := []string{Thousands(used) + " used"}
	for _, why := range data.Reasons()[1:] {
		if n := setAside[why.String()]; n > 0 {
			parts = append(parts, Thousands(n)+" "+why.String())
		}
	}
	return fmt.Sprintf("Rows: %s read = %s", Thousands(read), strings.Join(parts, " + "))
}
