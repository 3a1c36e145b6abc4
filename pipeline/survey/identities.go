package survey

import (
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// orderCounts are the orders of a customer or of all: by order id, or by day of
// purchase where there is none.
type orderCounts struct {
	Orders     int64 // of purchases
	OfOne      int64 // most of one customer
	Buyers     int64 // with an order
	Returning  int64 // with two and more
	OrderLines int64 // purchase lines
	Repeated   int64 // whose id an order of the customer of other weeks has
}

// add counts the orders of a customer.
func (n *orderCounts) add(h orders.History) {
	count, order, day := int64(0), uint64(0), data.Day(0)
	ends := uint64(0) // the last six bits of ids that came: most ids need no search
	for i := h.From; i < h.To; i++ {
		if h.Flags[i]&orders.FlagPurchase == 0 {
			continue
		}
		n.OrderLines++
		if id := h.Order[i]; count == 0 || id != order || id == 0 && data.DayOfMicros(h.Time[i]) != day {
			count++
			end := uint64(1) << (id % 64)
			if id != 0 && ends&end != 0 && isRepeated(h, i) {
				n.Repeated++
			}
			ends |= end
			if order = id; id == 0 {
				day = data.DayOfMicros(h.Time[i])
			}
		}
	}
	n.Orders += count
	n.OfOne = max(n.OfOne, count)
	if count > 0 {
		n.Buyers++
	}
	if count > 1 {
		n.Returning++
	}
}

// isRepeated says whether the id of the order of line i is that of one of weeks before.
func isRepeated(h orders.History, i int) bool {
	const most, weeks = 64, 14 * data.MicrosPerDay // lines that are looked at
	for j := i - 1; j >= max(h.From, i-most); j-- {
		if h.Order[j] == h.Order[i] && h.Flags[j]&orders.FlagPurchase != 0 {
			return h.Time[i]-h.Time[j] > weeks
		}
	}
	return false
}

// repeatedIDs finds order ids that are given out anew, such as by each store or on each
// day, and that mean several orders of one customer.
func repeatedIDs(o *orders.Table, s *Survey) string {
	const fewest, share = 20, 100
	if s.Repeated < fewest || share*s.Repeated < s.Orders || o.Settings().Mapping[data.OrderID] != "" {
		return ""
	}
	return fmt.Sprintf("%s have the id of another order of their customer of weeks before, and count as that one: if column %q begins anew in each store, at each till or on each day, have the export write that in front of it, or leave it out with --map order=, by which the lines of a day are an order",
		wording.Counted(s.Repeated, "order"), o.ColumnOf(data.OrderID))
}

// Shops of fewer customers and lines show too little of what their ids are.
const (
	enoughBuyers = 200
	enoughLines  = 1000
)

// oneOfMany finds a customer with so many orders that it may stand for all who are
// not known. Who it is is not told.
func oneOfMany(s *Survey) string {
	if s.Buyers < enoughBuyers || 20*s.OfOne <= s.Orders {
		return ""
	}
	return fmt.Sprintf("one customer has %s of all %s (%.0f %%): if its id stands for guests or for the till, say it with --no-customer usual,ID; the feature table shows it with the most orders",
		wording.Thousands(s.OfOne), wording.Counted(s.Orders, "order"), 100*float64(s.OfOne)/float64(s.Orders))
}

// oneOnly says that all purchases are those of one customer, or of one day: of
// neither anything can be learned.
func oneOnly(o *orders.Table, s *Survey, asOf data.Day) string {
	first, lines := s.firstPurchase(), s.sumDays(s.PurchaseLines, s.FirstDay, asOf)
	switch {
	case s.CustomersBefore(asOf) == 1:
		return fmt.Sprintf("all purchases (%s) are of one customer: column %q has one id%s", wording.Counted(lines, "line"), o.ColumnOf(data.Customer),
			orElse(better(o, data.Customer, "; %s looks more like the customer: name it with --map customer=%s"), "; if another column says who bought, name it with --map customer=COLUMN"))
	case lines > 0 && lines == s.sumDays(s.PurchaseLines, first, first+1):
		return fmt.Sprintf("all purchases (%s) are on one day, %s: who comes back cannot be learned from it. If column %q is the day of the export, name the one of the order with --map time=COLUMN",
			wording.Counted(lines, "line"), first, o.ColumnOf(data.Time))
	}
	return ""
}

// nobodyReturns finds ids that are given out anew with each order.
func nobodyReturns(o *orders.Table, s *Survey) string {
	if s.Buyers < enoughBuyers || 200*s.Returning > s.Buyers || len(s.DayLines) < 90 {
		return ""
	}
	return fmt.Sprintf("hardly anybody ever orders twice (%s of %s): column %q may hold an id for each order%s", wording.Thousands(s.Returning),
		wording.Counted(s.Buyers, "customer"), o.ColumnOf(data.Customer), orElse(better(o, data.Customer, "; %s looks more like the customer: name it with --map customer=%s"),
			"; if another column has the customer, name it with --map customer=COLUMN"))
}

// productsPerLine finds an id of the line that was taken for the product.
func productsPerLine(o *orders.Table, s *Survey, asOf data.Day) string {
	lines, products := s.Lines-s.LinesFrom(asOf), int64(len(o.Names[data.Product]))
	if lines < enoughLines || 20*products < 19*lines {
		return ""
	}
	return fmt.Sprintf("there are about as many products as lines (%s in %s): column %q may hold an id for each line%s", wording.Thousands(products), wording.Counted(lines, "line"),
		o.ColumnOf(data.Product), orElse(better(o, data.Product, "; %s looks more like the product: name it with --map product=%s"),
			"; if another column has the product, name it with --map product=COLUMN"))
}

// ordersPerLine finds an id of the line that was taken for the order, where another
// column has fewer.
func ordersPerLine(o *orders.Table, s *Survey) string {
	if !o.HasRole(data.OrderID) || s.OrderLines < enoughLines || 50*s.Orders < 49*s.OrderLines {
		return ""
	}
	hint := better(o, data.OrderID, "; %s looks more like the order: name it with --map order=%s")
	if hint == "" {
		return ""
	}
	return fmt.Sprintf("there are about as many orders as lines (%s in %s): column %q may hold an id for each line%s", wording.Thousands(s.Orders), wording.Counted(s.OrderLines, "purchase line"),
		o.ColumnOf(data.OrderID), hint)
}

// sharedMail finds guests who get a new id with each order, by their e-mails.
func sharedMail(o *orders.Table, s *Survey) string {
	mail := o.SharedMail()
	if mail == "" || nobodyReturns(o, s) != "" { // which names it
		return ""
	}
	column := o.ColumnOf(data.Customer)
	return fmt.Sprintf("many e-mails in column %q have several ids in column %q, as where guests get a new one with each order: --map %s takes the e-mail for the customer, --map %s says that the id is right",
		mail, column, shellList([]string{"customer=" + mail}), shellList([]string{"customer=" + column}))
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}
