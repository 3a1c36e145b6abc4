package buyers

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// shop draws customers who buy and stop as the MBG/NBD says: their history up
// to age, and their purchases in the time after it.
func shop(n int, m MBGNBD, age, t float64, seed uint64) (frequency, recency, ages, later []float64) {
	r := rand.New(rand.NewPCG(seed, 3))
	for range n {
		rate, a, b := gamma(r, m.R)/m.Alpha, gamma(r, m.A), gamma(r, m.B)
		stop := a / (a + b)
		x, last, after := 0.0, 0.0, 0.0
		for at := 0.0; r.Float64() >= stop; {
			if at += r.ExpFloat64() / rate; at >= age+t {
				break
			}
			if at <= age {
				x, last = x+1, at
			} else {
				after++
			}
		}
		frequency, recency, ages, later = append(frequency, x), append(recency, last), append(ages, age), append(later, after)
	}
	return frequency, recency, ages, later
}

// gamma draws from the gamma distribution (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func mustFit(t *testing.T, frequency, recency, age []float64) *MBGNBD {
	t.Helper()
	h, err := Collapse(frequency, recency, age)
	if err != nil {
		t.Fatal(err)
	}
	m, err := FitMBGNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMBGNBD_FindsPlantedParametersAndForetells(t *testing.T) {
	planted := MBGNBD{0.8, 8, 1.2, 3}
	frequency, recency, age, later := shop(20_000, planted, 50, 30, 1)
	m := mustFit(t, frequency, recency, age)
	near(t, "r", m.R/planted.R, 1, 0.1)
	near(t, "alpha", m.Alpha/planted.Alpha, 1, 0.1)
	near(t, "a", m.A/planted.A, 1, 0.2)
	near(t, "b", m.B/planted.B, 1, 0.2)
	var expected, purchases float64
	for i := range later {
		expected += m.ExpectedGiven(History{frequency[i], recency[i], age[i], 1}, 30)
		purchases += later[i]
	}
	near(t, "purchases", expected/purchases, 1, 0.05)
}

func TestMBGNBD_ForecastsHoldTogether(t *testing.T) {
	for _, m := range []*MBGNBD{{.5, 6, .9, 1.6}, {20, 900, 3, 40}, {.24, 4.4, 1, 2.4}, {.24, 4.4, .4, .6}} {
		for _, h := range []History{{0, 0, 0, 1}, {0, 0, 40, 1}, {1, 2, 40, 1}, {5, 39.9, 40, 1}, {300, 39, 40, 1}, {5000, 40, 40, 1}, {5000, 1, 400, 1}} {
			if alive := m.Alive(h); !(alive >= 0 && alive <= 1) {
				t.Errorf("%+v: alive %v for %+v", m, alive, h)
			}
			last := 0.0
			for _, horizon := range []float64{0, 1e-3, 1, 10, 100, 1000} {
				expected := m.ExpectedGiven(h, horizon)
				if !(expected >= last-1e-9) || math.IsInf(expected, 0) {
					t.Errorf("%+v: %+v in %v: expected %v after %v", m, h, horizon, expected, last)
				}
				last = expected
			}
			if v := m.LogLikelihood([]History{h}); math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%+v: log likelihood %v for %+v", m, v, h)
			}
		}
	}
}

// Where a or a+b is 1 the formula divides by 0.
func TestMBGNBD_ExpectedPurchasesRiseWithoutAJump(t *testing.T) {
	for _, m := range [][2]float64{{1, 2.4}, {.4, .6}, {.8, 2.4}} {
		last := expectedBG(.24, 4.4, m[0], m[1], 10)
		for k := 1; k < 200; k++ {
			next := expectedBG(.24, 4.4, m[0], m[1], 10+float64(k)/1000)
			if !(next > last) || next-last > 0.01 {
				t.Errorf("a, b %v: expected purchases go from %v to %v", m, last, next)
			}
			last = next
		}
	}
}

// Fader, Hardie and Lee (2005), whose BG/NBD has the same mean.
func TestExpectedBG_IsAsPublished(t *testing.T) {
	for week, want := range map[float64]float64{.1429: .0078, 1: .0532, 3: .1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576} {
		near(t, "mean purchases", expectedBG(.2426, 4.4136, .7929, 2.4259, week), want, 0.0003*want+0.00005)
	}
}

func TestMBGNBD_DoesNotDependOnTheUnitOfTime(t *testing.T) {
	frequency, recency, age, _ := shop(500, MBGNBD{0.8, 8, 1.2, 3}, 50, 1, 2)
	times := func(x []float64, by float64) []float64 {
		out := slices.Clone(x)
		for i := range out {
			out[i] *= by
		}
		return out
	}
	weeks, days := mustFit(t, frequency, recency, age), mustFit(t, frequency, times(recency, 7), times(age, 7))
	near(t, "purchases", days.ExpectedGiven(History{2, 140, 350, 1}, 70), weeks.ExpectedGiven(History{2, 20, 50, 1}, 10), 1e-4)
}

func TestCollapse_CountsEqualHistoriesInOrder(t *testing.T) {
	h, err := Collapse([]float64{1, 0, 1, 0}, []float64{3, 0, 3, 0}, []float64{9, 8, 9, 7})
	if err != nil {
		t.Fatal(err)
	}
	if want := []History{{0, 0, 7, 1}, {0, 0, 8, 1}, {1, 3, 9, 2}}; !slices.Equal(h, want) {
		t.Errorf("histories %v, want %v", h, want)
	}
}

func TestHistories_RefuseWhatCannotBe(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		h    History
		want string
	}{
		{History{-1, 0, 5, 1}, "frequency"}, {History{1.5, 1, 5, 1}, "frequency"}, {History{nan, 1, 5, 1}, "frequency"},
		{History{1, 6, 5, 1}, "recency"}, {History{1, nan, 5, 1}, "recency"}, {History{0, 1, 5, 1}, "recency"}, {History{1, 1, math.Inf(1), 1}, "age"},
	} {
		_, err := Collapse([]float64{c.h.Frequency}, []float64{c.h.Recency}, []float64{c.h.Age})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "row 0") {
			t.Errorf("%+v: error %v", c.h, err)
		}
	}
	if _, err := Collapse([]float64{1}, nil, nil); err == nil {
		t.Error("lengths differ: no error")
	}
}

func TestFitMBGNBD_SaysWhenNobodyCameBack(t *testing.T) {
	if _, err := FitMBGNBD([]History{{0, 0, 5, 100}, {0, 0, 9, 100}}); err == nil || !strings.Contains(err.Error(), "repeat") {
		t.Errorf("error %v", err)
	}
}

func TestFitMBGNBD_EndsOnStrangeCustomers(t *testing.T) {
	for name, h := range map[string][]History{
		"one of each":        {{0, 0, 5, 1}, {3, 2, 5, 1}},
		"all alike":          {{4, 20, 25, 500}},
		"no time gone by":    {{0, 0, 0, 50}, {2, 5, 10, 3}},
		"one buys every day": {{0, 0, 300, 1000}, {299, 299, 300, 1}},
	} {
		m, err := FitMBGNBD(h)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if e := m.ExpectedGiven(h[len(h)-1], 10); math.IsNaN(e) || math.IsInf(e, 0) || e < 0 {
			t.Errorf("%s: expects %v", name, e)
		}
	}
}

func TestHypergeometric_AgreesWithKnownCases(t *testing.T) {
	for _, z := range []float64{0, 0.1, 0.5, 0.9, 0.99} {
		// 2F1(1, 1; 2; z) = −ln(1−z)/z, 2F1(a, b; b; z) = (1−z)^−a
		if z > 0 {
			near(t, "logarithm", dampedHypergeometric(1, 1, 2, z), -(1-z)*math.Log1p(-z)/z, 1e-12)
		}
		near(t, "power", dampedHypergeometric(2.5, 3, 3, z), 1, 1e-11)
		near(t, "large power", dampedHypergeometric(2500, 3, 3, z), 1, 1e-10)
	}
}
