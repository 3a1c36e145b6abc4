package page

import (
	"fmt"
	"io"
	"math"

	"winback/pipeline/backtest"
	"winback/pipeline/learn"
	"winback/pipeline/report"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// WriteBacktest writes the page with curves.
func WriteBacktest(w io.Writer, s *backtest.Summary, q snapshots.Question) error {
	chosen := s.Mean[backtest.ModelChosen]
	d := report.Backtest{AsOf: q.AsOf, HorizonDays: s.Horizon, LapsedAfterDays: s.LapsedAfter, LapsedBasis: wording.Sentence(s.LapsedBasis), Verdict: s.Verdict,
		Gain: rangeOf(s.Against), GainOverGroups: rangeOf(s.AgainstTree), Chosen: meanModel(backtest.ModelChosen, chosen), Recency: meanModel(learn.ModelRecency, s.Mean[learn.ModelRecency]),
		LevelError: math.Exp(float64(chosen.LevelError)) - 1, CalibrationTenth: tenths(s.Calibration), Gains: meanGains(s.Cuts)}
	for i := range s.Cuts {
		c := &s.Cuts[i]
		day := report.BacktestDay{Day: c.Day, Customers: c.Rows, Returned: c.Returned, Rate: float64(c.BaseRate), Forecast: float64(c.Models[c.Ranker].MeanProbability),
			Ranker: c.Ranker, Gain: rangeOf(*c.Against), Tenths: tenths(backtest.CalibrationBins(s.Cuts[i : i+1]))}
		for _, name := range c.ModelNames() {
			day.Models = append(day.Models, reportModel(name, c.Models[name], name == c.Ranker))
		}
		d.Days = append(d.Days, day)
		if c.Against.Low > 0 {
			d.Better++
		}
	}
	for _, name := range s.Cuts[0].ModelNames() {
		d.Models = append(d.Models, meanModel(name, s.Mean[name]))
	}
	d.Notes = append(d.Notes, s.Outside)
	if s.LeftOut != "" {
		d.Notes = append(d.Notes, s.LeftOut)
	}
	if s.SampleShare < 1 {
		d.Notes = append(d.Notes, fmt.Sprintf("Learned from and judged on %.1f %% of the customers, drawn at random, to stay within --training-rows.", 100*s.SampleShare))
	}
	return report.WriteBacktest(w, d)
}

func rangeOf(d learn.Difference) report.Range {
	return report.Range{Value: float64(d.AUC), Low: float64(d.Low), High: float64(d.High)}
}

func meanModel(name string, m backtest.MeanFigures) report.Model {
	return report.Model{Name: name, AUC: float64(m.AUC), Low: float64(m.AUCLow), High: float64(m.AUCHigh), LogLoss: float64(m.LogLoss), ECE: float64(m.ECE),
		Slope: float64(m.CalibrationSlope), CaptureTop20: float64(m.CaptureTop20)}
}

func tenths(bins []backtest.CalibrationBin) []report.Tenth {
	out := make([]report.Tenth, len(bins))
	for i, b := range bins {
		out[i] = report.Tenth{Predicted: float64(b.Predicted), Observed: float64(b.Rate)}
	}
	return out
}

// meanGains averages the gains curves of the cuts.
func meanGains(cuts []backtest.Cut) []report.Curve {
	names := []string{"ranking", "groups", "recency"}
	mean := make([]report.Curve, len(names))
	for i := range cuts {
		for k, curve := range cuts[i].Tested.Gains(cuts[i].Ranker) {
			if mean[k].Points == nil {
				mean[k] = report.Curve{Name: names[k], Points: make([]report.Point, len(curve.Points))}
			}
			for j, p := range curve.Points {
				mean[k].Points[j].X = p.Customers
				mean[k].Points[j].Y += p.Returns / float64(len(cuts))
			}
		}
	}
	return mean
}
