package jobs

import (
	"context"
	"fmt"
	"slices"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// StatusSettings are what Status reads.
type StatusSettings struct {
	settings.StatusForm
	settings.Runs
}

// Settings lists them.
func (s *StatusSettings) Settings() []settings.Setting {
	return settings.Rows(&s.StatusForm, &s.Runs)
}

// Status says where the campaigns in the ledger of s.Out stand today, or one of
// them by its groups. It reads no orders: what came of them, measure says.
func Status(_ context.Context, s StatusSettings, name string, ui console.UI) error {
	return newCampaigner(settings.Files(), ui).status(&s, name)
}

// waveJSON is a wave in the JSON form of status.
type waveJSON struct {
	Name     string      `json:"name"`
	Wave     int         `json:"wave"`
	Launched string      `json:"launched"` // YYYY-MM-DD
	Stopped  bool        `json:"stopped"`
	Groups   []groupJSON `json:"groups"`
}

type groupJSON struct {
	Group     int32           `json:"group"`
	State     campaign.State  `json:"state"`
	SendDay   *string         `json:"send_day"` // YYYY-MM-DD
	Day       *int            `json:"day"`
	Customers int64           `json:"customers"`
	HeldOut   int64           `json:"held_out"`
	Forecast  campaign.Figure `json:"forecast_rate"`
}

func (c *campaigner) status(s *StatusSettings, name string) error {
	l, err := c.read(s.Out)
	if err != nil {
		return err
	}
	if err := c.anyCampaign(l, name); err != nil {
		return err
	}
	waves, err := campaign.Load(l, name, forever)
	if err != nil {
		return unreadableLedger(err)
	}
	today := c.today()
	list := []waveJSON{}
	for _, w := range waves {
		list = append(list, standing(w, today))
	}
	if s.Form == settings.FormJSON {
		record, err := campaign.Record(l, forever)
		if err != nil {
			return unreadableLedger(err)
		}
		return run.WriteJSON(c.ui.Out, map[string]any{"as_of": today.String(), "campaigns": list, "forecasts": record})
	}
	if name == "" {
		return c.ui.Print(allLines(list)...)
	}
	var lines []string
	for i := range list {
		lines = append(lines, waveLines(&list[i], waves[i], today)...)
	}
	return c.ui.Print(append(lines, fmt.Sprintf("What came of it: winback measure ORDERS --campaign %s%s", shellWord(name), where(s.Out)))...)
}

// standing is where a wave stands by its days alone.
func standing(w *campaign.Wave, today data.Day) waveJSON {
	j := waveJSON{Name: w.Name, Wave: w.Number, Launched: w.Day.String(), Stopped: w.StoppedBy != nil}
	for _, number := range w.GroupNumbers() {
		planned := w.Plan.Groups[slices.IndexFunc(w.Plan.Groups, func(g campaign.PlannedGroup) bool { return g.Group == number })]
		g := groupJSON{Group: number, Customers: planned.Customers, HeldOut: planned.HeldOut, Forecast: planned.Probability}
		state, day := w.State(number, campaign.Look{AsOf: today, Newest: forever})
		if g.State = state; state != campaign.Waiting {
			sent := w.Sends[number].Day.String()
			g.SendDay, g.Day = &sent, &day
		}
		j.Groups = append(j.Groups, g)
	}
	return j
}

// allLines has a line for each wave.
func allLines(list []waveJSON) []string {
	lines := []string{fmt.Sprintf("%-20s  %4s  %-10s  %6s  %4s  %4s  %6s  %9s  %8s", "Campaign", "Wave", "Launched", "Groups", "Sent", "Open", "Closed", "Customers", "Held out")}
	for _, w := range list {
		sent, open, closed, customers, held := 0, 0, 0, int64(0), int64(0)
		for _, g := range w.Groups {
			switch customers, held = customers+g.Customers, held+g.HeldOut; g.State {
			case campaign.Open:
				sent, open = sent+1, open+1
			case campaign.Closed, campaign.Settled:
				sent, closed = sent+1, closed+1
			}
		}
		line := fmt.Sprintf("%-20s  %4d  %-10s  %6d  %4d  %4d  %6d  %9s  %8s", w.Name, w.Wave, w.Launched, len(w.Groups), sent, open, closed, wording.Thousands(customers), wording.Thousands(held))
		if w.Stopped {
			line += "  stopped"
		}
		lines = append(lines, line)
	}
	return lines
}

// waveLines are a wave by its groups.
func waveLines(j *waveJSON, w *campaign.Wave, today data.Day) []string {
	sent := 0
	for _, g := range j.Groups {
		if g.State != campaign.Waiting {
			sent++
		}
	}
	head := fmt.Sprintf("Campaign %s, wave %d, launched %s, on %s: %d of %s sent", j.Name, j.Wave, j.Launched, today, sent, wording.Counted(len(j.Groups), "group"))
	if w.StoppedBy != nil {
		head += fmt.Sprintf(", stopped by entry %d", w.StoppedBy.Number)
	}
	lines := []string{head, fmt.Sprintf("%-5s  %-10s  %3s  %-8s  %7s  %8s  %s", "Group", "Sent", "Day", "State", "Contact", "Held out", "Forecast")}
	for _, g := range j.Groups {
		send, day := "-", "-"
		if g.SendDay != nil {
			send, day = *g.SendDay, fmt.Sprint(*g.Day)
		}
		lines = append(lines, fmt.Sprintf("%5d  %-10s  %3s  %-8s  %7s  %8s  %s", g.Group, send, day, g.State, wording.Thousands(g.Customers), wording.Thousands(g.HeldOut), wording.Screen.Percent(float64(g.Forecast))))
	}
	return lines
}
