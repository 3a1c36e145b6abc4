package survey

import (
	"fmt"
	"slices"

	"winback/data"
	"winback/data/columns"
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
	Resumed    int64 // times that an order goes on weeks later, without another one between
	Goods      int64 // with products
	Bare       int64 // of these, with one line that has none
	Headers    int64 // of these, where its amount is that of all others together
}

// add counts the orders of a customer.
func (n *orderCounts) add(h orders.History) {
	count, order, day := int64(0), uint64(0), data.Day(0)
	last := int64(0)  // moment of the line before
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
		} else if id != 0 && h.Time[i]-last > anotherOrder {
			n.Resumed++
		}
		last = h.Time[i]
	}
	for from, i := h.From, h.From; i < h.To; i++ {
		if i+1 == h.To || h.Order[i+1] != h.Order[i] || h.Time[i+1] != h.Time[i] {
			if i > from && h.Order[i] != 0 {
				n.addBare(h, from, i+1)
			}
			from = i + 1
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

// addBare counts whether the lines [from, to) of one order and moment are of products but for
// one, which may be its total or the postage.
func (n *orderCounts) addBare(h orders.History, from, to int) {
	bare, sum, own := 0, data.Money(0), data.Money(0)
	for i := from; i < to; i++ {
		if h.Codes[data.Product][i] == 0 {
			bare++
			own = h.Amount[i]
		}
		sum += h.Amount[i]
	}
	if bare == to-from {
		return
	}
	n.Goods++
	if bare == 1 {
		n.Bare++
		if own != 0 && sum-own == own {
			n.Headers++
		}
	}
}

// bareLines finds orders with one line without a product beside those that have one.
func bareLines(o *orders.Table, s *Survey) string {
	const fewest = 20
	switch {
	case s.Headers >= fewest && 10*s.Headers >= s.Goods:
		return fmt.Sprintf("%s of %s with products have a line without one whose amount is that of all their others together: it is the total of the order, and counts as bought beside them. Leave such rows out of the export, or by a column that marks them (--map status=COLUMN --exclude-status VALUE)",
			wording.Thousands(s.Headers), wording.Counted(s.Goods, "order"))
	case s.Bare >= fewest && 5*s.Bare >= 4*s.Goods:
		return fmt.Sprintf("nearly each order has one line without a product (%s of %s), such as for postage, tax or its total, and it counts as bought: if it is no goods, leave such rows out of the export, or name the column that says what they are (--map product=COLUMN --exclude-products NAME)",
			wording.Thousands(s.Bare), wording.Counted(s.Goods, "order"))
	}
	return ""
}

// anotherOrder is how far apart lines of one order are that are probably of two, in microseconds.
const anotherOrder = 14 * data.MicrosPerDay

// isRepeated says whether the id of the order of line i is that of one of weeks before.
func isRepeated(h orders.History, i int) bool {
	const most = 64 // lines that are looked at
	for j := i - 1; j >= max(h.From, i-most); j-- {
		if h.Order[j] == h.Order[i] && h.Flags[j]&orders.FlagPurchase != 0 {
			return h.Time[i]-h.Time[j] > anotherOrder
		}
	}
	return false
}

// repeatedIDs finds order ids that are given out anew, such as by each store or on each
// day, and that mean several orders of one customer.
func repeatedIDs(o *orders.Table, s *Survey, unused []columns.Unused) string {
	repeated, fewest, share, place := s.Repeated, int64(20), int64(100), ""
	if at := slices.IndexFunc(unused, func(u columns.Unused) bool { return len(u.Values) > 1 && hasWord(u.Name, storeWords) }); at >= 0 {
		repeated, fewest, share, place = s.Repeated+s.Resumed, 3, 1000, fmt.Sprintf(", such as column %q has them", unused[at].Name)
	}
	if repeated < fewest || share*repeated < s.Orders || o.Settings().Mapping[data.OrderID] != "" {
		return ""
	}
	return fmt.Sprintf("%s have the id of another order of their customer of weeks before, and count as that one: if column %q begins anew in each store, at each till or on each day%s, have the export write that in front of it, or leave it out with --map order=, by which the lines of a day are an order",
		wording.Counted(repeated, "order"), o.ColumnOf(data.OrderID), place)
}

// storeWords are words of columns with the places that may give out order ids of their own.
var storeWords = []string{"store", "shop", "branch", "filiale", "filialnr", "till", "kasse", "register", "pos", "terminal", "location", "outlet", "tienda", "magasin", "negozio", "winkel", "loja", "sklep"}

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
