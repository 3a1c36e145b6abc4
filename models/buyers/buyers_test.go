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

func TestBGNBD_ForecastsAsPublished(t *testing.T) {
	m := &BGNBD{.2426, 4.4136, .7929, 2.4259}
	near(t, "given 2, 30.43, 38.86", m.ExpectedGiven(History{2, 30.43, 38.86, 1}, 39), 1.226, 0.0006)
	for week, want := range map[float64]float64{.1429: .0078, 1: .0532, 3: .1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576} {
		near(t, "mean purchases", m.Expected(week), want, 0.0003*want+0.00005)
	}
}

func TestParetoNBD_ForecastsAsPublished(t *testing.T) {
	m := &ParetoNBD{.5532, 10.576, .6063, 11.672}
	h := History{26, 30.86, 31, 1}
	near(t, "alive", m.Alive(h), .9979, 0.00005)
	near(t, "purchases in 52 weeks", m.ExpectedGiven(h, 52), 25.46, 0.005)
}

// donors are the 11,104 of 1995 in Fader, Hardie and Shang (2010): by years
// with a gift, last such year, out of six, and how many.
var donors = [][4]float64{
	{6, 6, 6, 1203}, {5, 6, 6, 728}, {4, 6, 6, 512}, {3, 6, 6, 357}, {2, 6, 6, 234}, {1, 6, 6, 129}, {5, 5, 6, 335}, {4, 5, 6, 284},
	{3, 5, 6, 225}, {2, 5, 6, 173}, {1, 5, 6, 119}, {4, 4, 6, 240}, {3, 4, 6, 181}, {2, 4, 6, 155}, {1, 4, 6, 78}, {3, 3, 6, 322},
	{2, 3, 6, 255}, {1, 3, 6, 129}, {2, 2, 6, 613}, {1, 2, 6, 277}, {1, 1, 6, 1091}, {0, 0, 6, 3464},
}

func TestBGBB_FitsDonorsAsPublished(t *testing.T) {
	var h []History
	total := 0.0
	for _, d := range donors {
		h = append(h, History{d[0], d[1], d[2], d[3]})
		total += d[3]
	}
	if total != 11104 {
		t.Fatalf("%v donors", total)
	}
	m, err := FitBGBB(h)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []float64{m.Alpha, m.Beta, m.Gamma, m.Delta} {
		if want := []float64{1.204, .750, .657, 2.783}[i]; math.Abs(p/want-1) > 0.005 {
			t.Errorf("parameter %d is %.4f, published %.3f", i, p, want)
		}
	}
	near(t, "log likelihood", m.LogLikelihood(h), -33225.6, 0.05)
}

// shop draws customers who buy and stop as the Pareto/NBD says: their history
// up to age, and their purchases in the time after it.
func shop(n int, m ParetoNBD, age, t float64, seed uint64) (frequency, recency, ages, later []float64) {
	r := rand.New(rand.NewPCG(seed, 3))
	for range n {
		rate, stop := gamma(r, m.R)/m.Alpha, gamma(r, m.S)/m.Beta
		life := r.ExpFloat64() / stop
		x, last, after := 0.0, 0.0, 0.0
		for at := r.ExpFloat64() / rate; at < min(life, age+t); at += r.ExpFloat64() / rate {
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

// fits are all models of purchases, fitted.
func fits(t *testing.T, h []History) map[string]Model {
	t.Helper()
	out := map[string]Model{}
	keep := func(name string, m Model, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out[name] = m
	}
	nbd, err := FitNBD(h)
	keep("nbd", nbd, err)
	bg, err := FitBGNBD(h)
	keep("bg/nbd", bg, err)
	mbg, err := FitMBGNBD(h)
	keep("mbg/nbd", mbg, err)
	pareto, err := FitParetoNBD(h)
	keep("pareto/nbd", pareto, err)
	return out
}

func TestModels_FindPlantedParametersAndForetell(t *testing.T) {
	planted := ParetoNBD{0.8, 8, 1.5, 30}
	frequency, recency, age, later := shop(4000, planted, 50, 30, 1)
	h, err := Collapse(frequency, recency, age)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range fits(t, h) {
		f, err := Foretell(m, frequency, recency, age, 30, 0)
		if err != nil {
			t.Fatal(err)
		}
		var expected, any, bought, purchases float64
		for i := range later {
			expected += f.Expected[i]
			any += f.Any[i]
			purchases += later[i]
			bought += math.Min(later[i], 1)
		}
		if name == "pareto/nbd" { // the others rest on what this shop does not do
			near(t, name+": purchases", expected/purchases, 1, 0.1)
			near(t, name+": buyers", any/bought, 1, 0.1)
		}
		if p, ok := m.(*ParetoNBD); ok {
			near(t, "r", p.R/planted.R, 1, 0.1)
			near(t, "alpha", p.Alpha/planted.Alpha, 1, 0.1)
			near(t, "s", p.S/planted.S, 1, 0.3)
			near(t, "beta", p.Beta/planted.Beta, 1, 0.4)
		}
	}
}

func TestModels_ForecastsHoldTogether(t *testing.T) {
	models := map[string]Model{
		"nbd": &NBD{.4, 12}, "bg": &BGNBD{.24, 4.4, .8, 2.4}, "mbg": &MBGNBD{.5, 6, .9, 1.6}, "pareto": &ParetoNBD{.55, 10.6, .6, 11.7},
		"bg at a = 1": &BGNBD{.24, 4.4, 1, 2.4}, "bg at a + b = 1": &BGNBD{.24, 4.4, .4, .6}, "pareto at s = 1": &ParetoNBD{.55, 10.6, 1, 11.7},
		"pareto far apart": &ParetoNBD{2, 500, .3, 1}, "mbg large": &MBGNBD{20, 900, 3, 40},
	}
	for name, m := range models {
		for _, h := range []History{{0, 0, 0, 1}, {0, 0, 40, 1}, {1, 2, 40, 1}, {5, 39.9, 40, 1}, {300, 39, 40, 1}, {5000, 40, 40, 1}, {5000, 1, 400, 1}} {
			alive := m.Alive(h)
			if !(alive >= 0 && alive <= 1) {
				t.Errorf("%s: alive %v for %+v", name, alive, h)
			}
			lastExpected, lastAny := 0.0, 0.0
			for _, horizon := range []float64{0, 1e-3, 1, 10, 100, 1000} {
				expected, any := m.ExpectedGiven(h, horizon), m.AnyGiven(h, horizon)
				if !(any >= lastAny-1e-9 && any <= alive+1e-9) || !(expected >= lastExpected-1e-9) || expected < any-1e-9 {
					t.Errorf("%s: %+v in %v: any %v after %v, expected %v after %v, alive %v", name, h, horizon, any, lastAny, expected, lastExpected, alive)
				}
				lastExpected, lastAny = expected, any
			}
			if v := m.LogLikelihood([]History{h}); math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: log likelihood %v for %+v", name, v, h)
			}
		}
		fine := m.Expected(10)
		for k := 1; k < 200; k++ { // expected purchases rise with time, without a jump
			next := m.Expected(10 + float64(k)/1000)
			if !(next > fine) || next-fine > 0.01 {
				t.Errorf("%s: expected purchases go from %v to %v", name, fine, next)
			}
			fine = next
		}
	}
}

func TestModels_AnyIsTheLimitOfSmallRates(t *testing.T) {
	// In a very short time one purchase at most is to be expected.
	for name, m := range map[string]Model{"bg": &BGNBD{.24, 4.4, .8, 2.4}, "mbg": &MBGNBD{.5, 6, .9, 1.6}, "pareto": &ParetoNBD{.55, 10.6, .6, 11.7}} {
		h := History{3, 20, 30, 1}
		near(t, name, m.AnyGiven(h, 1e-4)/m.ExpectedGiven(h, 1e-4), 1, 1e-3)
	}
}

func TestModels_DoNotDependOnTheUnitOfTime(t *testing.T) {
	frequency, recency, age, _ := shop(500, ParetoNBD{0.8, 8, 1.5, 30}, 50, 1, 2)
	weeks, err := Collapse(frequency, recency, age)
	if err != nil {
		t.Fatal(err)
	}
	days := slices.Clone(weeks)
	for i := range days {
		days[i].Recency *= 7
		days[i].Age *= 7
	}
	a, b := fits(t, weeks), fits(t, days)
	for name := range a {
		near(t, name, b[name].ExpectedGiven(History{2, 140, 350, 1}, 70), a[name].ExpectedGiven(History{2, 20, 50, 1}, 10), 1e-4)
	}
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
		if _, err := Foretell(&NBD{1, 1}, []float64{c.h.Frequency}, []float64{c.h.Recency}, []float64{c.h.Age}, 1, 1); err == nil {
			t.Errorf("%+v: no error from a forecast", c.h)
		}
	}
	if _, err := Collapse([]float64{1}, nil, nil); err == nil {
		t.Error("lengths differ: no error")
	}
}

func TestFits_SayWhenNobodyCameBack(t *testing.T) {
	h := []History{{0, 0, 5, 100}, {0, 0, 9, 100}}
	_, nbd := FitNBD(h)
	_, bg := FitBGNBD(h)
	_, mbg := FitMBGNBD(h)
	_, pareto := FitParetoNBD(h)
	_, donor := FitBGBB(h)
	for _, err := range []error{nbd, bg, mbg, pareto, donor} {
		if err == nil || !strings.Contains(err.Error(), "repeat") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := FitGammaGamma([]float64{0, 1}, []float64{3, 0}); err == nil {
		t.Error("no spend: no error")
	}
}

func TestFits_EndOnStrangeCustomers(t *testing.T) {
	for name, h := range map[string][]History{
		"one of each":        {{0, 0, 5, 1}, {3, 2, 5, 1}},
		"all alike":          {{4, 20, 25, 500}},
		"no time gone by":    {{0, 0, 0, 50}, {2, 5, 10, 3}},
		"one buys every day": {{0, 0, 300, 1000}, {299, 299, 300, 1}},
	} {
		for model, m := range fits(t, h) {
			if e := m.ExpectedGiven(h[len(h)-1], 10); math.IsNaN(e) || math.IsInf(e, 0) || e < 0 {
				t.Errorf("%s, %s: expects %v", name, model, e)
			}
		}
	}
}

func TestHypergeometric_AgreesWithKnownCases(t *testing.T) {
	for _, z := range []float64{0, 0.1, 0.5, 0.9, 0.99} {
		// 2F1(1, 1; 2; z) = −ln(1−z)/z, 2F1(a, b; b; z) = (1−z)^−a
		if z > 0 {
			near(t, "logarithm", dampedHypergeometric(1, 1, 2, z), -(1-z)*math.Log1p(-z)/z, 1e-12)
			near(t, "logarithm", math.Exp(logHypergeometric(1, 1, z)), -math.Log1p(-z)/z, 1e-11)
		}
		if z < 0.99 {
			near(t, "series and fraction", unitSeries(2.5, 4, z)/unitFraction(2.5, 4, z), 1, 1e-12)
		}
		near(t, "fraction", unitFraction(1, 2, max(z, 0.1)), -math.Log1p(-max(z, 0.1))/max(z, 0.1), 1e-12)
		near(t, "power", dampedHypergeometric(2.5, 3, 3, z), 1, 1e-11)
		near(t, "large power", dampedHypergeometric(2500, 3, 3, z), 1, 1e-10)
	}
}
