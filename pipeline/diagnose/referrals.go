package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/pipeline/wording"
)

// ReferralRules say who is asked to recommend the shop, and who looks like a
// reseller.
type ReferralRules struct {
	Days    int     // within which there was a purchase
	Returns float64 // most of the lines of a year that were returned
	Bulk    float64 // more than this share of a reseller's lines is in bulk
	Times   float64 // what the usual quantity of the product is multiplied by to be bulk
}

// referralList is one of the lists of referrals, in the order of the table.
type referralList uint8

const (
	listContent referralList = iota
	listLoyal
	listDurable
	listReseller
)

var referralLists = []string{"content", "loyal", "durable", "reseller"}

// referralFacts are what a list of referrals rests on.
type referralFacts struct {
	bought, returned int32 // lines of the last 365 days
	lines, bulk      int32 // purchase lines of all time
	durable          uint32
}

// referral is a customer of a list.
type referral struct {
	id      string
	value   data.Money
	last    data.Day
	days    int32
	recency int32
	facts   referralFacts
	list    referralList
	high    bool // value class
	hour    int8 // preferred; -1: not known
}

// leastBulk is the smallest quantity that is bulk, in units.
const leastBulk = 5

// bulkQuantities are, by product, quantities from which a line is in bulk: so many
// times the median over the sampled lines. Products that nobody in the sample bought
// have none.
func (f *facts) bulkQuantities() []data.Money {
	limits := make([]data.Money, len(f.history.Names[data.Product])+1)
	var lines []sampleLine
	for _, l := range f.lines {
		if l.product > 0 {
			lines = append(lines, l)
		}
	}
	slices.SortFunc(lines, func(a, b sampleLine) int {
		if a.product != b.product {
			return cmp.Compare(a.product, b.product)
		}
		return cmp.Compare(a.quantity, b.quantity)
	})
	for i := range limits {
		limits[i] = math.MaxInt64
	}
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && lines[to].product == lines[from].product {
			to++
		}
		median := lines[(from+to)/2].quantity
		limits[lines[from].product] = max(data.Money(math.Round(f.s.Referrals.Times*float64(median))), leastBulk*data.MoneyScale)
		from = to
	}
	return limits
}

// referralsOf appends the lists that a customer is on.
func (p *People) referralsOf(all []referral, id string, known orders.History, c *customer, row *customerRow, hour int8) []referral {
	rules := &p.f.s.Referrals
	recent := row.recency <= rules.Days
	r := referral{id: id, hour: hour, last: c.last, days: c.days, value: c.value, recency: int32(row.recency), high: p.class.of(c.value) == 0}
	if recent {
		r.facts = p.referralFacts(known)
	}
	r.facts.durable = p.lastDurable(known, c.last)
	add := func(list referralList, on bool) {
		if on {
			if r.list = list; len(all) == 0 || all[len(all)-1].id != id {
				r.id = strings.Clone(id) // those of a partition are one text
			}
			all = append(all, r)
		}
	}
	content := recent && c.days >= 2 && float64(r.facts.returned) <= rules.Returns*float64(r.facts.bought)
	add(listContent, content)
	add(listLoyal, content && (row.due.stage != noStage && row.due.steady || r.high))
	add(listDurable, r.facts.durable > 0)
	add(listReseller, recent && c.days >= 3 && float64(r.facts.bulk) > rules.Bulk*float64(r.facts.lines))
	return all
}

func (p *People) referralFacts(known orders.History) (f referralFacts) {
	yearAgo := (p.f.s.AsOf - 365).Micros()
	for i := known.From; i < known.To; i++ {
		switch {
		case known.Flags[i]&orders.FlagPurchase != 0:
			f.lines++
			if known.Time[i] >= yearAgo {
				f.bought++
			}
			if known.Quantity[i] >= p.bulk[known.Codes[data.Product][i]] {
				f.bulk++
			}
		case known.Flags[i]&orders.FlagReturn != 0 && known.Time[i] >= yearAgo:
			f.returned++
		}
	}
	return f
}

// lastDurable is a product of the last purchase day that is hardly bought again and
// was not returned, the first by name; 0 for none.
func (p *People) lastDurable(known orders.History, last data.Day) (durable uint32) {
	var returned []uint32
	for i := known.To - 1; i >= known.From && known.Time[i] >= last.Micros(); i-- {
		product := known.Codes[data.Product][i]
		if known.Flags[i]&orders.FlagReturn != 0 {
			returned = append(returned, product)
		}
	}
	for i := known.To - 1; i >= known.From && known.Time[i] >= last.Micros(); i-- {
		product := known.Codes[data.Product][i]
		if known.Flags[i]&orders.FlagPurchase != 0 && (durable == 0 || product < durable) && p.cycles.isDurable(product, known.Codes[data.Category][i]) && !slices.Contains(returned, product) {
			durable = product
		}
	}
	return durable
}

// isDurable says whether goods are hardly bought again, by the product's own clock or
// else the category's.
func (c *cycles) isDurable(product, category uint32) bool {
	at := int32(-1)
	if product > 0 {
		at = c.ofProduct[product]
	}
	if at < 0 && product > 0 && category > 0 {
		at = c.ofCategory[category]
	}
	return at >= 0 && c.all[at].Kind == kindNone
}

// Referrals are the lists, each by value and then by id; their rows are put in words when
// they are asked for.
type Referrals struct {
	all      []referral
	products []string
}

// referrals are the lists without those kept off.
func (p *People) referrals() Referrals {
	p.referral = slices.DeleteFunc(p.referral, func(r referral) bool { return p.f.s.KeepOff != nil && p.f.s.KeepOff(r.id) })
	slices.SortFunc(p.referral, func(a, b referral) int {
		return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(b.value, a.value), strings.Compare(a.id, b.id))
	})
	return Referrals{p.referral, p.f.history.Names[data.Product]}
}

// Len is how many rows the lists have.
func (l Referrals) Len() int { return len(l.all) }

// CustomerID is that of a row.
func (l Referrals) CustomerID(i int) string { return l.all[i].id }

// Row is a row of the lists, without what to show the customer.
func (l Referrals) Row(i int) tables.Referral {
	r := &l.all[i]
	return tables.Referral{CustomerID: r.id, List: referralLists[r.list], LastPurchaseDay: r.last, PurchaseDays: int64(r.days), Value: r.value,
		ReturnedLineShare: shareOf(r.facts.returned, r.facts.bought), BulkLineShare: shareOf(r.facts.bulk, r.facts.lines), Reason: l.words(r), PreferredHour: hour(r.hour)}
}

// shareOf is NaN where there is nothing to share.
func shareOf(part, of int32) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(part) / float64(of)
}

func (l Referrals) words(r *referral) string {
	if r.list == listDurable {
		return fmt.Sprintf("bought %s %s ago, which few buy again, not returned", l.products[r.facts.durable-1], wording.Counted(r.recency, "day"))
	}
	text := fmt.Sprintf("bought %s, last %s ago", wording.Counted(r.days, "time"), wording.Counted(r.recency, "day"))
	returned := ", nothing returned"
	if r.facts.returned > 0 {
		returned = fmt.Sprintf(", %s of the lines returned", wording.Prose.Percent(shareOf(r.facts.returned, r.facts.bought)))
	}
	switch r.list {
	case listLoyal:
		if r.high {
			return text + returned + ", among the best by value"
		}
		return text + returned + ", at an even pace"
	case listReseller:
		return text + fmt.Sprintf(", %s of the lines in bulk", wording.Prose.Percent(shareOf(r.facts.bulk, r.facts.lines)))
	}
	return text + returned
}
