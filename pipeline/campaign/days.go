package campaign

import (
	"winback/data"
	"winback/pipeline/effect"
)

// DayResult is what was known of a wave as of a day, all arms together.
type DayResult struct {
	AsOf    data.Day
	Returns int64           // of the contacted
	Extra   effect.Estimate // with the limits that hold at any look
}

// Days are the looks of all nights from the day after the first sending until
// tonight, or until the last window was over. None where nothing was sent.
func (m *Measured) Days() (days []DayResult) {
	first, last := data.Day(0), data.Day(0)
	for _, s := range m.Sends {
		if first == 0 || s.Day < first {
			first = s.Day
		}
		last = max(last, s.Day+data.Day(m.Plan.HorizonDays))
	}
	planned := (&measurer{Wave: m.Wave, look: m.Look, name: AllArms, tally: m.all}).planned(nil)
	for day := first + 1; first != 0 && day <= min(last, m.Look.AsOf, m.Look.Newest+1); day++ {
		var groups []effect.Group
		result := DayResult{AsOf: day}
		for _, number := range m.GroupNumbers() {
			if s, ok := m.Sends[number]; ok && s.Day < day {
				g := m.all.until(number, min(m.Plan.HorizonDays, int(day-s.Day)))
				groups = append(groups, g)
				result.Returns += g.Returned
			}
		}
		result.Extra = effect.Anytime(groups, planned)
		days = append(days, result)
	}
	return days
}

// LastWindow is the day on which the last window that was opened is over; false
// where nothing was sent.
func (m *Measured) LastWindow() (end data.Day, any bool) {
	last, any := m.LastSend()
	return last + data.Day(m.Plan.HorizonDays), any
}
