package jobs

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/run"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// rehearse does what a night does before it learns, with the same errors, and
// prints what the night would do. It writes nothing: no lock, no run, no rejects,
// no store. The store is not read either; all order files are.
func (n *nightly) rehearse(ctx context.Context) error {
	n.timings = startTimings(n.now)
	if err := setInFuture(n.s.AsOf, n.timings.started); err != nil {
		return err
	}
	suppressed, err := n.optOuts().read(n.files)
	if err != nil {
		return err
	}
	if err := run.CheckForgetting(n.files, n.s.Out); err != nil {
		return unreadableRun(err)
	}
	if err := n.readLedger(); err != nil {
		return err
	}
	if suppressed, err = withForgotten(n.files, n.s.Out, n.s.HoldoutKey, suppressed); err != nil {
		return err
	}
	reading := n.s.Reading
	reading.RejectsFile = ""
	h, err := readHistory(ctx, n.files, input{reading, n.sources, "", "", n.elsewhere}, n.ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	asked, err := n.ask(ctx, h, suppressed)
	if err != nil {
		return err
	}
	returns := baserate.NewCounter(h.orders.FirstDay, survey.DaysOf(h.orders), asked.LapsedAfter, asked.Horizon)
	var lapsed atomic.Int64
	_, err = h.orders.Each(ctx, asked.Workers, func(_ int, h *orders.Histories) error {
		returns.Add(h)
		for i := range h.Customers() {
			if asked.hasLapsed(h.Customer(i)) {
				lapsed.Add(1)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	days := asked.SnapshotDays(returns.Rates())
	if err := n.rehearseScores(ctx, asked, days); err != nil {
		return err
	}
	next, err := run.NextRun(n.files, n.s.Out, asked.AsOf.String(), run.Options{Keep: n.s.Keep})
	if err != nil {
		return unreadableRun(err)
	}
	return n.ui.Print(append(asked.intended(returns.Rates(), days, lapsed.Load()), intendedFolder(next, n.s.Out)...)...)
}

// rehearseScores reads the scores of --score and looks for them among the customers who
// had lapsed tonight and on the days that judge.
func (n *nightly) rehearseScores(ctx context.Context, a asked, days []data.Day) error {
	if err := n.readScores(ctx, a, days); err != nil || !a.External.IsKnown() {
		return err
	}
	judged := append(learn.JudgedOn(a.Question, days), a.AsOf)
	scored, lapsed := make([]atomic.Int64, len(judged)), make([]atomic.Int64, len(judged))
	_, err := a.orders.Each(ctx, a.Workers, func(_ int, h *orders.Histories) error {
		for i, id := range h.IDs {
			for k, day := range judged {
				if !h.Customer(i).Before(day).HasLapsed(day, a.LapsedAfter) {
					continue
				}
				if lapsed[k].Add(1); a.External.Has(day, id) {
					scored[k].Add(1)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k, day := range judged {
		if !a.External.Knows(day) { // a night that keeps its models needs no more
			n.ui.Warn(fmt.Sprintf("%s has no scores with as_of %s: a night that learns stops there (exit 3)", a.External.Path, day))
			continue
		}
		if err := a.External.Enough(day, int(scored[k].Load()), int(lapsed[k].Load())); err != nil {
			return err
		}
	}
	return nil
}

// hasLapsed says whether a customer has lapsed on the as-of day.
func (a asked) hasLapsed(h orders.History) bool {
	last := data.Day(-1)
	for day := range h.PurchaseDays() {
		if day < a.AsOf {
			last = day
		}
	}
	return last >= 0 && int(a.AsOf-last) >= a.LapsedAfter
}

// intended says on what a night would rest, and how many customers it would rank.
func (a asked) intended(rates *baserate.Rates, days []data.Day, lapsed int64) []string {
	used, setAside := a.rows(a.AsOf)
	learns := "orders lapsed customers by recency: the history is too short to learn from"
	if len(days) > 0 {
		at, returned := rates.At(days[0])
		learns = fmt.Sprintf("learns from %s of the customers who had lapsed on past days, the newest %s: %s of %s came back within %s",
			wording.Counted(len(days), "snapshot"), days[0], wording.Thousands(returned), wording.Thousands(at), wording.Counted(a.Horizon, "day"))
	}
	if judged := learn.JudgedOn(a.Question, days); judged != nil {
		learns += "; " + judgedWords(judged)
	}
	return []string{
		"Dry run: nothing was learned and nothing written. A run with these orders and settings",
		"- takes these rows: " + strings.TrimPrefix(rowsLine(a.orders.RowsRead, used, setAside), "Rows: "),
		"- " + learns,
		fmt.Sprintf("- ranks the %s who have lapsed on %s, %s after their last purchase, by the chance to buy before %s", wording.Counted(lapsed, "customer"), a.AsOf,
			wording.Counted(a.LapsedAfter, "day"), a.AsOf+data.Day(a.Horizon)),
	}
}

// intendedFolder says what would stand in the output folder.
func intendedFolder(next run.Next, out string) []string {
	text := "- publishes " + next.Folder + " and points " + strings.TrimSuffix(out, "/") + "/current to it"
	if next.Current != "" {
		text += ", which points to " + next.Current + " now"
	}
	if len(next.Removed) == 0 {
		return []string{text}
	}
	return []string{text, "- removes the oldest beyond --keep: " + strings.Join(next.Removed, ", ")}
}
