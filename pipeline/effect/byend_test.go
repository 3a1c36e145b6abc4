package effect

import (
	"math"
	"testing"
)

func TestResponse_NeedsAnEffectAndAStart(t *testing.T) {
	if _, ok := ResponseShare(Sum{50, 900}, Sum{60, 1600}); ok {
		t.Error("60 extra returns with a standard error of 40 are no effect")
	}
	if _, ok := ResponseShare(Sum{4, 900}, Sum{300, 1600}); ok {
		t.Error("nothing has come yet")
	}
	r, ok := ResponseShare(Sum{360, 900}, Sum{300, 1600})
	if !ok || r.Share != 1.2 || r.Variance < 0 {
		t.Errorf("brought forward: %+v %v, want a share of 1.2", r, ok)
	}
}

func TestFinalReturns_AreWhatCameWhenTheWindowIsOver(t *testing.T) {
	e := FinalReturns(153, Sum{14, 1900}, Natural{Mean: 0, Size: 5, Share: 1}, nil)
	if e.Value != 153 || e.High != 153 || e.Low != 153 {
		t.Errorf("%+v", e)
	}
	e = FinalReturns(153, Sum{14, 1900}, Natural{Mean: 0, Size: 5, Share: 1}, &Response{1, 0})
	if e.Value != 153 || e.High != 153 || e.Low != 153 {
		t.Errorf("with a response: %+v", e)
	}
}

func TestFinalReturns_WithoutResponseHoldsBothEnds(t *testing.T) {
	natural := Natural{Mean: 140, Size: 1e12, Share: .25}
	with, without := FinalReturns(60, Sum{20, 400}, natural, nil), FinalReturns(60, Sum{-20, 400}, natural, nil)
	near(t, "value", with.Value, 200, 1e-9)
	near(t, "low by what was brought forward", without.Low-with.Low, 20, 1e-9)
	near(t, "high by what goes on", with.High-without.High, 60, 1e-9)
	if !math.IsNaN(FinalReturns(1, Sum{}, Natural{math.NaN(), math.NaN(), math.NaN()}, nil).Value) {
		t.Error("a forecast of what nothing is known of")
	}
}
