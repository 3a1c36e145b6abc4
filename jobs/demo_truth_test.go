package jobs

import (
	"context"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/shop"
	"winback/jobs/console"
	"winback/pipeline/diagnose"
)

func TestDemo_SaysThatThePlantedTruthComesBack(t *testing.T) {
	invented, dir := shop.Demo(1), t.TempDir()
	files, s := fsys.OS(), defaults[RunSettings]()
	if err := invented.Write(intoFolder(files, dir)); err != nil {
		t.Fatal(err)
	}
	s.AsOf = invented.Truth.AsOf
	h, err := readHistory(context.Background(), files, input{s.Reading, []string{dir}, "", "", Elsewhere{}}, console.UI{})
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := h.question(s.Question, s.Reading, invented.Truth.AsOf.Time())
	if err != nil {
		t.Fatal(err)
	}
	settings, err := judging{s.Diagnose, s.Stages, s.Money, s.Random}.settings(files, q, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := diagnose.Diagnose(context.Background(), h.orders, 0, settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(truthText(&invented.Truth, d), "\n")
	if !strings.Contains(text, "8 of 8 planted figures were recovered.") {
		t.Error(text)
	}
	for _, want := range []string{"day 26 ", "day 133 ", "day 404 ", " 149 ", " 412 ", "12.4 %", "26.2 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	// What is off is said to be: another cut, and a class less.
	d.Clocks.Own.CutPoints[1] = 150
	if text := strings.Join(truthText(&invented.Truth, d), "\n"); !strings.Contains(text, "7 of 8") {
		t.Errorf("a cut that is off by 17 days comes back:\n%s", text)
	}
	d.FirstOrder = d.FirstOrder[1:]
	if text := strings.Join(truthText(&invented.Truth, d), "\n"); !strings.Contains(text, "2 of 8") || strings.Contains(text, "NaN") {
		t.Errorf("with two classes of first orders:\n%s", text)
	}
}
