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

// unusedEvents finds a log of what people did, in which rows of looking and putting
// in the cart would count as bought.
func unusedEvents(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Numbers || len(u.Values) == 0 || !hasPart(u.Name, eventNames) {
		return ""
	}
	var named, values []string
	rows, looks := 0, 0
	buys := slices.ContainsFunc(slices.Collect(maps.Keys(u.Values)), func(v string) bool { return hasWord(v, buyWords) })
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		look, buy := hasWord(value, lookWords), hasWord(value, buyWords)
		if look && !buy {
			looks += u.Values[value]
		}
		if buy || !look && !buys {
			continue
		}
		rows += u.Values[value]
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
		values = append(values, value)
	}
	if looks == 0 {
		return ""
	}
	return fmt.Sprintf("column %q says what people did, and rows of other things than buying count as bought: %s, %s. Leave them out with --map %s --exclude-status %s",
		u.Name, strings.Join(named, ", "), looked(u, rows), shellList([]string{"status=" + u.Name}), shellList(values))
}
