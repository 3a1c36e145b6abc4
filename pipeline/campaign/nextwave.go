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
	add := func(arm string, group int32) {
		if groups[arm] == nil {
			arms = append(arms, arm)
		}
		groups[arm] = append(groups[arm], int(group))
	}
	for i := range m.Rows {
		if r := &m.Rows[i]; r.Group != nil && r.Arm == AllArms && r.Next != "" {
			add(r.Next, *r.Group)
		}
	}
	var parts []string
	for _, arm := range arms {
		slices.Sort(groups[arm])
		words := groupWords(groups[arm])
		if arm == DoNotContact {
			parts = append(parts, arm+" "+words)
			continue
		}
		parts = append(parts, arm+" to "+words)
	}
	return strings.Join(parts, "; ")
}

// groupWords are groups by their ascending numbers: "groups 1-2 and 5".
func groupWords(numbers []int) string {
	words := "groups "
	if len(numbers) == 1 {
		words = "group "
	}
	return words + wording.List(wording.Runs(numbers, "-"), "and")
}
