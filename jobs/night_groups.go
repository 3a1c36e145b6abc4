package jobs

import (
	"context"
	"fmt"

	"winback/data/orders"
	"winback/jobs/settings"
	"winback/pipeline/diagnose"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/wording"
)

// score writes the features of tonight's customers and scores them. The walk
// over all customers is the second one of the diagnosis too.
func (n *nightly) score(ctx context.Context, create run.Create, a asked, p past, learned *learn.Learned) (*scoring.Scored, *diagnose.People, error) {
	stage := walkStage(n.ui, "rank customers", a.orders, 2)
	rows, err := openTable(create, run.FeaturesFile, n.s.MoneyType)
	if err != nil {
		return nil, nil, err
	}
	customers, err := openTable(create, run.CustomersFile, n.s.MoneyType)
	if err != nil {
		return nil, nil, rows.end(err)
	}
	people := p.collector.Learn(customers.Write)
	tonight, err := scoring.Score(ctx, a.orders, a.Question, learned, p.look, p.rates, rows.Write, func(part int, h *orders.Histories) error {
		p.shows.test(h)
		return people.Add(part, h)
	})
	if err := customers.end(rows.end(err)); err != nil {
		return nil, nil, err
	}
	stage.Done(wording.Thousands(int64(len(tonight.Lapsed.IDs))) + " lapsed of " + wording.Thousands(tonight.Customers) + " customers")
	learned.Evaluation.Shows = p.shows.record(a.Workers)
	for _, note := range p.shows.notes(learned.Evaluation.Shows) {
		n.ui.Note(note)
	}
	n.timings.count("tonight", "customers", tonight.Customers)
	n.timings.count("tonight", "lapsed", int64(len(tonight.Lapsed.IDs)))
	return tonight, people, nil
}

// group makes the contact groups, and the plan of who is contacted.
func (n *nightly) group(a asked, learned *learn.Learned, tonight *scoring.Scored) (*plan.Groups, plan.Settings, error) {
	planned := planned(&n.s.Plan).After(learned)
	holdout, err := drawn(n.s.Draw, n.s.HeldOut)
	if err != nil {
		return nil, planned, err
	}
	lapsed, named := tonight.Lapsed, 0
	lapsed.HeldOut = holdout.HeldOut(lapsed.IDs)
	if a.suppressed != nil {
		lapsed.Suppressed, named = a.suppressed.Mark(lapsed.IDs)
		n.tellForgotten(a.suppressed.CountForgotten(lapsed.IDs))
	}
	n.hold(a, lapsed)
	groups, err := plan.BuildGroups(lapsed, tonight.Leaves, planned)
	if err != nil {
		return nil, planned, err
	}
	groups.NoteTonight(learned, tonight)
	groups.NoteNumbers(learned)
	if learned.Evaluation.Since, err = a.earlier.moves(groups); err != nil {
		return nil, planned, err
	}
	n.countGroups(groups)
	if a.suppressed != nil {
		n.timings.count("groups", "suppressed_named", int64(a.suppressed.Len()))
		n.timings.count("groups", "suppressed_lapsed", int64(named))
	}
	return groups, planned, nil
}

// tellForgotten says how many of tonight's lapsed the orders still hold although they
// were forgotten.
func (n *nightly) tellForgotten(forgotten int) {
	if forgotten == 0 {
		return
	}
	n.timings.count("groups", "forgotten_lapsed", int64(forgotten))
	n.ui.Warn(fmt.Sprintf("the orders still hold %s who were forgotten: suppressed, and in no list; remove them where the orders come from", wording.Counted(int64(forgotten), "lapsed customer")))
}

func (n *nightly) countGroups(groups *plan.Groups) {
	var contacts, heldOut int64
	for _, r := range groups.Rows {
		contacts, heldOut = contacts+r.ContactCustomers, heldOut+r.HoldoutCustomers
	}
	n.timings.count("groups", "groups", int64(len(groups.Rows)))
	n.timings.count("groups", "contacts", contacts)
	n.timings.count("groups", "holdout", heldOut)
}

// drawn says who is held out.
func drawn(name settings.Draw, s settings.HeldOut) (*plan.Holdout, error) {
	return plan.NewHoldout([]byte(s.HoldoutKey), name.Campaign, s.Holdout)
}

// planned are the settings of the plan; what is not set stays nil.
func planned(s *settings.Plan) plan.Settings {
	var p plan.Settings
	if s.Margin > 0 {
		p.Margin = &s.Margin
	}
	if s.ContactCost != settings.NoCost {
		p.ContactCost = &s.ContactCost
	}
	if s.Capacity > 0 {
		p.Capacity = &s.Capacity
	}
	if s.Budget > 0 {
		p.Budget = &s.Budget
	}
	switch {
	case s.TargetReturns.Count > 0:
		p.Target = &plan.Target{Value: s.TargetReturns.Count}
	case s.TargetReturns.Share > 0:
		p.Target = &plan.Target{Value: s.TargetReturns.Share, Share: true}
	}
	return p
}
