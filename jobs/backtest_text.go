package jobs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"winback/pipeline/backtest"
	"winback/pipeline/learn"
	"winback/pipeline/wording"
)

// backtestText is a backtest for a screen of 100 columns: every past day, and
// then what they say together. out is the folder with its files.
func backtestText(b *backtest.Summary, out string) []string {
	lines := []string{fmt.Sprintf("Backtest as of %s: %s, customers lapsed after %d days, returns within %d days", b.AsOf, wording.Counted(len(b.Cuts), "past day"), b.LapsedAfter, b.Horizon), ""}
	for i := range b.Cuts {
		lines = append(lines, cutText(&b.Cuts[i])...)
	}
	lines = append(lines, fmt.Sprintf("Mean of %s; level off: how far the forecast share of returns was from the one that came", wording.Counted(len(b.Cuts), "past day")))
	lines = append(lines, figuresHeading("Level off")...)
	for _, name := range b.ModelNames() {
		m := b.Mean[name]
		lines = append(lines, fmt.Sprintf(figuresLine, name, figure(m.AUC, 3), scoreRange(m.AUCLow, m.AUCHigh), figure(m.LogLoss, 4), figure(m.ECE, 4), figure(m.CalibrationSlope, 2),
			wording.Screen.Percent(math.Exp(float64(m.LevelError))-1), wording.Screen.Percent(float64(m.CaptureTop20))))
	}
	lines = append(lines, "", againstText("The chosen models against recency, on average", b.Against)+";", againstText("against the tree of the groups (tree10)", b.AgainstTree)+".", "")
	lines = append(lines, showsText(b)...)
	lines = append(lines, paragraph(b.Verdict)...)
	lines = append(lines, paragraph(b.Outside)...)
	if b.LeftOut != "" {
		lines = append(lines, paragraph(b.LeftOut)...)
	}
	if b.SampleShare < 1 {
		lines = append(lines, paragraph(fmt.Sprintf("Learned from and judged on %s of the customers, drawn at random, to stay within --training-rows.", wording.Screen.Percent(float64(b.SampleShare))))...)
	}
	folder := strings.TrimSuffix(out, "/") + "/"
	return append(lines, "", "Curves:      "+folder+BacktestPage, "Summary:     "+folder+BacktestFile, "Predictions: "+folder+BacktestPredictionsFile)
}

// figuresLine is a model with its figures.
const figuresLine = "%-17s %6s  %-15s %9s %7s %6s %10s %22s"

// figuresHeading stands above models; level is what the last but one column
// says of the share that came back.
func figuresHeading(level string) []string {
	heading := fmt.Sprintf(figuresLine, "Model", "AUC", "95 % range", "Log loss", "ECE", "Slope", level, "Returns in first 20 %")
	return []string{heading, strings.Repeat("-", len(heading))}
}

// cutText is one past day.
func cutText(c *backtest.Cut) []string {
	lines := append([]string{fmt.Sprintf("%s: of %s lapsed customers %s came back (%s)", c.TestCut, wording.Thousands(c.Rows), wording.Thousands(c.Returned), wording.Screen.Percent(float64(c.BaseRate)))},
		figuresHeading("Forecast")...)
	for _, name := range c.ModelNames() {
		m := c.Models[name]
		mark := ""
		if name == c.Ranker {
			mark = " *"
		}
		lines = append(lines, fmt.Sprintf(figuresLine, name+mark, figure(m.AUC, 3), scoreRange(m.AUCLow, m.AUCHigh), figure(m.LogLoss, 4), figure(m.ECE, 4), figure(m.CalibrationSlope, 2),
			wording.Screen.Percent(float64(m.MeanProbability)), wording.Screen.Percent(float64(m.CaptureTop20))))
	}
	chosen := fmt.Sprintf("* chosen on %s", wording.Counted(len(c.ChoiceCuts), "earlier day"))
	if c.Ranker != learn.ModelRecency && c.Against != nil {
		chosen += "; " + againstText("against recency", *c.Against)
	}
	lines = append(lines, chosen)
	if c.Ranker != c.Chosen {
		lines = append(lines, paragraph(fmt.Sprintf("The batch of %s, whose test this day is, did not take it: %s", c.AsOf, c.Verdict))...)
	}
	return append(lines, "")
}

// againstText says by how much an AUC differs.
func againstText(words string, d learn.Difference) string {
	return words + ": AUC " + differenceText(d.AUC, d.Low, d.High)
}

// figure writes a figure, "-" for what is not known.
func figure(v learn.Figure, digits int) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return strconv.FormatFloat(float64(v), 'f', digits, 64)
}

func scoreRange(low, high learn.Figure) string {
	if math.IsNaN(float64(low)) || math.IsNaN(float64(high)) {
		return "-"
	}
	return figure(low, 3) + " to " + figure(high, 3)
}
