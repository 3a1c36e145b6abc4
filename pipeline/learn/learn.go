// Package learn chooses a model on past cuts, judges it at the test cut, and fits
// it again on all closed snapshots: models, calibration, the surrogate tree, and the
// evaluation that proves them.
package learn

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"winback/data"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/snapshots"
)

// Learner fits candidates on rolling cuts of the snapshots and remembers their
// predictions.
type Learner struct {
	snapshots     *snapshots.Snapshots
	Lag           int // snapshots between a cut and the newest that is closed at it
	maxGroups     int
	rules         GroupRules
	seed          uint64
	workers       int
	known         []candidate
	trees         map[string]int             // trees to grow, found on the cuts of the choice
	trying        bool                       // the number of trees is the question: settleTrees grows and predicts
	withoutSeason bool                       // snapshots of a year ago do harm, found there too
	blend         []float64                  // weights of blendParts, found there too
	predicted     map[string]map[int]scored  // by candidate and cut
	slopes        map[string]map[int]float64 // of the calibration, of those that were asked for
	earlier       *Learned                   // whose groups may stay; nil: none
	frozen        *FrozenGroups              // that stay in any case; nil: none
}

// scored are the raw probabilities of a model at the snapshot that it was tried
// on.
type scored struct {
	p     []float64
	grown growth // the model, which may go on growing; nil where its size is no question
}

// NewLearner learns from snapshots, newest first.
func NewLearner(s *snapshots.Snapshots, q snapshots.Question, set Settings) *Learner {
	if set.Frozen != nil {
		set.GroupRules = set.Frozen.Kind
	}
	return &Learner{frozen: set.Frozen, snapshots: s, Lag: (q.Horizon + snapshots.SnapshotSpacing - 1) / snapshots.SnapshotSpacing, maxGroups: set.MaxGroups, rules: cmp.Or(set.GroupRules, PlainRules), seed: set.Seed, workers: q.Workers, earlier: set.Earlier,
		known: candidatesOf(s.Raw), blend: evenly(len(blendParts)), trees: map[string]int{}, predicted: map[string]map[int]scored{}, slopes: map[string]map[int]float64{}}
}

func (l *Learner) form(c candidate) *models.Matrix {
	return c.form.of(l.snapshots.Raw, l.snapshots.Relative)
}

// at returns the candidate's predictions for snapshot cut, from a model that
// learned from the snapshots closed at that day.
func (l *Learner) at(ctx context.Context, c candidate, cut int) (scored, error) {
	if s, ok := l.predicted[c.Name][cut]; ok {
		return s, nil
	}
	var s scored
	var err error
	if c.Name == ModelBlend {
		s, err = l.blendAt(ctx, cut)
	} else {
		s, err = l.fitAt(ctx, c, cut)
	}
	if err != nil {
		return s, fmt.Errorf("model %s at %s: %w", c.Name, l.snapshots.Days[cut], err)
	}
	l.remember(c.Name, cut, s)
	return s, nil
}

// task is a candidate to be tried on a cut.
type task struct {
	candidate candidate
	cut       int
}

// fitAhead fits several candidates at a time, each on one processor, which is
// faster than one after the other on all.
func (l *Learner) fitAhead(ctx context.Context, tasks []task) error {
	results := make([]scored, len(tasks))
	errs := make([]error, len(tasks))
	alone := *l
	alone.workers = 1
	parallel.EachOf(len(tasks), l.workers, func(i int) {
		t := tasks[i]
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		if _, ok := l.predicted[t.candidate.Name][t.cut]; ok {
			return
		}
		results[i], errs[i] = alone.fitAt(ctx, t.candidate, t.cut)
	})
	for i, t := range tasks {
		if errs[i] != nil {
			return fmt.Errorf("model %s at %s: %w", t.candidate.Name, l.snapshots.Days[t.cut], errs[i])
		}
		if results[i].p != nil || results[i].grown != nil {
			l.remember(t.candidate.Name, t.cut, results[i])
		}
	}
	return nil
}

func (l *Learner) remember(name string, cut int, s scored) {
	if l.predicted[name] == nil {
		l.predicted[name] = map[int]scored{}
	}
	l.predicted[name][cut] = s
}

func (l *Learner) fitAt(ctx context.Context, c candidate, cut int) (scored, error) {
	m, err := l.fit(ctx, c, cut+l.Lag)
	if err != nil {
		return scored{}, err
	}
	s := scored{grown: m.growth}
	if s.grown != nil && l.trying {
		return s, nil
	}
	x := l.snapshots.Training(l.form(c), cut, cut+1).X
	s.p = make([]float64, x.Rows())
	m.Predict(x, s.p)
	return s, nil
}

// fit learns from the candidate's window of snapshots, from the given one back.
func (l *Learner) fit(ctx context.Context, c candidate, newest int) (model, error) {
	trees, ok := l.trees[c.Name]
	if !ok {
		trees = usualTrees
	}
	train := l.snapshots.ToLearn(l.form(c), l.window(c, newest), snapshots.MostFitRows)
	return c.fit(ctx, fitting{train: train, trees: trees, seed: l.seed, workers: l.workers})
}

func (l *Learner) blendAt(ctx context.Context, cut int) (scored, error) {
	var parts [][]float64
	for _, name := range blendParts {
		s, err := l.at(ctx, l.candidate(name), cut)
		if err != nil {
			return scored{}, err
		}
		parts = append(parts, s.p)
	}
	return scored{p: blendOf(l.blend, parts...)}, nil
}

func (l *Learner) candidate(name string) candidate {
	return l.known[slices.IndexFunc(l.known, func(c candidate) bool { return c.Name == name })]
}

// groupSnapshots are a year, so that every season has its say.
const groupSnapshots = 12

// groupRows are the rows by which leaves are kept apart and their rates
// estimated: the newest snapshots closed at the test cut.
func (l *Learner) groupRows() *models.Training {
	return l.snapshots.Training(l.snapshots.Relative, l.Lag, min(l.Lag+groupSnapshots, len(l.snapshots.Days)))
}

// TakeOver spares the learner what the one of a month later has fitted too: its
// predictions at earlier days are what this one would make, a place nearer.
func (l *Learner) TakeOver(later *Learner) {
	if later == nil || later.withoutSeason {
		return
	}
	for name, cuts := range later.predicted {
		for cut, s := range cuts {
			if cut > l.Lag && name != ModelBlend { // the weights of a blend may be others
				l.remember(name, cut-1, s)
			}
		}
	}
}

// JudgedOn are the days of snapshots on which models are compared, after the one that
// tests them; nil where too little is known to test any.
func JudgedOn(q snapshots.Question, days []data.Day) []data.Day {
	l := NewLearner(&snapshots.Snapshots{Days: days}, q, Settings{})
	if len(days) <= l.Lag {
		return nil
	}
	judged := []data.Day{days[0]}
	for _, cut := range l.choiceCuts() {
		judged = append(judged, days[cut])
	}
	return judged
}

// CanChoose says whether snapshots of those days are enough to test the newest
// and to choose on at least one earlier.
func CanChoose(q snapshots.Question, days []data.Day) bool {
	l := NewLearner(&snapshots.Snapshots{Days: days}, q, Settings{})
	return len(l.cuts(l.Lag, 1)) > 0
}
