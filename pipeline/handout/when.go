package handout

import (
	"winback/data"
	"winback/data/tables"
)

// whenColumns are the columns of when to contact the customers of a list.
func whenColumns() []exportColumn[tables.ContactRow] {
	return []exportColumn[tables.ContactRow]{
		{"preferred_weekday", cellText, 18, "Weekday on which the customer bought most often. Empty below three purchase days, and for all where it was tested and found no better than the shop's.",
			func(r *tables.ContactRow) exportCell { return textCell(r.Weekday) }},
		{"wait_until", cellDay, 14, "First day to contact the customer. Empty: now.", func(r *tables.ContactRow) exportCell { return dayCell(r.WaitUntil) }},
		{"wait_reason", cellText, 40, "Why to wait.", func(r *tables.ContactRow) exportCell { return textCell(r.WaitReason) }},
	}
}

// Waiting says what becomes of customers who are to be contacted on a later day.
type Waiting struct {
	From  data.Day // who may be contacted before it, or at once, is left out; 0: nobody is
	Due   data.Day // who waits until a later one is left out; 0: nobody is
	Later *int64   // counts those who wait, until Due or at all, while a list is read; nil: nobody does
}

func (w Waiting) restart() {
	if w.Later != nil {
		*w.Later = 0
	}
}

// leavesOut counts a customer who waits until a day, 0 for none, and says whether that
// leaves the customer out.
func (w Waiting) leavesOut(until data.Day) bool {
	if until <= w.Due {
		return until < w.From
	}
	if w.Later != nil {
		*w.Later++
	}
	return w.Due > 0
}

// dayCell is empty where there is no day.
func dayCell(day data.Day) exportCell {
	if day == 0 {
		return textCell("")
	}
	return exportCell{kind: cellDay, whole: int64(day)}
}
