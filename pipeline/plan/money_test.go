package plan

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/pipeline/baserate"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// The examples on the help page of R's power.prop.test: 50 a group have a power
// of .740 to tell .50 from .75, and 76.7 a group one of .90.
func TestDetectableLift_AgreesWithPublishedSampleSizes(t *testing.T) {
	near(t, ".50 to .75, 90 %", detectableLift(.5, 76.7, 76.7, .9), .25, 5e-5)
	near(t, ".50 to .75, 74.0 %", detectableLift(.5, 50, 50, .740), .25, 1e-4)
}

func TestDetectableLift_IsFoundInFourOfFiveExperiments(t *testing.T) {
	const n, m, p = 9000, 1000, .08
	lift := DetectableLift(p, n, m)
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(trials int, p float64) float64 { // normal approximation of a binomial share
		return p + rng.NormFloat64()*math.Sqrt(p*(1-p)/float64(trials))
	}
	found := 0
	const experiments = 20_000
	for range experiments {
		a, b := draw(n, p+lift), draw(m, p)
		pooled := (n*a + m*b) / (n + m)
		if math.Abs(a-b) > 1.959964*math.Sqrt(pooled*(1-pooled)*(1./n+1./m)) {
			found++
		}
	}
	near(t, "power", float64(found)/experiments, .8, .015)
}

func TestDetectableLift_NeedsBothGroups(t *testing.T) {
	for _, c := range [][3]float64{{.1, 0, 100}, {.1, 100, 0}, {.5, 1, 1}, {1, 100, 100}, {math.NaN(), 100, 100}} {
		near(t, "lift", DetectableLift(c[0], int64(c[1]), int64(c[2])), math.NaN(), 0)
	}
	if more, fewer := DetectableLift(.1, 9000, 1000), DetectableLift(.1, 900, 100); more >= fewer {
		t.Errorf("ten times the customers: %v is not below %v", more, fewer)
	}
}

func TestMoney_IsUnknownUntilItsSettingsAreMade(t *testing.T) {
	margin, cost, free := .4, .5, 0.
	nan := math.NaN()
	near(t, "margin", ExpectedMargin(.1, 50, &margin), 2, 1e-12)
	near(t, "margin, not set", ExpectedMargin(.1, 50, nil), nan, 0)
	near(t, "margin, spend unknown", ExpectedMargin(.1, nan, &margin), nan, 0)
	near(t, "break-even", BreakEvenLift(50, &margin, &cost), .025, 1e-12)
	near(t, "break-even, no cost", BreakEvenLift(50, &margin, nil), nan, 0)
	near(t, "break-even, no margin", BreakEvenLift(50, nil, &cost), nan, 0)
	near(t, "break-even, spend unknown", BreakEvenLift(nan, &margin, &cost), nan, 0)
	near(t, "break-even, free contacts", BreakEvenLift(50, &margin, &free), 0, 0)
	if got := BreakEvenLift(0, &margin, &cost); !math.IsInf(got, 1) {
		t.Errorf("a return that brings nothing: %v, want +Inf", got)
	}
}

// Quantiles of the binomial distribution from R's qbinom.
func TestObservedInterval_WithoutSpreadIsTheBinomialOne(t *testing.T) {
	for _, c := range []struct {
		p         float64
		n         int64
		low, high float64
	}{
		{.5, 10, 2, 8}, {.1, 100, 5, 16}, {0, 10, 0, 0}, {1, 10, 10, 10}, {.5, 1, 0, 1},
	} {
		low, high := baserate.ObservedInterval(c.p, c.n, 0)
		near(t, "low", low*float64(c.n), c.low, 1e-9)
		near(t, "high", high*float64(c.n), c.high, 1e-9)
	}
	low, high := baserate.ObservedInterval(.08, 8_000_000, 0)
	width := 1.959964 * math.Sqrt(.08*.92/8_000_000)
	near(t, "low of millions", low, .08-width, 1e-6)
	near(t, "high of millions", high, .08+width, 1e-6)
}

func TestObservedInterval_HoldsTheRatesThatItsModelMakes(t *testing.T) {
	const p, n, sigma = .1, 300, .3
	low, high := baserate.ObservedInterval(p, n, sigma)
	rng := rand.New(rand.NewPCG(3, 4))
	inside := 0
	const periods = 5000
	for range periods {
		level, returned := p*math.Exp(sigma*rng.NormFloat64()), 0
		for range n {
			if rng.Float64() < level {
				returned++
			}
		}
		if rate := float64(returned) / n; low <= rate && rate <= high {
			inside++
		}
	}
	near(t, "coverage", float64(inside)/periods, .955, .015)
	near(t, "without customers", firstOf(baserate.ObservedInterval(p, 0, sigma)), math.NaN(), 0)
}

func firstOf(low, _ float64) float64 { return low }
