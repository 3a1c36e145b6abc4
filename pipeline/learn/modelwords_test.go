package learn

import "testing"

func TestModelWords_NameABlendByWhatIsInIt(t *testing.T) {
	for _, c := range []struct {
		blend []float64
		want  string
	}{
		{[]float64{0.5, 0.25, 0.25}, "a blend of logistic regression, boosted trees on ranks and boosted trees"},
		{[]float64{0, 0.25, 0.75}, "a blend of boosted trees on ranks and boosted trees"},
		{[]float64{1, 0, 0}, "logistic regression"},
	} {
		if got := modelWords(ModelBlend, c.blend); got != c.want {
			t.Errorf("%v: %q, want %q", c.blend, got, c.want)
		}
	}
	if got := modelWords(ModelRFM, nil); got != "RFM scores" {
		t.Errorf("got %q", got)
	}
}
