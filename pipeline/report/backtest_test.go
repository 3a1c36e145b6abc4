package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"winback/data"
)

func sampleBacktest(days int) Backtest {
	model := func(name string, auc float64) Model {
		return Model{Name: name, AUC: auc, Low: auc - 0.01, High: auc + 0.01, LogLoss: 0.19, ECE: 0.01, Slope: 1.02, CaptureTop20: 0.44, MeanProbability: 0.05}
	}
	b := Backtest{AsOf: 13_890, HorizonDays: 60, LapsedAfterDays: 90, Verdict: "The ranking beat recency.", Notes: []string{"Only so many days."}, Better: days,
		Gain: Range{0.1, 0.09, 0.11}, GainOverGroups: Range{-0.002, -0.01, 0.006}, Models: []Model{model("recency", 0.6), model("blend", 0.7)}, Chosen: model("chosen", 0.7),
		Recency: model("recency", 0.6), LevelError: 0.37}
	for k := range days {
		d := BacktestDay{Day: b.AsOf - data.Day(60+30*(days-1-k)), Customers: 80_256, Returned: 6035, Rate: 0.075, Forecast: 0.048, Ranker: "blend", Gain: Range{0.1, 0.09, 0.11}, Models: b.Models}
		for i := range 10 {
			d.Tenths = append(d.Tenths, Tenth{0.01 * float64(i), 0.012 * float64(i+k%2)})
		}
		b.Days = append(b.Days, d)
	}
	for _, name := range []string{"ranking", "groups", "recency"} {
		b.Gains = append(b.Gains, Curve{Name: name, Points: []Point{{0, 0}, {0.2, 0.44}, {1, 1}}})
	}
	if days > 0 {
		b.CalibrationTenth = b.Days[0].Tenths
	}
	return b
}

func writtenBacktest(t *testing.T, b Backtest) string {
	t.Helper()
	var page bytes.Buffer
	if err := WriteBacktest(&page, b); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestWriteBacktest_ShowsEveryDayAndFetchesNothing(t *testing.T) {
	for _, days := range []int{1, 6, 40} {
		page := writtenBacktest(t, sampleBacktest(days))
		pageParts(t, page)
		if n := strings.Count(page, ": all models</summary>"); n != days {
			t.Errorf("%d days on the page, want %d", n, days)
		}
		if n := strings.Count(page, `<svg class="plot"`); n != 4 {
			t.Errorf("%d pictures, want 4", n)
		}
		for _, part := range []string{"The ranking beat recency.", "37.0&nbsp;%", "−0.002 (−0.010 to &#43;0.006)", "as chosen each day", "Only so many days."} {
			if !strings.Contains(page, part) {
				t.Errorf("%d days: the page lacks %q", days, part)
			}
		}
		for _, trace := range []string{"http:", "https:", "//", "url(", "<script", "src=", "NaN", "Inf"} {
			if strings.Contains(page, trace) {
				t.Errorf("the page contains %q", trace)
			}
		}
	}
}

func TestWriteBacktest_UnknownFiguresAreDashes(t *testing.T) {
	b := sampleBacktest(3)
	for i := range b.Days {
		b.Days[i].Models, b.Days[i].Tenths = nil, []Tenth{{unknown, unknown}, {0.1, 0.1}}
		b.Days[i].Gain, b.Days[i].Forecast = Range{unknown, unknown, unknown}, unknown
	}
	b.Chosen = Model{AUC: unknown, Low: unknown, High: unknown, LogLoss: unknown, ECE: unknown, Slope: unknown, CaptureTop20: unknown}
	page := writtenBacktest(t, b)
	pageParts(t, page)
	if strings.Contains(page, "NaN") || strings.Count(page, "–") < 10 {
		t.Error("unknown figures are not shown as dashes")
	}
}

func TestWriteBacktest_ReportsTheWritersError(t *testing.T) {
	if err := WriteBacktest(&brokenWriter{5000}, sampleBacktest(2)); !errors.Is(err, errFull) {
		t.Errorf("with room for 5000 bytes: %v", err)
	}
}
