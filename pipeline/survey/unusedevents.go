package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// Parts of the names of columns that say what people did in a shop, words of what
// they do before they buy, and of buying.
var (
	eventNames = []string{"event", "action", "behav", "activit"}
	lookWords  = []string{"view", "viewed", "views", "pageview", "pv", "click", "clicked", "cart", "addtocart", "basket", "wishlist", "favorite", "favourite", "fav", "impression", "search", "searched", "visit", "visited", "login", "browse", "session", "ansicht", "warenkorb", "panier", "carrito", "carrello"}
	buyWords   = []string{"purchase", "purchased", "order", "ordered", "buy", "bought", "transaction", "sale", "sold", "pay", "paid", "payment", "kauf", "achat", "compra", "acquisto"}
)

// Words of columns that have nothing but events, and of what is done about a purchase
// before or after it.
var (
	eventColumnWords = []string{"event", "events", "action", "actions", "activity", "activities", "behavior", "behaviour", "user", "customer", "visitor", "web", "site", "type", "name", "kind"}
	aroundBuyWords   = []string{"start", "started", "begin", "began", "initiate", "initiated", "info", "intent", "abandon", "abandoned", "failed", "error", "add", "added", "shipped", "delivered", "dispatched", "updated", "refund", "refunded", "returned", "requested", "reminder", "history", "status"}
	doneWords        = []string{"done", "complete", "completed", "success", "succeeded", "successful", "finished", "confirmed"}
)

func isPurchaseEvent(value string) bool {
	buys := hasWord(value, buyWords) || hasWord(value, []string{"checkout"}) && hasWord(value, doneWords)
	return buys && !hasWord(value, lookWords) && !hasWord(value, aroundBuyWords) && !looksUnbought(value)
}

// unusedEvents finds a log of what people did, in which rows of looking and putting
// in the cart would count as bought.
func unusedEvents(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Numbers || len(u.Values) == 0 || !hasPart(u.Name, eventNames) {
		return ""
	}
	var named, others []string
	rows, looks, unbought := 0, 0, 0
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
		if isPurchaseEvent(value) {
			continue
		}
		others = append(others, value)
		rows += u.Values[value]
		if hasWord(value, lookWords) {
			looks++
		} else if looksUnbought(value) {
			unbought++
		}
	}
	isLog := !slices.ContainsFunc(orders.Words(u.Name), func(w string) bool { return !slices.Contains(eventColumnWords, w) })
	if looks == 0 && (!isLog || len(u.Values) < 2 || unbought == len(others)) { // unusedStatus has what was taken back
		return ""
	}
	mapped := shellList([]string{"status=" + u.Name})
	text := fmt.Sprintf("column %q says what people did, and ", u.Name)
	if len(others) == len(u.Values) && looks < len(others) {
		return text + fmt.Sprintf("all rows count as bought: %s, of which none reads as a purchase. Leave out what was not bought with --map %s --exclude-status EVENT,..., or say --map %s that all were bought",
			strings.Join(named, ", "), mapped, mapped)
	}
	return text + fmt.Sprintf("rows of other things than buying count as bought: of %s, %s. Leave them out with --map %s --exclude-status %s",
		strings.Join(named, ", "), looked(u, rows), mapped, shellList(others))
}
