package plan

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"winback/data/tables"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
	"winback/pipeline/scoring"
	"winback/pipeline/sendtime"
)

// Groups are the contact groups in order of priority, with the customers
// behind them.
type Groups struct {
	Rows    []tables.GroupRow
	Ranking Ranking
	Plan    Plan
	Lapsed  *scoring.Store
	Reasons []string       // of the ranker, by rank from the first on; those behind are told plain facts
	Shows   *offers.Lists  // what the customers are shown; nil: nothing
	When    *sendtime.When // when they are contacted; nil: not known
	margin  *float64
	sums    []leafSums
}

// BuildGroups makes one group of each leaf that has a customer, puts them in
// order of their mean probability (or mean score, where the lapsed have one),
// larger groups first and then by rule where they are equal, ranks the
// customers and makes the plan. Every customer is in exactly one group, and
// contacted, held out or suppressed.
func BuildGroups(l *scoring.Store, leaves []learn.Leaf, settings Settings) (*Groups, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	sums, err := sumLeaves(l, len(leaves), settings.LongestSilenceDays)
	if err != nil {
		return nil, err
	}
	order := keptOrder(priority(sums, leaves), leaves, sums)
	g := &Groups{Lapsed: l, margin: settings.Margin, sums: sums}
	if g.Ranking, err = rankCustomers(l, order, sums); err != nil {
		return nil, err
	}
	g.Rows = groupRows(sums, leaves, order, settings)
	g.Plan, err = makePlan(g, settings)
	return g, err
}

// leafSums are the totals of one leaf. Customers are added in order of their
// ids, so that rounding is the same every time.
type leafSums struct {
	customers, contacts, heldOut, suppressed, resting int64

	probability, key float64 // of all customers
	returns          float64 // expected, of the contacts
	spendReturns     float64 // expected returns of those contacts whose spend is known
	spend            float64 // expected spend of these: probability × spend of one who returns
	beyond           int64   // customers silent for longer than was ever seen
}

// LeafTotals are how many customers a leaf has, and the sum of their probabilities.
func (g *Groups) LeafTotals(leaf int) (customers int64, probabilities float64) {
	return g.sums[leaf].customers, g.sums[leaf].probability
}

func sumLeaves(store *scoring.Store, leaves, longestSilence int) ([]leafSums, error) {
	sums, before := make([]leafSums, leaves), ""
	err := store.Each(func(l *scoring.Lapsed) error {
		if err := l.Validate(leaves); err != nil {
			return err
		}
		if n := l.Len(); n > 0 {
			if before != "" && l.IDs[0] <= before {
				return errors.New("lapsed customers: a part is not in ascending order of ids")
			}
			before = l.IDs[n-1]
		}
		addLeaves(sums, l, longestSilence)
		return nil
	})
	return sums, err
}

func addLeaves(sums []leafSums, l *scoring.Lapsed, longestSilence int) {
	for i := range int32(l.Len()) {
		s, p := &sums[l.Leaf[i]], l.Probability[i]
		s.customers++
		s.probability += p
		s.key += l.Key(i)
		if longestSilence > 0 && int(l.RecencyDays[i]) > longestSilence {
			s.beyond++
		}
		switch {
		case l.IsSuppressed(i):
			s.suppressed++
		case l.IsHeld(i):
			s.resting++
		case l.IsHeldOut(i):
			s.heldOut++
		default:
			s.contacts++
			s.returns += p
			if spend := l.SpendOf(i); !math.IsNaN(spend) {
				s.spendReturns += p
				s.spend += p * spend
			}
		}
	}
}

// priority returns the leaves that have customers, first group first.
func priority(sums []leafSums, leaves []learn.Leaf) []int {
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
func groupRows(sums []leafSums, leaves []learn.Leaf, order []int, settings Settings) []tables.GroupRow {
	var all leafSums
	for _, s := range sums {
		all.customers += s.customers
		all.probability += s.probability
	}
	mean := all.probability / float64(all.customers)
	rows := make([]tables.GroupRow, len(order))
	contacts, returns := int64(0), 0.0
	for i, leaf := range order {
		row := groupRow(sums[leaf], leaves[leaf], settings)
		contacts += row.ContactCustomers
		if !math.IsNaN(row.ExpectedReturns) {
			returns += row.ExpectedReturns
		}
		row.Group, row.CumulativeContacts, row.CumulativeExpectedReturns = int32(i+1), contacts, returns
		row.Lift = math.NaN()
		if mean > 0 {
			row.Lift = row.Probability / mean
		}
		rows[i] = row
	}
	return rows
}

func groupRow(s leafSums, leaf learn.Leaf, settings Settings) tables.GroupRow {
	p := s.probability / float64(s.customers)
	if settings.TooLittleKnown || 2*s.beyond > s.customers {
		p, s.returns = math.NaN(), math.NaN()
	}
	row := tables.GroupRow{
		Name: leaf.Name, Rule: leaf.Rule.Words(settings.HorizonDays), RuleJSON: leaf.Rule.JSON(), RuleSQL: leaf.Rule.SQL(),
		Customers: s.customers, ContactCustomers: s.contacts, HoldoutCustomers: s.heldOut, SuppressedCustomers: s.suppressed, RestingCustomers: s.resting,
		Probability: p, RecommendedToRank: tables.Unknown,
		TestCustomers: leaf.TestCustomers, TestReturned: leaf.TestReturned, TestRate: math.NaN(),
		ExpectedReturns: s.returns,
		ExpectedSpend:   math.NaN(), ExpectedMargin: math.NaN(), ContactCost: math.NaN(),
		DetectableLift: DetectableLift(p, s.contacts, s.heldOut),
	}
	row.ProbabilityLow, row.ProbabilityHigh = baserate.ObservedInterval(p, s.customers, settings.LevelSigma)
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

// NoteTonight numbers the groups of the test cut as tonight's, and notes tonight's
// cut points.
func (g *Groups) NoteTonight(d *learn.Learned, t *scoring.Scored) {
	if t.Cuts != nil {
		d.Evaluation.GroupCuts = t.Cuts
	}
	d.NumberGroups(g.Ranking.GroupOfLeaf)
}
