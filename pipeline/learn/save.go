package learn

import (
	"io"
	"path"

	"winback/models"
	"winback/pipeline/run"
)

// WriteEvaluation writes evaluation.json.
func WriteEvaluation(create run.Create, e *Evaluation) error {
	return create.WriteJSON(run.EvaluationFile, e)
}

// indexFormat is the version of model/index.json. Earlier ones cannot be scored
// with.
const indexFormat = 2

// index is model/index.json: which model ranks, and all that scores beside the
// model files.
type index struct {
	Format  int          `json:"format"`
	Learned indexLearned `json:"learned"`
	Models  []indexModel `json:"models"`
	Gate    indexGate    `json:"gate"`
	Level   LevelFigures `json:"level"`
	Spend   indexSpend   `json:"spend"`
	Groups  []GroupState `json:"groups"` // by leaf of the tree
	// Complete are the columns of the tree that nobody misses, so that rules need
	// not say who does.
	Complete []string      `json:"complete"`
	Columns  []ColumnState `json:"columns"`
	Gains    []indexCurve  `json:"gains"`
}

// indexCurve is the share of all returns at the test cut that the first
// hundredths of the customers held, from the first hundredth to all.
type indexCurve struct {
	Name    string  `json:"name"`
	Returns []exact `json:"returns"`
}

// indexLearned is the question that the models answer.
type indexLearned struct {
	AsOf        string `json:"as_of"`
	Horizon     int    `json:"horizon_days"`
	LapsedAfter int    `json:"lapsed_after_days"`
	// LongestSilence of a row that the models learned from.
	LongestSilence int `json:"longest_silence_days"`
}

// indexModel is a model of the index. Recency, RFM and the blend have no file.
type indexModel struct {
	Name   string `json:"name"`
	File   string `json:"file,omitempty"`
	Words  string `json:"words"`
	Input  string `json:"input"`
	Chosen bool   `json:"chosen"`
	// Calibration of a model without a file of its own.
	Calibration *indexPlatt `json:"calibration,omitempty"`
	// Weights of the models that it is a blend of.
	Weights map[string]exact `json:"weights,omitempty"`
	// Importance of the features, where the model says what they contribute.
	Importance []FeatureShare `json:"importance,omitempty"`
}

// indexPlatt makes log-odds z Intercept + Slope × z.
type indexPlatt struct {
	Intercept exact `json:"intercept"`
	Slope     exact `json:"slope"`
}

type indexGate struct {
	Nothing string `json:"nothing"` // not empty: nothing to rank by
	Verdict string `json:"verdict"`
	// BeyondChance: more groups came back outside of what was foretold than
	// chance explains.
	BeyondChance bool `json:"groups_beyond_chance"`
}

type indexSpend struct {
	Shop   exact `json:"shop"` // null: nothing known
	Weight exact `json:"weight"`
	Factor exact `json:"factor"`
}

// WriteModels writes each model with its calibration in the text format of
// models/FORMAT.md, and model/index.json, which has the rest.
func WriteModels(create run.Create, d *Learned, tonight *SurrogateTree) error {
	ix := d.index(tonight)
	for _, c := range Candidates() {
		calibration, ok := d.Calibrations[c.Name]
		if !ok && c.Name != ModelTree {
			continue
		}
		e := indexModel{Name: c.Name, Words: modelWords(c.Name, d.blend), Input: c.form.words(), Chosen: c.Name == d.Gate.Name, Importance: d.Importance[c.Name]}
		if c.Name == ModelBlend {
			e.Weights = map[string]exact{}
			for k, part := range blendParts {
				e.Weights[part] = exact(d.blend[k])
			}
		}
		if c.Name == ModelExternal {
			e.Input = d.State.External
		}
		if c.Name == ModelTree {
			e.Input = asIs.words() // with the cut points of the night
		}
		m := d.savedModel(c.Name, tonight)
		switch {
		case m != nil:
			file := run.ModelFile(c.Name)
			e.File = path.Base(file)
			if err := create.Write(file, func(w io.Writer) error { return models.Write(w, m) }); err != nil {
				return err
			}
		case ok:
			platt := calibration.(*models.Platt)
			e.Calibration = &indexPlatt{exact(platt.Intercept), exact(platt.Slope)}
		}
		ix.Models = append(ix.Models, e)
	}
	return create.WriteJSON(run.ModelIndexFile, ix)
}

// savedModel is what the file of a model holds; nil for one that has none.
func (d *Learned) savedModel(name string, tonight *SurrogateTree) models.Saved {
	if name == ModelTree && tonight != nil {
		return tonight.Tree
	}
	if final := d.finals[name].saved; final != nil {
		return &models.Calibrated{Model: final, Steps: []models.Calibration{d.Calibrations[name]}}
	}
	return nil
}

// index is the index without its models.
func (d *Learned) index(tonight *SurrogateTree) index {
	s := &d.State
	ix := index{Format: indexFormat, Learned: indexLearned{s.AsOf.String(), s.Horizon, s.LapsedAfter, d.LongestSilence}, Gate: indexGate{d.Gate.Nothing, d.Gate.Verdict, d.Evaluation.GroupsBeyondChance}, Level: d.Evaluation.Level,
		Spend: indexSpend{exact(d.Spend.Shop), exact(d.Spend.Weight), exact(d.Spend.Factor)}, Groups: s.Groups, Columns: s.Columns, Complete: []string{}}
	for _, g := range d.Gains {
		curve := indexCurve{Name: g.Name}
		for _, p := range g.Points[1:] {
			curve.Returns = append(curve.Returns, exact(p.Returns))
		}
		ix.Gains = append(ix.Gains, curve)
	}
	if tonight == nil {
		return ix
	}
	for i, name := range tonight.Names {
		if tonight.complete[i] {
			ix.Complete = append(ix.Complete, name)
		}
	}
	return ix
}
