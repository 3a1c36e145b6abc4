package learn

import (
	"math"
	"testing"

	"winback/models"
	"winback/pipeline/snapshots"
)

func TestSlopeOf_TrustsCutsThatAgreeAndDoubtsOthers(t *testing.T) {
	agreed, torn := slopeOf([]float64{1.5, 1.5, 1.5, 1.5}, false), slopeOf([]float64{0.8, 2.8, 0.8, 2.8}, false)
	if !(agreed > 1.3 && agreed < 1.5) {
		t.Errorf("four cuts that agree on 1.5 give %v", agreed)
	}
	if !(torn > 1 && torn < 1.3) { // the mean in logs is 1.5 too
		t.Errorf("cuts that do not agree give %v, want one nearer to 1 than %v", torn, agreed)
	}
	if one := slopeOf([]float64{1.5}, false); !(one > 1 && one < agreed) {
		t.Errorf("one cut gives %v", one)
	}
	if none := slopeOf(nil, false); none != 1 {
		t.Errorf("no cut gives %v, want 1", none)
	}
	if points := slopeOf([]float64{0.3, 0.3}, true); math.Abs(points-0.3) > 1e-12 {
		t.Errorf("points keep their slope, got %v", points)
	}
}

func TestCalibration_BringsTheMeanToWhatCame(t *testing.T) {
	l := NewLearner(inventedSnapshots(9, 1500, 1, 70), testQuestion, Settings{MaxGroups: 10, Seed: 1})
	cuts := l.choiceCuts()
	for _, name := range []string{ModelRecency, ModelLogistic} {
		c := l.candidate(name)
		calibration, err := l.calibration(t.Context(), c, cuts)
		if err != nil {
			t.Fatal(err)
		}
		var p []float64
		var y []uint8
		for _, cut := range cuts {
			s, _ := l.at(t.Context(), c, cut)
			for _, v := range s.p {
				p = append(p, calibration.Apply(v))
			}
			y = append(y, l.came(cut)...)
		}
		came := 0.0
		for _, v := range y {
			came += float64(v) / float64(len(y))
		}
		if mean := snapshots.MeanOf(p); math.Abs(mean-came) > 1e-9 {
			t.Errorf("%s: mean %v, came %v", name, mean, came)
		}
		if slope := models.Evaluate(p, y, nil).CalibrationSlope; name == ModelLogistic && math.Abs(slope-1) > 0.15 {
			t.Errorf("slope of %s after calibration is %v", name, slope)
		}
	}
}
