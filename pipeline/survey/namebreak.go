package survey

import (
	"fmt"
	"strings"

	"winback/data"
	"winback/data/orders"
)

const (
	// leastShare is the share of the lines from which on a channel that comes or
	// goes is worth a word.
	leastShare = 0.05
	// leastCodeLines is how many lines of either side tell of new codes: that all
	// of them change names by chance has one of e^(−60·0.9/3) = 10^-8.
	leastCodeLines = 60
)

// nameWindow is what the names of a role have before and after a day.
type nameWindow struct {
	sums [][]int64
	day  int
	span int // days on either side
}

func (w nameWindow) before(k int) int64 { return w.sums[w.day][k] - w.sums[max(w.day-w.span, 0)][k] }
func (w nameWindow) after(k int) int64 {
	return w.sums[min(w.day+w.span, len(w.sums)-1)][k] - w.sums[w.day][k]
}

// totals also counts the lines, and the names, that are on one side only.
func (w nameWindow) totals() (before, after, gone, fresh int64, goneNames, freshNames []int) {
	for k := range w.sums[0] {
		b, a := w.before(k), w.after(k)
		before, after = before+b, after+a
		if a == 0 && b > 0 {
			gone += b
			goneNames = append(goneNames, k)
		}
		if b == 0 && a > 0 {
			fresh += a
			freshNames = append(freshNames, k)
		}
	}
	return before, after, gone, fresh, goneNames, freshNames
}

// nameBreaks finds codes given out anew and, where all names of a role are
// counted and mean a way of selling, such that end or begin from one day to the next.
func nameBreaks(names *orders.Names, s *Survey, role data.Role, days int) []toldBreak {
	counts := &s.named[role]
	if counts.names < 2 {
		return nil
	}
	sums := counts.before(days)
	found := newCodes(counts, names, s, role, sums)
	if role == data.Channel && counts.every == 1 && len(found) == 0 {
		found = channelsThatTurn(counts, names, s, sums)
	}
	return found
}

// newCodes finds days since which nine of ten lines have names that nobody had
// before, and nine of ten before have names that nobody has after. Where names
// never last, as in a shop of single pieces, that says nothing.
func newCodes(counts *namedDays, names *orders.Names, s *Survey, role data.Role, sums [][]int64) []toldBreak {
	days := len(sums) - 1
	var found peaks
	var shares []int64 // of the lines before, in per cent, those whose names are gone
	for day := breakMonth; day+breakWeek <= days; day++ {
		before, after, gone, fresh, goneNames, freshNames := nameWindow{sums, day, breakMonth}.totals()
		if min(before, after) < leastCodeLines || s.PurchaseLines[day] == 0 {
			continue
		}
		shares = append(shares, 100*gone/before)
		if 10*gone < 9*before || 10*fresh < 9*after || min(len(goneNames), len(freshNames)) < 2 {
			continue
		}
		text := fmt.Sprintf("the %s column has other names since %s: %s and others before, %s and others after; was the scheme of codes changed? "+
			"What a customer bought before and after counts as different; give both sides the same codes", role, s.FirstDay+data.Day(day),
			counts.quoted(names, role, goneNames), counts.quoted(names, role, freshNames))
		found.add(float64(gone)/float64(before)+float64(fresh)/float64(after), toldBreak{day, text})
	}
	if medianOf(shares) > 50 {
		return nil
	}
	return found.all
}

// quoted writes the first names.
func (n *namedDays) quoted(names *orders.Names, role data.Role, some []int) string {
	var texts []string
	for _, k := range some[:min(len(some), 3)] {
		texts = append(texts, fmt.Sprintf("%q", n.nameOf(names, role, k)))
	}
	return strings.Join(texts, ", ")
}

// channelsThatTurn finds the channels whose last or first line lies inside the
// history, from a good share to nothing or back within a week.
func channelsThatTurn(counts *namedDays, names *orders.Names, s *Survey, sums [][]int64) []toldBreak {
	days := len(sums) - 1
	var told []toldBreak
	for k := range counts.names {
		first, last := firstAndLast(sums, k)
		name := counts.nameOf(names, data.Channel, k)
		if share := shareThatTurned(sums, k, last+1, -1); share > 0 && last+1+breakWeek <= days {
			told = append(told, toldBreak{last + 1, fmt.Sprintf("channel %q ends: since %s it has no purchase, with %.0f %% of the lines in the %d days before; "+
				"did it get another name, or is it missing from the extract? If missing, its customers look lapsed: add its orders", name, s.FirstDay+data.Day(last+1), 100*share, breakMonth)})
		}
		if share := shareThatTurned(sums, k, first, 1); share > 0 {
			told = append(told, toldBreak{first, fmt.Sprintf("channel %q begins: its first purchase is of %s, with %.0f %% of the lines in the %d days from then; "+
				"did it have another name before, or is it missing from the older extract? If missing, its customers look newer than they are: add its orders", name, s.FirstDay+data.Day(first), 100*share, breakMonth)})
		}
	}
	return told
}

func firstAndLast(sums [][]int64, k int) (first, last int) {
	first, last = len(sums), -2
	for d := range len(sums) - 1 {
		if sums[d+1][k] > sums[d][k] {
			first, last = min(first, d), d
		}
	}
	return first, last
}

// shareThatTurned is the share of the lines that a name has on the one side of a
// day (-1 before, 1 after) where it has none on the other; 0 where that may be
// chance (Poisson: none of expected lines), or the name came or went slowly.
func shareThatTurned(sums [][]int64, k, day, side int) float64 {
	days := len(sums) - 1
	if day < breakMonth || day+breakWeek > days {
		return 0
	}
	share := func(w nameWindow) (name, with, without float64) {
		before, after, _, _, _, _ := w.totals()
		if side < 0 {
			return float64(w.before(k)), float64(before), float64(after)
		}
		return float64(w.after(k)), float64(after), float64(before)
	}
	name, with, without := share(nameWindow{sums, day, breakMonth})
	near, nearWith, _ := share(nameWindow{sums, day, breakWeek})
	usual := name / max(with, 1)
	if usual < leastShare || usual*without < alikeLines*surprise(days*len(sums[0])) || near/max(nearWith, 1) < usual/2 {
		return 0
	}
	return usual
}
