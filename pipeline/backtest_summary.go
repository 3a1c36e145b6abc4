package pipeline

import (
	"fmt"
	"io"
	"math"
	"slices"

	"winback/data"
	"winback/models"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// ModelChosen names, in the means of a backtest, whichever model ranked at
// each cut.
const ModelChosen = "chosen"

// BacktestSummary is what the past days say together, as backtest.json holds
// it. Figures that cannot be told are null.
type BacktestSummary struct {
	AsOf        string                 `json:"as_of"`
	Horizon     int                    `json:"horizon_days"`
	LapsedAfter int                    `json:"lapsed_after_days"`
	LapsedBasis string                 `json:"lapsed_after_basis"`
	SampleShare Figure                 `json:"sample_share"`
	LeftOut     string                 `json:"left_out"`
	Snapshots   []string               `json:"snapshots"` // days that are judged or learned from, newest first
	Verdict     string                 `json:"verdict"`
	Mean        map[string]MeanFigures `json:"mean"`
	Against     Difference             `json:"against_recency"`
	AgainstTree Difference             `json:"against_tree10"`
	Calibration []CalibrationBin       `json:"calibration"`
	Cuts        []BacktestCut          `json:"cuts"` // oldest first
}

// MeanFigures are means over the cuts. The interval weighs a customer alike at
// all of them.
type MeanFigures struct {
	AUC              Figure `json:"auc"`
	AUCLow           Figure `json:"auc_low"`
	AUCHigh          Figure `json:"auc_high"`
	LogLoss          Figure `json:"log_loss"`
	ECE              Figure `json:"ece"`
	CalibrationSlope Figure `json:"calibration_slope"`
	CaptureTop20     Figure `json:"capture_top20"`
	LevelError       Figure `json:"level_error"` // mean distance of the log of predicted and observed rate
}

// CalibrationBin is a tenth of the rows of all cuts, by the probability of
// whichever model ranked.
type CalibrationBin struct {
	Customers int64  `json:"customers"`
	Predicted Figure `json:"predicted"`
	Returned  int64  `json:"returned"`
	Rate      Figure `json:"rate"`
}

// SummariseBacktest takes the means over the cuts, which are oldest first.
func SummariseBacktest(cuts []BacktestCut, q Question, rule LapsedRule, plan BacktestPlan) *BacktestSummary {
	s := &BacktestSummary{AsOf: q.AsOf.String(), Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, LapsedBasis: rule.Basis, LeftOut: plan.LeftOut, SampleShare: cuts[0].SampleShare,
		Mean: map[string]MeanFigures{}, Cuts: cuts}
	for _, day := range plan.Days {
		s.Snapshots = append(s.Snapshots, day.String())
	}
	resampled := map[string][]float64{}
	for _, name := range s.ModelNames() {
		resampled[name] = meanResamples(cuts, name, q.Workers)
		s.Mean[name] = meanFigures(cuts, name, resampled[name])
	}
	difference := func(from string) Difference {
		values := slices.Clone(resampled[ModelChosen])
		for i := range values {
			values[i] -= resampled[from][i]
		}
		interval := models.IntervalOf(values)
		return Difference{s.Mean[ModelChosen].AUC - s.Mean[from].AUC, Figure(interval.Low), Figure(interval.High)}
	}
	s.Against, s.AgainstTree = difference(ModelRecency), difference(ModelTree)
	s.Calibration = calibrationBins(cuts)
	s.Verdict = backtestVerdict(s)
	return s
}

// ModelNames lists the models of the means, the simplest first and the chosen
// ones last.
func (s *BacktestSummary) ModelNames() []string {
	return append(s.Cuts[0].ModelNames(), ModelChosen)
}

// nameAt is the model that a name of the means stands for at a cut.
func (c *BacktestCut) nameAt(name string) string {
	if name == ModelChosen {
		return c.Ranker
	}
	return name
}

// meanResamples is the mean AUC over the cuts in every resample.
func meanResamples(cuts []BacktestCut, name string, workers int) []float64 {
	mean := make([]float64, resamples)
	for i := range cuts {
		for r, auc := range cuts[i].resampledAUC(cuts[i].nameAt(name), workers) {
			mean[r] += auc / float64(len(cuts))
		}
	}
	return mean
}

func meanFigures(cuts []BacktestCut, name string, resampled []float64) MeanFigures {
	mean := func(of func(c *BacktestCut, name string) float64) Figure {
		sum := 0.0
		for i := range cuts {
			sum += of(&cuts[i], cuts[i].nameAt(name))
		}
		return Figure(sum / float64(len(cuts)))
	}
	figure := func(of func(ModelProof) Figure) Figure {
		return mean(func(c *BacktestCut, name string) float64 { return float64(of(c.Models[name])) })
	}
	interval := models.IntervalOf(resampled)
	return MeanFigures{
		AUC: figure(func(p ModelProof) Figure { return p.AUC }), AUCLow: Figure(interval.Low), AUCHigh: Figure(interval.High),
		LogLoss: figure(func(p ModelProof) Figure { return p.LogLoss }), ECE: figure(func(p ModelProof) Figure { return p.ECE }),
		CalibrationSlope: figure(func(p ModelProof) Figure { return p.CalibrationSlope }),
		CaptureTop20:     figure(func(p ModelProof) Figure { return p.CaptureTop20 }),
		LevelError:       mean((*BacktestCut).levelError),
	}
}

// calibrationBins cuts the rows of all cuts, in order of the probability that
// would have been published, into ten parts.
func calibrationBins(cuts []BacktestCut) []CalibrationBin {
	type row struct {
		p float64
		y uint8
	}
	var rows []row
	for i := range cuts {
		t := cuts[i].tested
		for k, p := range t.p[cuts[i].Ranker] {
			rows = append(rows, row{p, t.rows.Y[k]})
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
			b.Predicted += Figure(r.p)
			b.Returned += int64(r.y)
		}
		b.Predicted /= Figure(len(part))
		b.Rate = Figure(float64(b.Returned) / float64(len(part)))
		bins = append(bins, b)
	}
	return bins
}

// backtestVerdict says in a sentence how often and by how much the ranking was
// better than recency.
func backtestVerdict(s *BacktestSummary) string {
	better, same, worse := 0, 0, 0
	for i := range s.Cuts {
		c := &s.Cuts[i]
		switch {
		case c.Against.Low > 0:
			better++
		case c.Against.High < 0:
			worse++
		default:
			same++
		}
	}
	days := int64(len(s.Cuts))
	text := fmt.Sprintf("The ranking beat sorting by recency on %d of %s", better, wording.Counted(days, "past day"))
	if same > 0 {
		text += fmt.Sprintf(", equalled it within noise on %d", same)
	}
	if worse > 0 {
		text += fmt.Sprintf(", stayed behind on %d", worse)
	}
	chosen := s.Mean[ModelChosen]
	return text + fmt.Sprintf(". Mean AUC %.3f against %.3f: a difference of %.3f (%.3f to %.3f). The forecast share of returns was off by %.0f %% on average.",
		chosen.AUC, s.Mean[ModelRecency].AUC, s.Against.AUC, s.Against.Low, s.Against.High, 100*(math.Exp(float64(chosen.LevelError))-1))
}

// WriteBacktest writes backtest.json.
func WriteBacktest(w io.Writer, s *BacktestSummary) error {
	return run.WriteJSON(w, s)
}

// WritePredictions writes what every model said at every cut and what came:
// by day, model and customer.
func WritePredictions(w io.Writer, cuts []BacktestCut) error {
	out := data.NewPredictionsWriter(w)
	const batch = 4096
	rows := make([]data.Prediction, 0, batch)
	for i := range cuts {
		c := &cuts[i]
		names := c.ModelNames()
		slices.Sort(names)
		for _, name := range names {
			p := c.tested.p[name]
			for k, id := range c.ids {
				rows = append(rows, data.Prediction{AsOf: c.day, CustomerID: id, Model: name, Probability: p[k], Returned: c.tested.rows.Y[k] == 1})
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
