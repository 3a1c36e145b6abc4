package learn

import (
	"slices"

	"winback/pipeline/wording"
)

// modelWords are the words of a model for people: a blend by what is in it.
func modelWords(name string, blend []float64) string {
	known := Candidates()
	words := func(name string) string {
		return known[slices.IndexFunc(known, func(c candidate) bool { return c.Name == name })].words
	}
	if name != ModelBlend || len(blend) != len(blendParts) {
		return words(name)
	}
	var parts []string
	for k, part := range blendParts {
		if blend[k] > 0 {
			parts = append(parts, words(part))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "a blend of " + wording.List(parts, "and")
}
