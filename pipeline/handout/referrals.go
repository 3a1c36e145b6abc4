package handout

import (
	"io"
	"iter"

	"winback/data/tables"
	"winback/pipeline/plan"
)

// SelectReferrals yields the rows of customers who are not suppressed, at most top
// of them; 0 is all.
func SelectReferrals(rows iter.Seq2[tables.Referral, error], suppressed *plan.Suppressions, top int64) iter.Seq2[tables.Referral, error] {
	return kept(rows, func(r *tables.Referral) bool { return !suppressed.Has(r.CustomerID) }, top, func() {})
}

// ExportReferrals writes the lists of referrals in a format and returns how many rows
// there were. The same rows and about give the same bytes.
func ExportReferrals(w io.Writer, format Format, rows iter.Seq2[tables.Referral, error], about About) (int64, error) {
	return export(w, format, referralColumns(), noGroup[tables.Referral], rows, about, func(w io.Writer, rows iter.Seq2[tables.Referral, error]) (int64, error) {
		return writeAll(tables.NewReferralsWriter(w, about.Money), rows)
	})
}

// referralColumns are the columns of the lists of referrals, in the order of the file
// of a run.
func referralColumns() []exportColumn[tables.Referral] {
	return append([]exportColumn[tables.Referral]{
		{"customer_id", cellText, 18, "The shop's own customer id.", func(r *tables.Referral) exportCell { return textCell(r.CustomerID) }},
		{"list", cellText, 11, "content: bought lately and gave hardly anything back; loyal: these, at an even pace or among the best by value; durable: bought something last that few buy again; reseller: buys in bulk.",
			func(r *tables.Referral) exportCell { return textCell(r.List) }},
		{"last_purchase_day", cellDay, 20, "Day of the last purchase.", func(r *tables.Referral) exportCell {
			return exportCell{kind: cellDay, whole: int64(r.LastPurchaseDay)}
		}},
		{"purchase_days", cellWhole, 14, "Days with a purchase.", func(r *tables.Referral) exportCell { return wholeCell(r.PurchaseDays) }},
		{"value", cellMoney, 13, "Value of what was bought, in the shop's currency.", func(r *tables.Referral) exportCell { return numberCell(cellMoney, r.Value.Float()) }},
		{"returned_line_share", cellShare, 19, "Returned lines over lines bought in 365 days. Empty for who bought long ago.", func(r *tables.Referral) exportCell { return numberCell(cellShare, r.ReturnedLineShare) }},
		{"bulk_line_share", cellShare, 16, "Share of the lines with several times the usual quantity of the product. Empty for who bought long ago.", func(r *tables.Referral) exportCell { return numberCell(cellShare, r.BulkLineShare) }},
		{"reason", cellText, 60, "Why the customer stands here, in words.", func(r *tables.Referral) exportCell { return textCell(r.Reason) }},
		{"preferred_hour", cellWhole, 16, preferredHour, func(r *tables.Referral) exportCell { return hourCell(r.PreferredHour) }},
	}, shownColumns(func(r *tables.Referral) *tables.Shown { return &r.Shown })...)
}
