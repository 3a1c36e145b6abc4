package learn

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"winback/models"
	"winback/pipeline/run"
)

// What is written of the models is what scores: read back, they say the same.
func TestWriteModels_ReadBackTheyPredictTheSame(t *testing.T) {
	s := inventedSnapshots(9, 700, 1, 5)
	learned := learnFrom(t, s)
	files := savedFiles{}
	if err := WriteModels(files.create, learned, nil); err != nil {
		t.Fatal(err)
	}
	var index struct {
		Models []struct {
			Name, File, Words, Input string
			Chosen                   bool
		}
		Level LevelFigures
	}
	if err := json.Unmarshal(files["model/index.json"].Bytes(), &index); err != nil {
		t.Fatal(err)
	}
	chosen, read := 0, 0
	for _, e := range index.Models {
		if e.Chosen {
			chosen++
		}
		if e.Words == "" || e.Input == "" {
			t.Errorf("model %s: words %q, input %q", e.Name, e.Words, e.Input)
		}
		if e.File == "" {
			continue
		}
		read++
		m, err := models.Read(bytes.NewReader(files["model/"+e.File].Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", e.File, err)
		}
		all := Candidates()
		c := all[slices.IndexFunc(all, func(c candidate) bool { return c.Name == e.Name })]
		x := c.form.of(s.Raw, s.Relative)
		got, want := make([]float64, x.Rows()), make([]float64, x.Rows())
		m.Predict(x, got)
		learned.finals[e.Name].Predict(x, want)
		for i, p := range want {
			want[i] = learned.Calibrations[e.Name].Apply(p)
		}
		if e.Input != c.form.words() || !slices.Equal(got, want) {
			t.Errorf("%s on %s says something else", e.File, e.Input)
		}
	}
	if chosen != 1 || read < 3 || len(files) != read+1 || math.IsNaN(float64(index.Level.Forecast)) {
		t.Errorf("%d chosen, %d read, %d files, level %+v", chosen, read, len(files), index.Level)
	}
}

func TestWriteEvaluation_UnknownFiguresAreNull(t *testing.T) {
	e := Evaluation{AsOf: "2007-11-15", Why: "a < b & c", BaseRate: Figure(math.NaN()), Models: map[string]ModelProof{"recency": {AUC: Figure(math.Inf(1)), AUCLow: 0.5}},
		Groups: []GroupProof{{Group: 1, Customers: 3, Predicted: 0.25}}}
	files := savedFiles{}
	if err := WriteEvaluation(files.create, &e); err != nil {
		t.Fatal(err)
	}
	text := files[run.EvaluationFile].String()
	for _, want := range []string{`"base_rate": null`, `"auc": null`, `"auc_low": 0.5`, `"why": "a < b & c"`, `"predicted": 0.25`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	var back Evaluation
	if err := json.Unmarshal([]byte(text), &back); err != nil || !math.IsNaN(float64(back.BaseRate)) || back.Models["recency"].AUCLow != 0.5 {
		t.Errorf("%v: %+v", err, back)
	}
}
