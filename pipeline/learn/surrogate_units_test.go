package learn

import (
	"slices"
	"testing"

	"winback/models"
)

// A rule about units would speak of lines where no line says how many units it has.
func TestCounted_AsksOfUnitsOnlyWhereLinesHaveThem(t *testing.T) {
	for _, c := range []struct {
		units []float32
		want  bool
	}{{[]float32{1, 2, 3}, false}, {[]float32{1, 2, 4}, true}} {
		x := &models.Matrix{Names: []string{"lines", "units"}, Columns: [][]float32{{1, 2, 3}, c.units}, Levels: make([][]string, 2)}
		for kind, name := range map[GroupRules]string{PlainRules: "units", SharpRules: "units_per_order"} {
			if got := slices.Contains(counted(x, kind.columns()), name); got != c.want {
				t.Errorf("%s rules, units %v: %q asked for is %t, want %t", kind, c.units, name, got, c.want)
			}
		}
	}
}
