package jobs

import (
	"context"
	"fmt"

	"winback/data/orders"
	"winback/jobs/settings"
	"winback/pipeline/baserate"
	"winback/pipeline/diagnose"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
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
	a := asked{h, q, rule, suppressed, never}
	known, err := n.optOuts().knownInOrders(ctx, h, suppressed, q.Workers, n.ui)
	if err != nil {
		return asked{}, err
	}
	if known != nil {
		n.ledger.count("read", "suppressed_ids", known.Listed)
		n.ledger.count("read", "suppressed_ids_known", known.Known)
	}
	n.ui.Note(fmt.Sprintf("As of %s; lapsed after %d days (%s)", q.AsOf, rule.Days, rule.Basis))
	n.ledger.count("read", "files", int64(len(h.orders.Files)))
	n.ledger.count("read", "rows", h.orders.RowsRead)
	return a, nil
}

// optOuts is the list of the night.
func (n *nightly) optOuts() optOuts { return optOuts{n.s.Suppression, n.s.Acceptance} }

// past is how the shop looked on past days.
type past struct {
	rates     *baserate.Rates
	snapshots *snapshots.Snapshots
	collector *diagnose.Collector // the first walk of the diagnosis
	shows     *showing            // what to show; nil: nothing
}

// featureWalks is how often the histories are walked to look back: for who came
// back, for the shop as a whole, and for the features.
const featureWalks = 3

func (n *nightly) lookBack(ctx context.Context, a asked) (past, error) {
	stage := walkStage(n.ui, "build features", a.orders, featureWalks)
	collector, err := n.beginDiagnosis(a)
	if err != nil {
		return past{}, err
	}
	shows := n.beginShows(a)
	returns := baserate.NewCounter(a.orders, a.LapsedAfter, a.Horizon)
	_, err = a.orders.Each(ctx, a.Workers, func(part int, h *orders.Histories) error {
		returns.Add(h)
		collector.Add(part, h)
		shows.count(h)
		return nil
	})
	if err != nil {
		return past{}, err
	}
	rates := returns.Rates()
	_, returned := rates.At(a.TestCut())
	shows.learn(a.Question, returned)
	snapshots, err := snapshots.Build(ctx, a.orders, a.Question, a.SnapshotDays(rates), rates, n.s.TrainingRows)
	if err != nil {
		return past{}, err
	}
	rows := int64(snapshots.Rows(0, len(snapshots.Days)))
	stage.Done(fmt.Sprintf("%s rows of %d snapshots", wording.Thousands(rows), len(snapshots.Days)))
	n.ledger.count("features", "training_rows", rows)
	n.ledger.count("features", "snapshots", int64(len(snapshots.Days)))
	return past{rates, snapshots, collector, shows}, nil
}

func (n *nightly) learn(ctx context.Context, a asked, p past) (*learn.Learned, error) {
	stage := n.ui.Stage("learn", 0, "models")
	learned, err := learn.Learn(ctx, p.snapshots, p.rates, a.rule, a.Question, learning(n.s.Learning, n.s.Random))
	if err != nil {
		return nil, err
	}
	stage.Done("ranked by " + learned.Gate.Name)
	n.ui.Note(learned.Evaluation.Why)
	n.ui.Note(learned.Evaluation.Verdict)
	return learned, nil
}

// learning is how models are learned, in a run and in a backtest.
func learning(l settings.Learning, r settings.Random) learn.Settings {
	return learn.Settings{MaxGroups: l.MaxGroups, Seed: r.Seed}
}
