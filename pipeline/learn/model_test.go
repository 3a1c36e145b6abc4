package learn

import (
	"testing"

	"winback/models"
)

// Points are a rule's, which speaks for itself; whatever learns is explained in
// the lists and kept in the model files.
func TestCandidates_WhatLearnsIsExplainedAndSaved(t *testing.T) {
	raw, relative, y := reasonShop(t, 600)
	for _, c := range Candidates() {
		if c.fit == nil {
			continue
		}
		m, err := c.fit(t.Context(), fitting{train: &models.Training{X: c.form.of(raw, relative), Y: y}, trees: 5, seed: 1, workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if learns := !c.points; (m.explainer != nil) != learns || (m.saved != nil) != learns {
			t.Errorf("%s: learns %t, explained %t, saved %t", c.Name, learns, m.explainer != nil, m.saved != nil)
		}
	}
}
