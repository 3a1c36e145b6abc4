// Package brief writes brief.html: one screen that says whom to contact tonight, why,
// what to send and when to stop, and of each group a brief of at most five lines. It
// opens offline and has no script.
package brief

import (
	"winback/data"
	"winback/data/tables"
	"winback/pipeline/plan"
)

// Data is everything the page shows. Shares and probabilities are in [0, 1], money is
// in units of the shop's currency. A float that is not known is NaN, and what
// depends on it is left out. No customer id belongs in here.
type Data struct {
	AsOf        data.Day // everything before this day is known
	HorizonDays int      // a return is a purchase in [AsOf, AsOf+HorizonDays)
	Currency    string   // code such as EUR; empty: not known
	Lapsed      int64    // customers
	Unbounded   bool     // neither a target nor a limit nor money was set
	Why         string   // why nobody is recommended; empty: somebody is

	Groups    []Group // in priority order
	Campaigns []Campaign
	Record    Record
	Warnings  int // in the report
}

// Group is a contact group.
type Group struct {
	Number int
	Name   string
	Rule   string // words
	plan.Facts

	Contacts    int64   // neither held out nor suppressed
	Take        int64   // recommended, the first by rank; 0: none
	Holdout     int64   // customers
	Probability float64 // mean, of a return
	Lift        float64 // times the mean of all lapsed
	Low, High   float64 // 95 % interval of the rate that may be observed
	Returns     float64 // expected of Take, or of Contacts where nobody is recommended
	Spend       float64 // of one who returns, within the horizon; of Take, or of Contacts where nobody is recommended
	Note        string  // why it is recommended, or why not

	Show        []string // products, best first
	Sending     tables.Sending
	MoneyKnown  bool    // margin and contact cost are set
	Cost        float64 // of one contact
	BreakEven   float64 // extra return rate that pays for a contact without a coupon
	Coupon      plan.Coupon
	CouponBreak float64 // extra return rate that pays for a contact with the coupon; +Inf: none does
}

// listed is how many customers the group's figures are of.
func (g *Group) listed() int64 {
	if g.Take > 0 {
		return g.Take
	}
	return g.Contacts
}

// isPart says whether only the first of the group by rank are recommended.
func (g *Group) isPart() bool { return g.Take > 0 && g.Take < g.Contacts }

// chance is the mean chance of those whom the group's figures are of.
func (g *Group) chance() float64 {
	if !g.isPart() {
		return g.Probability
	}
	return g.Returns / float64(g.Take)
}

// Campaign is a wave whose windows are not over.
type Campaign struct {
	Name   string
	Wave   int
	Next   string // sentences: what to do next
	Target string // a sentence; empty: none
}

// Record is what came of forecasts whose horizon is over.
type Record struct {
	Settled        int     // forecasts
	Ratio          float64 // returns that came, over those foretold
	Low, High      float64 // of it, 95 %
	InsideOfGroups float64 // share of the groups inside their range
}
