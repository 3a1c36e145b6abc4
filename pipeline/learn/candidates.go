package learn

import (
	"context"
	"math"
	"slices"

	"winback/models"
	"winback/pipeline/external"
	"winback/pipeline/snapshots"
)

// The models of a run. Baselines are always among them, and so is the surrogate
// tree that makes the groups.
const (
	ModelRecency       = "recency"        // the shorter ago, the better
	ModelRFM           = "rfm"            // sum of the quintiles of recency, orders and spend
	ModelTree          = "tree10"         // the surrogate tree of at most ten leaves that makes the groups
	ModelLogistic      = "logistic"       // logistic regression on features and ranks
	ModelBoost         = "boost"          // boosted trees on the features as they are
	ModelBoostRelative = "boost_relative" // boosted trees on ranks
	ModelBlend         = "blend"          // weighted mean log-odds of the three before
	ModelExternal      = "external"       // a score that another system made
)

// form is how a model sees the features.
type form uint8

const (
	asIs      form = iota // in their own units
	asRanks               // as percentile ranks within the snapshot
	asUndated             // as ranks, without the days of the first and last purchase
	bothWays              // units and ranks side by side
	asScored              // the external score and its rank, nothing else
)

// purchaseDates are columns that tell years apart: a model can follow by them
// those who came in one season through the years of silence, and takes from them
// what will not come again.
var purchaseDates = []string{"first_purchase_day", "last_purchase_day"}

// words says the form in model/index.json.
func (f form) words() string {
	return [...]string{"features", "ranks within the snapshot", "ranks within the snapshot, without the days of first and last purchase", "features and ranks within the snapshot", "the external score"}[f]
}

// of picks the form of a matrix, without copying.
func (f form) of(raw, relative *models.Matrix) *models.Matrix {
	if f == asScored {
		score := []string{external.In(raw)}
		return snapshots.SideBySide(snapshots.Pick(raw, score), snapshots.Pick(relative, score))
	}
	raw, relative = external.Hide(raw), external.Hide(relative)
	switch f {
	case asRanks:
		return relative
	case asUndated:
		return snapshots.Pick(relative, slices.DeleteFunc(slices.Clone(relative.Names), func(name string) bool { return slices.Contains(purchaseDates, name) }))
	case bothWays:
		return snapshots.SideBySide(raw, relative)
	}
	return raw
}

// candidate is a way to learn a model from snapshots.
type candidate struct {
	Name   string
	words  string // for people
	form   form
	ranker bool                                                // may be chosen
	points bool                                                // gives points, which are no probabilities
	window int                                                 // snapshots that it learns from, newest first
	season bool                                                // and those of the same season a year ago
	fit    func(ctx context.Context, f fitting) (model, error) // nil: made of what others predict
}

// fitting is what a candidate learns from.
type fitting struct {
	train   *models.Training
	trees   int
	seed    uint64
	workers int
}

// Candidates lists the models in order of simplicity, the external score last: it
// ranks where it ranks better than all others. Windows of half a year
// beat whole years on drifting shops and cost nothing on steady ones, as long as
// the season to foretell is among them; the regression, which cannot follow a
// drift anyway, ranks a little better on three quarters of a year.
func Candidates() []candidate {
	return []candidate{
		{Name: ModelRecency, words: "sorting by recency", form: asIs, ranker: true, points: true, window: 1, fit: fitRecency},
		{Name: ModelRFM, words: "RFM scores", form: asRanks, points: true, window: 1, fit: fitRFM},
		{Name: ModelTree, words: "the tree of the groups", form: asRanks},
		{Name: ModelLogistic, words: "logistic regression", form: bothWays, ranker: true, window: 9, season: true, fit: fitLogistic},
		{Name: ModelBoostRelative, words: "boosted trees on ranks", form: asUndated, ranker: true, window: 6, season: true, fit: fitBoost},
		{Name: ModelBoost, words: "boosted trees", form: asIs, ranker: true, window: 6, season: true, fit: fitBoost},
		{Name: ModelBlend, words: "a blend of logistic regression and boosted trees", form: asIs, ranker: true},
		{Name: ModelExternal, words: "the external score", form: asScored, ranker: true, points: true, window: 1, fit: fitExternal},
	}
}

// candidatesOf are those that can be tried on a matrix.
func candidatesOf(m *models.Matrix) []candidate {
	known := Candidates()
	if external.In(m) == "" {
		known = slices.DeleteFunc(known, func(c candidate) bool { return c.Name == ModelExternal })
	}
	return known
}

// recencyModel turns days since the last purchase into a falling score.
type recencyModel struct{}

func (recencyModel) Predict(x *models.Matrix, out []float64) {
	for i, days := range snapshots.Column(x, "recency_days") {
		out[i] = 1 / (1 + math.Max(float64(days), 0))
	}
}

func fitRecency(context.Context, fitting) (model, error) { return byRule(recencyModel{}), nil }

// rfmModel adds up the quintiles of recency, number of orders and spend within
// the snapshot: 3 to 15 points, as a share.
type rfmModel struct{}

func (rfmModel) Predict(x *models.Matrix, out []float64) {
	recency, orders, spend := snapshots.Column(x, "recency_days"), snapshots.Column(x, "orders"), snapshots.Column(x, "monetary")
	for i := range out {
		out[i] = (quintile(1-recency[i]) + quintile(orders[i]) + quintile(spend[i])) / 16
	}
}

func fitRFM(context.Context, fitting) (model, error) { return byRule(rfmModel{}), nil }

// externalModel is an external score where that is a probability, else its rank
// within the snapshot, whatever its scale. Both are points until they are calibrated.
type externalModel struct{}

// tieBreak lets the rank among all scores of the day tell apart whom the sample that
// the ranks of a night are found on does not.
const tieBreak = 1e-6

func (externalModel) Predict(x *models.Matrix, out []float64) {
	scores, ranks := x.Columns[0], x.Columns[1]
	for i := range out {
		if out[i] = float64(scores[i]); x.Names[0] == external.RankColumn {
			out[i] = (float64(ranks[i]) + tieBreak*(1+out[i])) / (1 + 3*tieBreak)
		}
	}
}

func fitExternal(context.Context, fitting) (model, error) { return byRule(externalModel{}), nil }

// quintile is 1 to 5 for a percentile rank.
func quintile(rank float32) float64 { return math.Min(math.Floor(float64(rank)*5), 4) + 1 }

// So many rounds, and so near to the best, are enough for the ranking; the last
// digits of the weights change nothing.
const (
	logisticRounds    = 40
	logisticTolerance = 1e-7
)

// logisticL2 is much heavier than the default, since units and ranks of a
// feature, and many of the features, say nearly the same.
const logisticL2 = 1000

func fitLogistic(_ context.Context, f fitting) (model, error) {
	s := models.DefaultLogisticSettings()
	s.Workers, s.MaxRounds, s.Tolerance, s.L2 = f.workers, logisticRounds, logisticTolerance, logisticL2
	return learned(models.FitLogistic(f.train, s))
}

// usualTrees is the size of a boosted model where there are no past cuts to find
// one on.
const usualTrees = 100

func fitBoost(ctx context.Context, f fitting) (model, error) {
	s := models.DefaultBoostSettings()
	s.Trees, s.Seed, s.Workers, s.ColumnShare = f.trees, f.seed, f.workers, 0.5
	if f.train.X.Rows() < 20_000 {
		s.MinRows, s.MaxLeaves = 50, 8
	}
	// Bounds and penalties count rows that stand there: where rows stand for others
	// by their weight, those others would be fitted with their noise.
	heavy := f.train.MeanWeight()
	s.MinRows, s.L2, s.MinLevel = s.MinRows*heavy, s.L2*heavy, s.MinLevel*heavy
	s.LevelSmooth, s.LevelL2 = s.LevelSmooth*heavy, s.LevelL2*heavy
	b, err := models.NewBooster(f.train, s)
	if err != nil {
		return model{}, err
	}
	return grown(b), b.Grow(ctx, f.trees)
}
