package handout

import (
	"fmt"

	"winback/data/tables"
	"winback/pipeline/offers"
)

// shownColumns are the columns of what to show the customers of a list.
func shownColumns[R any](of func(*R) *tables.Shown) []exportColumn[R] {
	var columns []exportColumn[R]
	for slot := range tables.ShowSlots {
		columns = append(columns, exportColumn[R]{fmt.Sprintf("show_%d", slot+1), cellText, 18, fmt.Sprintf("Product to show, place %d. Empty where none is left.", slot+1),
			func(r *R) exportCell { return textCell(of(r).Products[slot]) }})
	}
	for slot := range tables.ShowSlots {
		columns = append(columns, exportColumn[R]{fmt.Sprintf("show_kind_%d", slot+1), cellText, 14,
			fmt.Sprintf("Why product %d: again (bought before), goes with (taken by others with the same goods when they came back), hot (most bought in the last weeks).", slot+1),
			func(r *R) exportCell { return textCell(of(r).Kinds[slot]) }})
	}
	return append(columns, exportColumn[R]{"show_reason", cellText, 60, "Why the first product, in words. " + offers.Caution, func(r *R) exportCell { return textCell(of(r).Reason) }})
}
