package learn

import (
	"context"
	"fmt"

	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/offers"
	"winback/pipeline/run"
	"winback/pipeline/sendtime"
	"winback/pipeline/snapshots"
)

// Evaluation is what the test cut says about every model, as evaluation.json
// holds it. Figures that cannot be told are null.
type Evaluation struct {
	AsOf        string      `json:"as_of"`
	Horizon     int         `json:"horizon_days"`
	LapsedAfter int         `json:"lapsed_after_days"`
	LapsedBasis string      `json:"lapsed_after_basis"`
	TestCut     string      `json:"test_cut"`
	Rows        int64       `json:"rows"`
	Returned    int64       `json:"returned"`
	BaseRate    Figure      `json:"base_rate"`
	Chosen      string      `json:"chosen"`
	Why         string      `json:"why"`
	Verdict     string      `json:"verdict"`
	Against     *Difference `json:"against_recency,omitempty"`
	// Simple compares with the simple rule that ranked best.
	Simple     *SimpleDifference     `json:"against_simple,omitempty"`
	Level      LevelFigures          `json:"level"`
	Natural    NaturalFigures        `json:"natural_returns"`
	Models     map[string]ModelProof `json:"models"`
	Groups     []GroupProof          `json:"groups"`
	Captured   []Figure              `json:"capture_by_group"`
	GroupCuts  []CutStability        `json:"group_cuts"`
	GroupRules *RulesCost            `json:"group_rules,omitempty"`
	// GroupsOutside is a sentence on groups that came back outside the range that
	// was foretold; "" where there are none.
	GroupsOutside      string              `json:"groups_outside"`
	GroupsBeyondChance bool                `json:"-"` // more of them than chance explains
	ChoiceAUC          map[string]Figure   `json:"choice_mean_auc"`
	ChoiceCuts         []string            `json:"choice_cuts"`
	ChoiceByCut        map[string][]CutAUC `json:"choice_auc"`
	SampleShare        Figure              `json:"sample_share"`
	Shows              *offers.Record      `json:"shows"` // of what lists show; nil: nothing
	SendTime           *sendtime.Trial     `json:"send_time"`
	Weekday            *sendtime.Trial     `json:"weekday"`
	Channel            *sendtime.Trial     `json:"channel"`
	Learned            Origin              `json:"learned"`
	Closed             *ClosedCheck        `json:"newest_closed,omitempty"`
	Since              *Moves              `json:"since,omitempty"`
	Uplift             *UpliftProof        `json:"uplift,omitempty"` // nil: too few settled waves
}

// Moves is how the lapsed customers differ from those of an earlier run.
type Moves struct {
	Run    string `json:"run"`
	Came   int64  `json:"came"`
	Left   int64  `json:"left"`
	Stayed int64  `json:"stayed"`
	Moved  int64  `json:"moved"` // of those who stayed, into another group
}

// Origin says when the models and groups of a run were learned, and why then.
type Origin struct {
	AsOf   string `json:"as_of"`
	Run    string `json:"run"` // whose models these are; "" where they were learned tonight
	Reused bool   `json:"reused"`
	Why    string `json:"why"` // a sentence
}

// ClosedCheck is how a ranker that was learned earlier ranks on the newest day
// whose horizon is over, on a sample of the customers.
type ClosedCheck struct {
	Cut      string `json:"cut"`
	Rows     int64  `json:"rows"`
	Returned int64  `json:"returned"`
	AUC      Figure `json:"auc"`
	AUCLow   Figure `json:"auc_low"`
	AUCHigh  Figure `json:"auc_high"`
}

// Figure is a number of the JSON files that may be unknown.
type Figure = run.Figure

// ModelProof are the figures of one model at the test cut.
type ModelProof struct {
	AUC              Figure `json:"auc"`
	AUCLow           Figure `json:"auc_low"`
	AUCHigh          Figure `json:"auc_high"`
	AveragePrecision Figure `json:"average_precision"`
	LogLoss          Figure `json:"log_loss"`
	Brier            Figure `json:"brier"`
	ECE              Figure `json:"ece"`
	CalibrationSlope Figure `json:"calibration_slope"`
	LiftTop10        Figure `json:"lift_top10"`
	CaptureTop10     Figure `json:"capture_top10"`
	CaptureTop20     Figure `json:"capture_top20"`
	MeanProbability  Figure `json:"mean_probability"`
}

// GroupProof compares a group of the tree at the test cut with what came. Groups
// are numbered as tonight; before tonight's are known, and in a backtest, in the
// order that was foretold.
type GroupProof struct {
	Group     int    `json:"group"`
	Customers int64  `json:"customers"`
	Predicted Figure `json:"predicted"`
	Returned  int64  `json:"returned"`
	Rate      Figure `json:"rate"`

	Leaf int32 `json:"leaf"` // of the tree of the groups
}

// Difference is the AUC of the chosen model less that of recency, with its
// 95 % interval.
type Difference struct {
	AUC  Figure `json:"auc"`
	Low  Figure `json:"low"`
	High Figure `json:"high"`
}

// SimpleDifference compares with a rule that learns nothing.
type SimpleDifference struct {
	Rule string `json:"rule"` // recency or rfm, whichever ranked better
	Difference
}

// Words names the rule for people.
func (d *SimpleDifference) Words() string { return modelWords(d.Rule, nil) }

// CutAUC is the AUC of a model on one of the cuts, with its 95 % interval.
type CutAUC Difference

// LevelFigures are the forecast of the share that returns and how far such
// forecasts were off (standard deviation of the log).
type LevelFigures struct {
	TestForecast Figure `json:"test_forecast"`
	Forecast     Figure `json:"forecast"`
	Sigma        Figure `json:"sigma"`
}

// NaturalFigures are how the lapsed come back by themselves, which campaigns take
// over at their launch. Share and Spread have an entry for each day of the horizon,
// see effect.Curve; they are null where no past day tells it.
type NaturalFigures struct {
	Share    []Figure `json:"share"`
	Spread   []Figure `json:"spread"`
	Tests    int      `json:"tests"`
	ValueCap Figure   `json:"value_cap"` // currency
}

// NaturalOf are the figures of what was counted.
func NaturalOf(n snapshots.NaturalReturns) NaturalFigures {
	f := NaturalFigures{Tests: n.Curve.Tests, ValueCap: Figure(n.ValueCap)}
	for t := range n.Curve.Share {
		f.Share, f.Spread = append(f.Share, Figure(n.Curve.Share[t])), append(f.Spread, Figure(n.Curve.Spread[t]))
	}
	return f
}

// Resamples is how often customers are drawn again for an interval.
const (
	Resamples    = 200
	resampleSeed = 20_071_115
)

// Tested are the models at the test cut: probabilities as they would have been
// published then.
type Tested struct {
	Rows  *models.Training
	level baserate.Level // as forecast then
	P     map[string][]float64
	Raw   map[string][]float64
	tree  *SurrogateTree
	leaf  []int32
	// kind of the rules of tree; other is the tree by the other kind.
	kind      GroupRules
	other     *SurrogateTree
	otherLeaf []int32
}

// test predicts the test cut with every model, from what was known then, and
// makes groups that imitate the ranker.
func (l *Learner) test(ctx context.Context, level baserate.Level, ranker string) (*Tested, error) {
	t := &Tested{Rows: l.snapshots.Training(l.snapshots.Raw, 0, 1), level: level, P: map[string][]float64{}, Raw: map[string][]float64{}}
	for _, c := range l.known {
		if c.Name == ModelTree {
			continue
		}
		s, err := l.at(ctx, c, 0)
		if err != nil {
			return nil, err
		}
		calibration, err := l.calibration(ctx, c, l.choiceCuts())
		if err != nil {
			return nil, err
		}
		t.P[c.Name], t.Raw[c.Name] = calibrated(s.p, calibration, level), s.p
	}
	return t, l.group(t, ranker)
}

// Proof are the figures of one model at the test cut.
func (t *Tested) Proof(name string, workers int) ModelProof {
	p, raw := t.P[name], t.Raw[name]
	m := models.Evaluate(p, t.Rows.Y, nil)
	interval := models.BootstrapAUC(raw, t.Rows.Y, t.Rows.Group, Resampling(workers))
	return ModelProof{AUC: Figure(models.AUC(raw, t.Rows.Y, nil)), AUCLow: Figure(interval.Low), AUCHigh: Figure(interval.High),
		AveragePrecision: Figure(m.AveragePrecision), LogLoss: Figure(m.LogLoss), Brier: Figure(m.Brier), ECE: Figure(m.ECE),
		CalibrationSlope: Figure(m.CalibrationSlope), LiftTop10: Figure(m.LiftTop10), CaptureTop10: Figure(m.CaptureTop10),
		CaptureTop20: Figure(m.CaptureTop20), MeanProbability: Figure(m.MeanProbability)}
}

// Ranked lets the tree rank as the groups do: by the mean probability that the
// ranker gives the customers of a leaf.
func (t *Tested) Ranked(ranker string) {
	t.P[ModelTree] = leafMeans(t.P[ranker], t.leaf, t.tree.Leaves())
	t.Raw[ModelTree] = t.P[ModelTree]
	other := t.kind.other().model()
	t.P[other] = leafMeans(t.P[ranker], t.otherLeaf, t.other.Leaves())
	t.Raw[other] = t.P[other]
}

// leafMeans gives every row the mean of its leaf.
func leafMeans(p []float64, leaf []int32, leaves int) []float64 {
	of, means := MeansOfLeaves(p, leaf, leaves), make([]float64, len(p))
	for i, k := range leaf {
		means[i] = of[k]
	}
	return means
}

// MeansOfLeaves is the mean of each leaf; NaN of one without rows.
func MeansOfLeaves(p []float64, leaf []int32, leaves int) []float64 {
	means, rows := make([]float64, leaves), make([]float64, leaves)
	for i, k := range leaf {
		means[k] += p[i]
		rows[k]++
	}
	for k := range means {
		means[k] /= rows[k]
	}
	return means
}

// Resampling is how all intervals of an evaluation are drawn: the same customers
// for every model.
func Resampling(workers int) models.Resampling {
	return models.Resampling{Resamples: Resamples, Seed: resampleSeed, Workers: workers}
}

// against compares a model with another on the same resamples.
func (t *Tested) against(name, other string, workers int) Difference {
	interval := models.BootstrapAUCDifference(t.Raw[name], t.Raw[other], t.Rows.Y, t.Rows.Group, Resampling(workers))
	return Difference{Figure(models.AUC(t.Raw[name], t.Rows.Y, nil) - models.AUC(t.Raw[other], t.Rows.Y, nil)),
		Figure(interval.Low), Figure(interval.High)}
}

// AgainstSimple compares a model with the simple rule that ranked best.
func (t *Tested) AgainstSimple(name string, workers int) *SimpleDifference {
	rule := ModelRecency
	if models.AUC(t.Raw[ModelRFM], t.Rows.Y, nil) > models.AUC(t.Raw[ModelRecency], t.Rows.Y, nil) {
		rule = ModelRFM
	}
	return &SimpleDifference{rule, t.against(name, rule, workers)}
}

// Gate is what the test cut allows to be published.
type Gate struct {
	Name    string // the model that ranks
	Why     string // added to the choice's reason; may be empty
	Nothing string // not empty: there is nothing to rank by, in words
	// TooLittleKnown: of nobody can be said how likely a return is.
	TooLittleKnown bool
	Verdict        string // a sentence
}

// gate lets a model pass that does not rank below recency beyond noise; one for
// whose choice there were no cuts has to rank above it. It says so where neither
// ranks beyond noise: a model must do better than recency and than chance, at the
// test cut and on the cuts of the choice. The verdict compares it with the best
// simple rule.
func gate(choice Choice, proofs map[string]ModelProof, d Difference, simple SimpleDifference) Gate {
	recency, chosen := proofs[ModelRecency], proofs[choice.Name]
	g := Gate{Name: choice.Name}
	switch {
	case choice.Name == ModelRecency:
	case choice.Cuts == 0 && !(d.Low > 0):
		g.Name, chosen = ModelRecency, recency
		g.Why = "It did not, so the order is by recency."
	case d.High < 0:
		g.Name = ModelRecency
		g.Why = fmt.Sprintf("At the test cut it ranked below sorting by recency (AUC %.3f against %.3f), so the order is by recency.", chosen.AUC, recency.AUC)
		chosen = recency
	}
	beats := g.Name != ModelRecency && d.Low > 0 && chosen.AUCLow > 0.5 && choice.beatsChance()
	if !beats && !(recency.AUCLow > 0.5) {
		g.Nothing = "Nothing to rank by: at the test cut no model beat both sorting by recency and chance, and recency did no better than chance."
		g.Verdict = g.Nothing
		g.Name = ModelRecency
		return g
	}
	if g.Name == ModelRecency {
		g.Verdict = fmt.Sprintf("The order is by recency: AUC %.3f (%.3f to %.3f) at the test cut, where 0.5 is chance.", recency.AUC, recency.AUCLow, recency.AUCHigh)
		return g
	}
	verdict, noise := "is as good as", " within noise"
	switch {
	case simple.Low > 0 && beats:
		verdict, noise = "beats", ""
	case simple.High < 0:
		verdict, noise = "stays behind", ""
	}
	g.Verdict = fmt.Sprintf("The ranking %s %s at the test cut, the best simple rule: AUC %.3f against %.3f, a difference of %.3f (%.3f to %.3f)%s.",
		verdict, simple.Words(), chosen.AUC, proofs[simple.Rule].AUC, simple.AUC, simple.Low, simple.High, noise)
	return g
}

// leafProofs compares the tree's leaves at the test cut, predicted by the model
// that ranks.
func (t *Tested) leafProofs(p []float64) []GroupProof {
	proofs := make([]GroupProof, t.tree.Leaves())
	for i, leaf := range t.leaf {
		g := &proofs[leaf]
		g.Customers++
		g.Predicted += Figure(p[i])
		g.Returned += int64(t.Rows.Y[i])
	}
	for i := range proofs {
		g := &proofs[i]
		g.Leaf = int32(i)
		g.Predicted /= Figure(g.Customers)
		g.Rate = Figure(float64(g.Returned) / float64(g.Customers))
	}
	return proofs
}
