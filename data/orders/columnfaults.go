package orders

import (
	"winback/data"
	"winback/data/columns"
)

// columnFaults count the lines that are set aside by the column that is why.
type columnFaults struct {
	Unreadable [data.RoleCount]int64 `json:"unreadable"`
	Missing    [data.RoleCount]int64 `json:"missing"`
	Nobody     []int64               `json:"nobody"` // lines by the word that stands for no customer
	// NoNames are the noNameWords that were found, as bits, by noNameRoles.
	NoNames [1 + len(data.NamedRoles)]uint64 `json:"no_names"`
}

func (f *columnFaults) add(o *columnFaults) {
	for r := range data.RoleCount {
		f.Unreadable[r] += o.Unreadable[r]
		f.Missing[r] += o.Missing[r]
	}
	for word, n := range o.Nobody {
		f.countNobody(int32(word), n)
	}
	for k, words := range o.NoNames {
		f.NoNames[k] |= words
	}
}

func (f *columnFaults) countNobody(word int32, lines int64) {
	for len(f.Nobody) <= int(word) {
		f.Nobody = append(f.Nobody, 0)
	}
	f.Nobody[word] += lines
}

// leaveOut counts a line that is set aside.
func (n *normaliser) leaveOut(b *batch, i int, v *values, why Reason) {
	n.setAside[why]++
	if n.keepRows {
		n.rejects = append(n.rejects, reject{b.position + uint64(i), why})
	}
	customer := n.facts[data.Customer].part[b.text[data.Customer][i]+2]
	switch why {
	case Unreadable:
		n.faults.Unreadable[unreadableRole(customer, v)]++
	case NoTime:
		n.faults.Missing[data.Time]++
	case NoAmount:
		n.faults.Missing[missingRole(b, v)]++
	case NoCustomer:
		n.faults.Missing[data.Customer]++
		if customer <= firstPlaceholder {
			n.faults.countNobody(firstPlaceholder-customer, 1)
		}
	}
}

// unreadableRole is the first role whose value cannot be read.
func unreadableRole(customer int32, v *values) data.Role {
	switch {
	case customer == unreadableCustomer:
		return data.Customer
	case v.time == columns.Unreadable:
		return data.Time
	case v.quantity == columns.Unreadable:
		return data.Quantity
	case v.amount == columns.Unreadable:
		return data.Amount
	}
	return data.Price
}

// missingRole is the first role of an amount or quantity that has no value.
func missingRole(b *batch, v *values) data.Role {
	switch {
	case v.quantity == columns.Absent:
		return data.Quantity
	case b.amount != nil:
		return data.Amount
	}
	return data.Price
}
