package models

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/golden"
)

// smallModels are one of each kind, small enough to read.
func smallModels() map[string]Saved {
	names := []string{"days \"since\"", "channel"}
	levels := [][]string{nil, {"phone", "web ä"}}
	nodes := func() []Node {
		return []Node{
			{Feature: 0, Threshold: 45, MissingLeft: true, Left: 1, Right: 2, Leaf: -1, Value: 0.1, Rows: 100, Positives: 10, Gain: 4.5},
			{Feature: 1, LeftLevels: []int32{1}, Left: 3, Right: 4, Leaf: -1, Value: 0.2, Rows: 50, Positives: 9, Gain: 1},
			{Feature: -1, Leaf: 2, Value: 0.05, Rows: 50, Positives: 1},
			{Feature: -1, Leaf: 0, Value: 0.3, Rows: 20, Positives: 7},
			{Feature: -1, Leaf: 1, Value: 1.0 / 3, Rows: 30, Positives: 2},
		}
	}
	tree := &Tree{Names: names, Levels: levels, Missing: []bool{true, false}, Nodes: nodes()}
	ensemble := &Ensemble{Names: names, Levels: levels, Prior: -2.5, Trees: [][]Node{nodes(), nodes()[2:3]}}
	ensemble.Trees[0][0].Threshold = math.Inf(1)
	ensemble.Trees[1][0].Leaf = 0
	return map[string]Saved{
		"tree":     tree,
		"ensemble": ensemble,
		"logistic": &Logistic{Names: names, Levels: levels, Intercept: -1, Terms: []Term{
			{Missing: 0.5, Log: true, High: 400, Mean: 3.25, Weight: -0.75},
			{Missing: 0.125, LevelWeights: []float64{0, 0.5}},
		}},
		"calibrated": &Calibrated{Model: tree, Steps: []Calibration{
			&Shift{Logit: 0.25}, &Platt{Intercept: -0.5, Slope: 1.5},
		}},
	}
}

func TestWrite_GivesTheDocumentedText(t *testing.T) {
	for name, m := range smallModels() {
		got := saved(t, m)
		golden.Compare(t, filepath.Join("testdata", name+".golden"), got)
		back, err := Read(strings.NewReader(got))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if saved(t, back) != got {
			t.Errorf("%s: another text after reading", name)
		}
	}
}

func TestRead_RefusesWhatDoesNotHoldTogether(t *testing.T) {
	tree := saved(t, smallModels()["tree"])
	ensemble := saved(t, smallModels()["ensemble"])
	logistic := saved(t, smallModels()["logistic"])
	calibrated := saved(t, smallModels()["calibrated"])
	change := strings.Replace
	for name, text := range map[string]string{
		"empty":              "",
		"other version":      change(tree, "model 1", "model 2", 1),
		"other kind":         change(tree, "1 tree", "1 forest", 1),
		"no end":             strings.TrimSuffix(tree, "end\n"),
		"text after the end": tree + "more\n",
		"child before":       change(tree, "levels 1 3 4", "levels 1 0 4", 1),
		"child outside":      change(tree, "levels 1 3 4", "levels 1 3 5", 1),
		"two parents":        change(tree, "levels 1 3 4", "levels 1 2 4", 1),
		"column outside":     change(tree, "number 0 1", "number 2 1", 1),
		"kind of question":   change(tree, "number 0 1", "number 1 1", 1),
		"probability of 1":   change(tree, "leaf 0.3", "leaf 1", 1),
		"probability NaN":    change(tree, "leaf 0.3", "leaf NaN", 1),
		"threshold NaN":      change(tree, "4.5 45 ", "4.5 NaN ", 1),
		"threshold too fine": change(tree, "4.5 45 ", "4.5 0.1 ", 1),
		"rows infinite":      change(tree, "leaf 0.3 20", "leaf 0.3 +Inf", 1),
		"level outside":      change(tree, "1 1 1 0.2", "1 1 2 0.2", 1),
		"levels unordered":   change(tree, "\"phone\"", "\"zone\"", 1),
		"side":               change(tree, "left", "up", 1),
		"too many columns":   change(tree, "columns 2", "columns 5000", 1),
		"too many nodes":     change(tree, "nodes 5", "nodes 99999999999999999999", 1),
		"word too many":      change(tree, "nodes 5", "nodes 5 5", 1),
		"unquoted":           change(tree, "\"phone\"", "phone", 1),
		"marked as present":  change(tree, "\" missing", "\" here", 1),
		"prior infinite":     change(ensemble, "prior -2.5", "prior -Inf", 1),
		"value too large":    change(ensemble, "leaf 0.3", "leaf 1e200", 1),
		"bounds":             change(logistic, "log 0 400", "log 500 400", 1),
		"log of negative":    change(logistic, "log 0 400", "log -2 400", 1),
		"slope":              change(calibrated, "platt -0.5 1.5", "platt -0.5 -1.5", 1),
		"calibrated twice":   change(calibrated, "1 tree", "1 calibrated", 1),
	} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.Contains(err.Error(), "model line ") {
			t.Errorf("%s: error names no line: %v", name, err)
		}
	}
}

func TestRead_LongLineIsAnErrorNotMemory(t *testing.T) {
	if _, err := Read(strings.NewReader(strings.Repeat("x", 3<<20))); err == nil {
		t.Error("no error")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWrite_Fails(t *testing.T) {
	m := smallModels()
	if Write(&bytes.Buffer{}, &Calibrated{Model: m["calibrated"]}) == nil {
		t.Error("calibrated twice: no error")
	}
	nine := slices.Repeat([]Calibration{&Shift{}}, maxSteps+1)
	if Write(&bytes.Buffer{}, &Calibrated{Model: m["tree"], Steps: nine}) == nil {
		t.Error("too many calibrations: no error")
	}
	if Write(failingWriter{}, m["tree"]) == nil {
		t.Error("full disk: no error")
	}
}

// FuzzRead proves that whatever the bytes are, reading ends with an error or
// with a model that predicts probabilities and is written as it was read.
func FuzzRead(f *testing.F) {
	for _, m := range smallModels() {
		var b bytes.Buffer
		if err := Write(&b, m); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		x := &Matrix{}
		for range columnsOf(m) {
			x.Names, x.Levels = append(x.Names, ""), append(x.Levels, nil)
			x.Columns = append(x.Columns, []float32{0, 1, -1e30, float32(math.NaN()), float32(math.Inf(1))})
		}
		for _, p := range predict(m, x) {
			if !(p > 0 && p < 1) {
				t.Fatalf("probability %v", p)
			}
		}
		again := saved(t, m)
		back, err := Read(strings.NewReader(again))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if saved(t, back) != again {
			t.Fatal("written differently after reading")
		}
	})
}

func columnsOf(m Model) []string {
	switch m := m.(type) {
	case *Tree:
		return m.Names
	case *Ensemble:
		return m.Names
	case *Logistic:
		return m.Names
	case *Calibrated:
		return columnsOf(m.Model)
	}
	return nil
}
