package jobs

import (
	"context"
	"encoding/csv"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"winback/data/orders"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// writeRejects writes the rows that were set aside, whole or not at all: as Parquet
// with all that stands in them where the name of the file ends so, else as CSV.
func writeRejects(ctx context.Context, files fsys.FS, orders *orders.Table, s settings.Reading) error {
	if s.RejectsFile == "" {
		return nil
	}
	write := rejectsAsCSV
	if strings.EqualFold(filepath.Ext(s.RejectsFile), ".parquet") {
		write = rejectsAsParquet
	}
	return run.WriteFile(files, s.RejectsFile, func(w io.Writer) error { return write(ctx, w, orders, s.WorkerCount()) })
}

func rejectsAsCSV(ctx context.Context, w io.Writer, orders *orders.Table, workers int) error {
	rejects, err := orders.Rejects(ctx, workers)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"file", "row", "reason"}); err != nil {
		return err
	}
	for _, r := range rejects {
		if err := out.Write([]string{r.File, strconv.FormatInt(r.Row, 10), r.Why.String()}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func rejectsAsParquet(ctx context.Context, w io.Writer, table *orders.Table, workers int) error {
	out := tables.NewRejectWriter(w, table.RejectColumns())
	err := table.RejectedRows(ctx, workers, func(r *orders.RejectedRow) error {
		return out.Write(r.File, r.Row, r.Why.String(), r.Cells, r.Set)
	})
	if err != nil {
		return err
	}
	return out.Close()
}
