package jobs

import (
	"context"

	"winback/jobs/settings"
	"winback/pipeline"
	"winback/pipeline/diagnose"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// score writes the features of tonight's customers and scores them. The walk
// over all customers is the second one of the diagnosis too.
func (n *nightly) score(ctx context.Context, create run.Create, a asked, p past, learned *pipeline.Learned) (*pipeline.Tonight, *diagnose.People, error) {
	stage := walkStage(n.ui, "rank customers", a.orders, 2)
	rows, err := openTable(create, run.FeaturesFile)
	if err != nil {
		return nil, nil, err
	}
	customers, err := openTable(create, run.CustomersFile)
	if err != nil {
		return nil, nil, rows.end(err)
	}
	people := p.collector.Learn(customers.Write)
	tonight, err := pipeline.ScoreTonight(ctx, a.orders, a.Question, learned, p.rates, rows.Write, people.Add)
	if err := customers.end(rows.end(err)); err != nil {
		return nil, nil, err
	}
	stage.Done(wording.Thousands(int64(len(tonight.Lapsed.IDs))) + " lapsed of " + wording.Thousands(tonight.Customers) + " customers")
	n.ledger.count("tonight", "customers", tonight.Customers)
	n.ledger.count("tonight", "lapsed", int64(len(tonight.Lapsed.IDs)))
	return tonight, people, nil
}

// group makes the contact groups, and the plan of who is contacted.
func (n *nightly) group(a asked, learned *pipeline.Learned, tonight *pipeline.Tonight) (*pipeline.Groups, pipeline.PlanSettings, error) {
	plan := planned(&n.s.Plan).After(learned)
	holdout, err := drawn(n.s.Draw)
	if err != nil {
		return nil, plan, err
	}
	lapsed, named := tonight.Lapsed, 0
	lapsed.HeldOut = holdout.HeldOut(lapsed.IDs)
	if a.suppressed != nil {
		lapsed.Suppressed, named = a.suppressed.Mark(lapsed.IDs)
	}
	groups, err := pipeline.BuildGroups(lapsed, tonight.Leaves, plan)
	if err != nil {
		return nil, plan, err
	}
	groups.NoteTonight(&learned.Evaluation, tonight)
	n.countGroups(groups)
	if a.suppressed != nil {
		n.ledger.count("groups", "suppressed_named", int64(a.suppressed.Len()))
		n.ledger.count("groups", "suppressed_lapsed", int64(named))
	}
	return groups, plan, nil
}

func (n *nightly) countGroups(groups *pipeline.Groups) {
	var contacts, heldOut int64
	for _, r := range groups.Rows {
		contacts, heldOut = contacts+r.ContactCustomers, heldOut+r.HoldoutCustomers
	}
	n.ledger.count("groups", "groups", int64(len(groups.Rows)))
	n.ledger.count("groups", "contacts", contacts)
	n.ledger.count("groups", "holdout", heldOut)
}

// drawn says who is held out.
func drawn(s settings.Draw) (*pipeline.Holdout, error) {
	return pipeline.NewHoldout([]byte(s.HoldoutKey), s.Campaign, s.Holdout)
}

// planned are the settings of the plan; what is not set stays nil.
func planned(s *settings.Plan) pipeline.PlanSettings {
	var p pipeline.PlanSettings
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
		p.Target = &pipeline.Target{Value: s.TargetReturns.Count}
	case s.TargetReturns.Share > 0:
		p.Target = &pipeline.Target{Value: s.TargetReturns.Share, Share: true}
	}
	return p
}
