package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
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
	var content bytes.Buffer
	if err := writeForetold(&content, groups); err != nil {
		return err
	}
	forecast := ledger.File{Path: campaign.ForecastFile, Content: content.Bytes()}
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

// writeForetold writes the table of what is foretold.
func writeForetold(w io.Writer, groups *plan.Groups) error {
	table := tables.NewForecastWriter(w)
	err := groups.Lapsed.Each(func(l *scoring.Lapsed) error {
		rows := make([]tables.ForecastRow, 1)
		for i, id := range l.IDs {
			rows[0] = tables.ForecastRow{CustomerID: id, Group: groups.Ranking.GroupOfLeaf(l.Leaf[i]), Probability: l.Probability[i]}
			if err := table.Write(rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return table.Close()
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
