package jobs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"winback/data"
	"winback/jobs/settings"
)

// groupsTable writes one line of figures per group and the rule below it.
func groupsTable(rows []data.GroupRow) []string {
	lines := []string{
		"Group  Customers    Contact  Chance  95 % range      At test cut      Lift  Returns  Break-even",
		strings.Repeat("-", 93),
	}
	for i := range rows {
		r := &rows[i]
		lines = append(lines, fmt.Sprintf("%5d %10s %10s %7s  %-14s  %-15s %5s %8s  %10s", r.Group, Thousands(r.Customers), Thousands(r.ContactCustomers),
			percent(r.Probability), percentRange(r.ProbabilityLow, r.ProbabilityHigh), tested(r), times(r.Lift), rounded(r.ExpectedReturns), percent(r.BreakEvenLift)))
		text := r.Rule
		switch {
		case r.Recommended:
		case i > 0 && r.Note == rows[i-1].Note:
			text += " (not recommended)"
		default:
			text += " (not recommended: " + strings.TrimSuffix(r.Note, ".") + ")"
		}
		for _, line := range wrapWords(text, tableWidth-7) {
			lines = append(lines, "       "+line)
		}
	}
	return append(lines, "")
}

// percent writes 0.0234 as 2.3 %; "-" for what is not known.
func percent(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v*100, 'f', 1, 64) + " %"
}

func percentRange(low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return "-"
	}
	return strconv.FormatFloat(low*100, 'f', 1, 64) + " to " + percent(high)
}

func times(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + "x"
}

func rounded(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return Thousands(int64(math.Round(v)))
}

// tested is the rate of the group at the test cut and on how many it rests.
func tested(r *data.GroupRow) string {
	if r.TestCustomers == data.Unknown || math.IsNaN(r.TestRate) {
		return "-"
	}
	return percent(r.TestRate) + " of " + short(float64(r.TestCustomers))
}

// nextStep says what to do with the groups: take is how many customers the plan
// contacts, out the output folder in which the run was published, given the
// flags that pulling them takes over.
func nextStep(rows []data.GroupRow, take int64, out string, given []string) []string {
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
	customers, top := Thousands(contacts)+" customers", ""
	if take < contacts { // the last group only in part
		customers = "the first " + Thousands(take) + " of " + customers
		top = fmt.Sprintf(" --top %d", take)
	}
	return []string{
		fmt.Sprintf("Recommended: groups %s, %s.", groupRanges(recommended), customers),
		report,
		fmt.Sprintf("Next: winback pull%s --groups %s%s --format xlsx -o recall.xlsx", where, groupRanges(recommended), top),
	}
}

// groupRanges writes ascending groups as --groups takes them: 1-3,5.
func groupRanges(groups []int) string {
	var parts []string
	for i := 0; i < len(groups); {
		j := i
		for j+1 < len(groups) && groups[j+1] == groups[j]+1 {
			j++
		}
		part := strconv.Itoa(groups[i])
		if j > i {
			part += "-" + strconv.Itoa(groups[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// shellWord quotes a word for a shell where it needs that.
func shellWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`!*?[](){}<>|&;#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
