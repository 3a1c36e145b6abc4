package diagnose

import "math"

// ProductClock says what the clock of the products rests on.
type ProductClock struct {
	SampleShare   Number `json:"sample_share"`   // of the customers whose lines were looked at
	Tested        int    `json:"tested"`         // products and categories with enough repeats to test
	Kept          int    `json:"kept"`           // of them, those that beat permuted products
	QuantityPower Number `json:"quantity_power"` // a purchase of twice the quantity lasts 2 to this power as long; 0: quantity tells nothing
	Customers     int64  `json:"customers"`      // with something that has a clock
	Words         string `json:"words"`
}

// Kinds of clocks of goods.
const (
	kindCycle  = "cycle"  // used up and bought again
	kindYearly = "yearly" // at the same season each year
	kindNone   = "none"   // bought once
	kindShop   = "shop"   // no rhythm beyond the shop's own
)

// Cycle is how a product or a category is bought again.
type Cycle struct {
	Level    level
	Code     uint32 // of the product or category, plus one
	Product  string // "" for a category
	Category string // "" where not known

	Kind      string
	Why       string
	Buyers    int64 // in the sample
	Repeaters int64
	Intervals int64
	Returned  float64 // F(τ): share who buy it again within TauDays
	TauDays   int

	// Days after a purchase: in use up to Use, then it runs out, most often at
	// Typical, until End; later the buyer is dormant. Middle parts the time of
	// running out in two for the stages. Zero where the kind is none or shop.
	Use, Typical, Middle, End float64
	OwnTypical                float64 // before shrinking; NaN: too few repeats
	days                      windows // the same four, whatever the kind
	// Weights of what the days rest on; their sum is 1.
	WeightProduct, WeightCategory, WeightShop, WeightIndustry float64
	Norm                                                      string // of the industry; "" for none

	P        float64 // chance that permuted products look as different; NaN: not tested
	Regular  float64 // how much narrower its intervals spread than permuted ones
	Quantity float64 // usual quantity of a purchase
	Season   int     // first of three months, 1 is January; 0 without a season
}

const (
	fewRepeaters   = 30 // customers who bought it again, for a clock of its own
	priorRepeaters = 30 // customers that what stands above weighs as much as
	durableShare   = 0.05
	durableDays    = 180
	fewBuyers      = 100 // to call something a durable
	widestWindow   = 4   // the last day of running out, in last days of use
)

// cycles holds all clocks of goods as they were known at a day.
type cycles struct {
	all        []Cycle
	ofProduct  []int32 // by code: index into all, -1 for none
	ofCategory []int32
	power      float64
	use        bool // some goods have a cycle or a season
	tested     int
	kept       int
}

func noUnits(codes int) []int32 {
	units := make([]int32, codes+1)
	for i := range units {
		units[i] = -1
	}
	return units
}

// add keeps a clock; products without one of their own go by their category.
func (c *cycles) add(cy Cycle) {
	if cy.Kind == kindCycle && !math.IsNaN(cy.P) {
		c.kept++
	}
	c.use = c.use || cy.Kind == kindCycle || cy.Kind == kindYearly
	c.all = append(c.all, cy)
	at := int32(len(c.all) - 1)
	switch {
	case cy.Level == levelCategory:
		c.ofCategory[cy.Code] = at
	case cy.Kind != kindShop:
		c.ofProduct[cy.Code] = at
	}
}

func repeatersOf(m *measured) int64 {
	if !m.ok {
		return 0
	}
	return m.repeaters
}

// fallbackWindows stand at the end of the chain where an industry says nothing.
func fallbackWindows() windows { return normWindows(45, 180) }

// weightsOf shares one out over product, category, shop and industry: what lies
// nearer weighs as its repeaters do against those that the prior counts for. An
// industry's norm for the goods at hand stands before the shop's general
// rhythm, which knows nothing of them.
func weightsOf(product, category int64, shopOK, hasNorm bool) [4]float64 {
	var w [4]float64
	rest := 1.0
	take := func(n int64) float64 {
		share := rest * float64(n) / float64(n+priorRepeaters)
		rest -= share
		return share
	}
	w[0] = take(product)
	w[1] = take(category)
	if hasNorm || !shopOK {
		w[3] = rest
	} else {
		w[2] = rest
	}
	return w
}
