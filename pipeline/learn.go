package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"winback/models"
)

// choiceCuts are the rolling cuts on which form and model are chosen.
const choiceCuts = 4

// learner fits candidates on rolling cuts of the snapshots and remembers their
// predictions.
type learner struct {
	snapshots *Snapshots
	lag       int // snapshots between a cut and the newest that is closed at it
	maxGroups int
	seed      uint64
	workers   int
	known     []candidate
	trees     map[string]int            // trees to grow, found on the cuts of the choice
	predicted map[string]map[int]scored // by candidate and cut
}

// scored are a model and its raw probabilities at the snapshot that it was
// tried on.
type scored struct {
	model models.Model
	p     []float64
}

func newLearner(s *Snapshots, q Question, maxGroups int, seed uint64) *learner {
	return &learner{snapshots: s, lag: (q.Horizon + snapshotSpacing - 1) / snapshotSpacing, maxGroups: maxGroups, seed: seed, workers: q.Workers,
		known: candidates(), trees: map[string]int{}, predicted: map[string]map[int]scored{}}
}

// cuts lists the snapshots from first on that have something to learn from, at
// most so many.
func (l *learner) cuts(first, most int) []int {
	var cuts []int
	for c := first; c+l.lag < len(l.snapshots.Days) && len(cuts) < most; c++ {
		cuts = append(cuts, c)
	}
	return cuts
}

func (l *learner) form(c candidate) *models.Matrix {
	return c.form.of(l.snapshots.Raw, l.snapshots.Relative)
}

// at returns the candidate's predictions for snapshot cut, from a model that
// learned from the snapshots closed at that day.
func (l *learner) at(ctx context.Context, c candidate, cut int, stopOnCut bool) (scored, error) {
	if s, ok := l.predicted[c.name][cut]; ok {
		return s, nil
	}
	var s scored
	var err error
	if c.name == ModelBlend {
		s, err = l.blendAt(ctx, cut, stopOnCut)
	} else {
		s, err = l.fitAt(ctx, c, cut, stopOnCut)
	}
	if err != nil {
		return s, fmt.Errorf("model %s at %s: %w", c.name, l.snapshots.Days[cut], err)
	}
	l.remember(c.name, cut, s)
	return s, nil
}

// task is a candidate to be tried on a cut.
type task struct {
	candidate candidate
	cut       int
	stopOnCut bool
}

// fitAhead fits several candidates at a time, each on one processor, which is
// faster than one after the other on all.
func (l *learner) fitAhead(ctx context.Context, tasks []task) error {
	results := make([]scored, len(tasks))
	errs := make([]error, len(tasks))
	alone := *l
	alone.workers = 1
	eachOf(len(tasks), l.workers, func(i int) {
		t := tasks[i]
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		if _, ok := l.predicted[t.candidate.name][t.cut]; ok {
			return
		}
		results[i], errs[i] = alone.fitAt(ctx, t.candidate, t.cut, t.stopOnCut)
	})
	for i, t := range tasks {
		if errs[i] != nil {
			return fmt.Errorf("model %s at %s: %w", t.candidate.name, l.snapshots.Days[t.cut], errs[i])
		}
		if results[i].p != nil {
			l.remember(t.candidate.name, t.cut, results[i])
		}
	}
	return nil
}

func (l *learner) remember(name string, cut int, s scored) {
	if l.predicted[name] == nil {
		l.predicted[name] = map[int]scored{}
	}
	l.predicted[name][cut] = s
}

func (l *learner) fitAt(ctx context.Context, c candidate, cut int, stopOnCut bool) (scored, error) {
	tryOn := l.snapshots.training(l.form(c), cut, cut+1)
	var validation *models.Training
	if stopOnCut {
		validation = tryOn
	}
	m, err := l.fit(ctx, c, cut+l.lag, validation)
	if err != nil {
		return scored{}, err
	}
	s := scored{m, make([]float64, len(tryOn.Y))}
	m.Predict(tryOn.X, s.p)
	return s, nil
}

// fit learns from the candidate's window of snapshots, from the given one back.
func (l *learner) fit(ctx context.Context, c candidate, newest int, validation *models.Training) (models.Model, error) {
	oldest := min(newest+c.window, len(l.snapshots.Days))
	trees, ok := l.trees[c.name]
	if !ok {
		trees = defaultTrees
	}
	return c.fit(ctx, fitting{train: thinned(l.snapshots.training(l.form(c), newest, oldest), mostFitRows), validation: validation, trees: trees,
		seed: l.seed, workers: l.workers})
}

func (l *learner) blendAt(ctx context.Context, cut int, stopOnCut bool) (scored, error) {
	var parts [][]float64
	for _, name := range blendParts {
		s, err := l.at(ctx, l.candidate(name), cut, stopOnCut)
		if err != nil {
			return scored{}, err
		}
		parts = append(parts, s.p)
	}
	return scored{nil, blendOf(parts...)}, nil
}

var blendParts = []string{ModelLogistic, ModelBoostRelative, ModelBoost}

func (l *learner) candidate(name string) candidate {
	return l.known[slices.IndexFunc(l.known, func(c candidate) bool { return c.name == name })]
}

// Choice says which model ranks tonight's list, and why.
type Choice struct {
	Name string
	Why  string // a sentence
	// MeanAUC of the candidates over the cuts of the choice; empty where
	// there were none.
	MeanAUC map[string]float64
	Cuts    int
}

// choose tries all rankers on the cuts that close before the test cut and takes
// the simplest that is within noise of the best.
func (l *learner) choose(ctx context.Context) (Choice, error) {
	cuts := slices.DeleteFunc(l.cuts(l.lag, choiceCuts), l.oneSided)
	if len(cuts) == 0 {
		return Choice{Name: ModelRecency, Why: "There is too little history to learn from and to prove it: the order is by recency."}, nil
	}
	var ahead []task
	for _, c := range l.known {
		for _, cut := range cuts {
			if c.ranker && c.fit != nil {
				ahead = append(ahead, task{c, cut, c.name != ModelRecency})
			}
		}
	}
	if err := l.fitAhead(ctx, ahead); err != nil {
		return Choice{}, err
	}
	aucs := map[string][]float64{}
	for _, c := range l.known {
		if !c.ranker {
			continue
		}
		for _, cut := range cuts {
			s, err := l.at(ctx, c, cut, c.name != ModelRecency)
			if err != nil {
				return Choice{}, err
			}
			y := l.snapshots.training(l.snapshots.Raw, cut, cut+1).Y
			aucs[c.name] = append(aucs[c.name], models.AUC(s.p, y, nil))
		}
		l.trees[c.name] = l.medianTrees(c.name, cuts)
	}
	choice := Choice{MeanAUC: map[string]float64{}, Cuts: len(cuts)}
	best := ""
	for _, c := range l.known {
		if values, ok := aucs[c.name]; ok {
			choice.MeanAUC[c.name] = meanOf(values)
			if best == "" || choice.MeanAUC[c.name] > choice.MeanAUC[best] {
				best = c.name
			}
		}
	}
	for _, c := range l.known {
		if values, ok := aucs[c.name]; ok && withinNoise(values, aucs[best]) {
			choice.Name = c.name
			break
		}
	}
	choice.Why = whyChosen(choice, best, l)
	return choice, nil
}

// oneSided says whether all or none of a snapshot's customers returned.
func (l *learner) oneSided(cut int) bool {
	y := l.snapshots.Returned[l.snapshots.Starts[cut]:l.snapshots.Starts[cut+1]]
	return !slices.Contains(y, 0) || !slices.Contains(y, 1)
}

// withinNoise says whether a model's AUCs stay behind the best one's by no more
// than one standard error of their differences over the cuts, or by next to
// nothing.
func withinNoise(auc, best []float64) bool {
	const nothing = 0.001
	n := float64(len(auc))
	sum, squares := 0.0, 0.0
	for i := range auc {
		d := best[i] - auc[i]
		sum += d
		squares += d * d
	}
	mean := sum / n
	if mean <= nothing {
		return true
	}
	if n < 2 {
		return false
	}
	return mean <= math.Sqrt(max(squares/n-mean*mean, 0)/(n-1))
}

func whyChosen(c Choice, best string, l *learner) string {
	words := l.candidate(c.Name).words
	cuts := countWords(int64(c.Cuts), "earlier cut")
	if c.Name == best {
		return fmt.Sprintf("Of all models tried, %s ranked best on %s (mean AUC %.3f; sorting by recency %.3f).", words, cuts, c.MeanAUC[c.Name], c.MeanAUC[ModelRecency])
	}
	return fmt.Sprintf("On %s, %s (mean AUC %.3f) ranked as well as the best, %s (%.3f), within noise; the simpler one is taken.",
		cuts, words, c.MeanAUC[c.Name], l.candidate(best).words, c.MeanAUC[best])
}

// medianTrees is how many trees a boosted model had when it ranked best.
func (l *learner) medianTrees(name string, cuts []int) int {
	var trees []int64
	for _, cut := range cuts {
		if e, ok := l.predicted[name][cut].model.(*models.Ensemble); ok {
			trees = append(trees, int64(len(e.Trees)))
		}
	}
	if len(trees) == 0 {
		return defaultTrees
	}
	return max(int(medianOf(trees)), 10)
}

// calibration maps the raw probabilities of a candidate to true ones, learned
// from its predictions at cuts that are closed.
func (l *learner) calibration(ctx context.Context, c candidate, cuts []int) (models.Calibration, error) {
	var p []float64
	var y []uint8
	for _, cut := range cuts {
		s, err := l.at(ctx, c, cut, false)
		if err != nil {
			return nil, err
		}
		came := l.snapshots.Returned[l.snapshots.Starts[cut]:l.snapshots.Starts[cut+1]]
		p = append(p, atOwnLevel(s.p, came)...)
		y = append(y, came...)
	}
	return models.FitPlatt(p, y, nil), nil
}

// atOwnLevel shifts the predictions of a cut to the rate that came, so that
// the calibration learns their spread and not how levels moved between cuts.
func atOwnLevel(p []float64, y []uint8) []float64 {
	returned := 0.0
	for _, v := range y {
		returned += float64(v)
	}
	shift := models.Shift{Logit: models.ShiftTo(p, nil, returned/float64(len(y)))}
	out := make([]float64, len(p))
	for i := range p {
		out[i] = shift.Apply(p[i])
	}
	return out
}

// groupRows are the rows that shape the tree of the groups: the newest
// snapshots closed at the test cut. Older ones made worse trees on every shop
// tried, since shops drift.
func (l *learner) groupRows() *models.Training {
	return l.snapshots.training(l.snapshots.Relative, l.lag, min(l.lag+choiceCuts, len(l.snapshots.Days)))
}

// calibrated applies a calibration and then moves the level to the forecast.
func calibrated(p []float64, c models.Calibration, level Level) []float64 {
	out := make([]float64, len(p))
	for i := range p {
		out[i] = c.Apply(p[i])
	}
	if math.IsNaN(level.Rate) {
		return out
	}
	shift := models.Shift{Logit: models.ShiftTo(out, nil, level.Rate)}
	for i := range out {
		out[i] = shift.Apply(out[i])
	}
	return out
}
