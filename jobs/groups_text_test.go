package jobs

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"winback/data/tables"
	"winback/internal/golden"
	"winback/jobs/console"
)

func testGroups() []tables.GroupRow {
	rows := []tables.GroupRow{
		{Group: 1, Rule: "last purchase at most 120 days ago, and at least 4 orders", Customers: 1234567, ContactCustomers: 1111110, Probability: 0.2345, ProbabilityLow: 0.21, ProbabilityHigh: 0.259,
			TestCustomers: 1_100_000, TestReturned: 1, TestRate: 0.229, Lift: 2.93, ExpectedReturns: 260554.4, BreakEvenLift: 0.013, Recommended: true},
		{Group: 2, Rule: "preferred channel is phone1, phone2 or web1, bought for more than 149.00 at first, with less than 300 days between the first and the last purchase, not in the peak season",
			Customers: 800, ContactCustomers: 720, Probability: 0.1, ProbabilityLow: 0.08, ProbabilityHigh: 0.121, TestCustomers: tables.Unknown, TestReturned: tables.Unknown,
			TestRate: math.NaN(), Lift: 1.2, ExpectedReturns: 72, BreakEvenLift: math.NaN(), Recommended: true},
		{Group: 3, Rule: "all others", Customers: 5000, ContactCustomers: 4500, Probability: 0.02, ProbabilityLow: 0.018, ProbabilityHigh: 0.023, TestCustomers: 4000, TestReturned: 90,
			TestRate: 0.0225, Lift: 0.3, ExpectedReturns: 90, BreakEvenLift: 0.05, Note: "the target is met by the groups before"},
	}
	return rows
}

func TestGroups_TableFitsAndSaysWhatToDoNext(t *testing.T) {
	var out bytes.Buffer
	if err := (console.UI{Out: &out}).Print(append(groupsTable(testGroups()), nextStep(testGroups(), 1_111_500, "my out", "my out/runs/1", nil)...)...); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, filepath.Join("testdata", "groups.golden"), out.String())
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > console.Width {
			t.Errorf("wider than %d: %s", console.Width, line)
		}
	}
	rows := testGroups()
	for i := range rows {
		rows[i].Recommended = false
	}
	if got := nextStep(rows, 0, "out", "out/runs/1", nil); len(got) != 1 || got[0] != "No group is recommended.   Brief: out/current/brief.html" {
		t.Errorf("nothing recommended: %q", got)
	}
}
