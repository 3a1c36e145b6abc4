package handout

import (
	"io"
	"iter"

	"winback/data/tables"
)

// ExportAssignments writes a list of a campaign in a format and returns how many
// rows there were. The same rows and about give the same bytes.
func ExportAssignments(w io.Writer, format Format, rows []tables.AssignmentRow, about About) (int64, error) {
	each := func(yield func(tables.AssignmentRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
	return export(w, format, assignmentColumns(), func(r *tables.AssignmentRow) int { return int(r.Group) }, each, about, func(w io.Writer, _ iter.Seq2[tables.AssignmentRow, error]) (int64, error) {
		return int64(len(rows)), tables.WriteAssignments(w, rows)
	})
}

func wholeOrEmpty(v int64) exportCell { return exportCell{kind: cellWhole, whole: v, empty: v == 0} }

// assignmentColumns are the columns of a list of a campaign, in the order of the
// table in the ledger.
func assignmentColumns() []exportColumn[tables.AssignmentRow] {
	return []exportColumn[tables.AssignmentRow]{
		{"customer_id", cellText, 18, "The shop's own customer id.", func(r *tables.AssignmentRow) exportCell { return textCell(r.CustomerID) }},
		{"group", cellWhole, 9, "Contact group of the campaign.", func(r *tables.AssignmentRow) exportCell { return wholeCell(int64(r.Group)) }},
		{"arm", cellText, 14, "What the customer gets.", func(r *tables.AssignmentRow) exportCell { return textCell(r.Arm) }},
		{"rank", cellWhole, 9, "Place in the whole list of the run. Empty where the campaign was drawn elsewhere.", func(r *tables.AssignmentRow) exportCell { return wholeOrEmpty(r.Rank) }},
		{"rank_in_group", cellWhole, 17, "Place within the group.", func(r *tables.AssignmentRow) exportCell { return wholeOrEmpty(r.RankInGroup) }},
		{"probability", cellShare, 15, "Chance of a purchase within the horizon without a contact, as frozen at launch.", func(r *tables.AssignmentRow) exportCell { return numberCell(cellShare, r.Probability) }},
		{"expected_spend", cellMoney, 19, "Expected spend within the horizon if the customer returns, in the shop's currency.", func(r *tables.AssignmentRow) exportCell { return numberCell(cellMoney, r.ExpectedSpend) }},
		{"stage", cellText, 11, "Stage by the days since the last purchase: active, silent, sleeping or lost.", func(r *tables.AssignmentRow) exportCell { return textCell(r.Stage) }},
		{"preferred_channel", cellText, 21, "Channel of most of the customer's purchase lines.", func(r *tables.AssignmentRow) exportCell { return textCell(r.PreferredChannel) }},
		{"preferred_hour", cellWhole, 16, preferredHour, func(r *tables.AssignmentRow) exportCell { return hourCell(r.PreferredHour) }},
		{"recency_days", cellWhole, 16, "Days from the last purchase day to the day of the launch.", func(r *tables.AssignmentRow) exportCell { return wholeOrEmpty(r.RecencyDays) }},
	}
}
