package jobs

import (
	"errors"
	"strings"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/pipeline/run"
)

// plannedRun publishes a run of three groups with two contacts each, of which the plan
// recommends so many contacts.
func plannedRun(t *testing.T, out string, take [3]int64) {
	t.Helper()
	draft, err := run.Begin(fsys.OS(), out, "2007-11-15", run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	var groups []tables.GroupRow
	for g, ids := range []string{"AB", "CD", "EF"} {
		row := tables.GroupRow{Group: int32(g + 1), Rule: "r", RuleJSON: "[]", Customers: 2, ContactCustomers: 2, Recommended: take[g] > 0, RecommendedContacts: take[g]}
		if !row.Recommended {
			row.Note = "capacity is used up"
		}
		groups = append(groups, row)
		file, err := draft.Create(run.GroupFolder(g+1) + "/part-0.parquet")
		if err != nil {
			t.Fatal(err)
		}
		w := tables.NewContactsWriter(file, data.MoneyDecimal)
		for i, id := range ids {
			row := tables.ContactRow{Rank: int64(2*g + i + 1), Group: int32(g + 1), RankInGroup: int64(i + 1), CustomerID: string(id), Probability: 0.1, Stage: "lost"}
			if err := w.Write([]tables.ContactRow{row}); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	file, err := draft.Create(run.GroupsFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tables.WriteGroups(file, groups), file.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Publish(run.Manifest{}); err != nil {
		t.Fatal(err)
	}
}

func TestPull_HandsOutWhatThePlanRecommends(t *testing.T) {
	all := func(s *PullSettings) { s.Groups.All = true }
	for name, c := range map[string]struct {
		take   [3]int64
		change func(*PullSettings)
		want   string
		said   []string
	}{
		"all three": {[3]int64{2, 2, 2}, func(*PullSettings) {}, "A B C D E F", []string{"6 customers (recommended: groups 1-3)"}},
		"two of three": {[3]int64{2, 2, 0}, func(*PullSettings) {}, "A B C D", []string{
			"without group 3, which the plan does not recommend (capacity is used up); --groups all hands out all", "4 customers (recommended: groups 1-2)"}},
		"the last in part": {[3]int64{2, 1, 0}, func(*PullSettings) {}, "A B C", []string{"of group 2 the first 1 of 2 customers by rank, as the plan recommends"}},
		"none":             {[3]int64{}, func(*PullSettings) {}, "", []string{"warning: the plan recommends no group (capacity is used up); --groups all hands out all"}},
		"asked for all": {[3]int64{2, 1, 0}, all, "A B C D E F", []string{
			"warning: of group 2 the plan recommends the first 1 of 2 customers", "warning: the list takes in group 3, which the plan does not recommend", "6 customers (all groups)"}},
	} {
		out := t.TempDir()
		plannedRun(t, out, c.take)
		stdout, stderr, err := pulled(t, out, c.change)
		if err != nil || idsOf(stdout) != c.want {
			t.Errorf("%s: %q, %v; want %q", name, idsOf(stdout), err, c.want)
		}
		for _, said := range c.said {
			if !strings.Contains(stderr, said) {
				t.Errorf("%s: want %q in %q", name, said, stderr)
			}
		}
	}
}
