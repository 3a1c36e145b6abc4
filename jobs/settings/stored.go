package settings

import "winback/pipeline/handout"

// Stored is the run whose models rank.
type Stored struct {
	Model string // name of a run, or its folder
}

func (g *Stored) rows() []Setting {
	return []Setting{
		{Name: "model", section: asking, Holder: "RUN", Help: "run whose models rank: its name, such as 2026-06-30-1, or its folder", Example: "2026-06-30-1", flagOnly: true, value: inStore(&g.Model)},
	}
}

// ModelForm is the form in which a model is written for another program.
type ModelForm struct {
	Format handout.Format
}

func (g *ModelForm) rows() []Setting {
	return []Setting{
		{Name: "format", section: asking, Holder: "lightgbm", Help: "form of the model", Preset: "lightgbm", flagOnly: true,
			value: one(&g.Format, oneOf("lightgbm", handout.LightGBM), showText)},
	}
}
