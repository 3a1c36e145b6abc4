package pipeline

import "winback/models"

// raw are the probabilities of all models before calibration.
func (d *Learned) raw(raw, relative *models.Matrix) map[string][]float64 {
	out := map[string][]float64{}
	for _, c := range candidates() {
		m, ok := d.finals[c.name]
		if !ok {
			continue
		}
		x := c.form.of(raw, relative)
		out[c.name] = make([]float64, raw.Rows())
		m.Predict(x, out[c.name])
	}
	if _, ok := d.calibrations[ModelBlend]; ok {
		out[ModelBlend] = blendOf(d.blend, out[blendParts[0]], out[blendParts[1]], out[blendParts[2]])
	}
	return out
}
