package columns

import "winback/data"

// sameIDs passes over ids that go one to one with others whose names are as good, and over
// orders that are another on each row where those of such a one hold several of one customer.
func (c *contest) sameIDs() {
	for _, r := range [...]data.Role{data.Customer, data.OrderID, data.Product} {
		for i, y := range rivals(c[r]) {
			for k, x := range c[r] {
				switch {
				case i == k || x.out != "" || y.out != "" || x.tier != y.tier:
				case k < i && oneToOne(x, y):
					y.out = "the same ids as " + x.name
				case r == data.OrderID && onEachRowOf(y, x, best(c[data.Customer])):
					y.out = "another on almost each row"
				}
			}
		}
	}
}

// fewestIDs is how many ids a sample must have to say how those of two columns go together.
const fewestIDs = 20

// oneToOne says whether two columns have the same ids under other names.
func oneToOne(x, y *candidate) bool {
	there, back := map[int64]int64{}, map[int64]int64{}
	for g, ids := range x.groups {
		if len(y.groups[g]) != len(ids) {
			return false
		}
		for i, a := range ids {
			b := y.groups[g][i]
			if before, known := there[a]; known && before != b {
				return false
			}
			if before, known := back[b]; known && before != a {
				return false
			}
			there[a], back[b] = b, a
		}
	}
	return len(there) >= fewestIDs
}

// onEachRowOf says whether x is another on nearly each row, and y is not, whose rows have one
// customer each.
func onEachRowOf(x, y, customer *candidate) bool {
	distinct, rows, _ := x.counts()
	others, otherRows, _ := y.counts()
	if customer == nil || others < fewestIDs || 100*distinct < 99*rows || 10*others > 9*otherRows {
		return false
	}
	of := map[int64]int64{}
	for g, ids := range y.groups {
		if len(customer.groups[g]) != len(ids) {
			return false
		}
		for i, id := range ids {
			who := customer.groups[g][i]
			if before, known := of[id]; known && id > nothing && before != who {
				return false
			}
			of[id] = who
		}
	}
	return true
}
