package learn

import (
	"io"

	"winback/models"
)

// LightGBM is the boosted model that counts most tonight: the ranker, or the
// part of a blend that weighs most; where trees do not rank, those on the
// features as they are. It returns its name, what it sees, and what writes it as
// LightGBM's text, log-odds before calibration.
func (d *Learned) LightGBM() (name, input string, write func(io.Writer) error) {
	name = ModelBoost
	switch parts, weights := d.partsOf(d.Gate.Name); {
	case d.Gate.Name == ModelBoostRelative:
		name = ModelBoostRelative
	case d.Gate.Name == ModelBlend:
		most := 0.0
		for k, part := range parts {
			if part != ModelLogistic && weights[k] >= most && weights[k] > 0 {
				name, most = part, weights[k]
			}
		}
	}
	return name, formOf(name).words(), func(w io.Writer) error { return models.WriteLightGBM(w, d.finals[name].Model.(*models.Ensemble)) }
}
