package baserate

import (
	"math"
	"testing"

	"winback/data"
)

// ratesOf makes daily rates from a function of the day.
func ratesOf(first, last data.Day, rate func(data.Day) float64) *Rates {
	const customers = 1_000_000
	r := &Rates{First: first, Horizon: 60}
	for d := first; d < last; d++ {
		r.Lapsed = append(r.Lapsed, customers)
		r.Returned = append(r.Returned, int64(math.Round(rate(d)*customers)))
		r.Back = append(r.Back, int64(math.Round(rate(d-30)*customers/60))) // as if rates moved slowly
	}
	return r
}

func TestForecastLevel(t *testing.T) {
	season := func(d data.Day) float64 { return math.Exp(0.5 * math.Sin(2*math.Pi*float64(d)/365.25)) }
	for _, c := range []struct {
		name      string
		days      data.Day
		rate      func(data.Day) float64
		tolerance float64 // of the log
	}{
		{"steady", 800, func(data.Day) float64 { return 0.05 }, 0.01},
		{"drift", 800, func(d data.Day) float64 { return 0.2 * math.Exp(-float64(d)/800) }, 0.13},
		{"season", 1400, func(d data.Day) float64 { return 0.05 * season(d) }, 0.10},
		{"season and drift", 1400, func(d data.Day) float64 { return 0.1 * season(d) * math.Exp(-float64(d)/900) }, 0.12},
		{"short", 150, func(data.Day) float64 { return 0.05 }, 0.01},
	} {
		asOf := c.days
		level := Forecast(ratesOf(0, asOf, c.rate), asOf, 20)
		if e := math.Abs(math.Log(level.Rate / c.rate(asOf))); !(e <= c.tolerance) {
			t.Errorf("%s: forecast %v, came %v, %d tests", c.name, level.Rate, c.rate(asOf), level.Tests)
		}
		if !(level.Sigma > 0 && level.Sigma < 0.6) {
			t.Errorf("%s: sigma %v", c.name, level.Sigma)
		}
	}
}

// A wave at the same weeks of every year whose height goes up and down.
func TestForecastLevel_TakesTheHeightOfAYearlyWaveFromTwoYears(t *testing.T) {
	wave := func(d data.Day) float64 {
		height := 3.0
		if d/364%2 == 1 {
			height = 5
		}
		if at := d % 364; at >= 200 && at < 260 {
			return 0.02 * height
		}
		return 0.02
	}
	for _, asOf := range []data.Day{5*364 + 220, 6*364 + 220} {
		level := Forecast(ratesOf(0, asOf, wave), asOf, 20)
		if between := 0.02 * math.Sqrt(15); math.Abs(math.Log(level.Rate/between)) > 0.25 {
			t.Errorf("on day %d of a wave: forecast %v, want about %v", asOf, level.Rate, between)
		}
	}
}

func TestForecastLevel_NoticesWhatTheLastWeeksBring(t *testing.T) {
	quiet := ratesOf(0, 900, func(data.Day) float64 { return 0.05 })
	before := Forecast(quiet, 900, 20)
	for d := 880; d < 900; d++ { // in horizons that are not over yet
		quiet.Back[d] *= 3
	}
	if after := Forecast(quiet, 900, 20); after.Rate < 1.05*before.Rate {
		t.Errorf("three times the returns of three weeks move the forecast from %v to %v", before.Rate, after.Rate)
	}
}

func TestForecastLevel_LooksAtClosedDaysOnly(t *testing.T) {
	r := ratesOf(0, 900, func(d data.Day) float64 { return 0.05 + 0.00002*float64(d) })
	before := Forecast(r, 800, 20)
	for d := 741; d < 900; d++ { // horizons that end after day 800
		r.Returned[d] = 777_777
	}
	for d := 800; d < 900; d++ {
		r.Back[d] = 77_777
	}
	if after := Forecast(r, 800, 20); after != before {
		t.Errorf("%+v became %+v when the future changed", before, after)
	}
}

func TestForecastLevel_KnowsWhenItKnowsNothing(t *testing.T) {
	if level := Forecast(ratesOf(0, 50, func(data.Day) float64 { return 0.05 }), 50, 20); !math.IsNaN(level.Rate) || level.Sigma != PriorLevelSigma {
		t.Errorf("%+v", level)
	}
	empty := &Rates{First: 0, Horizon: 60, Lapsed: make([]int64, 500), Returned: make([]int64, 500)}
	if level := Forecast(empty, 500, 20); !math.IsNaN(level.Rate) {
		t.Errorf("nobody lapsed: %+v", level)
	}
}
