package pipeline

import (
	"io"
	"path"

	"winback/data"
	"winback/models"
	"winback/pipeline/run"
)

// WriteTables writes the groups and scores.
func WriteTables(create run.Create, g *Groups, tonight *Tonight) error {
	if err := create.WriteGroups(g.Rows); err != nil {
		return err
	}
	return create.Write(run.ScoresFile, func(w io.Writer) error { return writeScores(w, g, tonight) })
}

func writeScores(w io.Writer, g *Groups, tonight *Tonight) error {
	names := tonight.Models
	out, err := data.NewScoresWriter(w, names)
	if err != nil {
		return err
	}
	const batch = 4096
	rows := make([]data.ScoreRow, 0, batch)
	values := make([]float64, batch*len(names))
	l := g.lapsed
	for i := range l.IDs {
		at := values[len(rows)*len(names) : (len(rows)+1)*len(names)]
		for k, name := range names {
			at[k] = tonight.score(name, i)
		}
		rows = append(rows, data.ScoreRow{CustomerID: l.IDs[i], Group: g.Order.GroupOfLeaf(l.Leaf[i]), Probability: l.Probability[i],
			Scores: at, Stage: l.Stage[i].String(), Suppressed: l.suppressed(int32(i))})
		if len(rows) == batch || i == len(l.IDs)-1 {
			if err := out.Write(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return out.Close()
}

// WriteEvaluation writes evaluation.json.
func WriteEvaluation(create run.Create, e *Evaluation) error {
	return create.WriteJSON(run.EvaluationFile, e)
}

// WriteModels writes each model with its calibration in the text format of
// models/FORMAT.md, and model/index.json, which says which one ranks.
func WriteModels(create run.Create, d *Learned, tonight *Tonight) error {
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
	for _, c := range candidates() {
		calibration, ok := d.calibrations[c.name]
		if !ok && c.name != ModelTree {
			continue
		}
		e := entry{Name: c.name, Words: c.words, Input: c.form.words(), Chosen: c.name == d.Gate.Name, Importance: d.Importance[c.name]}
		if c.name == ModelBlend {
			e.Weights = map[string]Figure{}
			for k, part := range blendParts {
				e.Weights[part] = Figure(d.blend[k])
			}
		}
		if c.name == ModelTree {
			e.Input = asIs.words() // with the cut points of the night
		}
		var m models.Saved
		if final := d.finals[c.name].saved; final != nil {
			m = &models.Calibrated{Model: final, Steps: []models.Calibration{calibration}}
		}
		if c.name == ModelTree && tonight.tree != nil {
			m = tonight.tree.Tree
		}
		if m != nil {
			file := run.ModelFile(c.name)
			e.File = path.Base(file)
			if err := create.Write(file, func(w io.Writer) error { return models.Write(w, m) }); err != nil {
				return err
			}
		}
		index = append(index, e)
	}
	return create.WriteJSON(run.ModelIndexFile, map[string]any{"models": index, "level": d.Evaluation.Level})
}
