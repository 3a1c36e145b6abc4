package jobs

import (
	"fmt"
	"path/filepath"
	"strings"

	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

const playedRow = "%-5s  %-8s  %8s  %6s  %8s  %-14s  %s"

// text says for a screen what happened, and what was measured of what was planted.
func (p *play) text(seen []*campaign.Measured) []string {
	lines := append([]string{
		fmt.Sprintf("A campaign on an invented shop of %s, looked at every week,", wording.Counted(p.invented.Customers(), "customer")),
		fmt.Sprintf("%s %% held out, two arms, target %d returns in each wave:", wording.Screen.Fixed(100*playedHoldout, 0), playedTarget),
		"",
	}, p.diary...)
	within, rows := 0, 0
	for _, m := range seen {
		lines = append(lines, "", fmt.Sprintf("Wave %d of %s: extra returns, caused by the contacts", m.Number, m.Day),
			fmt.Sprintf(playedRow, "Group", "Arm", "Contacts", "Truth", "Measured", "95 % limits", "Truth within"), strings.Repeat("-", 70))
		for i := range m.Rows {
			if r := &m.Rows[i]; r.ExtraLow != nil {
				truth := p.truth(m, groupOf(r), r.Arm)
				held := float64(truth) >= *r.ExtraLow && float64(truth) <= *r.ExtraHigh
				rows++
				if held {
					within++
				}
				lines = append(lines, playedLine(r, truth, held))
			}
		}
	}
	lines = append(lines, fmt.Sprintf("The truth lies within %d of %d limits; about one in twenty misses it by chance.", within, rows), "")
	return append(lines, p.sooner(), p.next(seen[len(seen)-1]), "Report: "+filepath.Join(p.out, "current", run.ReportFile), "The shop's orders: "+p.orders)
}

// groupOf is the group of a row; 0 for all of a wave.
func groupOf(r *tables.ResultRow) int32 {
	if r.Group == nil {
		return 0
	}
	return *r.Group
}

func playedLine(r *tables.ResultRow, truth int, held bool) string {
	group, within := "all", "no"
	if r.Group != nil {
		group = fmt.Sprint(*r.Group)
	}
	if held {
		within = "yes"
	}
	limits := fmt.Sprintf("%s to %s", wording.Screen.Fixed(*r.ExtraLow, 0), wording.Screen.Fixed(*r.ExtraHigh, 0))
	return fmt.Sprintf(playedRow, group, r.Arm, wording.Thousands(*r.Customers), fmt.Sprint(truth), wording.Screen.Fixed(*r.ExtraReturns, 0), limits, within)
}

// sooner says what the contacts did beside causing purchases.
func (p *play) sooner() string {
	forward := 0
	for _, f := range p.fates {
		if f.Forward {
			forward++
		}
	}
	return fmt.Sprintf("%s of the %s only came sooner: they count so far, and not by the end.", wording.Counted(forward, "purchase"), wording.Counted(len(p.contacts), "contact"))
}

// next says what the closed windows have taught.
func (p *play) next(m *campaign.Measured) string {
	words := m.NextWave()
	if words == "" {
		words = "nothing is known before a window is closed"
	}
	return "What to do next: " + words + "."
}
