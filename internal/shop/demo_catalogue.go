package shop

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// trade is a category of the demo shop.
type trade struct {
	name        string
	prefix      string  // of its product ids
	share       float64 // of the customers whose favourite it is
	medianPrice float64
	returning   float64 // weight of coming back: above 1 more often
	tempo       float64 // how late they come back, in standard deviations: below 0 sooner
}

var trades = []trade{
	{"coffee", "COF", 0.13, 77, 1.70, -1.0},
	{"pet food", "PET", 0.10, 87, 1.80, -0.9},
	{"skin care", "SKI", 0.12, 104, 1.30, -0.4},
	{"vitamins", "VIT", 0.08, 94, 1.25, -0.5},
	{"baby", "BAB", 0.08, 99, 1.10, -0.6},
	{"cleaning", "CLE", 0.07, 72, 1.00, -0.2},
	{"stationery", "STA", 0.06, 67, 0.85, 0.2},
	{"kitchen", "KIT", 0.09, 109, 0.75, 0.4},
	{"clothing", "CLO", 0.11, 114, 0.80, 0.5},
	{"garden", "GAR", 0.06, 102, 0.60, 0.8},
	{"toys", "TOY", 0.06, 89, 0.55, 0.7},
	{"lighting", "LIG", 0.04, 119, 0.40, 1.2},
}

// outlet is a channel of the demo shop.
type outlet struct {
	name       string
	share      float64
	returning  float64
	opens, end int // hours of the day in which orders come in
}

var outlets = []outlet{
	{"web", 0.45, 0.90, 6, 24},
	{"app", 0.25, 1.55, 6, 24},
	{"store", 0.22, 0.80, 9, 20},
	{"phone", 0.08, 0.45, 8, 18},
}

const productsPerTrade = 25

// catalogue is what the demo shop sells: the products of each trade from the
// cheapest to the dearest.
type catalogue struct {
	ids         []string // trade × productsPerTrade + place
	cents       []int64
	tradeShares []float64
	outletShare []float64
}

func newCatalogue() *catalogue {
	c := &catalogue{}
	for _, t := range trades {
		for j := range productsPerTrade {
			z := distuv.UnitNormal.Quantile((float64(j) + 0.5) / productsPerTrade)
			halves := math.Round(2 * t.medianPrice * math.Exp(0.62*z))
			c.ids = append(c.ids, fmt.Sprintf("%s-%02d", t.prefix, j+1))
			c.cents = append(c.cents, int64(halves)*50-5) // prices end in .45 and .95
		}
		c.tradeShares = append(c.tradeShares, t.share)
	}
	for _, o := range outlets {
		c.outletShare = append(c.outletShare, o.share)
	}
	return c
}

// demoItem is a line of a demo order.
type demoItem struct {
	product  uint16 // index into catalogue.ids
	quantity int8   // negative for goods that came back
	cents    int64  // price of a unit
}

var (
	basketLines = []float64{0.36, 0.27, 0.17, 0.10, 0.06, 0.04} // share of orders with 1, 2 … 6 lines
	basketUnits = []float64{0.80, 0.14, 0.06}                   // share of lines with 1, 2, 3 units
)

// What the numbers of a basket are drawn for.
const (
	basketCount = iota
	basketStray
	basketTrade
	basketPlace
	basketQuantity
	basketDiscount
)

// basket draws the lines of an order of a customer with that favourite trade
// and taste: a standard normal number, above 0 for dear things. No product is
// on two lines, since equal lines of an order pass for a mistake.
func (c *catalogue) basket(d draws, favourite int, taste float64) []demoItem {
	var items []demoItem
	lines := 1 + pick(d.uniform(basketCount, 0), basketLines)
	for at := range uint64(lines) {
		t := favourite
		if at > 0 && d.uniform(basketStray, at) < 0.3 {
			t = pick(d.uniform(basketTrade, at), c.tradeShares)
		}
		product := c.choose(t, 0.6*taste+0.8*d.normal(basketPlace, at))
		units := int8(1 + pick(d.uniform(basketQuantity, at), basketUnits))
		if same := slices.IndexFunc(items, func(it demoItem) bool { return it.product == product }); same >= 0 {
			items[same].quantity += units
			continue
		}
		cents := c.cents[product]
		if d.uniform(basketDiscount, at) < 0.12 {
			cents = cents * 9 / 10
		}
		items = append(items, demoItem{product: product, quantity: units, cents: cents})
	}
	return items
}

// choose returns the product of a trade at a place, a standard normal number,
// between the cheapest and the dearest; each is as likely as the others.
func (c *catalogue) choose(trade int, z float64) uint16 {
	place := int(distuv.UnitNormal.CDF(z) * productsPerTrade)
	return uint16(trade*productsPerTrade + min(place, productsPerTrade-1))
}

// valueCents is the value of an order.
func valueCents(items []demoItem) int64 {
	sum := int64(0)
	for _, it := range items {
		sum += it.cents * int64(it.quantity)
	}
	return sum
}
