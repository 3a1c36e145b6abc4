package campaign

import (
	"testing"

	"winback/data/tables"
)

func TestNextWave_GathersTheGroupsOfEachArm(t *testing.T) {
	m := &Measured{}
	if words := m.NextWave(); words != "" {
		t.Errorf("where nothing is known: %q", words)
	}
	for group, next := range map[int32]string{3: DoNotContact, 1: "voucher", 2: "voucher", 5: "voucher", 4: ""} {
		m.Rows = append(m.Rows, tables.ResultRow{Group: &group, Arm: AllArms, Next: next}, tables.ResultRow{Group: &group, Arm: "voucher", Next: "no"})
	}
	const a, b = "voucher to groups 1-2 and 5", "do not contact group 3"
	if words := m.NextWave(); words != a+"; "+b && words != b+"; "+a {
		t.Errorf("next wave: %q", words)
	}
}
