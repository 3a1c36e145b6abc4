package survey

import (
	"fmt"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/data/parse"
	"winback/pipeline/wording"
)

// Finding is something about the order history that a person should know.
type Finding struct {
	Text string
	// Stops says that the data fails the quality gate: a run goes on only when
	// told to accept it.
	Stops bool
}

// Inspect looks for what spoils extracts of order histories, in what is
// known before the as-of day. Its thresholds are wide: a warning each night is
// read by nobody.
func Inspect(o *orders.Table, s *Survey, asOf data.Day) []Finding {
	var found []Finding
	note := func(stops bool, text string) {
		if text != "" {
			found = append(found, Finding{Text: text, Stops: stops})
		}
	}
	note(true, nothingUsable(o, s, asOf))
	if s.Customers > 0 {
		found = append(found, SetAside(o)...)
	}
	note(false, goneQuiet(s, asOf))
	note(false, withoutCustomer(o, s))
	note(false, oneOnly(o, s, asOf))
	note(false, oneOfMany(s))
	note(false, nobodyReturns(o, s))
	note(false, spelledApart(o, s))
	note(false, guestNumbers(o, s))
	note(false, sharedMail(o, s))
	note(false, totalLines(o, s))
	note(false, noNames(o))
	note(false, namesApart(o))
	unused := o.Unused()
	for _, text := range unusedColumns(o, s, unused) {
		note(false, text)
	}
	note(false, clocks(o))
	for _, text := range rivals(o) {
		note(false, text)
	}
	note(false, periodDays(o, s, asOf))
	note(false, numericStatus(o))
	note(false, noGoods(o))
	note(false, noShop(o))
	note(false, growingPrice(o))
	note(false, countedAmount(o))
	note(false, wholeMoney(o))
	note(false, mixedMoney(o, s, asOf))
	note(false, returnPrefixes(o, s))
	note(false, productsPerLine(o, s, asOf))
	note(false, ordersPerLine(o, s))
	note(false, negativePrices(o))
	note(false, noDates(o))
	note(true, swappedDays(s, asOf))
	copies := snapshots(o, s)
	note(false, copies)
	if copies == "" {
		note(false, overlaps(o, s))
		note(false, changedDays(o, s))
		note(false, overlappingDays(o, s))
	}
	note(false, copiedFiles(o))
	note(false, severalVersions(o, s))
	note(false, twinLines(o, s))
	note(false, repeatedIDs(o, s))
	note(false, survivors(s, asOf))
	note(false, incompleteLastDay(s, asOf))
	note(false, statusReturns(o))
	note(false, statusWords(o, unused))
	note(false, markedRows(o))
	note(false, halfFilled(o))
	change, stops := ChangeFeed(o)
	note(stops, change)
	note(true, MixedCurrencies(o))
	note(false, wallOfReturns(s, asOf))
	note(false, mostlyReturns(o, s))
	note(true, before1980(o, s))
	note(false, repeatedTotals(s))
	note(false, mismatches(o))
	note(false, worthless(o, s))
	note(true, noAmounts(s, asOf))
	return append(found, inspectBreaks(o, s, asOf)...)
}

func nothingUsable(o *orders.Table, s *Survey, asOf data.Day) string {
	switch {
	case s.Customers == 0:
		return NoPurchase(o)
	case s.CustomersBefore(asOf) == 0:
		return fmt.Sprintf("no purchase before the as-of day %s: the first one in these orders is on %s", asOf, s.firstPurchase())
	}
	return ""
}

// NoPurchase says why nothing can be learned from orders without a purchase.
func NoPurchase(o *orders.Table) string {
	if bulk := SetAside(o); len(bulk) > 0 {
		return fmt.Sprintf("no purchase in %s: %s", wording.Counted(o.RowsRead, "row"), bulk[0].Text)
	}
	if n := o.SetAside[orders.NoCustomer]; n > 0 && n == o.RowsRead {
		return fmt.Sprintf("no purchase in %s: column %q has a customer in none%s", wording.Counted(o.RowsRead, "row"), o.ColumnOf(data.Customer),
			orElse(better(o, data.Customer, "; %s looks more like the customer: name it with --map customer=%s"), "; if another column has the customer, name it with --map customer=COLUMN"))
	}
	if s := o.Lines(); s > 0 && o.HasRole(data.Amount) && o.SetAside[orders.AfterAsOf] == 0 {
		return fmt.Sprintf("no purchase in %s: all %s that can be used are returns or of no quantity; if column %q has revenue below 0, as ledgers write it, have the export turn the sign over", wording.Counted(o.RowsRead, "row"), wording.Counted(s, "line"), o.ColumnOf(data.Amount))
	}
	if o.Lines() > 0 && o.HasRole(data.Quantity) && o.SetAside[orders.AfterAsOf] == 0 {
		return fmt.Sprintf("no purchase in %s: not one line has a quantity above 0; if column %q has sales below 0, as stock ledgers write them, have the export turn the sign over", wording.Counted(o.RowsRead, "row"), o.ColumnOf(data.Quantity))
	}
	return fmt.Sprintf("no purchase in %s: not one line has a customer, a time, an amount of at least 0 and a quantity above 0", wording.Counted(o.RowsRead, "row"))
}

// goneQuiet finds a history that ends long before the as-of day.
func goneQuiet(s *Survey, asOf data.Day) string {
	const quietDays = 30
	newest := s.FirstDay - 1
	for i, n := range s.PurchaseLines {
		if day := s.FirstDay + data.Day(i); n > 0 && day < asOf {
			newest = day
		}
	}
	if newest < s.FirstDay || asOf-newest <= quietDays {
		return ""
	}
	return fmt.Sprintf("the newest purchase before the as-of day is of %s, %s earlier: is the extract complete?", newest, wording.Counted(asOf-newest, "day"))
}

// withoutCustomer says when a good part of the lines cannot be used, and which words
// stand for no customer.
func withoutCustomer(o *orders.Table, s *Survey) string {
	n := o.SetAside[orders.NoCustomer]
	words := placeholders(o)
	if n*20 < o.RowsRead && words == "" || n == 0 || s.Customers == 0 {
		return ""
	}
	text := fmt.Sprintf("%s of %s have no customer and count for nobody (%.0f %%)", wording.Thousands(n), wording.Counted(o.RowsRead, "row"), 100*float64(n)/float64(o.RowsRead)) + words
	if n*50 > o.RowsRead {
		text += better(o, data.Customer, "; %s says more often who bought: name it with --map customer=%s")
	}
	return text
}

// negativePrices says when many lines count as adjustments for their price.
func negativePrices(o *orders.Table) string {
	n := o.SetAside[orders.NegativePrice]
	if n*50 < o.RowsRead || n == 0 {
		return ""
	}
	return fmt.Sprintf("%s set aside as adjustments: column %q is below 0 there. If they are returns, have the export write the price as it was and the quantity below 0, or give the value of the line as the amount with --map amount=COLUMN",
		shareOfRows(o, n), o.ColumnOf(data.Price))
}

// noDates names the lines whose day stands for no date.
func noDates(o *orders.Table) string {
	n := o.SetAside[orders.PlaceholderDate]
	if n == 0 {
		return ""
	}
	text := fmt.Sprintf("%s of %s are dated on a day that stands for no date", wording.Thousands(n), wording.Counted(o.RowsRead, "row"))
	var days []string
	for _, day := range o.NoDates() {
		days = append(days, day.String())
	}
	if len(days) > 0 {
		text += fmt.Sprintf(", among them %s, which lies far from all other days", strings.Join(days, ", "))
	} else {
		text += ", such as 9999-12-31"
	}
	return text + ": they are set aside; if another column has the day, name it with --map time=COLUMN"
}

// overlaps says when many lines equal others, as where two extracts overlap.
func overlaps(o *orders.Table, s *Survey) string {
	if s.Dropped*100 < o.RowsRead || s.Dropped == 0 {
		return ""
	}
	text := fmt.Sprintf("%s equal another line in all columns and count once: files probably overlap", wording.Counted(s.Dropped, "line"))
	if 5*s.Dropped <= o.RowsRead {
		return text
	}
	text += ". If files were taken out of the folder of a table with a log (Delta Lake, Iceberg, Hudi), rows that were deleted or replaced since count again: give the table with its log"
	if changed := s.sumDays(s.ChangedLines, s.FirstDay, s.end()); changed > 0 {
		text += fmt.Sprintf(". %s have order, time and product of another one and differ from it: if they were changed, both count", wording.Counted(changed, "line"))
	}
	return text
}

// survivors compares the share of repeat buyers among the customers of the
// first month with those of later months, as far as they were followed for a
// year.
func survivors(s *Survey, asOf data.Day) string {
	share := func(from, to data.Day) (float64, int64) {
		customers := s.sumDays(s.NewCustomers, from, to)
		return float64(s.sumDays(s.SecondWithinYear, from, to)) / float64(max(customers, 1)), customers
	}
	first, followed := s.FirstDay, min(asOf, s.end())-365
	early, n := share(first, first+31)
	if followed < first+120 || n < 50 {
		return ""
	}
	later, m := share(first+90, followed)
	if m < 50 || early < 1.3*later || early-later < 0.05 {
		return ""
	}
	return fmt.Sprintf("the first month holds mostly survivors: %.0f %% of its customers bought again within a year, %.0f %% of later ones. "+
		"The extract leaves out early customers who never came back, or begins when the shop already had many; rates of its first months mislead", 100*early, 100*later)
}

// incompleteLastDay compares the day before the as-of day with the same
// weekday before.
func incompleteLastDay(s *Survey, asOf data.Day) string {
	if s.dayIndex(asOf-1) < 56 {
		return ""
	}
	on := func(day data.Day) int64 { return s.sumDays(s.PurchaseLines, day, day+1) }
	var same []int64
	for k := data.Day(1); k <= 8; k++ {
		same = append(same, on(asOf-1-7*k))
	}
	usual := medianOf(same)
	if have := on(asOf - 1); usual >= 20 && 3*have < usual {
		return fmt.Sprintf("the last day, %s, looks incomplete: %s against %s on the same weekday before", asOf-1,
			wording.Counted(have, "purchase line"), wording.Thousands(usual))
	}
	return ""
}

func statusReturns(o *orders.Table) string {
	if o.StatusReturns == 0 {
		return ""
	}
	return fmt.Sprintf("%s are returns by their status alone. A status has no day of its own and was written after the purchase, so that past snapshots know of returns "+
		"that nobody knew of then", wording.Counted(o.StatusReturns, "line"))
}

// mostlyReturns says when what most customers returned is worth more than what they bought: the
// sign of ledgers.
func mostlyReturns(o *orders.Table, s *Survey) string {
	if 2*s.BelowZero <= s.Histories || s.BelowZero < fewestEqual || s.Customers == 0 {
		return ""
	}
	column := o.Column(data.Amount)
	if column == "" {
		column = o.Column(data.Quantity)
	}
	return fmt.Sprintf("the lines of %s of %s come to less than 0: if column %q has sales below 0, as ledgers write them, have the export turn the sign over", wording.Thousands(s.BelowZero), wording.Counted(s.Histories, "customer"), column)
}

// before1980 finds a history that ends before shops had computers: its times count another
// unit than their type says, such as milliseconds as microseconds.
func before1980(o *orders.Table, s *Survey) string {
	if s.Lines == 0 || s.end() >= parse.MustDay(1980, 1, 1) {
		return ""
	}
	return fmt.Sprintf("all lines are dated from %s to %s: column %q counts in another unit than its type says, such as milliseconds that were written as microseconds; have the export write its times anew", s.FirstDay, s.end()-1, o.ColumnOf(data.Time))
}

// wallOfReturns finds a day on which a good part of all returns was booked.
func wallOfReturns(s *Survey, asOf data.Day) string {
	var total, most int64
	at := 0
	days := min(s.dayIndex(asOf), len(s.ReturnLines))
	for i, n := range s.ReturnLines[:max(days, 0)] {
		total += n
		if n > most {
			most, at = n, i
		}
	}
	if total < 200 || 5*most < total || days < 60 {
		return ""
	}
	return fmt.Sprintf("a wall of returns: %s of all %s stand on one day, %s; they were probably booked together later", wording.Thousands(most),
		wording.Counted(total, "return line"), s.FirstDay+data.Day(at))
}

func repeatedTotals(s *Survey) string {
	if s.TotalsByTime && s.equalTotals() {
		return fmt.Sprintf("the amounts look like totals of orders that stand on each of their lines (in %s of %s of one moment and several products), and each line counts: give the column of the order with --map order=COLUMN, so that each total counts once",
			wording.Thousands(s.EqualTotals), wording.Counted(s.TotalOrders, "purchase"))
	}
	if !s.RepeatedTotals() {
		return ""
	}
	return fmt.Sprintf("the amount column holds the total of the order on each of its lines (in %s of %s of several products): each total is counted once",
		wording.Thousands(s.EqualTotals), wording.Counted(s.TotalOrders, "order"))
}

func mismatches(o *orders.Table) string {
	used := o.RowsRead
	for _, n := range o.SetAside {
		used -= n
	}
	if o.AmountMismatches*100 < used || o.AmountMismatches == 0 {
		return ""
	}
	return fmt.Sprintf("the amount differs from unit price × quantity in %s; the amount is used", wording.Counted(o.AmountMismatches, "line"))
}

// worthless finds purchase lines of no value only, in the whole history.
func worthless(o *orders.Table, s *Survey) string {
	for _, sizes := range s.AmountSizes {
		for _, n := range sizes[1:] {
			if n > 0 {
				return ""
			}
		}
	}
	if s.Customers == 0 {
		return ""
	}
	column := o.ColumnOf(data.Amount)
	if !o.HasRole(data.Amount) {
		column = o.ColumnOf(data.Price)
	}
	return fmt.Sprintf("every purchase line is of no value: column %q has nothing above 0, and nothing is known of who spends what; if another column has the amount, name it with --map amount=COLUMN", column)
}

// noAmounts finds purchase lines of no value only, in the last days.
func noAmounts(s *Survey, asOf data.Day) string {
	end := s.newestBefore(asOf) + 1
	for _, days := range []data.Day{breakWeek, 1} {
		before, n := s.medianAmountSize(end-days-90, end-days)
		now, m := s.medianAmountSize(end-days, end)
		if n >= 200 && m >= 50 && now == 0 && before > 0 {
			return fmt.Sprintf("since %s every purchase line is of no value; is the column of amounts filled?", end-days)
		}
	}
	return ""
}
