package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/jobs/console"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// explainActive prints when a customer who has not lapsed bought last, and from
// which day on that would count as lapsed.
func explainActive(ctx context.Context, r *run.Run, asked run.Asked, id string, lapsed int64, shows []tables.ShowRow, ui console.UI) error {
	customers := int64(0)
	for row, err := range untilCanceled(ctx, r.Customers()) {
		if errors.Is(err, fs.ErrNotExist) {
			break // published without a diagnosis
		}
		if err != nil {
			return err
		}
		if row.CustomerID == id {
			return ui.Print(append(activeLines(r, asked, row), showLines(shows)...)...)
		}
		customers++
	}
	return &ExitError{ExitUsage, fmt.Errorf("this customer is not among the %s lapsed customers of run %s, nor among its other %s: no purchase before %s in its orders, or the id is written differently "+
		"(case, blanks and zeros in front count)", wording.Thousands(lapsed), r.Manifest.RunID, wording.Thousands(max(0, customers-lapsed)), r.AsOf)}
}

func activeLines(r *run.Run, asked run.Asked, row tables.CustomerRow) []string {
	last := r.AsOf - data.Day(row.RecencyDays)
	soFar := fmt.Sprintf("bought on %s for %s, the last time on %s, %s before the as-of day", wording.Counted(row.PurchaseDays, "day"),
		wording.Screen.Fixed(row.Value.Float(), 2), last, wording.Counted(row.RecencyDays, "day"))
	lapses := "in no list: not lapsed"
	if asked.LapsedAfterDays > 0 {
		lapses += fmt.Sprintf("; counts as lapsed from %s on, %s after the last purchase, without a purchase until then", last+data.Day(asked.LapsedAfterDays), wording.Counted(asked.LapsedAfterDays, "day"))
	}
	return slices.Concat(explainLine("Customer", row.CustomerID), explainLine("Run", fmt.Sprintf("%s, as of %s", r.Manifest.RunID, r.AsOf)),
		explainLine("List", lapses), explainLine("So far", soFar), explainLine("Stage", row.Stage))
}
