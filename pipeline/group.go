package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/features"
)

// Lapsed holds all lapsed customers as columns, in strictly ascending byte
// order of their ids. Columns that may be nil say so; all others have one
// entry per customer.
type Lapsed struct {
	IDs         []string
	Probability []float64 // calibrated, of the ranker; within [0, 1]
	// Score orders the lists where probability does not, higher first; nil:
	// the probability does. Finite.
	Score            []float64
	Leaf             []int32   // ordinal of the customer's leaf
	ExpectedSpend    []float64 // currency, within the horizon, if the customer returns; NaN: unknown; nil: all unknown
	RecencyDays      []int32   // as-of day minus the last purchase day
	Orders           []int32   //
	IntervalMeanDays []float32 // between purchase days; NaN: one purchase day; nil: all unknown
	Monetary         []data.Money
	LastPurchaseDay  []data.Day
	Stage            []features.Stage // by the clock in force
	PreferredChannel []uint32         // index into Channels plus one; 0: none; nil: all none
	Channels         []string
	Reasons          []string // from the ranker; "": plain facts; nil: all so
	Suppressed       []bool   // in no list; nil: nobody
	HeldOut          []bool   // in the holdout, unless suppressed; nil: nobody
}

// Leaf is one leaf of the tree that makes the groups.
type Leaf struct {
	Rule          Rule
	TestCustomers int64 // who met the rule at the test cut; data.Unknown without one
	TestReturned  int64 // how many of them returned; data.Unknown without a test cut
}

// Groups are the contact groups in order of priority, with the customers
// behind them.
type Groups struct {
	Rows   []data.GroupRow
	Order  Order
	Plan   Plan
	lapsed *Lapsed
	margin *float64
}

// BuildGroups makes one group of each leaf that has a customer, puts them in
// order of their mean probability (or mean score, where the lapsed have one),
// larger groups first and then by rule where they are equal, ranks the
// customers and makes the plan. Every customer is in exactly one group, and
// contacted, held out or suppressed.
func BuildGroups(l *Lapsed, leaves []Leaf, settings PlanSettings) (*Groups, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if err := l.validate(len(leaves)); err != nil {
		return nil, err
	}
	sums := sumLeaves(l, len(leaves))
	order := priority(sums, leaves)
	g := &Groups{Order: rankCustomers(l, order, len(leaves)), lapsed: l, margin: settings.Margin}
	g.Rows = groupRows(sums, leaves, order, settings)
	g.Plan = makePlan(g, settings)
	return g, nil
}

func (l *Lapsed) validate(leaves int) error {
	n := len(l.IDs)
	lengths := []struct {
		name     string
		have     int
		optional bool
	}{
		{"probability", len(l.Probability), false}, {"score", len(l.Score), true}, {"leaf", len(l.Leaf), false},
		{"expected spend", len(l.ExpectedSpend), true}, {"recency", len(l.RecencyDays), false}, {"orders", len(l.Orders), false},
		{"interval", len(l.IntervalMeanDays), true}, {"monetary", len(l.Monetary), false},
		{"last purchase day", len(l.LastPurchaseDay), false}, {"stage", len(l.Stage), false},
		{"preferred channel", len(l.PreferredChannel), true}, {"reasons", len(l.Reasons), true}, {"suppressed", len(l.Suppressed), true}, {"held out", len(l.HeldOut), true},
	}
	for _, c := range lengths {
		if c.have != n && (c.have != 0 || !c.optional) {
			return fmt.Errorf("lapsed customers: %s has %d entries, want %d", c.name, c.have, n)
		}
	}
	for i := range n {
		switch {
		case i > 0 && l.IDs[i-1] >= l.IDs[i]:
			return fmt.Errorf("lapsed customers: row %d is not in ascending order of ids", i)
		case !(l.Probability[i] >= 0 && l.Probability[i] <= 1):
			return fmt.Errorf("lapsed customers: row %d has probability %v, want one within 0 and 1", i, l.Probability[i])
		case len(l.Score) > 0 && (math.IsNaN(l.Score[i]) || math.IsInf(l.Score[i], 0)):
			return fmt.Errorf("lapsed customers: row %d has score %v, want a finite number", i, l.Score[i])
		case l.Leaf[i] < 0 || int(l.Leaf[i]) >= leaves:
			return fmt.Errorf("lapsed customers: row %d is in leaf %d of %d", i, l.Leaf[i], leaves)
		case len(l.PreferredChannel) > 0 && int(l.PreferredChannel[i]) > len(l.Channels):
			return errors.New("lapsed customers: a preferred channel has no name")
		}
	}
	return nil
}

func (l *Lapsed) suppressed(i int32) bool { return len(l.Suppressed) > 0 && l.Suppressed[i] }
func (l *Lapsed) heldOut(i int32) bool    { return len(l.HeldOut) > 0 && l.HeldOut[i] }

func (l *Lapsed) spend(i int32) float64 {
	if len(l.ExpectedSpend) == 0 {
		return math.NaN()
	}
	return l.ExpectedSpend[i]
}

// key is what the lists are ordered by, higher first.
func (l *Lapsed) key(i int32) float64 {
	if len(l.Score) > 0 {
		return l.Score[i]
	}
	return l.Probability[i]
}

// leafSums are the totals of one leaf. Customers are added in order of their
// ids, so that rounding is the same every time.
type leafSums struct {
	customers, contacts, heldOut, suppressed int64

	probability, key float64 // of all customers
	returns          float64 // expected, of the contacts
	spendReturns     float64 // expected returns of those contacts whose spend is known
	spend            float64 // expected spend of these: probability × spend of one who returns
}

func sumLeaves(l *Lapsed, leaves int) []leafSums {
	sums := make([]leafSums, leaves)
	for i := range int32(len(l.IDs)) {
		s, p := &sums[l.Leaf[i]], l.Probability[i]
		s.customers++
		s.probability += p
		s.key += l.key(i)
		switch {
		case l.suppressed(i):
			s.suppressed++
		case l.heldOut(i):
			s.heldOut++
		default:
			s.contacts++
			s.returns += p
			if spend := l.spend(i); !math.IsNaN(spend) {
				s.spendReturns += p
				s.spend += p * spend
			}
		}
	}
	return sums
}

// priority returns the leaves that have customers, first group first.
func priority(sums []leafSums, leaves []Leaf) []int {
	var order []int
	words := make([]string, len(leaves))
	for leaf := range leaves {
		words[leaf] = leaves[leaf].Rule.Words(0)
		if sums[leaf].customers > 0 {
			order = append(order, leaf)
		}
	}
	mean := func(leaf int) float64 { return sums[leaf].key / float64(sums[leaf].customers) }
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(mean(b), mean(a)),
			cmp.Compare(sums[b].customers, sums[a].customers),
			cmp.Compare(words[a], words[b]),
			cmp.Compare(a, b))
	})
	return order
}

// groupRows fills all but the plan's columns.
func groupRows(sums []leafSums, leaves []Leaf, order []int, settings PlanSettings) []data.GroupRow {
	var all leafSums
	for _, s := range sums {
		all.customers += s.customers
		all.probability += s.probability
	}
	mean := all.probability / float64(all.customers)
	rows := make([]data.GroupRow, len(order))
	contacts, returns := int64(0), 0.0
	for i, leaf := range order {
		row := groupRow(sums[leaf], leaves[leaf], settings)
		contacts += row.ContactCustomers
		returns += row.ExpectedReturns
		row.Group, row.CumulativeContacts, row.CumulativeExpectedReturns = int32(i+1), contacts, returns
		row.Lift = math.NaN()
		if mean > 0 {
			row.Lift = row.Probability / mean
		}
		rows[i] = row
	}
	return rows
}

func groupRow(s leafSums, leaf Leaf, settings PlanSettings) data.GroupRow {
	p := s.probability / float64(s.customers)
	row := data.GroupRow{
		Rule: leaf.Rule.Words(settings.HorizonDays), RuleJSON: leaf.Rule.JSON(),
		Customers: s.customers, ContactCustomers: s.contacts, HoldoutCustomers: s.heldOut, SuppressedCustomers: s.suppressed,
		Probability:   p,
		TestCustomers: leaf.TestCustomers, TestReturned: leaf.TestReturned, TestRate: math.NaN(),
		ExpectedReturns: s.returns,
		ExpectedSpend:   math.NaN(), ExpectedMargin: math.NaN(), ContactCost: math.NaN(),
		DetectableLift: DetectableLift(p, s.contacts, s.heldOut),
	}
	row.ProbabilityLow, row.ProbabilityHigh = ObservedInterval(p, s.customers, settings.LevelSigma)
	if leaf.TestCustomers > 0 {
		row.TestRate = float64(leaf.TestReturned) / float64(leaf.TestCustomers)
	}
	if s.spendReturns > 0 { // contacts of unknown spend count with the mean of the others
		row.ExpectedSpend = s.spend / s.spendReturns
		row.ExpectedMargin = ExpectedMargin(s.returns, row.ExpectedSpend, settings.Margin)
	}
	if settings.ContactCost != nil {
		row.ContactCost = float64(s.contacts) * *settings.ContactCost
	}
	row.BreakEvenLift = BreakEvenLift(row.ExpectedSpend, settings.Margin, settings.ContactCost)
	return row
}

// NoteTonight notes in an evaluation what the groups of the test cut are tonight:
// their numbers and cut points.
func (g *Groups) NoteTonight(e *Evaluation, t *Tonight) {
	if t.cuts != nil {
		e.GroupCuts = t.cuts
	}
	for i := range e.Groups {
		e.Groups[i].Tonight = int(g.Order.GroupOfLeaf(e.Groups[i].leaf))
	}
}
