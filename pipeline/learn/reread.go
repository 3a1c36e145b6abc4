package learn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"

	"winback/data"
	"winback/models"
	"winback/pipeline/external"
	"winback/pipeline/offers"
	"winback/pipeline/run"
)

// ErrNotKept says that a run keeps nothing that a later night could score with:
// it was published by an earlier winback, or had too little history to learn
// from.
var ErrNotKept = errors.New("no models to score with")

// FileError says what is wrong with a file of the models of a run.
type FileError struct {
	Path string // in the run
	Err  error
}

// Error names the file.
func (e *FileError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ExitCode is 3: the run cannot be read.
func (e *FileError) ExitCode() int { return 3 }

// KeptFiles are what a run is opened for to be scored with.
func KeptFiles() []string { return []string{run.ModelFolder, run.EvaluationFile} }

// ReadLearned reads back what WriteModels and WriteEvaluation wrote; read gives
// the content of a file of the run by its path. Whatever the bytes are, what
// comes back holds together, or there is a *FileError. The error wraps
// ErrNotKept where the run keeps nothing. Level, Shop and the test's rows are
// not kept.
func ReadLearned(read func(path string) ([]byte, error)) (*Learned, error) {
	r := reread{read: read}
	if err := r.readIndex(); err != nil {
		return nil, err
	}
	if len(r.index.Groups) == 0 {
		return nil, &FileError{run.ModelIndexFile, fmt.Errorf("%w: there was too little history to learn from", ErrNotKept)}
	}
	d := emptyLearned()
	if err := r.json(run.EvaluationFile, &d.Evaluation); err != nil {
		return nil, err
	}
	if err := r.take(d, r.state, r.models, r.tree, r.groups, r.spend, r.rest, r.shows); err != nil {
		return nil, err
	}
	return d, nil
}

// WriteScoring writes what scores customers, without the evaluation: the model files as
// WriteModels does, tonight being the tree, and those that rank inside groups.
func WriteScoring(create run.Create, d *Learned, tonight *SurrogateTree) error {
	err := WriteModels(create, d, tonight)
	if err == nil && d.Inside != nil {
		err = d.Inside.write(create)
	}
	return err
}

// ReadScoring reads what WriteScoring wrote, as ReadLearned does. What it gives back
// scores and can do nothing else.
func ReadScoring(read func(path string) ([]byte, error)) (*Learned, error) {
	r := reread{read: read, scores: true}
	if err := r.readIndex(); err != nil {
		return nil, err
	}
	d := emptyLearned()
	if err := r.take(d, r.state, r.models, r.tree, r.spend); err != nil {
		return nil, err
	}
	var err error
	if d.Inside, err = r.inside(); errors.Is(err, fs.ErrNotExist) {
		d.Inside, err = nil, nil
	}
	return d, err
}

func emptyLearned() *Learned {
	return &Learned{finals: map[string]model{}, Calibrations: map[string]models.Calibration{}, Importance: map[string][]FeatureShare{}}
}

// take goes through some steps; their errors name a file.
func (r *reread) take(d *Learned, steps ...func(*Learned) error) error {
	for _, step := range steps {
		if err := step(d); err != nil {
			var file *FileError
			if !errors.As(err, &file) {
				err = &FileError{run.ModelIndexFile, err}
			}
			return err
		}
	}
	return nil
}

// reread is a run whose models are being read.
type reread struct {
	read   func(path string) ([]byte, error)
	index  index
	raw    *models.Matrix // the columns of the models, without rows
	scores bool           // it is to score and no more: a night with too little history is one too
}

func (r *reread) json(path string, into any) error {
	text, err := r.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return &FileError{path, err}
	}
	return nil
}

func (r *reread) readIndex() error {
	if err := r.json(run.ModelIndexFile, &r.index); err != nil {
		return err
	}
	if r.index.Format != indexFormat {
		return &FileError{run.ModelIndexFile, fmt.Errorf("%w: format %d, want %d", ErrNotKept, r.index.Format, indexFormat)}
	}
	return nil
}

// state takes the question and the columns.
func (r *reread) state(d *Learned) error {
	l := r.index.Learned
	day, err := data.ParseDay(l.AsOf)
	if err != nil {
		return fmt.Errorf("learned.as_of: %w", err)
	}
	if l.Horizon < 1 || l.LapsedAfter < 1 || l.LongestSilence < 1 && !r.scores {
		return fmt.Errorf("horizon of %d days, lapsed after %d, longest silence %d: want whole numbers above 0", l.Horizon, l.LapsedAfter, l.LongestSilence)
	}
	d.LongestSilence = l.LongestSilence
	d.State = State{day, l.Horizon, l.LapsedAfter, r.index.Columns, r.index.Groups, ""}
	r.raw = &models.Matrix{}
	for k := range d.State.Columns {
		c := &d.State.Columns[k]
		if c.Text && c.Levels == nil {
			c.Levels = []string{}
		}
		if err := c.check(); err != nil {
			return err
		}
		r.raw.Names, r.raw.Levels, r.raw.Columns = append(r.raw.Names, c.Name), append(r.raw.Levels, c.Levels), append(r.raw.Columns, nil)
	}
	for _, name := range neededColumns {
		if k := slices.Index(r.raw.Names, name); k < 0 || r.raw.Levels[k] != nil {
			return fmt.Errorf("there is no number %q among the columns", name)
		}
	}
	return r.raw.Check()
}

// neededColumns are those that rules and the expected spend ask for by name.
var neededColumns = []string{"recency_days", "orders", "monetary", "mean_order_value"}

// check wants as many shares as bins, ascending edges, and levels of texts alone.
func (c *ColumnState) check() error {
	bins := len(c.Edges) + 2
	switch {
	case c.Text && c.Edges != nil || !c.Text && c.Levels != nil:
		return fmt.Errorf("column %q: want levels of a text or edges of a number, found the other", c.Name)
	case c.Text:
		bins = len(c.Levels) + 1
	case c.Edges == nil:
		bins = 0
	}
	if len(c.Shares) != bins {
		return fmt.Errorf("column %q: %d shares, want %d", c.Name, len(c.Shares), bins)
	}
	for _, share := range c.Shares {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("column %q: share %v, want one within 0 and 1", c.Name, float64(share))
		}
	}
	if !slices.IsSorted(c.Edges) {
		return fmt.Errorf("column %q: edges are not in ascending order", c.Name)
	}
	return nil
}

// models reads every model of the index.
func (r *reread) models(d *Learned) error {
	for _, e := range r.index.Models {
		at := slices.IndexFunc(Candidates(), func(c candidate) bool { return c.Name == e.Name })
		if _, twice := d.Calibrations[e.Name]; at < 0 || twice {
			return fmt.Errorf("model %q: want each of this winback's models once", e.Name)
		}
		if e.Chosen {
			if d.Gate.Name != "" {
				return fmt.Errorf("models %s and %s are both chosen", d.Gate.Name, e.Name)
			}
			d.Gate = Gate{Name: e.Name, Nothing: r.index.Gate.Nothing, Verdict: r.index.Gate.Verdict}
		}
		if len(e.Importance) > 0 {
			d.Importance[e.Name] = e.Importance
		}
		if err := r.model(d, Candidates()[at], e); err != nil {
			return err
		}
	}
	if _, ok := d.Calibrations[d.Gate.Name]; !ok {
		return fmt.Errorf("the model that ranks, %q, is not there", d.Gate.Name)
	}
	for _, c := range Candidates() {
		if _, ok := d.Calibrations[c.Name]; !ok && c.Name != ModelTree && c.Name != ModelExternal && !r.scores {
			return fmt.Errorf("model %s is not there", c.Name)
		}
	}
	return nil
}

func (r *reread) model(d *Learned, c candidate, e indexModel) (err error) {
	switch c.Name {
	case ModelTree:
		return nil
	case ModelRecency:
		d.finals[c.Name] = byRule(recencyModel{})
	case ModelRFM:
		d.finals[c.Name] = byRule(rfmModel{})
	case ModelExternal:
		if d.State.External = e.Input; e.Input != external.RankColumn && e.Input != external.ProbabilityColumn {
			return fmt.Errorf("model %s: want %s or %s as its input, found %q", c.Name, external.RankColumn, external.ProbabilityColumn, e.Input)
		}
		d.finals[c.Name] = byRule(externalModel{})
	case ModelBlend:
		if err := r.blend(d, e.Weights); err != nil {
			return err
		}
	default:
		d.finals[c.Name], d.Calibrations[c.Name], err = r.modelFile(c, e.File)
		return err
	}
	if e.Calibration == nil || !(e.Calibration.Slope > 0) || !finite(float64(e.Calibration.Slope)) || !finite(float64(e.Calibration.Intercept)) {
		return fmt.Errorf("model %s: want a calibration with a slope above 0", c.Name)
	}
	d.Calibrations[c.Name] = &models.Platt{Intercept: float64(e.Calibration.Intercept), Slope: float64(e.Calibration.Slope)}
	return nil
}

func finite(x float64) bool { return math.Abs(x) <= 1e100 }

// blend takes the weights of the blend, whose parts stand before it.
func (r *reread) blend(d *Learned, weights map[string]exact) error {
	sum := 0.0
	d.blend = make([]float64, len(blendParts))
	for k, part := range blendParts {
		w := float64(weights[part])
		if _, ok := d.finals[part]; !ok || !(w >= 0 && w <= 1) {
			return fmt.Errorf("model %s: want %s before it, with a weight within 0 and 1", ModelBlend, part)
		}
		d.blend[k] = w
		sum += w
	}
	if math.Abs(sum-1) > 1e-9 || len(weights) != len(blendParts) {
		return fmt.Errorf("model %s: want the weights of %d models that sum to 1, found %d that sum to %v", ModelBlend, len(blendParts), len(weights), sum)
	}
	return nil
}

// modelFile reads the file of a model, which must know the columns of the index.
func (r *reread) modelFile(c candidate, name string) (model, models.Calibration, error) {
	at := run.ModelFile(c.Name)
	if name != path.Base(at) {
		return model{}, nil, fmt.Errorf("model %s: its file is %q, want %s", c.Name, name, path.Base(at))
	}
	saved, err := r.saved(at)
	if err != nil {
		return model{}, nil, err
	}
	calibrated, ok := saved.(*models.Calibrated)
	if !ok || len(calibrated.Steps) != 1 {
		return model{}, nil, &FileError{at, errors.New("want a calibrated model of one step")}
	}
	x := c.form.of(r.raw, r.raw)
	var read model
	switch m := calibrated.Model.(type) {
	case *models.Logistic:
		read, err = learned(m, r.sameColumns(at, c.Name == ModelLogistic, x, m.Names, m.Levels))
	case *models.Ensemble:
		read, err = boosted(m), r.sameColumns(at, c.Name != ModelLogistic, x, m.Names, m.Levels)
	default:
		err = &FileError{at, errors.New("it holds another kind of model than its name says")}
	}
	return read, calibrated.Steps[0], err
}

// shows takes the order in which products are shown; runs before there was a choice
// have none.
func (r *reread) shows(d *Learned) error {
	if r.index.Shows == nil {
		return nil
	}
	c := &offers.Choice{Order: r.index.Shows.Order, Why: r.index.Shows.Why}
	if r.index.Shows.File != "" {
		saved, err := r.saved(run.ShowsModelFile)
		if err != nil {
			return err
		}
		c.Model, _ = saved.(*models.Logistic)
	}
	if err := c.Check(); err != nil {
		return &FileError{run.ShowsModelFile, err}
	}
	d.Shows = c
	return nil
}

func (r *reread) saved(path string) (models.Saved, error) {
	text, err := r.read(path)
	if err != nil {
		return nil, &FileError{path, err}
	}
	saved, err := models.Read(bytes.NewReader(text))
	if err != nil {
		return nil, &FileError{path, err}
	}
	return saved, nil
}

// sameColumns holds a model to the columns of the index.
func (r *reread) sameColumns(path string, rightKind bool, x *models.Matrix, names []string, levels [][]string) error {
	same := func(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }
	switch {
	case !rightKind:
		return &FileError{path, errors.New("it holds another kind of model than its name says")}
	case !slices.Equal(names, x.Names) || !slices.EqualFunc(levels, x.Levels, same):
		return &FileError{path, fmt.Errorf("its columns are not those of %s", run.ModelIndexFile)}
	}
	return nil
}
