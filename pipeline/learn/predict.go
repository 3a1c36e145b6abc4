package learn

import "winback/models"

// Raw are the probabilities of all models before calibration.
func (d *Learned) Raw(raw, relative *models.Matrix) map[string][]float64 {
	out := map[string][]float64{}
	for _, c := range Candidates() {
		m, ok := d.finals[c.Name]
		if !ok {
			continue
		}
		x := c.form.of(raw, relative)
		out[c.Name] = make([]float64, raw.Rows())
		m.Predict(x, out[c.Name])
	}
	if _, ok := d.Calibrations[ModelBlend]; ok {
		out[ModelBlend] = blendOf(d.blend, out[blendParts[0]], out[blendParts[1]], out[blendParts[2]])
	}
	return out
}
