package survey

import (
	"math"

	"winback/data"
	"winback/data/orders"
)

// The breaks of this package are found wherever they lie before the as-of day.
// Each is a test at every day of the history, against what would be seen if
// nothing had changed there; falseAlarm is the chance that a history in which
// nothing changed gives an alarm of one kind, over all its days together
// (Bonferroni). Lines of one order and of one campaign are alike: alikeLines of
// them are taken for one independent line.
const (
	falseAlarm = 1e-4
	alikeLines = 3
	// breakWeek is the shortest stretch that is compared: each weekday once.
	breakWeek = 7
	// breakMonth is how long names are followed on either side of a break.
	breakMonth = 28
	// apartDays keeps the days around a break, which show it too, from being
	// told as further ones.
	apartDays = 14
	// mostTold bounds the warnings of one kind.
	mostTold = 3
)

// surprise is -ln of the chance allowed to each of so many tests.
func surprise(tests int) float64 { return math.Log(2 * float64(max(tests, 1)) / falseAlarm) }

// inspectBreaks finds breaks in what was known before the as-of day. Amounts and
// ids that broke in the last week stop a run: tonight's lists would rest on them.
func inspectBreaks(o *orders.Table, s *Survey, asOf data.Day) []Finding {
	days := s.dayIndex(s.newestBefore(asOf)) + 1
	if days < 2*breakWeek {
		return nil
	}
	var found []Finding
	tell := func(breaks []toldBreak, mayStop bool) {
		for _, b := range breaks[:min(len(breaks), mostTold)] {
			found = append(found, Finding{Text: b.text, Stops: mayStop && b.day >= days-breakWeek})
		}
	}
	tell(amountBreaks(s, days), true)
	tell(idBreaks(s, days), true)
	tell(missingDays(s, days), false)
	tell(strayLastDays(s, days), false)
	for _, role := range breakRoles {
		tell(nameBreaks(o.Names, s, role, days), false)
	}
	return found
}

// toldBreak is a break in words; day counts from FirstDay.
type toldBreak struct {
	day  int
	text string
}

// peaks keeps the strongest of the days that follow each other closely.
type peaks struct {
	all   []toldBreak
	last  int
	score float64
}

func (p *peaks) add(score float64, b toldBreak) {
	switch {
	case len(p.all) == 0 || b.day > p.last+apartDays:
		p.all, p.score = append(p.all, b), score
	case score > p.score:
		p.all[len(p.all)-1], p.score = b, score
	}
	p.last = b.day
}

// runningSums returns the sums before each day.
func runningSums(counts []int64, days int) []int64 {
	sums := make([]int64, days+1)
	for d := range days {
		sums[d+1] = sums[d] + counts[d]
	}
	return sums
}
