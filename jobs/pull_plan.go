package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// choice is which customers of a run's lists are taken by their groups.
type choice struct {
	groups []int         // nil: all
	first  map[int]int64 // of these groups the first by rank only
	words  string        // for people
	rules  [][2]string   // of the groups, where they are known
}

// choose settles the groups: those that were named, else what the plan
// recommends. It warns where the list goes beyond the plan. That no group named
// has a list is an error with ExitUsage.
func choose(r *run.Run, s *PullSettings, ui console.UI) (choice, error) {
	if s.Groups.Named != nil {
		if err := listed(r, s.Groups.Named, ui); err != nil {
			return choice{}, err
		}
	}
	asked := choice{groups: s.Groups.Named, words: "all groups"}
	if asked.groups != nil {
		asked.words = groupWords(asked.groups)
	}
	if s.List == settings.ListHoldout {
		return asked, nil
	}
	groups, err := r.Groups()
	if errors.Is(err, fs.ErrNotExist) {
		return asked, nil // published without a plan
	}
	if err != nil {
		return choice{}, err
	}
	if !s.Groups.All && s.Groups.Named == nil {
		asked = recommended(groups, ui)
	} else {
		warnBeyondPlan(groups, s, ui)
	}
	for i := range groups {
		if g := int(groups[i].Group); asked.groups == nil || slices.Contains(asked.groups, g) {
			asked.rules = append(asked.rules, [2]string{fmt.Sprintf("Group %d", g), named(&groups[i])})
		}
	}
	return asked, nil
}

// listed refuses groups of which none has a list and warns of those that have
// none.
func listed(r *run.Run, named []int, ui console.UI) error {
	there := r.ListedGroups()
	missing := slices.DeleteFunc(slices.Clone(named), func(g int) bool { return slices.Contains(there, g) })
	if len(missing) == 0 {
		return nil
	}
	text := fmt.Sprintf("the run has no list for %s; it has %s", groupWords(missing), groupWords(there))
	if len(missing) == len(named) {
		return &settings.Error{Where: "--groups", Text: text}
	}
	ui.Warn(text)
	return nil
}

// recommended are the groups that the plan recommends, the last one as far as
// it does, and says what is left out.
func recommended(groups []tables.GroupRow, ui console.UI) choice {
	chosen := choice{groups: []int{}, first: map[int]int64{}}
	var others []int
	for _, g := range groups {
		switch {
		case !g.Recommended:
			others = append(others, int(g.Group))
			continue
		case g.RecommendedContacts < g.ContactCustomers:
			chosen.first[int(g.Group)] = g.RecommendedContacts
			ui.Note(fmt.Sprintf("of group %d the first %s of %s by rank, as the plan recommends", g.Group, wording.Thousands(g.RecommendedContacts), wording.Counted(g.ContactCustomers, "customer")))
		}
		chosen.groups = append(chosen.groups, int(g.Group))
	}
	chosen.words = "recommended: " + groupWords(chosen.groups)
	switch _, why := unplanned(groups, nil); {
	case len(chosen.groups) == 0:
		ui.Warn(fmt.Sprintf("the plan recommends no group (%s); --groups all hands out all", why))
	case len(others) > 0:
		ui.Note(fmt.Sprintf("without %s, which the plan does not recommend (%s); --groups all hands out all", groupWords(others), why))
	}
	return chosen
}

// unplanned are the groups among those named, nil for all, that the plan does
// not recommend, and why the first of them is not.
func unplanned(groups []tables.GroupRow, named []int) (numbers []int, why string) {
	for _, g := range groups {
		if g.Recommended || named != nil && !slices.Contains(named, int(g.Group)) {
			continue
		}
		if numbers = append(numbers, int(g.Group)); why == "" {
			why = strings.TrimSuffix(g.Note, ".")
		}
	}
	return numbers, why
}

// warnBeyondPlan warns where the groups asked for take in customers whom the
// plan does not recommend. Who says how many knows best.
func warnBeyondPlan(groups []tables.GroupRow, s *PullSettings, ui console.UI) {
	if s.Top > 0 {
		return
	}
	for _, g := range groups {
		if taken := s.Groups.All || slices.Contains(s.Groups.Named, int(g.Group)); taken && g.Recommended && g.RecommendedContacts < g.ContactCustomers {
			ui.Warn(fmt.Sprintf("of group %d the plan recommends the first %s of %s by rank (%s)", g.Group, wording.Thousands(g.RecommendedContacts), wording.Counted(g.ContactCustomers, "customer"), g.Note))
		}
	}
	if beyond, why := unplanned(groups, s.Groups.Named); len(beyond) > 0 {
		ui.Warn(fmt.Sprintf("the list takes in %s, which the plan does not recommend (%s); without --groups it holds the recommended ones", groupWords(beyond), why))
	}
}
