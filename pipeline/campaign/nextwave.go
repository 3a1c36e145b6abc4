package campaign

import (
	"slices"
	"strings"

	"winback/pipeline/wording"
)

// NextWave says in words which arm each group should get in the next wave, as far
// as closed windows have taught it: "voucher to groups 1 and 2; do not contact
// group 3". "" where nothing is known yet.
func (m *Measured) NextWave() string {
	var arms []string
	groups := map[string][]int{}
	for i := range m.Rows {
		if r := &m.Rows[i]; r.Group != nil && r.Arm == AllArms && r.Next != "" {
			if groups[r.Next] == nil {
				arms = append(arms, r.Next)
			}
			groups[r.Next] = append(groups[r.Next], int(*r.Group))
		}
	}
	var parts []string
	for _, arm := range arms {
		slices.Sort(groups[arm])
		words := "groups "
		if len(groups[arm]) == 1 {
			words = "group "
		}
		words += wording.List(wording.Runs(groups[arm], "-"), "and")
		if arm == DoNotContact {
			parts = append(parts, arm+" "+words)
			continue
		}
		parts = append(parts, arm+" to "+words)
	}
	return strings.Join(parts, "; ")
}
