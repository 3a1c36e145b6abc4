package offers

import (
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
)

func TestFees_NamesWhatIsSoldOnceAtAnyPrice(t *testing.T) {
	names := &orders.Names{}
	names[data.Product] = []string{"postage", "rope", "shirt"}
	h := &orders.Histories{Names: names, Start: []int32{0}}
	buy := func(id string, code uint32, price, units int) {
		h.IDs = append(h.IDs, id)
		h.Time = append(h.Time, (asOf - 3).Micros())
		h.Flags = append(h.Flags, orders.FlagPurchase)
		h.Codes[data.Product], h.Codes[data.Category] = append(h.Codes[data.Product], code), append(h.Codes[data.Category], 0)
		h.Amount = append(h.Amount, data.Money(price*units*data.MoneyScale))
		h.Quantity = append(h.Quantity, data.Money(units*data.MoneyScale))
		h.Start = append(h.Start, int32(len(h.Time)))
	}
	for i := range 40 {
		id := string(rune('a'+i/26)) + string(rune('a'+i%26))
		buy(id+"1", 1, 3+i, 1)         // 3 to 42 each, one at a time
		buy(id+"2", 2, 1+40*(i%2), 10) // sold by length: any price, many units
		buy(id+"3", 3, 20+i%3, 1)      // a product: one at a time, at one price
	}
	c := NewCounter(usual(), names[data.Product], asOf)
	c.Add(h)
	f := c.Learn(1).NewFees()
	f.Add(h)
	got := f.Warnings()
	if len(got) != 1 || !strings.Contains(got[0], `"postage"`) || !strings.Contains(got[0], "--exclude-products postage") {
		t.Errorf("warnings %q, want one of postage", got)
	}
}
