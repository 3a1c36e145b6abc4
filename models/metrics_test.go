package models

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
)

func near(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v ± %v", name, got, want, tolerance)
	}
}

// scoredRowsSample makes probabilities with many ties, and labels drawn from
// them.
func scoredRowsSample(n int, seed uint64) (p []float64, y []uint8) {
	r := rand.New(rand.NewPCG(seed, 5))
	for range n {
		x := float64(r.IntN(40)+1) / 100
		p = append(p, x)
		y = append(y, uint8(b2u(r.Float64() < x)))
	}
	return p, y
}

func TestMetrics_KnownSmallCase(t *testing.T) {
	p := []float64{0.8, 0.6, 0.6, 0.4, 0.2}
	y := []uint8{1, 1, 0, 0, 1}
	// Pairs: .8 beats 2; .6 ties one and beats one; .2 beats none.
	near(t, "AUC", AUC(p, y, nil), (2+1.5+0)/6, 1e-15)
	// Precision at .8, .6, .2: 1, 2/3, 3/5.
	near(t, "average precision", Evaluate(p, y, nil).AveragePrecision, (1+2.0/3+0.6)/3, 1e-15)
	near(t, "Brier", Evaluate(p, y, nil).Brier, (0.04+0.16+0.36+0.16+0.64)/5, 1e-15)
	near(t, "log loss", Evaluate(p, y, nil).LogLoss, -(math.Log(0.8)+math.Log(0.6)+math.Log(0.4)+math.Log(0.6)+math.Log(0.2))/5, 1e-14)
	near(t, "capture of 20 %", Capture(p, y, nil, 0.2), 1.0/3, 1e-15)
	near(t, "capture of 40 %, half of the tie", Capture(p, y, nil, 0.4), 1.5/3, 1e-15)
	near(t, "lift of 20 %", Capture(p, y, nil, 0.2)/0.2, 5.0/3, 1e-14)
	near(t, "mean", Evaluate(p, y, nil).MeanProbability, 0.52, 1e-15)
}

func TestAUC_AgreesWithGonum(t *testing.T) {
	p, y := scoredRowsSample(3000, 1)
	w := make([]float32, len(p))
	weights := make([]float64, len(p))
	classes := make([]bool, len(p))
	sorted := append([]float64(nil), p...)
	for i := range p {
		w[i] = float32(i%5) / 2
		weights[i], classes[i] = float64(w[i]), y[i] == 1
	}
	stat.SortWeightedLabeled(sorted, classes, weights)
	tpr, fpr, _ := stat.ROC(nil, sorted, classes, weights)
	near(t, "AUC", AUC(p, y, w), integrate.Trapezoidal(fpr, tpr), 1e-12)
}

func TestMetrics_IgnoreTheOrderOfRowsAndCountWeightsAsRepetition(t *testing.T) {
	p, y := scoredRowsSample(2000, 2)
	w := make([]float32, len(p))
	var p2 []float64
	var y2 []uint8
	for _, i := range rand.New(rand.NewPCG(3, 3)).Perm(len(p)) {
		w[i] = float32(i % 3)
		for range i % 3 {
			p2, y2 = append(p2, p[i]), append(y2, y[i])
		}
	}
	a, b := Evaluate(p, y, w), Evaluate(p2, y2, nil)
	if a != b {
		t.Errorf("weighted %+v\nrepeated %+v", a, b)
	}
}

func TestMetrics_OneClassIsNaNWhereBothAreNeeded(t *testing.T) {
	m := Evaluate([]float64{0.1, 0.2}, []uint8{0, 0}, nil)
	for name, v := range map[string]float64{"AUC": m.AUC, "average precision": m.AveragePrecision, "capture": m.CaptureTop10, "slope": m.CalibrationSlope} {
		if !math.IsNaN(v) {
			t.Errorf("%s is %v, want NaN", name, v)
		}
	}
	if math.IsNaN(m.LogLoss) || math.IsNaN(m.Brier) {
		t.Error("losses need no second class")
	}
}

func TestECE_TenEqualBins(t *testing.T) {
	var p []float64
	var y []uint8
	for bin := range 10 {
		for i := range 100 {
			p = append(p, float64(bin)/10+0.05)
			y = append(y, uint8(b2u(i < 10*bin))) // rate 0.05 below the prediction
		}
	}
	near(t, "ECE", Evaluate(p, y, nil).ECE, 0.05, 1e-12)
	// One score for all: bins share the tie, what is left is the level.
	for i := range p {
		p[i] = 0.5
	}
	near(t, "ECE of a constant", Evaluate(p, y, nil).ECE, 0.05, 1e-12)
}

func TestCalibrationSlope_FindsTooWideProbabilities(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var p []float64
	var y []uint8
	for range 200_000 {
		z := r.NormFloat64() - 2
		p = append(p, sigmoid(2*z+1))
		y = append(y, uint8(b2u(r.Float64() < sigmoid(z))))
	}
	near(t, "slope", Evaluate(p, y, nil).CalibrationSlope, 0.5, 0.01)
	near(t, "slope after Platt", Evaluate(applied(FitPlatt(p, y, nil), p), y, nil).CalibrationSlope, 1, 1e-6)
}

func applied(c Calibration, p []float64) []float64 {
	out := make([]float64, len(p))
	for i := range p {
		out[i] = c.Apply(p[i])
	}
	return out
}

func TestCalibrationSlope_SeparatedClassesAreNaN(t *testing.T) {
	if s := Evaluate([]float64{0.1, 0.2, 0.3, 0.4}, []uint8{0, 0, 1, 1}, nil).CalibrationSlope; !math.IsNaN(s) {
		t.Errorf("slope %v", s)
	}
}
