package models

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// lightGBMPredicts prints the log-odds of each row of a CSV file by a model file,
// with all digits.
const lightGBMPredicts = `
import sys, lightgbm, numpy
rows = numpy.genfromtxt(sys.argv[2], delimiter=",")
for z in lightgbm.Booster(model_file=sys.argv[1]).predict(rows, raw_score=True): print(repr(float(z)))
`

// LightGBM itself, where WINBACK_PYTHON names a Python that has it.
func TestWriteLightGBM_IsReadByLightGBMToTheLastDigits(t *testing.T) {
	python := os.Getenv("WINBACK_PYTHON")
	if python == "" {
		t.Skip("WINBACK_PYTHON names no Python with lightgbm")
	}
	train := manyLevels(gappyShop(6000, 7, 5))
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows, s.MinLevel, s.MaxLeaves = 60, 20, 5, 31 })
	model, rows := filepath.Join(t.TempDir(), "model.txt"), filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(model, []byte(asLightGBM(t, e)), 0o600); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for row := range train.Y {
		cells := make([]string, len(train.X.Columns))
		for c, column := range train.X.Columns {
			cells[c] = fmt.Sprint(float64(column[row]))
		}
		fmt.Fprintln(&text, strings.Join(cells, ","))
	}
	if err := os.WriteFile(rows, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "-c", lightGBMPredicts, model, rows).Output()
	if err != nil {
		t.Fatal(err)
	}
	margin, said := make([]float64, train.X.Rows()), strings.Fields(string(out))
	e.Margin(train.X, margin)
	if len(said) != len(margin) {
		t.Fatalf("%d predictions of %d rows", len(said), len(margin))
	}
	worst := 0.0
	for row, word := range said {
		z, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		worst = max(worst, math.Abs(z-margin[row]))
	}
	t.Logf("largest difference of log-odds %g on %d rows", worst, len(said))
	if worst > 1e-9 {
		t.Errorf("LightGBM's log-odds differ by %g", worst)
	}
}
