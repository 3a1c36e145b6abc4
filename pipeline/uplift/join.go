package uplift

import (
	"slices"

	"winback/models"
	"winback/pipeline/effect"
	"winback/pipeline/learn"
	"winback/pipeline/snapshots"
)

// names are the columns of a matrix, each with whether it holds texts.
func names(m *models.Matrix) map[string]bool {
	text := map[string]bool{}
	for k, name := range m.Names {
		text[name] = m.Levels[k] != nil
	}
	return text
}

// join puts the rows of parts behind each other, with the columns that all of them
// and tonight's customers have; the levels of a text are those of all parts.
func join(parts []part, tonight map[string]bool) (*models.Matrix, []effect.Outcome) {
	var shared []string
	for k, name := range parts[0].x.Names {
		text := parts[0].x.Levels[k] != nil
		inAll := func(p part) bool {
			at := slices.Index(p.x.Names, name)
			return at >= 0 && (p.x.Levels[at] != nil) == text
		}
		if now, known := tonight[name]; known && now == text && !slices.ContainsFunc(parts, func(p part) bool { return !inAll(p) }) {
			shared = append(shared, name)
		}
	}
	all := &models.Matrix{Names: shared, Levels: make([][]string, len(shared)), Columns: make([][]float32, len(shared))}
	var outcomes []effect.Outcome
	for i := range parts {
		parts[i].x = snapshots.Pick(parts[i].x, shared)
		outcomes = append(outcomes, parts[i].outcomes...)
		for k, levels := range parts[i].x.Levels {
			if levels != nil {
				all.Levels[k] = slices.Concat([]string{}, all.Levels[k], levels)
				slices.Sort(all.Levels[k])
				all.Levels[k] = slices.Compact(all.Levels[k])
			}
		}
	}
	for _, p := range parts {
		turned := learn.AlignerTo(all.Levels, p.x.Levels).Of(p.x)
		for k, column := range turned.Columns {
			all.Columns[k] = append(all.Columns[k], column...)
		}
	}
	return all, outcomes
}
