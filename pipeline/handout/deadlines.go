package handout

import (
	"io"
	"iter"

	"winback/data/tables"
	"winback/pipeline/plan"
)

// SelectDeadlines yields the rows of customers who are not suppressed and do not wait
// longer, at most top of them; 0 is all.
func SelectDeadlines(rows iter.Seq2[tables.Deadline, error], suppressed *plan.Suppressions, top int64, w Waiting) iter.Seq2[tables.Deadline, error] {
	return kept(rows, func(r *tables.Deadline) bool { return !suppressed.Has(r.CustomerID) && !w.leavesOut(r.WaitUntil) }, top, w.restart)
}

// kept yields the first rows that are kept. begin is called whenever they are read.
func kept[R any](rows iter.Seq2[R, error], keep func(*R) bool, top int64, begin func()) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		taken := int64(0)
		begin()
		for row, err := range rows {
			if err == nil && !keep(&row) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
			if taken++; taken == top {
				return
			}
		}
	}
}

// ExportDeadlines writes a deadline list in a format and returns how many rows
// there were. The same rows and about give the same bytes.
func ExportDeadlines(w io.Writer, format Format, rows iter.Seq2[tables.Deadline, error], about About) (int64, error) {
	return export(w, format, deadlineColumns(), noGroup[tables.Deadline], rows, about, deadlinesParquet)
}

func deadlinesParquet(w io.Writer, rows iter.Seq2[tables.Deadline, error]) (int64, error) {
	return writeAll(tables.NewDeadlinesWriter(w), rows)
}

func noGroup[R any](*R) int { return 0 }

// tableWriter writes a table of a run.
type tableWriter[R any] interface {
	Write(rows []R) error
	Close() error
}

// writeAll writes rows as a table and returns how many there were.
func writeAll[R any](table tableWriter[R], rows iter.Seq2[R, error]) (int64, error) {
	n := int64(0)
	for row, err := range rows {
		if err == nil {
			err = table.Write([]R{row})
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, table.Close()
}

// deadlineColumns are the columns of a deadline list, in the order of the file
// of a run.
func deadlineColumns() []exportColumn[tables.Deadline] {
	return append([]exportColumn[tables.Deadline]{
		{"customer_id", cellText, 18, "The shop's own customer id.", func(r *tables.Deadline) exportCell { return textCell(r.CustomerID) }},
		{"stage", cellText, 11, "Stage that ends, by the clock in force.", func(r *tables.Deadline) exportCell { return textCell(r.Stage) }},
		{"next_stage", cellText, 12, "Stage that follows without a second purchase.", func(r *tables.Deadline) exportCell { return textCell(r.NextStage) }},
		{"last_day_of_stage", cellDay, 20, "Last day of the stage.", func(r *tables.Deadline) exportCell { return exportCell{kind: cellDay, whole: int64(r.LastDay)} }},
		{"days_left", cellWhole, 11, "Days from the as-of day to the last day of the stage; 0 is the as-of day itself.", func(r *tables.Deadline) exportCell { return wholeCell(int64(r.DaysLeft)) }},
		{"recency_days", cellWhole, 14, "Days from the only purchase day to the as-of day.", func(r *tables.Deadline) exportCell { return wholeCell(int64(r.RecencyDays)) }},
		{"value", cellMoney, 13, "Value of what was bought, in the shop's currency.", func(r *tables.Deadline) exportCell { return numberCell(cellMoney, r.Value.Float()) }},
		{"first_order_value", cellMoney, 18, "Value of the first order, in the shop's currency.", func(r *tables.Deadline) exportCell { return numberCell(cellMoney, r.FirstOrderValue.Float()) }},
		{"value_class", cellText, 12, "high, medium or low: best 20 % of the customers by value, next 30 %, the rest.", func(r *tables.Deadline) exportCell { return textCell(r.ValueClass) }},
		{"abc", cellText, 7, "A brings the first 80 % of the value, B the next 15 %, C the rest.", func(r *tables.Deadline) exportCell { return textCell(r.ABC) }},
		{"due_product", cellText, 24, "Product or category most due by its cycle. Empty where nothing bought has one.", func(r *tables.Deadline) exportCell { return textCell(r.DueProduct) }},
		{"preferred_hour", cellWhole, 16, preferredHour, func(r *tables.Deadline) exportCell { return hourCell(r.PreferredHour) }},
	}, append(shownColumns(func(r *tables.Deadline) *tables.Shown { return &r.Shown }),
		exportColumn[tables.Deadline]{"wait_until", cellDay, 14, "First day to contact the customer. Empty: now.", func(r *tables.Deadline) exportCell { return dayCell(r.WaitUntil) }},
		exportColumn[tables.Deadline]{"wait_reason", cellText, 40, "Why to wait.", func(r *tables.Deadline) exportCell { return textCell(r.WaitReason) }})...)
}
