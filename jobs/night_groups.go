package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"

	"winback/data/orders"
	"winback/data/tables"
	"winback/features"
	"winback/internal/fsys"
	"winback/jobs/console"
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
func (n *nightly) score(ctx context.Context, create run.Create, a asked, p *past, learned *learn.Learned) (*scoring.Scored, *diagnose.People, error) {
	stage := walkStage(n.ui, "rank customers", a.orders, 2)
	rows, err := openTable(create, run.FeaturesFile, n.s.MoneyType)
	if err != nil {
		return nil, nil, err
	}
	customers, err := openTable(create, run.CustomersFile, n.s.MoneyType)
	if err != nil {
		return nil, nil, rows.end(err)
	}
	people, look := p.collector.Learn(customers.Write), p.look
	p.collector, p.look = nil, nil // their memory is for what comes
	store := scoring.NewStore(n.listsOnDisk, n.listBytes())
	walk := scoring.Walk{Write: rows.Write, Also: func(part int, h *orders.Histories, l *scoring.Lapsed) error {
		p.shows.test(h)
		var err error
		if l.PreferredHour, err = a.rest.hours.OfSome(part, h, l.IDs); err != nil {
			return err
		}
		if err := p.send.look(h, l); err != nil {
			return err
		}
		return people.Add(part, h)
	}}
	if n.elsewhere.Stage != nil {
		walk.Elsewhere = n.scoredElsewhere(ctx)
	}
	tonight, err := scoring.Score(ctx, a.orders, a.Question, learned, look, p.rates, store, walk)
	if err := customers.end(rows.end(err)); err != nil {
		return nil, nil, err
	}
	stage.Done(wording.Thousands(int64(tonight.Lapsed.Len())) + " lapsed of " + wording.Thousands(tonight.Customers) + " customers")
	learned.Evaluation.Shows = p.shows.record(a.Workers)
	for _, text := range p.shows.warnings() {
		n.ui.Warn(text)
	}
	for _, note := range append(p.shows.notes(learned.Evaluation.Shows), p.send.record(&learned.Evaluation, a.Workers)...) {
		n.ui.Note(note)
	}
	n.timings.count("tonight", "customers", tonight.Customers)
	n.timings.count("tonight", "lapsed", int64(tonight.Lapsed.Len()))
	return tonight, people, nil
}

// scoredElsewhere has other machines score all partitions.
func (n *nightly) scoredElsewhere(ctx context.Context) func(*orders.Table, *scoring.Night) (func(int) (*scoring.Part, error), error) {
	return func(table *orders.Table, night *scoring.Night) (func(int) (*scoring.Part, error), error) {
		scored, err := n.elsewhere.Stage(ctx, table, StageScore, night.Write, n.listsOnDisk)
		if err != nil {
			return nil, err
		}
		return func(number int) (*scoring.Part, error) {
			parts, err := scored(number)
			if err != nil {
				return nil, err
			}
			p, err := night.PartOf(parts, table.Names)
			if err != nil {
				return nil, elsewhereError(StageScore, number, err)
			}
			return p, nil
		}, nil
	}
}

// listBytes is how much of the memory the lists may take; disk takes the rest.
func (n *nightly) listBytes() int64 {
	if n.listMemory > 0 {
		return n.listMemory
	}
	return listShare(n.s.Machine)
}

// group makes the contact groups, and the plan of who is contacted, of customers in the
// stages that the diagnosis has found.
func (n *nightly) group(a asked, learned *learn.Learned, tonight *scoring.Scored, people *diagnose.People) (*plan.Groups, plan.Settings, error) {
	planned := planned(&n.s.Plan).After(learned)
	holdout, err := drawn(n.s.Draw, n.s.HeldOut)
	if err != nil {
		return nil, planned, err
	}
	named, err := n.mark(a, tonight.Lapsed, holdout, people)
	if err != nil {
		return nil, planned, err
	}
	groups, err := plan.BuildGroups(tonight.Lapsed, tonight.Leaves, planned)
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

// mark sets what is known of the customers before any list: stage, holdout, who is
// suppressed and who is held. It says how many the suppression list names.
func (n *nightly) mark(a asked, lapsed *scoring.Store, holdout *plan.Holdout, people *diagnose.People) (named int, err error) {
	stage, stop := iter.Pull(people.LapsedStages)
	defer stop()
	holder, forgotten := a.rest.newHolder(), 0
	err = lapsed.Revise(func(l *scoring.Lapsed) error {
		l.Stage = make([]features.Stage, l.Len())
		for i := range l.Stage {
			var more bool
			if l.Stage[i], more = stage(); !more {
				return cmp.Or(people.Err(), errors.New("stages of fewer customers than are lapsed"))
			}
		}
		l.HeldOut = holdout.HeldOut(l.IDs)
		if a.suppressed != nil {
			var some int
			l.Suppressed, some = a.suppressed.Mark(l.IDs)
			named += some
			forgotten += a.suppressed.CountForgotten(l.IDs)
		}
		holder.hold(l)
		return nil
	})
	n.tellForgotten(forgotten)
	n.tellHeld(holder, int64(named))
	return named, err
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
	p := plan.Settings{Coupons: s.Coupons}
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

// groupsTable writes one line of figures per group and the rule below it.
func groupsTable(rows []tables.GroupRow) []string {
	lines := []string{
		"Group  Customers    Contact  Chance  95 % range      At test cut      Lift  Returns  Break-even",
		strings.Repeat("-", 93),
	}
	for i := range rows {
		r := &rows[i]
		lines = append(lines, fmt.Sprintf("%5d %10s %10s %7s  %-14s  %-15s %5s %8s  %10s", r.Group, wording.Thousands(r.Customers), wording.Thousands(r.ContactCustomers),
			wording.Screen.Percent(r.Probability), wording.Screen.PercentRange(r.ProbabilityLow, r.ProbabilityHigh), tested(r), wording.Screen.Times(r.Lift), wording.Screen.Fixed(r.ExpectedReturns, 0), wording.Screen.Percent(r.BreakEvenLift)))
		text := named(r)
		switch {
		case r.Recommended:
		case i > 0 && r.Note == rows[i-1].Note:
			text += " (not recommended)"
		default:
			text += " (not recommended: " + strings.TrimSuffix(r.Note, ".") + ")"
		}
		for _, line := range console.Wrap(text, console.Width-7) {
			lines = append(lines, "       "+line)
		}
	}
	return append(lines, "")
}

// named is the name of a group and its rule.
func named(r *tables.GroupRow) string {
	if r.Name == "" || strings.EqualFold(r.Name, r.Rule) {
		return r.Rule
	}
	return r.Name + ": " + r.Rule
}

// tested is the rate of the group at the test cut and on how many it rests.
func tested(r *tables.GroupRow) string {
	if r.TestCustomers == tables.Unknown || math.IsNaN(r.TestRate) {
		return "-"
	}
	return wording.Screen.Percent(r.TestRate) + " of " + console.Short(float64(r.TestCustomers))
}

// nextStep says what to do with the groups: take is how many customers the plan
// contacts, out the output folder in which the run was published, dir the run's own
// folder, given the flags that pulling them takes over.
func nextStep(rows []tables.GroupRow, take int64, out, dir string, given []string) []string {
	where := where(out)
	for _, word := range given {
		where += " " + shellWord(word)
	}
	newest := strings.TrimSuffix(out, "/") + "/current"
	if fsys.InStore(out) { // where current is an object that names the folder
		newest = dir
	}
	report := "Brief: " + newest + "/" + run.BriefFile
	var recommended []int
	contacts := int64(0)
	for i := range rows {
		if rows[i].Recommended && rows[i].ContactCustomers > 0 {
			recommended = append(recommended, int(rows[i].Group))
			contacts += rows[i].ContactCustomers
		}
	}
	if len(recommended) == 0 {
		return []string{"No group is recommended.   " + report}
	}
	customers, top := wording.Thousands(contacts)+" customers", ""
	if take < contacts { // the last group only in part
		customers = "the first " + wording.Thousands(take) + " of " + customers
		top = fmt.Sprintf(" --top %d", take)
	}
	return []string{
		fmt.Sprintf("Recommended: groups %s, %s.", strings.Join(wording.Runs(recommended, "-"), ","), customers),
		report,
		fmt.Sprintf("Next: winback pull%s --groups %s%s --format xlsx -o recall.xlsx", where, strings.Join(wording.Runs(recommended, "-"), ","), top),
	}
}

// shellWord quotes a word for a shell where it needs that.
func shellWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`!*?[](){}<>|&;#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
