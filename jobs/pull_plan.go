package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"winback/jobs/console"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// noteChoice warns where the groups asked for have no list, and where a list
// takes customers of groups that the plan does not recommend.
func noteChoice(r *run.Run, s *PullSettings, ui console.UI) error {
	listed := r.ListedGroups()
	missing := slices.DeleteFunc(slices.Clone(s.Groups), func(g int) bool { return slices.Contains(listed, g) })
	if len(missing) > 0 {
		ui.Warn(fmt.Sprintf("the run has no list for %s; it has %s", groupWords(missing), groupWords(listed)))
	}
	groups, err := r.Groups()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // published without a plan
	}
	if err != nil {
		return err
	}
	var unplanned []int
	why := ""
	for _, g := range groups {
		if taken := s.Groups == nil || slices.Contains(s.Groups, int(g.Group)); taken && s.Top == 0 && g.Recommended && g.RecommendedContacts < g.ContactCustomers {
			ui.Warn(fmt.Sprintf("of group %d the plan recommends the first %s of %s by rank (%s)", g.Group, wording.Thousands(g.RecommendedContacts), wording.Counted(g.ContactCustomers, "customer"), g.Note))
		}
		if !g.Recommended && (s.Groups == nil || slices.Contains(s.Groups, int(g.Group))) {
			unplanned = append(unplanned, int(g.Group))
			if why == "" {
				why = g.Note
			}
		}
	}
	if len(unplanned) > 0 && s.Top == 0 {
		ui.Warn(fmt.Sprintf("the list takes in %s, which the plan does not recommend (%s); --groups chooses", groupWords(unplanned), why))
	}
	return nil
}
