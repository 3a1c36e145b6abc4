package jobs

import (
	"context"
	"fmt"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/jobs/settings"
	"winback/pipeline/baserate"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/external"
	"winback/pipeline/learn"
	"winback/pipeline/lookback"
	"winback/pipeline/offers"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// asked is what the night answers, and of which history.
type asked struct {
	*history
	snapshots.Question
	rule       survey.LapsedRule
	suppressed *plan.Suppressions        // nil: no list
	never      func(product string) bool // products that are not shown; nil: none
	earlier    *earlier                  // run whose models may rank; nil: there is none
	frozen     *learn.FrozenGroups       // groups that stay; nil: none are asked for
	rest       *resting                  // who may not be contacted
}

// ask stops on data that fails the quality gate and settles what is asked.
func (n *nightly) ask(ctx context.Context, h *history, suppressed *plan.Suppressions) (asked, error) {
	now := n.now()
	if n.synthetic {
		now = h.orders.NewestPurchase.Time()
	}
	if err := h.gate(n.s.Gate, now); err != nil {
		return asked{}, err
	}
	q, rule, err := h.question(n.s.Question, n.s.Reading, now)
	if err != nil {
		return asked{}, err
	}
	never, err := readNeverShown(n.files, n.s.NeverFile)
	if err != nil {
		return asked{}, err
	}
	earlier, err := n.findEarlier(q.AsOf)
	if err != nil {
		return asked{}, err
	}
	frozen, err := n.frozenGroups(q.AsOf)
	if err != nil {
		return asked{}, err
	}
	low, high := h.survey.LapsedInterval(q.AsOf)
	h.survey.Forget()
	rule = earlier.keepLapsedRule(rule, low, high, n.s.Refit == settings.RefitNever)
	q.LapsedAfter = rule.Days
	a := asked{h, q, rule, suppressed, never, earlier, frozen, nil}
	if a.External, err = external.Open(ctx, n.files, n.s.ScoreFile, n.s.ScoreColumn); err != nil {
		return asked{}, err
	}
	if a.rest, err = n.resting(a); err != nil {
		return asked{}, err
	}
	known, err := n.optOuts().knownInOrders(ctx, h, suppressed, q.Workers, n.ui)
	if err != nil {
		return asked{}, err
	}
	if known != nil {
		n.timings.count("read", "suppressed_ids", known.Listed)
		n.timings.count("read", "suppressed_ids_known", known.Known)
	}
	n.ui.Note(fmt.Sprintf("As of %s; lapsed after %d days (%s)", q.AsOf, rule.Days, rule.Basis))
	from, what := readFrom(h.orders)
	n.timings.count("read", what+"s", int64(from))
	n.timings.count("read", "rows", h.orders.RowsRead)
	return a, nil
}

// optOuts is the list of the night.
func (n *nightly) optOuts() optOuts { return optOuts{n.s.Suppression, n.s.Acceptance, n.s.Pooled} }

// past is how the shop looked on past days, and with the first features a look at
// tonight's customers.
type past struct {
	rates     *baserate.Rates
	days      []data.Day // of snapshots that are worth learning from
	natural   snapshots.NaturalReturns
	shop      *shopcontext.Sample // nil where there are none
	look      *scoring.Look       // of build; nil before
	collector *diagnose.Collector // the first walk of the diagnosis
	shows     *showing            // what to show; nil: nothing
	send      *sendTimes          // when to contact
}

// lookBack counts who came back, and asks about the shop as a whole.
func (n *nightly) lookBack(ctx context.Context, a asked) (p *past, err error) {
	stage := walkStage(n.ui, "look back", a.orders, 1)
	walk, err := n.walkBack(ctx, a)
	if err != nil {
		return nil, err
	}
	p = &past{collector: walk.Diagnosis, rates: walk.Returns.Rates(), send: newSendTimes(walk.Send)}
	_, returned := p.rates.At(a.TestCut())
	p.shows = newShowing(walk.Offers, a.Question, returned)
	p.days = a.SnapshotDays(p.rates)
	if err := n.readScores(ctx, a, p.days); err != nil {
		return p, err
	}
	p.natural = walk.Times.Natural(p.days)
	if len(p.days) > 0 {
		p.shop = walk.Shop.Sample()
	}
	stage.Done("")
	return p, nil
}

// walkBack walks over all histories, or has other machines do so.
func (n *nightly) walkBack(ctx context.Context, a asked) (*lookback.Walk, error) {
	diagnosis, err := n.diagnosing(a)
	if err != nil {
		return nil, err
	}
	s := lookback.Settings{Diagnosis: diagnosis, Send: n.sending(a), Answered: a.rest.answered, Watched: campaign.WatchedOf(a.rest.waves), Happened: a.rest.happened,
		Offers: offers.Settings{LapsedAfter: a.LapsedAfter, SoldWithin: n.s.SoldWithin, Kinds: n.s.ShowKinds, Never: a.never}}
	frame := lookback.Frame{FirstDay: a.orders.FirstDay, Days: survey.DaysOf(a.orders), Rows: a.orders.RowsRead, Customers: a.survey.Customers, Histories: a.survey.Histories,
		AsOf: a.AsOf, Horizon: a.Horizon, LapsedAfter: a.LapsedAfter, FillUpDays: diagnosis.FillUpDays, Quiet: n.s.Resting.QuietHours}
	if n.toShow(a) {
		frame.SoldWithin = n.s.SoldWithin
	}
	walk, err := lookback.New(frame, a.orders.Names, a.orders.Partitions(), s)
	if err != nil {
		return nil, err
	}
	a.rest.hours = walk.Hours
	if n.elsewhere.Stage != nil {
		write := func(create run.Create) error { return frame.Write(create, s) }
		return walk, eachCounted(ctx, n.files, a.orders, n.elsewhere, n.s.Out, StageLookBack, write, walk.AddParts)
	}
	_, err = a.orders.Each(ctx, a.Workers, func(part int, h *orders.Histories) error {
		walk.Add(part, h)
		return nil
	})
	return walk, err
}

// readScores reads the scores of --score that tonight and the judgement of models on
// the days of snapshots ask for. All nights need tonight's and those of the newest day
// whose outcome is known; a night that learns, those of all days that judge.
func (n *nightly) readScores(ctx context.Context, a asked, days []data.Day) error {
	if a.External == nil {
		return nil
	}
	judged := learn.JudgedOn(a.Question, days)
	if judged == nil {
		n.ui.Warn(fmt.Sprintf("the score of %s is not used: there is too little history to judge it", n.s.ScoreFile))
		return nil
	}
	if err := a.External.Read(ctx, n.files, append(slices.Clone(judged), a.AsOf)); err != nil {
		return err
	}
	n.ui.Note(fmt.Sprintf("Score: column %q of %s; %s", a.External.Column, a.External.Path, judgedWords(judged)))
	n.timings.count("read", "scores", a.External.Rows)
	return a.External.Need([]data.Day{judged[0], a.AsOf}, judged)
}

// judgedWords say on which days models are judged.
func judgedWords(judged []data.Day) string {
	var compared []string
	for _, day := range judged[1:] {
		compared = append(compared, day.String())
	}
	if len(compared) == 0 {
		return fmt.Sprintf("models are tested on %s, and there is too little history to compare them before", judged[0])
	}
	return fmt.Sprintf("models are compared on %s and tested on %s", wording.List(compared, "and"), judged[0])
}

// checkScores wants scores of --score for most customers of snapshots, on some of their
// days, and that tonight's go with the features of their customers as those did.
func (n *nightly) checkScores(a asked, p *past, s *snapshots.Snapshots, days []data.Day) error {
	if !a.External.IsKnown() {
		return nil
	}
	var profiles []external.Profile
	for k, day := range s.Days {
		if !slices.Contains(days, day) {
			continue
		}
		if _, err := a.External.Covers(day, s.Raw, s.Starts[k], s.Starts[k+1]); err != nil {
			return err
		}
		profiles = append(profiles, a.External.Profile(day, s.Raw, s.Starts[k], s.Starts[k+1]))
	}
	tonight := a.External.Profile(a.AsOf, p.look.Raw, 0, p.look.Raw.Rows())
	agreement, known := external.Agreement(tonight, profiles)
	switch {
	case !known || agreement >= external.Agree:
		return nil
	case agreement > -external.Agree:
		n.ui.Warn(fmt.Sprintf("tonight's scores in %s hardly go with the features of their customers as those of past days do (agreement %.2f, 1 is the same): find out what changed in how they are made", n.s.ScoreFile, agreement))
		return nil
	}
	return &data.InputError{Path: n.s.ScoreFile, Err: fmt.Errorf("as_of %s: the scores in column %q have the opposite sign of those of past days: they go with the features of their customers the other way round (agreement %.2f, 1 is the same); want higher scores for likelier returns on every day", a.AsOf, a.External.Column, agreement)}
}

// noteLostScore says that the score of --score does not rank, and beside what.
func (n *nightly) noteLostScore(a asked, learned *learn.Learned) {
	e, chosen := &learned.Evaluation, learned.Gate.Name
	if !a.External.IsKnown() || chosen == learn.ModelExternal {
		return
	}
	when, own, others := "on earlier days", e.ChoiceAUC[learn.ModelExternal], e.ChoiceAUC[chosen]
	if own == 0 || others == 0 {
		when, own, others = "at the test cut", e.Models[learn.ModelExternal].AUC, e.Models[chosen].AUC
	}
	n.ui.Note(fmt.Sprintf("The score of %s does not rank: %s its AUC was %.3f, that of %s, which ranks, %.3f", n.s.ScoreFile, when, own, chosen, others))
}

// build builds the rows of snapshots of some days, and looks at tonight's customers on
// the first of such walks; also sees the histories on it.
func (n *nightly) build(ctx context.Context, a asked, p *past, days []data.Day, mostRows int, also ...func(*orders.Histories)) (*snapshots.Snapshots, error) {
	rows := snapshots.NewBuilder(a.orders, a.Question, days, p.rates, p.shop, mostRows)
	var looker *scoring.Looker
	if p.look == nil {
		looker = scoring.NewLooker(a.orders, a.Question, p.shop, p.rates)
	}
	_, err := a.orders.Each(ctx, a.Workers, func(part int, h *orders.Histories) error {
		if looker != nil {
			if err := looker.Add(part, h); err != nil {
				return err
			}
		}
		for _, look := range also {
			look(h)
		}
		return rows.Add(part, h)
	})
	if err != nil {
		return nil, err
	}
	if looker != nil {
		p.look = looker.Look(a.Question)
		rows := p.look.Raw.Rows()
		without, err := a.External.Covers(a.AsOf, p.look.Raw, 0, rows)
		if err != nil {
			return nil, err
		}
		if without > 0 {
			n.ui.Warn(fmt.Sprintf("%.1f %% of %s of tonight's lapsed have no score in %s, and rank behind all who have one where it ranks", 100*float64(without)/float64(rows), wording.Counted(int64(rows), "customer"), n.s.ScoreFile))
		}
	}
	return rows.Snapshots(a.Workers), nil
}

// learn learns models and groups from all snapshots.
func (n *nightly) learn(ctx context.Context, a asked, p *past) (*learn.Learned, error) {
	if err := a.orders.MakeRoom(n.s.MemoryLimit() / 16); err != nil {
		return nil, err
	}
	judged := learn.JudgedOn(a.Question, p.days)
	if a.External.IsKnown() {
		if err := a.External.Need(append(slices.Clone(judged), a.AsOf), judged); err != nil {
			return nil, err
		}
	}
	stage := walkStage(n.ui, "build features", a.orders, 1)
	snapshots, err := n.build(ctx, a, p, p.days, n.s.TrainingRows, p.shows.look(a, p.rates))
	if err != nil {
		return nil, err
	}
	if err := n.checkScores(a, p, snapshots, judged); err != nil {
		return nil, err
	}
	rows := int64(snapshots.Rows(0, len(snapshots.Days)))
	stage.Done(fmt.Sprintf("%s rows of %d snapshots", wording.Thousands(rows), len(snapshots.Days)))
	n.timings.count("features", "training_rows", rows)
	n.timings.count("features", "snapshots", int64(len(snapshots.Days)))
	stage = n.ui.Stage("learn", 0, "models")
	learned, err := learn.Learn(ctx, snapshots, p.rates, a.rule, a.Question, n.learningAfter(a))
	if err != nil {
		return nil, err
	}
	if a.frozen != nil && learned.Tree == nil {
		return nil, refused("--groups-from %s: there is too little history to tell how groups do", n.s.GroupsFrom)
	}
	if learned.Shows, err = p.shows.choose(a.Workers); err != nil {
		return nil, err
	}
	stage.Done("ranked by " + learned.Gate.Name)
	n.ui.Note(learned.Evaluation.Why)
	n.ui.Note(learned.Evaluation.Verdict)
	n.noteLostScore(a, learned)
	if cost := learned.Evaluation.GroupRules; cost != nil {
		n.ui.Note(cost.Words)
	}
	return learned, nil
}

// learningAfter is how models are learned; groups of the earlier run may stay
// where they answer the same question.
func (n *nightly) learningAfter(a asked) learn.Settings {
	set := learning(n.s.Learning, n.s.Random)
	set.Frozen = a.frozen
	if e := a.earlier; e != nil && e.learned != nil && e.otherSettings(a, n.s) == "" {
		set.Earlier = e.learned
	}
	return set
}

// learning is how models are learned, in a run and in a backtest.
func learning(l settings.Learning, r settings.Random) learn.Settings {
	return learn.Settings{MaxGroups: l.MaxGroups, GroupRules: l.GroupRules, Seed: r.Seed}
}
