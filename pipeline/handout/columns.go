package handout

import (
	"math"
	"strconv"

	"winback/data"
	"winback/data/tables"
)

// cellKind is how a column of a list is shown.
type cellKind uint8

const (
	cellText cellKind = iota
	cellWhole
	cellShare // a probability
	cellMoney
	cellDay
	cellPhone // + and digits, which no reader takes for a formula that does anything
)

// exportCell is one value of a list. Only the field of its kind is filled.
type exportCell struct {
	kind   cellKind
	empty  bool
	text   string  // cellText, cellPhone
	whole  int64   // cellWhole; cellDay: days since 1970-01-01
	number float64 // cellShare, cellMoney
}

func wholeCell(v int64) exportCell { return exportCell{kind: cellWhole, whole: v} }

func textCell(v string) exportCell { return exportCell{kind: cellText, text: v, empty: v == ""} }

// preferredHour explains the column of that name.
const preferredHour = "Hour of the day (0 to 23) of most purchases, opens and clicks, outside the quiet hours. Empty below three of them."

func hourCell(hour *int32) exportCell {
	if hour == nil {
		return exportCell{kind: cellWhole, empty: true}
	}
	return wholeCell(int64(*hour))
}

func numberCell(kind cellKind, v float64) exportCell {
	return exportCell{kind: kind, number: v, empty: math.IsNaN(v)}
}

// plain writes a value as CSV and JSON have it; "" for an empty one.
func (c exportCell) plain() string {
	switch {
	case c.empty:
		return ""
	case c.kind == cellWhole:
		return strconv.FormatInt(c.whole, 10)
	case c.kind == cellDay:
		return data.Day(c.whole).String()
	case c.kind == cellText, c.kind == cellPhone:
		return c.text
	}
	return strconv.FormatFloat(c.number, 'f', -1, 64)
}

// exportColumn is a column of a list as people get it.
type exportColumn[R any] struct {
	name    string
	kind    cellKind
	width   float64 // of the sheet's column, in characters
	explain string
	cell    func(*R) exportCell
}

// exportColumns are the columns of contacts and holdout, in the order of the
// files of a run.
func exportColumns() []exportColumn[tables.ContactRow] {
	return append([]exportColumn[tables.ContactRow]{
		{"rank", cellWhole, 7, "Place in the whole list, 1 first. Customers of the holdout keep their place, so numbers may be missing.",
			func(r *tables.ContactRow) exportCell { return wholeCell(r.Rank) }},
		{"group", cellWhole, 8, "Contact group, 1 first: contact the groups in this order.",
			func(r *tables.ContactRow) exportCell { return wholeCell(int64(r.Group)) }},
		{"rank_in_group", cellWhole, 15, "Place within the group, 1 first.",
			func(r *tables.ContactRow) exportCell { return wholeCell(r.RankInGroup) }},
		{"customer_id", cellText, 16, "The shop's own customer id.",
			func(r *tables.ContactRow) exportCell { return textCell(r.CustomerID) }},
		{"probability", cellShare, 13, "Chance of a purchase within the horizon, contacted or not.",
			func(r *tables.ContactRow) exportCell { return numberCell(cellShare, r.Probability) }},
		{"expected_spend", cellMoney, 16, "Expected spend within the horizon if the customer returns, in the shop's currency.",
			func(r *tables.ContactRow) exportCell { return numberCell(cellMoney, r.ExpectedSpend) }},
		{"expected_margin", cellMoney, 17, "Chance × expected spend × margin rate, contacted or not. Empty until margin and contact cost are set.",
			func(r *tables.ContactRow) exportCell { return numberCell(cellMoney, r.ExpectedMargin) }},
		{"recency_days", cellWhole, 14, "Days from the last purchase day to the as-of day.",
			func(r *tables.ContactRow) exportCell { return wholeCell(r.RecencyDays) }},
		{"orders", cellWhole, 9, "Orders so far.",
			func(r *tables.ContactRow) exportCell { return wholeCell(r.Orders) }},
		{"monetary", cellMoney, 12, "Value of all purchases so far, in the shop's currency.",
			func(r *tables.ContactRow) exportCell { return numberCell(cellMoney, r.Monetary.Float()) }},
		{"last_purchase_day", cellDay, 18, "Day of the last purchase.",
			func(r *tables.ContactRow) exportCell {
				return exportCell{kind: cellDay, whole: int64(r.LastPurchaseDay)}
			}},
		{"stage", cellText, 10, "Stage by the days since the last purchase: active, silent, sleeping or lost.",
			func(r *tables.ContactRow) exportCell { return textCell(r.Stage) }},
		{"preferred_channel", cellText, 19, "Channel of most of the customer's purchase lines. Empty where they have none.",
			func(r *tables.ContactRow) exportCell { return textCell(r.PreferredChannel) }},
		{"reason", cellText, 70, "Why the customer stands here, in words.",
			func(r *tables.ContactRow) exportCell { return textCell(r.Reason) }},
		{"preferred_hour", cellWhole, 16, preferredHour, func(r *tables.ContactRow) exportCell { return hourCell(r.PreferredHour) }},
	}, append(shownColumns(func(r *tables.ContactRow) *tables.Shown { return &r.Shown }), whenColumns()...)...)
}
