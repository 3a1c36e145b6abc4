package backtest

import (
	"fmt"
	"io"
	"math"
	"slices"

	"winback/data/tables"
	"winback/models"
	"winback/pipeline/learn"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// ModelChosen names, in the means of a backtest, whichever model ranked at
// each cut.
const ModelChosen = "chosen"

// Summary is what the past days say together, as backtest.json holds
// it. Figures that cannot be told are null.
type Summary struct {
	AsOf        string                 `json:"as_of"`
	Horizon     int                    `json:"horizon_days"`
	LapsedAfter int                    `json:"lapsed_after_days"`
	LapsedBasis string                 `json:"lapsed_after_basis"`
	SampleShare learn.Figure           `json:"sample_share"`
	LeftOut     string                 `json:"left_out"`
	Snapshots   []string               `json:"snapshots"` // days that are judged or learned from, newest first
	Verdict     string                 `json:"verdict"`
	Mean        map[string]MeanFigures `json:"mean"`
	Against     learn.Difference       `json:"against_recency"`
	AgainstTree learn.Difference       `json:"against_tree10"`
	Simple      learn.SimpleDifference `json:"against_simple"`  // to the simple rule with the best mean
	Outside     string                 `json:"outside_opinion"` // what the model is that no batch learns
	Calibration []CalibrationBin       `json:"calibration"`
	Cuts        []Cut                  `json:"cuts"` // oldest first
}

// MeanFigures are means over the cuts. The interval weighs a customer alike at
// all of them.
type MeanFigures struct {
	AUC              learn.Figure `json:"auc"`
	AUCLow           learn.Figure `json:"auc_low"`
	AUCHigh          learn.Figure `json:"auc_high"`
	LogLoss          learn.Figure `json:"log_loss"`
	ECE              learn.Figure `json:"ece"`
	CalibrationSlope learn.Figure `json:"calibration_slope"`
	CaptureTop20     learn.Figure `json:"capture_top20"`
	LevelError       learn.Figure `json:"level_error"` // mean distance of the log of predicted and observed rate
}

// CalibrationBin is a tenth of the rows of all cuts, by the probability of
// whichever model ranked.
type CalibrationBin struct {
	Customers int64        `json:"customers"`
	Predicted learn.Figure `json:"predicted"`
	Returned  int64        `json:"returned"`
	Rate      learn.Figure `json:"rate"`
}

// Summarise takes the means over the cuts, which are oldest first.
func Summarise(cuts []Cut, q snapshots.Question, rule survey.LapsedRule, plan Schedule) *Summary {
	s := &Summary{AsOf: q.AsOf.String(), Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, LapsedBasis: rule.Basis, LeftOut: plan.LeftOut, Outside: GolearnNote, SampleShare: cuts[0].SampleShare,
		Mean: map[string]MeanFigures{}, Cuts: cuts}
	for _, day := range plan.Days {
		s.Snapshots = append(s.Snapshots, day.String())
	}
	resampled := map[string][]float64{}
	for _, name := range s.ModelNames() {
		resampled[name] = meanResamples(cuts, name, q.Workers)
		s.Mean[name] = meanFigures(cuts, name, resampled[name])
	}
	difference := func(from string) learn.Difference {
		values := slices.Clone(resampled[ModelChosen])
		for i := range values {
			values[i] -= resampled[from][i]
		}
		interval := models.IntervalOf(values)
		return learn.Difference{AUC: s.Mean[ModelChosen].AUC - s.Mean[from].AUC, Low: learn.Figure(interval.Low), High: learn.Figure(interval.High)}
	}
	s.Against, s.AgainstTree = difference(learn.ModelRecency), difference(learn.ModelTree)
	s.Simple = learn.SimpleDifference{Rule: learn.ModelRecency, Difference: s.Against}
	if s.Mean[learn.ModelRFM].AUC > s.Mean[learn.ModelRecency].AUC {
		s.Simple = learn.SimpleDifference{Rule: learn.ModelRFM, Difference: difference(learn.ModelRFM)}
	}
	s.Calibration = CalibrationBins(cuts)
	s.Verdict = backtestVerdict(s)
	return s
}

// ModelNames lists the models of the means, the simplest first and the chosen
// ones last.
func (s *Summary) ModelNames() []string {
	return append(s.Cuts[0].ModelNames(), ModelChosen)
}

// nameAt is the model that a name of the means stands for at a cut.
func (c *Cut) nameAt(name string) string {
	if name == ModelChosen {
		return c.Ranker
	}
	return name
}

// meanResamples is the mean AUC over the cuts in every resample.
func meanResamples(cuts []Cut, name string, workers int) []float64 {
	mean := make([]float64, learn.Resamples)
	for i := range cuts {
		for r, auc := range cuts[i].resampledAUC(cuts[i].nameAt(name), workers) {
			mean[r] += auc / float64(len(cuts))
		}
	}
	return mean
}

func meanFigures(cuts []Cut, name string, resampled []float64) MeanFigures {
	mean := func(of func(c *Cut, name string) float64) learn.Figure {
		sum := 0.0
		for i := range cuts {
			sum += of(&cuts[i], cuts[i].nameAt(name))
		}
		return learn.Figure(sum / float64(len(cuts)))
	}
	figure := func(of func(learn.ModelProof) learn.Figure) learn.Figure {
		return mean(func(c *Cut, name string) float64 { return float64(of(c.Models[name])) })
	}
	interval := models.IntervalOf(resampled)
	return MeanFigures{
		AUC: figure(func(p learn.ModelProof) learn.Figure { return p.AUC }), AUCLow: learn.Figure(interval.Low), AUCHigh: learn.Figure(interval.High),
		LogLoss: figure(func(p learn.ModelProof) learn.Figure { return p.LogLoss }), ECE: figure(func(p learn.ModelProof) learn.Figure { return p.ECE }),
		CalibrationSlope: figure(func(p learn.ModelProof) learn.Figure { return p.CalibrationSlope }),
		CaptureTop20:     figure(func(p learn.ModelProof) learn.Figure { return p.CaptureTop20 }),
		LevelError:       mean((*Cut).levelError),
	}
}

// CalibrationBins cuts the rows of all cuts, in order of the probability that
// would have been published, into ten parts.
func CalibrationBins(cuts []Cut) []CalibrationBin {
	type row struct {
		p float64
		y uint8
	}
	var rows []row
	for i := range cuts {
		t := cuts[i].Tested
		for k, p := range t.P[cuts[i].Ranker] {
			rows = append(rows, row{p, t.Rows.Y[k]})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return int(a.y) - int(b.y)
	})
	const parts = 10
	bins := make([]CalibrationBin, 0, parts)
	for k := range parts {
		part := rows[len(rows)*k/parts : len(rows)*(k+1)/parts]
		b := CalibrationBin{Customers: int64(len(part))}
		for _, r := range part {
			b.Predicted += learn.Figure(r.p)
			b.Returned += int64(r.y)
		}
		b.Predicted /= learn.Figure(len(part))
		b.Rate = learn.Figure(float64(b.Returned) / float64(len(part)))
		bins = append(bins, b)
	}
	return bins
}

// backtestVerdict says in a sentence how often and by how much the ranking was
// better than the best simple rule: of each day that of the day, on average the
// one with the best mean.
func backtestVerdict(s *Summary) string {
	better, same, worse := 0, 0, 0
	for i := range s.Cuts {
		switch d := s.Cuts[i].Simple; {
		case d.Low > 0:
			better++
		case d.High < 0:
			worse++
		default:
			same++
		}
	}
	days := int64(len(s.Cuts))
	text := fmt.Sprintf("The ranking beat the best simple rule on %d of %s", better, wording.Counted(days, "past day"))
	if same > 0 {
		text += fmt.Sprintf(", equalled it within noise on %d", same)
	}
	if worse > 0 {
		text += fmt.Sprintf(", stayed behind on %d", worse)
	}
	chosen := s.Mean[ModelChosen]
	return text + fmt.Sprintf(". Mean AUC %.3f against %.3f of %s: a difference of %.3f (%.3f to %.3f). The forecast share of returns was off by %.0f %% on average.",
		chosen.AUC, s.Mean[s.Simple.Rule].AUC, s.Simple.Words(), s.Simple.AUC, s.Simple.Low, s.Simple.High, 100*(math.Exp(float64(chosen.LevelError))-1))
}

// Write writes backtest.json.
func Write(w io.Writer, s *Summary) error {
	return run.WriteJSON(w, s)
}

// WritePredictions writes what every model said at every cut and what came:
// by day, model and customer.
func WritePredictions(w io.Writer, cuts []Cut) error {
	out := tables.NewPredictionsWriter(w)
	const batch = 4096
	rows := make([]tables.Prediction, 0, batch)
	for i := range cuts {
		c := &cuts[i]
		names := c.ModelNames()
		slices.Sort(names)
		for _, name := range names {
			p := c.Tested.P[name]
			for k, id := range c.ids {
				rows = append(rows, tables.Prediction{AsOf: c.Day, CustomerID: id, Model: name, Probability: p[k], Returned: c.Tested.Rows.Y[k] == 1})
				if len(rows) == batch || k == len(c.ids)-1 {
					if err := out.Write(rows); err != nil {
						return err
					}
					rows = rows[:0]
				}
			}
		}
	}
	return out.Close()
}
