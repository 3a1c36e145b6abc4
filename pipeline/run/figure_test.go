package run

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestFigure_IsRoundedOneWayAndNullWhereUnknown(t *testing.T) {
	for want, f := range map[string]Figure{
		"null": Figure(math.NaN()), "0": 0, "0.5": 0.5, "0.33333333": 1.0 / 3, "1.2345679e-05": 0.00001234567891, "-0.33333333": -1.0 / 3,
		"9999.9999": 9999.99991, "10000": 10000, "61234567": 61234567, "61234567.8901": 61234567.8901, "-123456.1235": -123456.12345678,
	} {
		text, err := json.Marshal(f)
		if err != nil || string(text) != want {
			t.Errorf("%v: %s, %v; want %s", float64(f), text, err, want)
		}
		var back Figure
		if err := json.Unmarshal(text, &back); err != nil || back.Known() != f.Known() || f.Known() && math.Abs(float64(back-f)) > 1e-8*math.Abs(float64(f)) {
			t.Errorf("%s reads as %v, %v", text, back, err)
		}
	}
	for _, f := range []Figure{Figure(math.Inf(1)), Figure(math.Inf(-1))} {
		if text, err := json.Marshal(f); err != nil || string(text) != "null" || f.Known() {
			t.Errorf("%v: %s, %v", float64(f), text, err)
		}
	}
	if text, err := json.Marshal(Figure(math.MaxFloat64)); err != nil || !json.Valid(text) {
		t.Errorf("the largest figure: %s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), new(Figure)); err == nil {
		t.Error("a text passes for a figure")
	}
}

func TestWriteJSON_IsReadableAsItIs(t *testing.T) {
	var b strings.Builder
	if err := WriteJSON(&b, map[string]any{"why": "a < b & c"}); err != nil || b.String() != "{\n  \"why\": \"a < b & c\"\n}\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
