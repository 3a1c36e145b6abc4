package learn

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"winback/data"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/external"
	"winback/pipeline/offers"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// Learned is what a run has learned from the past: which model ranks and how
// well it did, the groups, and everything that scores tonight's customers.
type Learned struct {
	Evaluation Evaluation
	Gate       Gate
	Level      baserate.Level // forecast for the as-of day
	TestLeaves []GroupProof   // the same leaves at the test cut, by leaf; nil without a test
	Gains      []GainsCurve
	// Importance of the features in each model that says what they contribute.
	Importance map[string][]FeatureShare

	LongestSilence int            // longest recency of a row of the closed snapshots, in days; 0 where there are none
	Tree           *SurrogateTree // the surrogate tree; nil: one group of everybody
	Questions      [][]question   // of the tree, by node, on resampled customers
	Tested         *Tested        // the test cut as every model saw it; nil without a test
	Choice         Choice         // made before the test cut, which the gate then looks at
	State          State          // for later nights
	published      bool           // the tree has the cut points that it was published with
	before         []GroupState   // of the same tree on the night before a refit; nil: the tree is new
	frozen         *FrozenGroups  // whose numbers stay whatever the order is; nil: none
	finals         map[string]model
	Calibrations   map[string]models.Calibration
	Spend          spendModel
	blend          []float64           // weights of blendParts
	Shop           *shopcontext.Sample // nil where there are no snapshots
	// Inside ranks customers inside groups by their features as they are, higher
	// first; nil: the probability does.
	Inside *Inside
	// Shows is the order in which products are shown; nil: none was chosen.
	Shows *offers.Choice
}

// Settings are what a user may say about learning.
type Settings struct {
	MaxGroups  int
	GroupRules GroupRules // "" is plain
	Seed       uint64
	Earlier    *Learned      // whose groups stay where new ones are no better; nil: none
	Frozen     *FrozenGroups // that stay in any case; nil: none
}

// Learn chooses a model on past cuts, judges it at the test cut, and fits it
// again on all that is known at the as-of day.
func Learn(ctx context.Context, s *snapshots.Snapshots, rates *baserate.Rates, rule survey.LapsedRule, q snapshots.Question, set Settings) (*Learned, error) {
	l := NewLearner(s, q, set)
	learned, err := LearnJudged(ctx, l, rates, rule, q)
	if err != nil || learned.Tested == nil {
		return learned, err
	}
	learned.LongestSilence = int(slices.Max(snapshots.Column(s.Raw, "recency_days")))
	if !learned.published {
		x := l.snapshots.Training(l.snapshots.Relative, 0, 1)
		if learned.Questions, err = learned.Tree.resampledQuestions(x.X, x.Group, l.workers); err != nil {
			return nil, fmt.Errorf("stability of the groups: %w", err)
		}
	}
	if err := learned.refit(ctx, l); err != nil {
		return nil, err
	}
	learned.Tested.Rows.X = nil // the last of the snapshots' features, which nobody asks for any more
	return learned, nil
}

// LearnJudged is Learn up to the test cut, which is all that a backtest needs
// of a day.
func LearnJudged(ctx context.Context, l *Learner, rates *baserate.Rates, rule survey.LapsedRule, q snapshots.Question) (*Learned, error) {
	s, first := l.snapshots, q.FirstUsefulDay(rates.First)
	learned := &Learned{State: State{AsOf: q.AsOf, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, External: external.In(s.Raw)}, Level: baserate.Forecast(rates, q.AsOf, first), Spend: fitSpend(s), Shop: s.Shop, finals: map[string]model{}, Calibrations: map[string]models.Calibration{}}
	e := &learned.Evaluation
	*e = Evaluation{AsOf: q.AsOf.String(), Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, LapsedBasis: rule.Basis, TestCut: q.TestCut().String(),
		Models: map[string]ModelProof{}, Groups: []GroupProof{}, GroupCuts: []CutStability{}, Captured: []Figure{}, ChoiceAUC: map[string]Figure{}, ChoiceCuts: []string{}, ChoiceByCut: map[string][]CutAUC{},
		SampleShare: Figure(s.Share), Level: LevelFigures{Figure(math.NaN()), Figure(learned.Level.Rate), Figure(learned.Level.Sigma)}, BaseRate: Figure(math.NaN())}
	if len(s.Days) <= l.Lag {
		learned.withoutTest(rates, q)
		return learned, nil
	}
	if err := l.refuseLeaks(); err != nil {
		return nil, err
	}
	choice, err := l.choose(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.fitAhead(ctx, l.tasks(append(l.choiceCuts(), 0))); err != nil {
		return nil, err
	}
	if err := learned.judge(ctx, l, choice, baserate.Forecast(rates, q.TestCut(), first)); err != nil {
		return nil, err
	}
	for _, cut := range choice.cuts {
		e.ChoiceCuts = append(e.ChoiceCuts, s.Days[cut].String())
	}
	for name, auc := range choice.MeanAUC {
		e.ChoiceAUC[name] = Figure(auc)
	}
	for name, cuts := range choice.byCut {
		e.ChoiceByCut[name] = cuts
	}
	return learned, nil
}

// withoutTest orders by recency, since nothing can be proved.
func (d *Learned) withoutTest(rates *baserate.Rates, q snapshots.Question) {
	why := "There is too little history to learn from and to prove an order: the order is by recency, and nothing is recommended."
	lapsed, returned := rates.At(q.TestCut())
	newest := rates.First + data.Day(len(rates.Lapsed)) - 1
	silent := newest < q.TestCut()
	switch {
	case silent:
		why = fmt.Sprintf("Too little is known: the newest purchase is of %s, %s before the as-of day, and how many come back after such a silence was never seen. The order is by recency, and nothing is recommended.",
			newest, wording.Counted(q.AsOf-newest, "day"))
		d.Level.Rate = 1 / (float64(rates.Customers) + 20)
		d.Evaluation.Level.Forecast = Figure(d.Level.Rate)
	case lapsed >= snapshots.FewestRows && returned < snapshots.FewestReturns:
		why = fmt.Sprintf("Hardly anybody comes back: of %s lapsed on %s only %d did within %d days, too few to learn from. The order is by recency, and nothing is recommended.",
			wording.Counted(lapsed, "customer"), q.TestCut(), returned, q.Horizon)
	}
	d.Gate = Gate{Name: ModelRecency, Nothing: why, Verdict: why, TooLittleKnown: silent}
	d.Evaluation.Chosen, d.Evaluation.Why, d.Evaluation.Verdict = ModelRecency, why, why
	if math.IsNaN(d.Level.Rate) { // whatever closed days there are
		var lapsed, returned int64
		for t := rates.First; t <= q.TestCut(); t++ {
			n, r := rates.At(t)
			lapsed, returned = lapsed+n, returned+r
		}
		d.Level.Rate = (float64(returned) + 1) / (float64(lapsed) + 20) // one in twenty where nothing is known
		d.Evaluation.Level.Forecast = Figure(d.Level.Rate)
	}
	d.finals[ModelRecency], d.Calibrations[ModelRecency] = byRule(recencyModel{}), &models.Platt{Slope: 1}
	unknown := Figure(math.NaN())
	for _, name := range []string{ModelRecency, ModelRFM, ModelTree} {
		d.Evaluation.Models[name] = ModelProof{unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown}
	}
}

// judge tests every model at the test cut and lets the gate decide.
func (d *Learned) judge(ctx context.Context, l *Learner, choice Choice, level baserate.Level) error {
	t, err := l.test(ctx, level, choice.Name)
	if err != nil {
		return err
	}
	e := &d.Evaluation
	e.Level.TestForecast = Figure(level.Rate)
	e.Rows = int64(len(t.Rows.Y))
	for _, y := range t.Rows.Y {
		e.Returned += int64(y)
	}
	e.BaseRate = Figure(float64(e.Returned) / float64(e.Rows))
	for _, c := range l.known {
		if c.Name != ModelTree {
			e.Models[c.Name] = t.Proof(c.Name, l.workers)
		}
	}
	difference := t.against(choice.Name, ModelRecency, l.workers)
	e.Against, e.Simple = &difference, t.AgainstSimple(choice.Name, l.workers)
	d.Gate = gate(choice, e.Models, difference, *e.Simple)
	e.Chosen, e.Verdict = d.Gate.Name, d.Gate.Verdict
	e.Why = choice.Why
	if d.Gate.Why != "" {
		e.Why += " " + d.Gate.Why
	}
	switch {
	case l.frozen != nil:
		if err := t.takeFrozen(l.frozen); err != nil {
			return err
		}
		d.published, d.frozen = true, l.frozen
		d.Evaluation.GroupCuts = l.frozen.Cuts
	case t.keepRules(l.earlier, d.Gate.Name, t.Rows.X, l.workers):
		d.takeGroups(l.earlier)
	}
	t.Ranked(d.Gate.Name)
	for _, name := range t.GroupModels() {
		e.Models[name] = t.Proof(name, l.workers)
	}
	e.GroupRules = t.rulesCost(d.Gate.Name)
	d.Tree, d.Tested, d.Choice = t.tree, t, choice
	d.TestLeaves = t.leafProofs(t.P[d.Gate.Name])
	d.NumberGroups(func(int32) int32 { return 0 })
	d.Gains = t.Gains(d.Gate.Name)
	return d.sane(e.Models[d.Gate.Name])
}

// BrokenModelError says that the model that would rank tonight is no model.
type BrokenModelError struct{ Text string }

// Error says what is wrong with the model.
func (e *BrokenModelError) Error() string { return "the model fails its gate: " + e.Text }

// ExitCode is 6: nothing is published.
func (e *BrokenModelError) ExitCode() int { return 6 }

// A column whose AUC alone is this high is a leak from the future; with fewer
// rows or returns chance could bring one about.
const (
	leakAUC      = 0.98
	leakRows     = 1000
	leakReturned = 50
)

// refuseLeaks looks for columns that alone predict who returns, on the newest
// snapshots closed at the test cut.
func (l *Learner) refuseLeaks() error {
	if err := l.refuseLeakedScore(); err != nil {
		return err
	}
	rows := l.snapshots.Training(external.Hide(l.snapshots.Raw), l.Lag, min(l.Lag+mostChoiceCuts, len(l.snapshots.Days)))
	if !tellsLeaks(rows.Y) {
		return nil
	}
	suspects, err := models.Suspects(rows, leakAUC, l.workers)
	if err != nil || len(suspects) == 0 {
		return err
	}
	s := suspects[0]
	return &BrokenModelError{fmt.Sprintf("%q alone foretells almost without error who returned (AUC %.4f): something in the orders was written after the fact", s.Name, s.AUC)}
}

// tellsLeaks says whether there are enough rows and returns to tell a leak from chance.
func tellsLeaks(came []uint8) bool {
	returned := 0
	for _, y := range came {
		returned += int(y)
	}
	return len(came) >= leakRows && returned >= leakReturned
}

// refuseLeakedScore looks at the external score on the days on which it is judged.
func (l *Learner) refuseLeakedScore() error {
	if external.In(l.snapshots.Raw) == "" {
		return nil
	}
	for _, cut := range append(l.choiceCuts(), 0) {
		x := snapshots.Window(asScored.of(l.snapshots.Raw, l.snapshots.Relative), l.snapshots.Starts[cut], l.snapshots.Starts[cut+1])
		p := make([]float64, x.Rows())
		externalModel{}.Predict(x, p)
		if auc := models.AUC(p, l.came(cut), nil); tellsLeaks(l.came(cut)) && auc >= leakAUC {
			return &BrokenModelError{fmt.Sprintf("the external score of %s alone foretells almost without error who returned (AUC %.4f): it was made with what was not known on that day", l.snapshots.Days[cut], auc)}
		}
	}
	return nil
}

// sane refuses models whose probabilities are none.
func (d *Learned) sane(p ModelProof) error {
	switch {
	case math.IsNaN(float64(p.AUC)) || math.IsNaN(float64(p.MeanProbability)):
		return &BrokenModelError{fmt.Sprintf("%s gives no probabilities at the test cut", d.Gate.Name)}
	case d.Gate.Nothing == "" && p.AUCHigh < 0.5:
		return &BrokenModelError{fmt.Sprintf("%s ranks the wrong way round at the test cut (AUC %.3f)", d.Gate.Name, p.AUC)}
	case p.AUC > 0.995:
		return &BrokenModelError{fmt.Sprintf("%s foretells the test cut almost without error (AUC %.4f): a column of the orders gives the future away", d.Gate.Name, p.AUC)}
	}
	return nil
}

// tasks tries every model on cuts, with the numbers of trees that the choice
// found.
func (l *Learner) tasks(cuts []int) []task {
	var tasks []task
	for _, c := range l.known {
		if c.fit == nil {
			continue
		}
		for _, cut := range cuts {
			tasks = append(tasks, task{c, cut})
		}
	}
	return tasks
}

// refit fits every model on all closed snapshots, and its calibration on the
// test cut and the cuts of the choice: those between are half the same time and
// would need models of their own.
func (d *Learned) refit(ctx context.Context, l *Learner) error {
	cuts := append([]int{0}, l.choiceCuts()...)
	fits := make([]model, len(l.known))
	errs := make([]error, len(l.known))
	alone := *l
	alone.workers = 1
	parallel.EachOf(len(l.known), l.workers, func(i int) {
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		if c := l.known[i]; c.fit != nil {
			fits[i], errs[i] = alone.fit(ctx, c, 0)
		}
	})
	for i, c := range l.known {
		if errs[i] != nil {
			return fmt.Errorf("model %s: %w", c.Name, errs[i])
		}
		if c.Name == ModelTree {
			continue
		}
		calibration, err := l.calibration(ctx, c, cuts)
		if err != nil {
			return err
		}
		d.Calibrations[c.Name] = calibration
		if c.fit != nil {
			fits[i].growth = nil // its rows are not needed any more
			d.finals[c.Name] = fits[i]
		}
	}
	d.blend = l.blend
	d.Importance = d.importances(l.snapshots, l.workers)
	return nil
}

// ModelNames lists the models that score tonight, in ascending order.
func (d *Learned) ModelNames() []string {
	names := slices.Collect(maps.Keys(d.Calibrations))
	if d.Tree != nil {
		names = append(names, ModelTree)
	}
	slices.Sort(names)
	return names
}

// GainsCurve is how many of the returns at the test cut stood among the first
// customers of an order.
type GainsCurve struct {
	Name   string
	Points []GainsPoint // ascending
}

// GainsPoint says that the first Customers (a share) hold Returns (a share).
type GainsPoint struct{ Customers, Returns float64 }

// gainsPoints is how many points a curve has.
const gainsPoints = 100

// Gains draws the curves of the ranker, the groups and recency.
func (t *Tested) Gains(name string) []GainsCurve {
	order := []struct{ name, model string }{{"ranking (" + name + ")", name}, {"groups", ModelTree}, {"recency", ModelRecency}}
	shares := make([]float64, gainsPoints)
	for k := range shares {
		shares[k] = float64(k+1) / gainsPoints
	}
	var curves []GainsCurve
	for _, o := range order {
		curve := GainsCurve{Name: o.name, Points: []GainsPoint{{}}}
		for k, returns := range models.Captures(t.Raw[o.model], t.Rows.Y, nil, shares) {
			curve.Points = append(curve.Points, GainsPoint{shares[k], returns})
		}
		curves = append(curves, curve)
	}
	return curves
}
