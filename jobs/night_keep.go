package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// learnWhenDue takes models and groups from the earlier run, or learns them
// where it is due, and says why.
func (n *nightly) learnWhenDue(ctx context.Context, a asked, p *past) (*learn.Learned, error) {
	why, closed, err := n.whyLearn(ctx, a, p)
	if err != nil {
		return nil, err
	}
	if why != "" {
		n.ui.Note("Models and groups are learned tonight: " + why)
		learned, err := n.learn(ctx, a, p)
		if err != nil {
			return nil, err
		}
		switch {
		case a.frozen != nil:
			why += fmt.Sprintf("; the groups are those of campaign %s, as --groups-from asks", n.s.GroupsFrom)
			n.ui.Note("The groups are those of campaign " + n.s.GroupsFrom)
		case learned.KeptRules():
			why += fmt.Sprintf("; the groups of run %s stay, since new ones rank no better beyond noise", a.earlier.name())
			n.ui.Note("The groups of the earlier run stay: new ones rank no better at the test cut beyond noise")
		}
		learned.Evaluation.Learned = learn.Origin{AsOf: a.AsOf.String(), Why: wording.Sentence(why)}
		return learned, nil
	}
	e, learned := a.earlier, a.earlier.learned
	learned.Renewed(p.rates, a.rule, a.Question, p.shop)
	learned.Evaluation.Closed = closed
	why = n.whyKept(a, closed)
	learned.Evaluation.Learned = learn.Origin{AsOf: learned.State.AsOf.String(), Run: e.name(), Reused: true, Why: wording.Sentence(why)}
	n.ui.Note(fmt.Sprintf("Models and groups are those of run %s: %s", e.name(), why))
	n.ui.Note(learned.Evaluation.Verdict)
	n.noteLostScore(a, learned)
	return learned, nil
}

// whyLearn says why models are learned tonight, "" where those of the earlier
// run rank; then closed is how these do on the newest day whose outcome is
// known, nil where there is no such day.
func (n *nightly) whyLearn(ctx context.Context, a asked, p *past) (why string, closed *learn.ClosedCheck, err error) {
	e := a.earlier
	if n.s.Refit == settings.RefitNever {
		closed, err = n.keep(ctx, a, p)
		return "", closed, err
	}
	switch {
	case n.s.Refit == settings.RefitNow:
		return "--refit now asks for it", nil, nil
	case e == nil:
		return "there is no earlier run whose models could rank", nil, nil
	case e.learned == nil:
		return fmt.Sprintf("run %s has none to take (%s)", e.name(), e.why), nil, nil
	}
	if age := e.age(a.AsOf); age > n.s.RefitAfterDays {
		return fmt.Sprintf("those of run %s were learned %s ago, --refit-after allows %d", e.name(), wording.Counted(age, "day"), n.s.RefitAfterDays), nil, nil
	}
	if why := e.otherSettings(a, n.s); why != "" {
		return why, nil, nil
	}
	if a.frozen != nil && !a.frozen.AreThose(e.learned) {
		return fmt.Sprintf("--groups-from asks for the groups of campaign %s, and run %s has others", n.s.GroupsFrom, e.name()), nil, nil
	}
	if len(p.days) == 0 {
		return "there is too little history to check those of an earlier run", nil, nil
	}
	rows, stage, err := n.newestClosed(ctx, a, p)
	if err != nil {
		return "", nil, err
	}
	if why := e.learned.Due(p.look.Raw); why != "" {
		stage.Done("")
		return why, nil, nil
	}
	if closed, err = a.checkClosed(rows, stage); err != nil {
		return "", nil, err
	}
	return e.learned.FellBehind(*closed), closed, nil
}

// keep is whyLearn where nothing may be learned.
func (n *nightly) keep(ctx context.Context, a asked, p *past) (*learn.ClosedCheck, error) {
	if err := n.mustKeep(a); err != nil {
		return nil, err
	}
	rows, stage, err := n.newestClosed(ctx, a, p)
	if err != nil {
		return nil, err
	}
	if why := a.earlier.learned.OtherScore(p.look.Raw); why != "" {
		return nil, &ExitError{ExitInput, refuseNever(fmt.Sprintf("run %s: %s", a.earlier.name(), why))}
	}
	if _, err := a.earlier.learned.State.Align(p.look.Raw); err != nil {
		return nil, &ExitError{ExitInput, refuseNever(fmt.Sprintf("run %s: %v", a.earlier.name(), err))}
	}
	a.earlier.keepShows(n.s.ShowKinds)
	return a.checkClosed(rows, stage)
}

// keepShows shows products in the order R where those of other kinds may be shown than
// when the order was chosen, which may hold for none of them.
func (e *earlier) keepShows(kinds offers.Kinds) {
	then := e.values["show-kinds"]
	if known, err := offers.ParseKinds(strings.Split(then, ",")); e.learned.Shows != nil && (err != nil || known != kinds) {
		e.learned.Shows = &offers.Choice{Order: offers.OrderR, Why: fmt.Sprintf("run %s chose its order for --show-kinds %s, and nothing may be learned tonight", e.name(), orDash(then))}
	}
}

// age is how many days before the as-of day the models were learned.
func (e *earlier) age(asOf data.Day) int { return int(asOf - e.learned.State.AsOf) }

// mustKeep refuses --refit never where there is nothing to keep, or where it
// answers another question.
func (n *nightly) mustKeep(a asked) error {
	refuse, e := refuseNever, a.earlier
	switch {
	case e == nil:
		return &ExitError{ExitInput, refuse("there is no earlier run in " + n.s.Out)}
	case e.learned == nil:
		return &ExitError{ExitInput, refuse(fmt.Sprintf("run %s: %s", e.name(), e.why))}
	}
	if s := e.learned.State; s.Horizon != a.Horizon || s.LapsedAfter != a.LapsedAfter {
		return refuse(fmt.Sprintf("the models of run %s look %d days ahead of customers lapsed for %d, want %d and %d", e.name(), s.Horizon, s.LapsedAfter, a.Horizon, a.LapsedAfter))
	}
	if a.frozen != nil && !a.frozen.AreThose(e.learned) {
		return refuse(fmt.Sprintf("run %s has other groups than campaign %s, which --groups-from asks for", e.name(), n.s.GroupsFrom))
	}
	return nil
}

func refuseNever(text string) error { return &settings.Error{Where: "--refit never", Text: text} }

// learningSettings are those that models and groups depend on.
var learningSettings = []string{"horizon", "max-groups", "group-rules", "seed", "score-column", "show-kinds", "training-rows", "returns", "exclude-status", "exclude-products", "no-customer", "duplicates",
	"map", "timezone", "date-format", "decimal", "currency", "rates"}

// otherSettings says which setting that matters, or which found number of days,
// differs from the run's; "" where none does.
func (e *earlier) otherSettings(a asked, s RunSettings) string {
	for _, v := range settings.Values(&s) {
		if !slices.Contains(learningSettings, v.Name) {
			continue
		}
		if now, then := strings.Join(v.Parts, ","), e.values[v.Name]; now != then {
			return fmt.Sprintf("the setting %s was %s when those of run %s were learned and is %s now", v.Name, orDash(then), e.name(), orDash(now))
		}
	}
	if was := e.learned.State.LapsedAfter; was != a.LapsedAfter {
		return fmt.Sprintf("customers count as lapsed after %d days, and did after %d when those of run %s were learned", a.LapsedAfter, was, e.name())
	}
	return ""
}

// closedRows bounds the sample on which kept models are checked.
const closedRows = 50_000

// newestClosed are rows of the newest day whose outcome is known, without any where there
// is no such day; the stage ends with their check.
func (n *nightly) newestClosed(ctx context.Context, a asked, p *past) (*snapshots.Snapshots, *console.Progress, error) {
	stage := walkStage(n.ui, "check models", a.orders, 1)
	rows, err := n.build(ctx, a, p, p.days[:min(1, len(p.days))], closedRows)
	if err != nil {
		return nil, nil, err
	}
	return rows, stage, n.checkScores(a, p, rows, rows.Days)
}

// checkClosed ranks these rows with the earlier run's model; nil where there are none.
func (a *asked) checkClosed(rows *snapshots.Snapshots, stage *console.Progress) (*learn.ClosedCheck, error) {
	if len(rows.Days) == 0 {
		stage.Done("")
		return nil, nil
	}
	check, err := a.earlier.learned.CheckClosed(rows, a.Workers)
	stage.Done(fmt.Sprintf("AUC %.3f on %s", check.AUC, check.Cut))
	return &check, err
}

// whyKept says why the earlier run's models rank tonight.
func (n *nightly) whyKept(a asked, closed *learn.ClosedCheck) string {
	e := a.earlier
	why := fmt.Sprintf("learned %s ago, on %s", wording.Counted(e.age(a.AsOf), "day"), e.learned.State.AsOf)
	if n.s.Refit == settings.RefitNever {
		return why + ", as --refit never asks"
	}
	return fmt.Sprintf("%s, due after %d; no check asks for others (AUC %.3f on %s, the newest day whose outcome is known)", why, n.s.RefitAfterDays, closed.AUC, closed.Cut)
}
