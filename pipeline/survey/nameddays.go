package survey

import (
	"winback/data"
	"winback/data/orders"
)

// breakRoles are the columns of names that are watched for a break.
var breakRoles = [...]data.Role{data.Channel, data.Category, data.Product}

// mostNames bounds what is counted of a role each day.
const mostNames = 64

// namedDays counts purchase lines by day and name. Of a role of more than
// mostNames names it counts each so many-th, which is a fair sample: the names
// are in byte order, so that an old and a new scheme of codes are both in it.
type namedDays struct {
	every int     // 1: all names are counted
	names int     // counted names, at most mostNames
	place []uint8 // by code, the index of the name plus one: its place among the counted plus one; 0: not counted
	lines []int32 // day × names + name
}

func newNamedDays(names, days int) namedDays {
	every := max((names+mostNames-1)/mostNames, 1)
	counted := (names + every - 1) / every
	place := make([]uint8, names+1)
	for k := range counted {
		place[k*every+1] = uint8(k + 1)
	}
	return namedDays{every: every, names: counted, place: place, lines: make([]int32, counted*days)}
}

// count takes up the purchases among lines. codes are the indexes of the names plus
// one, 0 is none.
func (n *namedDays) count(days []int32, flags []orders.LineFlags, codes []uint32) {
	if n.names < 2 { // no break shows
		return
	}
	names, place, lines := n.names, n.place, n.lines
	flags, codes = flags[:len(days)], codes[:len(days)]
	for i, day := range days {
		if k := place[codes[i]]; k > 0 && flags[i]&orders.FlagPurchase != 0 {
			lines[int(day)*names+int(k)-1]++
		}
	}
}

// before sums the lines of each name up to each day: row d holds what was
// before day d.
func (n *namedDays) before(days int) [][]int64 {
	sums := make([][]int64, days+1)
	sums[0] = make([]int64, n.names)
	for d := range days {
		row := make([]int64, n.names)
		for k := range row {
			row[k] = sums[d][k] + int64(n.lines[d*n.names+k])
		}
		sums[d+1] = row
	}
	return sums
}

// nameOf is the text of a counted name.
func (n *namedDays) nameOf(names *orders.Names, role data.Role, k int) string {
	return names[role][k*n.every]
}
