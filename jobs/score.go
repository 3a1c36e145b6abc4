package jobs

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/features"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/baserate"
	"winback/pipeline/handout"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/scoring"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// ScoreSettings are what Score reads.
type ScoreSettings struct {
	settings.Reading
	settings.Gate
	settings.Suppression
	settings.Secret
	settings.Runs
	settings.KeptHistory
	settings.Stored
	settings.File
}

// Settings lists them.
func (s *ScoreSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Reading, &s.Gate, &s.Suppression, &s.Secret, &s.Runs, &s.KeptHistory, &s.Stored, &s.File)
}

// Score ranks the customers of orders with the models and groups of the stored
// run s.Model, and hands the list out. Who is on the opt-out list is not on it.
func Score(ctx context.Context, s ScoreSettings, sources []string, ui console.UI) error {
	files := s.FS()
	format, err := listFormat("", s.Output, ui)
	if err != nil {
		return err
	}
	stored, err := openStored(files, s.Out, s.Model)
	if err != nil {
		return err
	}
	optOuts := optOuts{s.Suppression, s.Acceptance, s.Pooled}
	suppressed, err := optOuts.read(files)
	if err != nil {
		return err
	}
	h, err := readHistory(ctx, files, input{s.Reading, sources, s.Store, "", Elsewhere{}}, ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	now := time.Now()
	if err := h.gate(s.Gate, now); err != nil {
		return err
	}
	if err := notInFuture(h.asOf, s.AsOf, h.orders, now); err != nil {
		return err
	}
	if !stored.learned.WithoutExternal() {
		return &ExitError{ExitInput, fmt.Errorf("run %s ranks by a score made elsewhere, which winback score has not: winback run --score ranks by it", stored.name())}
	}
	state := stored.learned.State
	q := snapshots.Question{AsOf: h.asOf, LapsedAfter: state.LapsedAfter, Horizon: state.Horizon, Workers: s.WorkerCount()}
	if _, err := optOuts.knownInOrders(ctx, h, suppressed, q.Workers, ui); err != nil {
		return err
	}
	tellNoUplift(stored, ui)
	disk := newListsOnDisk(files, "")
	defer disk.Close()
	tonight, err := scoreStored(ctx, h, q, stored.learned, scoring.NewStore(disk, listShare(s.Machine)), ui)
	if err != nil {
		return err
	}
	if suppressed, err = withForgotten(files, s.Out, s.HoldoutKey, suppressed); err != nil {
		return err
	}
	if suppressed, err = newCampaigner(files, ui).optedOutToo(s.Out, suppressed); err != nil {
		return err
	}
	if suppressed != nil {
		err = tonight.Lapsed.Revise(func(l *scoring.Lapsed) error {
			l.Suppressed, _ = suppressed.Mark(l.IDs)
			return nil
		})
		if err != nil {
			return err
		}
	}
	about := handout.About{Title: "Ranked customers", Run: stored.name(), AsOf: q.AsOf, HorizonDays: q.Horizon, Selection: "by its model"}
	rows := rankedRows(tonight.Lapsed, stored.learned.LeavesTonight(tonight.Tree))
	return handOut(files, s.Output, ui, about, "is lapsed", func(w io.Writer) (int64, error) { return handout.ExportRanked(w, format, rows, about) })
}

// tellNoUplift says that the order is another one than the run's where that ranks inside
// its groups by what settled waves have taught: the ledger is read by winback run alone.
func tellNoUplift(stored *earlier, ui console.UI) {
	if u := stored.learned.Evaluation.Uplift; u != nil && u.Chosen {
		ui.Warn(fmt.Sprintf("run %s ranks inside its groups by how much a contact moves a customer; this list ranks by the chance alone, as the groups do: winback run makes the other one", stored.name()))
	}
}

// openStored opens the run whose models rank.
func openStored(files fsys.FS, out, name string) (*earlier, error) {
	e, err := openEarlier(files, out, name)
	switch {
	case err != nil:
		return nil, err
	case e == nil || e.learned == nil:
		return nil, &ExitError{ExitInput, fmt.Errorf("run %s has no models to rank with: it was published by an earlier winback, or had too little history to learn from", name)}
	}
	return e, nil
}

// scoreStored ranks tonight's lapsed with what was learned on another night.
func scoreStored(ctx context.Context, h *history, q snapshots.Question, d *learn.Learned, store *scoring.Store, ui console.UI) (*scoring.Scored, error) {
	stage := walkStage(ui, "rank customers", h.orders, 4)
	rates, err := baserate.Count(ctx, h.orders, q.LapsedAfter, q.Horizon, q.Workers)
	if err != nil {
		return nil, err
	}
	// The models know the shop's view of a customer, however short this history is.
	shop, err := snapshots.TakeShop(ctx, h.orders, []data.Day{q.AsOf}, rates, q.Workers)
	if err != nil {
		return nil, err
	}
	look, err := scoring.LookAt(ctx, h.orders, q, shop, rates)
	if err != nil {
		return nil, err
	}
	d.Renewed(rates, survey.LapsedRule{Days: q.LapsedAfter}, q, shop)
	nothing := scoring.Walk{Write: func(*features.Table) error { return nil }, Also: func(int, *orders.Histories, *scoring.Lapsed) error { return nil }}
	tonight, err := scoring.Score(ctx, h.orders, q, d, look, rates, store, nothing)
	if err != nil {
		return nil, err
	}
	stage.Done(wording.Thousands(int64(tonight.Lapsed.Len())) + " lapsed")
	return tonight, nil
}

// rankedRows are the customers in the order of the lists.
func rankedRows(lapsed *scoring.Store, leaves []learn.Leaf) iter.Seq2[tables.RankedRow, error] {
	return func(yield func(tables.RankedRow, error) bool) {
		ranking, err := plan.Rank(lapsed, leaves)
		if err != nil {
			yield(tables.RankedRow{}, err)
			return
		}
		rank := int64(0)
		for group := 1; group <= ranking.Groups(); group++ {
			for c, err := range ranking.Group(group) {
				rank++
				row := tables.RankedRow{Rank: rank}
				if err == nil {
					row.CustomerID, row.Group, row.Probability = c.IDs[c.Row], int32(leaves[c.Leaf[c.Row]].Number), c.Probability[c.Row]
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}
