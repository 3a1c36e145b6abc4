package jobs

import (
	"fmt"
	"math"
	"strings"

	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/wording"
)

// groupsTable writes one line of figures per group and the rule below it.
func groupsTable(rows []tables.GroupRow) []string {
	lines := []string{
		"Group  Customers    Contact  Chance  95 % range      At test cut      Lift  Returns  Break-even",
		strings.Repeat("-", 93),
	}
	for i := range rows {
		r := &rows[i]
		lines = append(lines, fmt.Sprintf("%5d %10s %10s %7s  %-14s  %-15s %5s %8s  %10s", r.Group, wording.Thousands(r.Customers), wording.Thousands(r.ContactCustomers),
			wording.Screen.Percent(r.Probability), wording.Screen.PercentRange(r.ProbabilityLow, r.ProbabilityHigh), tested(r), wording.Screen.Times(r.Lift), wording.Screen.Fixed(r.ExpectedReturns, 0), wording.Screen.Percent(r.BreakEvenLift)))
		text := named(r)
		switch {
		case r.Recommended:
		case i > 0 && r.Note == rows[i-1].Note:
			text += " (not recommended)"
		default:
			text += " (not recommended: " + strings.TrimSuffix(r.Note, ".") + ")"
		}
		for _, line := range console.Wrap(text, console.Width-7) {
			lines = append(lines, "       "+line)
		}
	}
	return append(lines, "")
}

// named is the name of a group and its rule.
func named(r *tables.GroupRow) string {
	if r.Name == "" || strings.EqualFold(r.Name, r.Rule) {
		return r.Rule
	}
	return r.Name + ": " + r.Rule
}

// tested is the rate of the group at the test cut and on how many it rests.
func tested(r *tables.GroupRow) string {
	if r.TestCustomers == tables.Unknown || math.IsNaN(r.TestRate) {
		return "-"
	}
	return wording.Screen.Percent(r.TestRate) + " of " + console.Short(float64(r.TestCustomers))
}

// nextStep says what to do with the groups: take is how many customers the plan
// contacts, out the output folder in which the run was published, given the
// flags that pulling them takes over.
func nextStep(rows []tables.GroupRow, take int64, out string, given []string) []string {
	where := ""
	if out != settings.UsualOut {
		where = " --out " + shellWord(out)
	}
	for _, word := range given {
		where += " " + shellWord(word)
	}
	report := "Report: " + strings.TrimSuffix(out, "/") + "/current/report.html"
	var recommended []int
	contacts := int64(0)
	for i := range rows {
		if rows[i].Recommended && rows[i].ContactCustomers > 0 {
			recommended = append(recommended, int(rows[i].Group))
			contacts += rows[i].ContactCustomers
		}
	}
	if len(recommended) == 0 {
		return []string{"No group is recommended.   " + report}
	}
	customers, top := wording.Thousands(contacts)+" customers", ""
	if take < contacts { // the last group only in part
		customers = "the first " + wording.Thousands(take) + " of " + customers
		top = fmt.Sprintf(" --top %d", take)
	}
	return []string{
		fmt.Sprintf("Recommended: groups %s, %s.", strings.Join(wording.Runs(recommended, "-"), ","), customers),
		report,
		fmt.Sprintf("Next: winback pull%s --groups %s%s --format xlsx -o recall.xlsx", where, strings.Join(wording.Runs(recommended, "-"), ","), top),
	}
}

// shellWord quotes a word for a shell where it needs that.
func shellWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`!*?[](){}<>|&;#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
