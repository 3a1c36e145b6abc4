package learn

import "winback/models"

// Raw are the probabilities of all models before calibration.
func (d *Learned) Raw(raw, relative *models.Matrix) map[string][]float64 {
	out := map[string][]float64{}
	for _, c := range Candidates() {
		if _, ok := d.finals[c.Name]; ok {
			out[c.Name] = d.rawOf(c.Name, raw, relative)
		}
	}
	if _, ok := d.Calibrations[ModelBlend]; ok {
		out[ModelBlend] = blendOf(d.blend, out[blendParts[0]], out[blendParts[1]], out[blendParts[2]])
	}
	return out
}

// rawOf are those of one model.
func (d *Learned) rawOf(name string, raw, relative *models.Matrix) []float64 {
	if name == ModelBlend {
		var parts [][]float64
		for _, part := range blendParts {
			parts = append(parts, d.rawOf(part, raw, relative))
		}
		return blendOf(d.blend, parts...)
	}
	out := make([]float64, raw.Rows())
	d.finals[name].prepared().Predict(formOf(name).of(raw, relative), out)
	return out
}
