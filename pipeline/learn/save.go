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

// WriteModels writes each model with its calibration in the text format of
// models/FORMAT.md, and model/index.json, which says which one ranks.
func WriteModels(create run.Create, d *Learned, tonight *SurrogateTree) error {
	// Recency, RFM and the blend have nothing of their own to write.
	type entry struct {
		Name   string `json:"name"`
		File   string `json:"file,omitempty"`
		Words  string `json:"words"`
		Input  string `json:"input"`
		Chosen bool   `json:"chosen"`
		// Weights of the models that it is a blend of.
		Weights map[string]Figure `json:"weights,omitempty"`
		// Importance of the features, where the model says what they contribute.
		Importance []FeatureShare `json:"importance,omitempty"`
	}
	var index []entry
	for _, c := range Candidates() {
		calibration, ok := d.Calibrations[c.Name]
		if !ok && c.Name != ModelTree {
			continue
		}
		e := entry{Name: c.Name, Words: modelWords(c.Name, d.blend), Input: c.form.words(), Chosen: c.Name == d.Gate.Name, Importance: d.Importance[c.Name]}
		if c.Name == ModelBlend {
			e.Weights = map[string]Figure{}
			for k, part := range blendParts {
				e.Weights[part] = Figure(d.blend[k])
			}
		}
		if c.Name == ModelTree {
			e.Input = asIs.words() // with the cut points of the night
		}
		var m models.Saved
		if final := d.finals[c.Name].saved; final != nil {
			m = &models.Calibrated{Model: final, Steps: []models.Calibration{calibration}}
		}
		if c.Name == ModelTree && tonight != nil {
			m = tonight.Tree
		}
		if m != nil {
			file := run.ModelFile(c.Name)
			e.File = path.Base(file)
			if err := create.Write(file, func(w io.Writer) error { return models.Write(w, m) }); err != nil {
				return err
			}
		}
		index = append(index, e)
	}
	return create.WriteJSON(run.ModelIndexFile, map[string]any{"models": index, "level": d.Evaluation.Level})
}
