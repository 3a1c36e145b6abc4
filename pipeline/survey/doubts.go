package survey

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// growingPrice says when a unit price may be the value of the line.
func growingPrice(o *orders.Table) string {
	column := o.GrowingPrice()
	if column == "" || o.HasRole(data.Amount) {
		return ""
	}
	return fmt.Sprintf("column %q is taken for the price of one unit, and grows with the quantity of a product: if it is the value of the line, say --map %s,price=, else the quantity counts twice",
		column, shellList([]string{"amount=" + column}))
}

// countedAmount says when an amount may count units.
func countedAmount(o *orders.Table) string {
	column := o.CountedAmount()
	if column == "" {
		return ""
	}
	price := o.ColumnOf(data.Price)
	return fmt.Sprintf("column %q is taken for the amount, and has small whole numbers alone beside column %q: if it counts units, say --map %s where the price is that of the line, --map %s where it is that of one unit; --map %s says that it has amounts",
		column, price, shellList([]string{"quantity=" + column, "amount=" + price, "price="}), shellList([]string{"quantity=" + column, "price=" + price, "amount="}), shellList([]string{"amount=" + column}))
}

// wholeCurrencies have no hundredths.
var wholeCurrencies = []string{"JPY", "¥", "KRW", "₩", "VND", "₫", "CLP", "ISK", "HUF", "IDR", "PYG", "UGX", "XOF", "XAF", "COP", "KZT"}

// wholeMoney says when whole numbers may be hundredths.
func wholeMoney(o *orders.Table) string {
	if slices.ContainsFunc(o.Currencies(), func(v orders.ValueCount) bool { return slices.Contains(wholeCurrencies, v.Value) }) {
		return ""
	}
	column := o.WholeMoney()
	if column == "" {
		return ""
	}
	return fmt.Sprintf("column %q holds whole numbers that look like cents, and counts as units: say --money-unit cents, or --money-unit units if that is right", column)
}

// mixedMoney says when a column may have units in some rows and hundredths in others. Its
// sample is of all rows, so that it says nothing where some are of the as-of day and later.
func mixedMoney(o *orders.Table, s *Survey, asOf data.Day) string {
	if s.LinesFrom(asOf) > 0 {
		return ""
	}
	column := o.MixedMoney()
	if column == "" {
		return ""
	}
	return fmt.Sprintf("column %q has whole numbers that are spread as its others are, a hundred times as large: they look like cents beside units, and count as units. Have the export write one of them in all rows, or say --money-unit units if that is right", column)
}

// usualReturnPrefixes are the beginnings of order ids that often stand for what went
// back: returns, refunds and credit notes.
var usualReturnPrefixes = []string{"RE", "RET", "RMA", "RT", "RTN", "RTV", "CN", "CM", "CR", "CRN", "GS", "GU", "REF", "RF", "RFD", "RN", "AV", "NC", "STORNO"}

// returnPrefixes finds orders whose ids begin as those of returns do, where no line
// counts as a return.
func returnPrefixes(o *orders.Table, s *Survey) string {
	opts := o.Settings()
	if s.sumDays(s.ReturnLines, s.FirstDay, s.end()) > 0 || len(opts.Returns.OrderPrefixes) > 0 {
		return ""
	}
	prefixes := o.OrderPrefixes()
	rows := 0
	for _, n := range prefixes {
		rows += n
	}
	var named, found []string
	for _, prefix := range slices.Sorted(maps.Keys(prefixes)) {
		isUsual := slices.Contains(usualReturnPrefixes, prefix) || prefix == "R" && 10*prefixes[""] >= 7*rows
		if n := prefixes[prefix]; isUsual && 10*n < 3*rows {
			named = append(named, fmt.Sprintf("%s (%s)", prefix, wording.Thousands(int64(n))))
			found = append(found, prefix)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf("some order ids begin with letters that often stand for what went back: %s of %s looked at; and no line counts as a return. If they do, say --returns order-prefix=%s",
		strings.Join(named, ", "), wording.Counted(int64(rows), "row"), strings.Join(found, ","))
}

// clocks says when times name zones of which nobody has said how they go with the
// shop's days.
func clocks(o *orders.Table) string {
	if zone := o.Settings().Zone; zone != nil && zone.String() != time.UTC.String() { // Etc/UTC says that UTC is meant
		return ""
	}
	const advice = "if the shop's clock is another, say it with --timezone ZONE, such as Europe/Berlin, or --timezone Etc/UTC if that is right"
	switch c := o.Clocks(); {
	case c.Zoned != "" && c.Local != "":
		return fmt.Sprintf("times in column %q name their zone in a part of the rows (%s) and not in others (%s): the former count on the clock of UTC, the latter as written; %s", o.ColumnOf(data.Time), c.Zoned, c.Local, advice)
	case c.Zone != "":
		return fmt.Sprintf("times in column %q are moments, and the program that wrote them notes the zone %s, where evenings or mornings fall on other days than on the clock of UTC, by which they count: say --timezone %s, or --timezone Etc/UTC if that is right", o.ColumnOf(data.Time), c.Zone, c.Zone)
	case c.Offset != "":
		return fmt.Sprintf("times in column %q are written on a clock that is not UTC (%s), and count on that of UTC, where evenings or mornings fall on other days; %s", o.ColumnOf(data.Time), c.Offset, advice)
	}
	return ""
}

// excelCalendars is how many days the calendar of Excel for Mac began later.
const excelCalendars = 1462

// rivals names columns beside those of time and amount that say something else, and
// discounts that nobody takes off.
func rivals(o *orders.Table) (told []string) {
	found := o.Rivals()
	for _, r := range found.Time {
		way := "later"
		if r.By < 0 {
			way = "earlier"
		}
		calendar := ""
		if math.Abs(r.By-excelCalendars) < 1 { // four years are a day less
			calendar = "; 1,462 days are between the two calendars of Excel: for numbers of that of 1904 say --date-format excel-1904"
		}
		told = append(told, fmt.Sprintf("column %q is the time, by its name, and %q is another day in %.0f %% of the rows, mostly %.0f days %s: --map %s takes that one, --map %s says that this one is right", o.ColumnOf(data.Time), r.Name, 100*r.Share, math.Abs(r.By), way,
			shellList([]string{"time=" + r.Name}), shellList([]string{"time=" + o.ColumnOf(data.Time)}))+calendar)
	}
	for _, r := range found.Amount {
		told = append(told, fmt.Sprintf("column %q is the amount, by its name, and %q is mostly %.2f times as much, as with and without tax or discount: --map %s takes that one, --map %s says that this one is right", o.ColumnOf(data.Amount), r.Name, r.By,
			shellList([]string{"amount=" + r.Name}), shellList([]string{"amount=" + o.ColumnOf(data.Amount)})))
	}
	if column := found.BeforeDiscount; column != "" {
		told = append(told, fmt.Sprintf("column %q has discounts, and is not taken off: amounts are price × quantity. If a column has the amount after discount, name it with --map amount=COLUMN; if the price is the one paid, say --map discount=", column))
	}
	return told
}
