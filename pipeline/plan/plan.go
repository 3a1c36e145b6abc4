// Package plan makes groups and lists of the scored customers: order, holdout,
// suppression, money, what is recommended, and why it stops there.
package plan

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"

	"winback/data/tables"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/wording"
)

// Settings say how much may be contacted and what it costs. A nil pointer
// is a setting that was not made.
type Settings struct {
	Margin      *float64 // share of the spend that is margin; (0, 1]
	ContactCost *float64 // currency per contact; at least 0
	Target      *Target  // expected returns to reach
	Capacity    *int64   // most contacts
	Budget      *float64 // most money for contacts, in currency; needs ContactCost

	// Coupons are the discounts that pages suggest where the money is known.
	Coupons CouponShares

	// LevelSigma is the standard deviation of the error of the log return rate
	// of a whole period, for the groups' intervals; at least 0.
	LevelSigma float64
	// HorizonDays is the horizon, for the words of the groups' rules; 0 where it
	// is not known.
	HorizonDays int
	// LongestSilenceDays is the longest recency of a customer whose return or
	// silence was ever seen; 0 where it is not known. Of a group most of whose
	// customers have been silent longer too little is known.
	LongestSilenceDays int
	// TooLittleKnown: no group's chance is known.
	TooLittleKnown bool
	// NothingToRankBy, where not empty, is the note that stands in every group
	// instead of a recommendation.
	NothingToRankBy string
}

// Validate names the first setting that cannot be.
func (s Settings) Validate() error {
	switch {
	case s.Margin != nil && !(*s.Margin > 0 && *s.Margin <= 1):
		return fmt.Errorf("margin %v: want a share above 0 and up to 1", *s.Margin)
	case s.ContactCost != nil && !(*s.ContactCost >= 0 && *s.ContactCost < math.Inf(1)):
		return fmt.Errorf("contact cost %v: want an amount of at least 0", *s.ContactCost)
	case s.Capacity != nil && *s.Capacity < 0:
		return fmt.Errorf("capacity %d: want a number of contacts of at least 0", *s.Capacity)
	case s.Budget != nil && !(*s.Budget >= 0 && *s.Budget < math.Inf(1)):
		return fmt.Errorf("budget %v: want an amount of at least 0", *s.Budget)
	case s.Budget != nil && s.ContactCost == nil:
		return errors.New("a budget needs the cost of a contact")
	case !(s.LevelSigma >= 0 && s.LevelSigma < math.Inf(1)):
		return fmt.Errorf("spread of the level %v: want a number of at least 0", s.LevelSigma)
	case s.Target != nil:
		return s.Target.validate()
	}
	return nil
}

// Target is a number of expected returns, or a share of all that all contacts
// together are expected to bring.
type Target struct {
	Value float64 // at least 0; a share is within [0, 1]
	Share bool
}

// ParseTarget reads "1000" or "40%".
func ParseTarget(text string) (Target, error) {
	number, share := strings.CutSuffix(strings.TrimSpace(text), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return Target{}, fmt.Errorf("target %q: want a number of returns, or a share such as 40%%", text)
	}
	t := Target{Value: value, Share: share}
	if share {
		t.Value /= 100
	}
	return t, t.validate()
}

func (t Target) validate() error {
	switch {
	case t.Share && !(t.Value >= 0 && t.Value <= 1):
		return fmt.Errorf("target %.6g%%: want a share from 0%% to 100%%", t.Value*100)
	case !(t.Value >= 0 && t.Value < math.Inf(1)):
		return fmt.Errorf("target %v: want a number of returns of at least 0", t.Value)
	}
	return nil
}

// Plan is what to do with the groups. The groups are taken in order until the
// first limit, and of the group in which it is reached only the first contacts by
// rank: those who are expected to meet the target, or who use up the capacity or
// the budget. A group whose contacts cannot pay for themselves is passed over.
type Plan struct {
	Take            []int64   // contacts to take of each group, the first by rank; 0: not recommended
	Returns         []float64 // expected of them, natural returns included
	Groups          int       // groups recommended
	Contacts        int64     // sum of Take
	ExpectedReturns float64   // sum of Returns
	Cost            float64   // currency; NaN without a cost per contact
	// Target is the number of expected returns to reach; NaN without a target.
	Target float64
	// Summary is the plan in one sentence.
	Summary string
	// Holdout is a sentence: which holdout would show whether contacts pay; empty
	// where this one does for a group, or where nothing is known of money.
	Holdout string
}

// limits are the plan's bounds while the groups are walked.
type limits struct {
	target    float64 // expected returns; +Inf without one
	contacts  int64   // hard limit of contacts
	hardWords string  // "the capacity of 5,000 contacts"; "" without a hard limit
}

func (s Settings) limits(allReturns float64) limits {
	l := limits{target: math.Inf(1), contacts: math.MaxInt64}
	if s.Target != nil {
		l.target = s.Target.Value
		if s.Target.Share {
			l.target *= allReturns
		}
	}
	if s.Capacity != nil {
		l.contacts = *s.Capacity
		l.hardWords = "the capacity of " + wording.Counted(*s.Capacity, "contact")
	}
	if s.Budget != nil && *s.ContactCost > 0 {
		// A little more than the quotient, for rounding: 100 contacts at 0.07 cost 7.000000000000001.
		if affordable := math.Floor(*s.Budget / *s.ContactCost * (1 + 1e-12)); affordable < float64(l.contacts) {
			l.contacts = int64(affordable)
			l.hardWords = "the budget of " + wording.Amount(*s.Budget) + " for " + wording.Counted(l.contacts, "contact")
		}
	}
	return l
}

// reached says whether the target is met; sums of many probabilities are
// compared with a tolerance for rounding.
func (l limits) reached(returns float64) bool { return returns >= l.target*(1-1e-9) }

// makePlan fills Recommended and Note of the rows.
func makePlan(g *Groups, s Settings) (Plan, error) {
	all := 0.0
	if n := len(g.Rows); n > 0 {
		all = g.Rows[n-1].CumulativeExpectedReturns
	}
	bounds := s.limits(all)
	plan := Plan{Take: make([]int64, len(g.Rows)), Returns: make([]float64, len(g.Rows)), Cost: math.NaN(), Target: math.NaN()}
	last := 0 // last group recommended
	for i := range g.Rows {
		row := &g.Rows[i]
		row.Note = refusal(*row, s, bounds, plan, last)
		if row.Note != "" {
			continue
		}
		first, err := g.needed(i+1, bounds.target-plan.ExpectedReturns, bounds.contacts-plan.Contacts)
		if err != nil {
			return plan, err
		}
		plan.recommend(g, i, first)
		last = i + 1
		row.Recommended, row.RecommendedContacts, row.RecommendedToRank = true, first.contacts, first.lastRank
		row.Note = recommendation(*row, bounds, bounds.reached(plan.ExpectedReturns))
		if value := worth(*row); value != "" {
			row.Note += "; " + value
		}
	}
	for i := range g.Rows {
		if math.IsInf(g.Rows[i].BreakEvenLift, 1) {
			g.Rows[i].BreakEvenLift = math.NaN() // no rise pays; the note says so
		}
	}
	if s.ContactCost != nil {
		plan.Cost = float64(plan.Contacts) * *s.ContactCost
	}
	if s.Target != nil {
		plan.Target = bounds.target
	}
	plan.Summary = plan.summary(g, s, bounds)
	plan.Holdout = plan.holdout(g.Rows, s)
	return plan, nil
}

// firstContacts are contacts at the head of a group.
type firstContacts struct {
	contacts int64
	returns  float64 // sum of their probabilities
	lastRank int64   // tables.Unknown where there are none
}

// recommend takes the first contacts of group i (0 first).
func (p *Plan) recommend(g *Groups, i int, first firstContacts) {
	returns := g.Rows[i].ExpectedReturns
	if first.contacts < g.Rows[i].ContactCustomers {
		returns = first.returns
	}
	p.Take[i], p.Returns[i] = first.contacts, returns
	p.Groups++
	p.Contacts += first.contacts
	p.ExpectedReturns += returns
}

// contacts yields the contacts of a group in rank order.
func (g *Groups) contacts(group int) iter.Seq2[Ranked, error] {
	return func(yield func(Ranked, error) bool) {
		for c, err := range g.Ranking.Group(group) {
			if (err != nil || !c.IsHeldOut()) && !yield(c, err) {
				return
			}
		}
	}
}

// needed are the contacts of a group, by rank and at most so many, that are expected
// to bring that many returns: all where they bring fewer.
func (g *Groups) needed(group int, returns float64, most int64) (firstContacts, error) {
	first := firstContacts{lastRank: tables.Unknown}
	for c, err := range g.contacts(group) {
		if err != nil {
			return first, err
		}
		if first.contacts == most || first.returns >= returns*(1-1e-9) {
			break
		}
		first.returns += c.Probability[c.Row]
		first.contacts++
		first.lastRank = g.Ranking.rankOf(group, c.Place)
	}
	return first, nil
}

// After adds what was learned: how uncertain the level is, whether there is
// anything to rank by, and over which horizon.
func (s Settings) After(d *learn.Learned) Settings {
	s.LevelSigma = d.Level.Sigma
	if math.IsNaN(s.LevelSigma) {
		s.LevelSigma = baserate.PriorLevelSigma
	}
	s.NothingToRankBy, s.HorizonDays = d.Gate.Nothing, d.Evaluation.Horizon
	s.TooLittleKnown, s.LongestSilenceDays = d.Gate.TooLittleKnown, d.LongestSilence
	return s
}
