package tables

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// ScoreRow is what the models said about one lapsed customer.
type ScoreRow struct {
	CustomerID  string
	Group       int32     // 1 first
	Probability float64   // of the model that was chosen, calibrated
	Scores      []float64 // one per model, in the order of the file's models; NaN: the model has none
	Stage       string
	Suppressed  bool
	Hold        string   // why the customer may not be contacted; "": may be
	HoldUntil   data.Day // first day on which that holds no more; 0: not known
}

// scoreSchema is customer_id, group, hold, hold_until, probability, score_* by name, stage,
// suppressed: the library orders the fields of a group by name, which is the
// order wanted here.
func scoreSchema(models []string) *parquet.Schema {
	double := parquet.Leaf(parquet.DoubleType)
	fields := parquet.Group{
		"customer_id": parquet.String(),
		"group":       parquet.Int(32),
		"hold":        parquet.Encoded(parquet.Optional(parquet.String()), &parquet.RLEDictionary),
		"hold_until":  parquet.Optional(parquet.Date()),
		"probability": double,
		"stage":       parquet.Encoded(parquet.String(), &parquet.RLEDictionary),
		"suppressed":  parquet.Leaf(parquet.BooleanType),
	}
	for _, m := range models {
		fields[ScoreColumnPrefix+m] = parquet.Optional(double)
	}
	return parquet.NewSchema("scores", fields)
}

// ScoresWriter writes the scores table. The same rows give the same bytes.
type ScoresWriter struct {
	columnWriter[ScoreRow]
	models int
}

// NewScoresWriter starts a scores file on w with a column score_NAME for each
// model. The names must be strictly ascending in byte order, as the columns
// are. Close finishes the file.
func NewScoresWriter(w io.Writer, models []string) (*ScoresWriter, error) {
	for i, m := range models {
		if m == "" || i > 0 && models[i-1] >= m {
			return nil, fmt.Errorf("scores: model names %q: want distinct names in ascending order", models)
		}
	}
	return &ScoresWriter{newSchemaWriter(w, scoreSchema(models), func(c *rowColumns, r *ScoreRow) {
		c.texts(r.CustomerID)
		c.ints(int64(r.Group))
		c.texts(r.Hold)
		c.unlessZero(int64(r.HoldUntil))
		c.floats(r.Probability)
		c.floats(r.Scores...)
		c.texts(r.Stage)
		c.truth(r.Suppressed)
	}), len(models)}, nil
}

// Write appends rows in the order given. Each has a score for every model. The
// rows may be reused afterwards.
func (s *ScoresWriter) Write(rows []ScoreRow) error {
	for i := range rows {
		if len(rows[i].Scores) != s.models {
			return fmt.Errorf("scores: a row has %d scores, want %d", len(rows[i].Scores), s.models)
		}
	}
	return s.columnWriter.Write(rows)
}

// ScoresFile is a scores table open for reading.
type ScoresFile struct {
	Models []string // names behind the score_* columns, in the order of ScoreRow.Scores
	file   *parquet.File
}

// OpenScores opens a scores file and checks its columns.
func OpenScores(r io.ReaderAt, size int64) (*ScoresFile, error) {
	f, err := openTable(r, size, scoreSchema(nil).Fields())
	if err != nil {
		return nil, err
	}
	var models []string
	for _, field := range f.Schema().Fields() {
		if m, ok := strings.CutPrefix(field.Name(), ScoreColumnPrefix); ok {
			models = append(models, m)
		}
	}
	want := scoreSchema(models)
	have := f.Schema().Fields()
	for i, w := range want.Fields() {
		if i >= len(have) || have[i].Name() != w.Name() {
			return nil, fmt.Errorf("column %q is not column %d of the table", w.Name(), i+1)
		}
		if err := checkColumn(w, have); err != nil {
			return nil, err
		}
	}
	return &ScoresFile{Models: models, file: f}, nil
}

// ReadScores yields the rows of a scores file, by customer id. The first error,
// which names the column but not the file, ends it.
func ReadScores(r io.ReaderAt, size int64) iter.Seq2[ScoreRow, error] {
	return func(yield func(ScoreRow, error) bool) {
		scores, err := OpenScores(r, size)
		if err != nil {
			yield(ScoreRow{}, err)
			return
		}
		scores.Rows()(yield)
	}
}

// Rows yields the rows in the order of the file. Scores belongs to the caller.
// The first error ends it.
func (s *ScoresFile) Rows() iter.Seq2[ScoreRow, error] {
	return func(yield func(ScoreRow, error) bool) {
		reader := parquet.NewGenericReader[any](s.file)
		defer reader.Close()
		batch := make([]parquet.Row, WriteBatch)
		for left := s.file.NumRows(); left > 0; {
			n, err := readScores(reader, batch[:min(left, WriteBatch)])
			if err != nil {
				yield(ScoreRow{}, err)
				return
			}
			for _, row := range batch[:n] {
				if !yield(s.row(row), nil) {
					return
				}
			}
			left -= int64(n)
		}
	}
}

func readScores(r *parquet.GenericReader[any], batch []parquet.Row) (n int, err error) {
	defer recovered(&err)
	n, err = r.ReadRows(batch)
	if n > 0 && errors.Is(err, io.EOF) {
		return n, nil
	}
	if n == 0 && (err == nil || errors.Is(err, io.EOF)) {
		return 0, fmt.Errorf("damaged parquet file: %w", io.ErrUnexpectedEOF)
	}
	return n, err
}

func (s *ScoresFile) row(v parquet.Row) ScoreRow {
	scores := make([]float64, len(s.Models))
	for i, score := range v[5 : 5+len(scores)] {
		scores[i] = math.NaN()
		if !score.IsNull() {
			scores[i] = score.Double()
		}
	}
	rest := slices.Clip(v[5+len(scores):])
	row := ScoreRow{
		CustomerID: string(v[0].ByteArray()), Group: v[1].Int32(), Probability: v[4].Double(),
		Scores: scores, Stage: string(rest[0].ByteArray()), Suppressed: rest[1].Boolean(),
	}
	if !v[2].IsNull() {
		row.Hold = string(v[2].ByteArray())
	}
	if !v[3].IsNull() {
		row.HoldUntil = data.Day(v[3].Int32())
	}
	return row
}
