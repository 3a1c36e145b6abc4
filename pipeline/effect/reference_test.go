package effect

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// campaignFolder holds the reference cases that developers have beside the
// repository; its expectations were computed in two ways by other programs.
const campaignFolder = "../../../shared/spec/campaign/"

// needsCampaign reads a file of that folder, and skips where it is absent.
func needsCampaign(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(campaignFolder + name)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: this test needs the shared data beside the repository", campaignFolder+name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// reference is one case. Inputs are numbers or lists of numbers.
type reference struct {
	Case      string
	Input     json.RawMessage
	Expected  []any
	Tolerance float64
}

func (r reference) numbers(t *testing.T) []float64 {
	t.Helper()
	var x []float64
	if err := json.Unmarshal(r.Input, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

// lists reads an input whose entries are lists; a single number is a list of one.
func (r reference) lists(t *testing.T) [][]float64 {
	t.Helper()
	var raw []json.RawMessage
	if err := json.Unmarshal(r.Input, &raw); err != nil {
		t.Fatal(err)
	}
	var lists [][]float64
	for _, part := range raw {
		var list []float64
		if json.Unmarshal(part, &list) != nil {
			list = []float64{0}
			if err := json.Unmarshal(part, &list[0]); err != nil {
				t.Fatal(err)
			}
		}
		lists = append(lists, list)
	}
	return lists
}

// groupsOf makes groups of columns y1, n1, y0, n0 and, where there is one, p.
func groupsOf(columns [][]float64) []Group {
	groups := make([]Group, len(columns[0]))
	for i := range groups {
		groups[i] = Group{Returned: int64(columns[0][i]), Contacted: int64(columns[1][i]),
			HeldOutReturned: int64(columns[2][i]), HeldOut: int64(columns[3][i]), Probability: math.NaN()}
		if len(columns) > 4 {
			groups[i].Probability = columns[4][i]
		}
	}
	return groups
}

// launchOf4 is what was launched in cases 4 and 6.
var launchOf4 = []Group{
	{Contacted: 900, HeldOut: 100, Probability: .12},
	{Contacted: 1800, HeldOut: 200, Probability: .035},
	{Contacted: 2700, HeldOut: 300, Probability: .008},
}

// anchoredOf10 are the groups of cases 10 and 11c.
var anchoredOf10 = groupsOf([][]float64{
	{199, 112, 101, 66, 24}, {1451, 1866, 3041, 5044, 5689}, {18, 12, 10, 4, 3}, {171, 201, 363, 511, 671}, {.12, .05, .03, .013, .004},
})

func flat(e Estimate) []float64 { return []float64{e.Value, e.Low, e.High} }

func liftsThenSDs(groups []Learned) []float64 {
	var out []float64
	for _, g := range groups {
		out = append(out, g.Lift)
	}
	for _, g := range groups {
		out = append(out, g.SD)
	}
	return out
}

// answers computes each case by its first word.
var answers = map[string]func(t *testing.T, r reference) []float64{
	"1": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		g := groupsOf([][]float64{{x[0]}, {x[1]}, {x[2]}, {x[3]}})
		return flat(Extra(g).Over(x[1]))
	},
	"2": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		return flat(Extra(groupsOf([][]float64{{x[0]}, {x[1]}, {x[2]}, {x[3]}})))
	},
	"3": func(t *testing.T, r reference) []float64 { return flat(Extra(groupsOf(r.lists(t)))) },
	"4": func(t *testing.T, r reference) []float64 {
		v := PlannedVariance(launchOf4)
		return []float64{v, Detectable(v), WavesNeeded(v, r.lists(t)[3][0])}
	},
	"5": func(t *testing.T, r reference) []float64 {
		return []float64{anytimeHalf(0, 2)} // √T is 1
	},
	"6": func(t *testing.T, r reference) []float64 {
		sent := groupsOf(r.lists(t))
		e := Anytime(sent, PlannedVariance(launchOf4))
		return []float64{e.Value, VarianceSoFar(sent), e.Low, e.High}
	},
	"7": func(t *testing.T, r reference) []float64 {
		x := r.lists(t)
		sides := make([]Sides, 2)
		for i, y := range x[0] {
			side := &sides[int(x[3][i])].HeldOut
			if x[2][i] == 1 {
				side = &sides[int(x[3][i])].Contacted
			}
			side.Add(y == 1, x[1][i])
		}
		a := Adjust(sides)
		return []float64{a.Extra, a.Adjusted, a.SE, a.AdjustedSE, a.Theta}
	},
	"8a": stillToComeCase, "8b": stillToComeCase,
	"9": func(t *testing.T, r reference) []float64 {
		x := r.lists(t)
		var lifts []Learned
		ones := make([]float64, len(x[0]))
		for i := range x[0] {
			lifts = append(lifts, Learned{Lift: x[0][i], SD: x[1][i]})
			ones[i] = 1
		}
		s := Shrink(lifts, ones)
		return append(liftsThenSDs(s.Groups), s.Omega, s.Mean)
	},
	"10a": func(t *testing.T, r reference) []float64 { return liftsThenSDs(Anchor(groupsOf(r.lists(t)), .3)) },
	"10b": func(t *testing.T, r reference) []float64 { return liftsThenSDs(Learn(anchoredOf10, .3)) },
	"11a": breakEvenCase, "11b": breakEvenCase,
	"11c": func(t *testing.T, r reference) []float64 {
		x := r.lists(t)
		var earned []Earned
		for i, g := range anchoredOf10 {
			earned = append(earned, Earned{g, x[0][i], x[1][i], .08})
		}
		return flat(ExtraMoney(earned, 23.1, 23.4, 310))
	},
	"11d": func(t *testing.T, r reference) []float64 {
		cost := r.numbers(t)[0]
		return append(flat(CostPerExtra(cost, Estimate{136, 42, 232})), flat(CostPerExtra(cost, Estimate{20, -14, 55}))...)
	},
	"12": func(t *testing.T, r reference) []float64 {
		x := r.lists(t)
		var customers []Outcome
		for i := range x[0] {
			customers = append(customers, Outcome{Returned: x[0][i] == 1, Contacted: x[1][i] == 1, Share: .6})
		}
		a, d := Qini(customers, x[2]), QiniDifference(customers, x[2], x[3])
		return []float64{a.Value, (a.High - a.Value) / z, d.Value, (d.High - d.Value) / z}
	},
	"13": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		chi2, p := SampleRatio([]int64{int64(x[0]), int64(x[1])}, []float64{.9, .1})
		return []float64{chi2, p}
	},
	"14a": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		return flat(ObservedOverExpected(int64(x[0]), x[1]))
	},
	"14b": func(t *testing.T, r reference) []float64 {
		x := r.lists(t)
		var groups []Settled
		for i := range x[0] {
			groups = append(groups, Settled{int64(x[0][i]), x[1][i]})
		}
		return []float64{Misfit(groups)}
	},
	"15": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		extra, se := Response{Share: x[1]}.Final(Sum{x[0], x[2] * x[2]})
		over, on := FinalRange(x[0], x[3])
		return []float64{extra, se, over, on}
	},
	"16": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		d := Delivery{Contacts: 100, Sent: int64(100 * x[1]), HeldOut: 100, HeldOutContacted: int64(100 * x[2])}
		return []float64{d.LiftOfContact(x[0])}
	},
	"17": func(t *testing.T, r reference) []float64 {
		x := r.numbers(t)
		n := stillToCome(1/math.Expm1(.25*.25), x[3], x[4], x[5], x[6], x[7])
		soFar := Sum{x[1], x[2]}
		g, ok := ResponseShare(Sum{210, 5200}, Sum{300, 9800})
		if !ok {
			t.Error("210 of 300 extra returns are not taken for a response")
		}
		out := append(flat(FinalReturns(int64(x[0]), soFar, n, nil)), g.Share, g.Variance)
		return append(out, flat(FinalReturns(int64(x[0]), soFar, n, &g))...)
	},
}

func stillToComeCase(t *testing.T, r reference) []float64 {
	x := r.numbers(t)
	n := stillToCome(x[0], x[1], x[2], x[3], x[4], x[5])
	return []float64{n.Mean, n.Size, n.Quantile(.025), n.Quantile(.1), n.Quantile(.975)}
}

func breakEvenCase(t *testing.T, r reference) []float64 {
	x := r.numbers(t)
	o := Offer{ContactCost: x[0], Redemption: x[3], Discount: x[4]}
	lift := o.BreakEvenLift(x[2], x[1])
	if math.IsInf(lift, 1) {
		return []float64{lift}
	}
	return []float64{lift, o.Profit(.03, x[2], x[1])} // where 15 % return
}

func TestReference_AllCases(t *testing.T) {
	var cases []reference
	if err := json.Unmarshal(needsCampaign(t, "reference.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 23 {
		t.Errorf("%d cases, want 23", len(cases))
	}
	for _, r := range cases {
		name, _, _ := strings.Cut(r.Case, " ")
		t.Run(name, func(t *testing.T) {
			answer, known := answers[name]
			if !known {
				t.Fatalf("no answer to case %q", r.Case)
			}
			got := answer(t, r)
			if len(got) != len(r.Expected) {
				t.Fatalf("%s: %d numbers, want %d", r.Case, len(got), len(r.Expected))
			}
			for i, want := range r.Expected {
				checkReference(t, r, i, got[i], want)
			}
		})
	}
}

// checkReference holds a number to its tolerance, relative where it is large.
func checkReference(t *testing.T, r reference, i int, got float64, want any) {
	t.Helper()
	if want == "inf" {
		if !math.IsInf(got, 1) {
			t.Errorf("%s: number %d is %v, want +Inf", r.Case, i+1, got)
		}
		return
	}
	w := want.(float64)
	if !(math.Abs(got-w) <= r.Tolerance*max(1, math.Abs(w))) {
		t.Errorf("%s: number %d is %.10g, want %.10g within %g", r.Case, i+1, got, w, r.Tolerance)
	}
}
