package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/hours"
	"winback/pipeline/policy"
)

// Resting is who is left in peace for a while.
type Resting struct {
	CoolDownDays     int // after a purchase; 0: none
	Caps             map[string]policy.Cap
	EventLeadDays    int
	UniversalHoldout float64 // share never contacted in a year
	ConsentFile      string  // "" where consent is not asked for
	QuietHours       hours.Quiet
}

func (g *Resting) rows() []Setting {
	return []Setting{
		{Name: "cool-down", section: contacting, Holder: "DAYS", Help: "days after a purchase without a contact", Preset: "30",
			kind: wholeValue, value: one(&g.CoolDownDays, within[int]("a whole number of days", 0, maxDays), showDays)},
		{Name: "caps", section: contacting, Holder: "STAGE=N/DAYS,...", Help: "most contacts by stage; event: only before and in an event of --events", Preset: "active=4/30,silent=4/30,sleeping=2/30,lost=event",
			kind: mapValue, value: many(&g.Caps, parseCaps, capParts)},
		{Name: "event-lead", section: contacting, Holder: "DAYS", Help: "days before an event from which lost customers may be contacted", Preset: "7",
			kind: wholeValue, value: one(&g.EventLeadDays, within[int]("a whole number of days", 0, 365), showDays)},
		{Name: "universal-holdout", section: contacting, Holder: "SHARE", Help: "share of the customers never contacted in a year, for what all campaigns are worth", Preset: "0",
			value: one(&g.UniversalHoldout, parseHoldout, func(v float64) []string { return []string{number(v)} })},
		{Name: "consent", section: contacting, Holder: "FILE", Help: "customers who may be contacted, nobody else: one id a line, CSV or Parquet", unset: "not asked for", value: onDisk(&g.ConsentFile)},
		{Name: "quiet-hours", section: contacting, Holder: "FROM-TO", Help: "hours that no preferred hour lies in, or none", Preset: "21-8",
			value: one(&g.QuietHours, hours.ParseQuiet, func(q hours.Quiet) []string { return []string{q.String()} })},
	}
}

func showDays(v int) []string { return []string{strconv.Itoa(v)} }

var cappedStages = []string{"active", "silent", "sleeping", "lost"}

// parseCaps reads active=4/30, lost=event; stages that are not named keep their
// usual cap.
func parseCaps(parts []string) (map[string]policy.Cap, error) {
	caps := policy.Usual()
	for _, part := range parts {
		stage, text, ok := strings.Cut(part, "=")
		stage = strings.TrimSpace(stage)
		contacts, days, slashed := strings.Cut(text, "/")
		c, errC := strconv.Atoi(strings.TrimSpace(contacts))
		d, errD := strconv.Atoi(strings.TrimSpace(days))
		switch {
		case !ok || !slices.Contains(cappedStages, stage):
			return nil, wantFound("STAGE=CONTACTS/DAYS such as sleeping=2/30, of active, silent, sleeping, lost", part)
		case strings.TrimSpace(text) == "event":
			caps[stage] = policy.Cap{ByEvent: true}
		case !slashed || errC != nil || errD != nil || c < 1 || d < 1 || d > maxDays:
			return nil, wantFound("a number of contacts in so many days such as 2/30, or event", text)
		default:
			caps[stage] = policy.Cap{Contacts: c, Days: d}
		}
	}
	return caps, nil
}

func capParts(caps map[string]policy.Cap) (parts []string) {
	for _, stage := range cappedStages {
		if c, ok := caps[stage]; ok && c.ByEvent {
			parts = append(parts, stage+"=event")
		} else if ok {
			parts = append(parts, fmt.Sprintf("%s=%d/%d", stage, c.Contacts, c.Days))
		}
	}
	return parts
}
