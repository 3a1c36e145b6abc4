package jobs

import (
	"context"
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

// foretell keeps what tonight's run foretells of all lapsed, once a month, behind
// the published run; what fails the next night of the month keeps.
func (n *nightly) foretell(name string, a asked, learned *learn.Learned, groups *plan.Groups) {
	if !campaign.ForecastDue(n.told, a.AsOf) {
		return
	}
	if err := n.writeForecast(name, a, learned, groups); err != nil {
		n.ui.Warn(fmt.Sprintf("what this run foretells is not in the ledger yet, the next night adds its own: %v", err))
	}
}

func (n *nightly) writeForecast(name string, a asked, learned *learn.Learned, groups *plan.Groups) error {
	lapsed := groups.Lapsed
	rows := make([]tables.ForecastRow, len(lapsed.IDs))
	for i, id := range lapsed.IDs {
		rows[i] = tables.ForecastRow{CustomerID: id, Group: groups.Ranking.GroupOfLeaf(lapsed.Leaf[i]), Probability: lapsed.Probability[i]}
	}
	forecast, err := entryTable(campaign.ForecastFile, rows, tables.WriteForecast)
	if err != nil {
		return err
	}
	frozen, err := entryTable(run.GroupsFile, groups.Rows, tables.WriteGroups)
	if err != nil {
		return err
	}
	settings, err := settingsOf(campaign.ForecastSettings{Run: name, HorizonDays: a.Horizon, LevelSigma: campaign.Figure(learned.Level.Sigma)})
	if err != nil {
		return err
	}
	w, err := n.campaigner().begin(n.s.Out, true)
	if err != nil {
		return err
	}
	defer w.Release()
	if !campaign.ForecastDue(w.Ledger, a.AsOf) {
		return nil
	}
	added, _, err := w.Append(ledger.Entry{Kind: ledger.Forecast, Day: a.AsOf.String(), Settings: settings, ToolVersion: Version(), Written: n.now()}, []ledger.File{forecast, frozen})
	if added != nil {
		n.ui.Note(fmt.Sprintf("What this month's list foretells is entry %d of the ledger", added.Number))
	}
	return err
}

// settleForecasts writes what came of the forecasts whose horizon is over as of a
// day, each once.
func (c *campaigner) settleForecasts(ctx context.Context, out string, l *ledger.Ledger, table *orders.Table, asOf data.Day, workers int) error {
	due, err := campaign.DueForecasts(l, asOf)
	if err != nil || len(due) == 0 {
		return unreadableLedger(err)
	}
	_, err = table.Each(ctx, workers, func(_ int, h *orders.Histories) error {
		for i, id := range h.IDs {
			for _, f := range due {
				f.See(id, h.Customer(i))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range due {
		if err := c.writeSettled(out, f, asOf); err != nil {
			return err
		}
	}
	return nil
}

func (c *campaigner) writeSettled(out string, f *campaign.Foretold, asOf data.Day) error {
	table, err := entryTable(campaign.SettledFile, f.Settled(), tables.WriteSettled)
	if err != nil {
		return err
	}
	settings, err := settingsOf(campaign.SettledForecast{Forecast: f.Entry.Number})
	if err != nil {
		return err
	}
	w, err := c.begin(out, true)
	if err != nil {
		return err
	}
	defer w.Release()
	if campaign.SettledBy(w.Ledger, f.Entry.Number) != nil {
		return nil
	}
	added, _, err := w.Append(ledger.Entry{Kind: ledger.Result, Day: asOf.String(), Settings: settings, ToolVersion: Version(), Written: c.now()}, []ledger.File{table})
	if added != nil {
		c.ui.Note(fmt.Sprintf("What came of the forecast of %s is entry %d of the ledger", f.Entry.Day, added.Number))
	}
	return err
}
