package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"winback/data/tables"
	"winback/pipeline/offers"
	"winback/pipeline/run"
)

// showsOf are the products that a run shows a customer; none where it has no table
// of them.
func showsOf(ctx context.Context, r *run.Run, customer string) (shows []tables.ShowRow, err error) {
	for row, err := range untilCanceled(ctx, r.Shows()) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if row.CustomerID == customer {
			shows = append(shows, row)
		}
	}
	return shows, nil
}

// showLines are the products of a customer with their reasons.
func showLines(shows []tables.ShowRow) (lines []string) {
	for _, row := range shows {
		name := ""
		if row.Slot == 1 {
			name = "Show"
		}
		lines = append(lines, explainLine(name, fmt.Sprintf("%s (%s): %s", row.Product, row.Kind, row.Reason))...)
	}
	if len(lines) > 0 {
		lines = append(lines, explainLine("", offers.Caution)...)
	}
	return lines
}

// toShow are the products of the customer's own, or else what the list has.
func (e *explanation) toShow() []string {
	if len(e.shows) > 0 || e.listed == nil {
		return showLines(e.shows)
	}
	var shows []tables.ShowRow
	for i, product := range e.listed.Products {
		if product != "" {
			row := tables.ShowRow{Slot: int32(i + 1), Product: product, Kind: e.listed.Kinds[i], Reason: "as the first"}
			if i == 0 {
				row.Reason = e.listed.Shown.Reason
			}
			shows = append(shows, row)
		}
	}
	return showLines(shows)
}
