package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/wording"
)

// StopSettings are what Stop reads.
type StopSettings struct {
	settings.Telling
	settings.Runs
	settings.Modes
}

// Settings lists them.
func (s *StopSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Telling, &s.Runs, &s.Modes)
}

// stopped is what the settings of a stop say.
type stopped struct {
	Reason string `json:"reason,omitempty"`
}

// Stop ends a campaign: no list of it is handed out any more. Groups that were sent
// are measured to the end of their windows.
func Stop(_ context.Context, s StopSettings, name string, ui console.UI) error {
	return newCampaigner(s.FS(), ui).stop(&s, name)
}

func (c *campaigner) stop(s *StopSettings, name string) error {
	w, err := c.begin(s.Out, false)
	if err != nil {
		return err
	}
	defer w.Release()
	waves, err := c.waves(w.Ledger, name, forever)
	if err != nil {
		return err
	}
	last := waves[len(waves)-1]
	if last.StoppedBy != nil {
		return c.already(last.StoppedBy.Number)
	}
	day := s.On
	if day == 0 {
		day = c.today()
	}
	if err := setInFuture(day, c.now()); err != nil {
		return err
	}
	settings, err := settingsOf(stopped{s.Reason})
	if err != nil {
		return err
	}
	added, _, err := c.add(w, ledger.Entry{Kind: ledger.Stop, Day: day.String(), Campaign: name, Wave: last.Number, Settings: settings}, nil)
	if added == nil {
		return err
	}
	return errors.Join(err, c.ui.Print(fmt.Sprintf("Entry %d: campaign %s is stopped; groups sent, to be measured to the end of their windows: %d", added.Number, name, len(last.Sends))))
}

// VoidSettings are what Void reads.
type VoidSettings struct {
	Telling settings.Reasoned
	settings.Runs
	settings.Modes
}

// Settings lists them.
func (s *VoidSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Telling, &s.Runs, &s.Modes)
}

// Void takes an entry of the ledger back, as if it had not been written: by its
// number or name.
func Void(_ context.Context, s VoidSettings, entry string, ui console.UI) error {
	return newCampaigner(s.FS(), ui).void(&s, entry)
}

func (c *campaigner) void(s *VoidSettings, entry string) error {
	w, err := c.begin(s.Out, false)
	if err != nil {
		return err
	}
	defer w.Release()
	taken, err := findEntry(w.Ledger, entry)
	if err != nil {
		return usage("void", err)
	}
	if by := w.VoidedBy(taken.Number); by != nil {
		return c.already(by.Number)
	}
	stay, err := leftBehind(w.Ledger, taken)
	if err != nil {
		return err
	}
	settings, err := settingsOf(ledger.Taken{Entry: taken.Number, Reason: s.Telling.Reason})
	if err != nil {
		return err
	}
	// The day is that of the entry: as of every day it is as if it were not there.
	added, _, err := c.add(w, ledger.Entry{Kind: ledger.Void, Day: taken.Day, Campaign: taken.Campaign, Wave: taken.Wave, Settings: settings}, nil)
	if added == nil {
		return err
	}
	for _, warning := range stay {
		c.ui.Warn(warning)
	}
	return errors.Join(err, c.ui.Print(fmt.Sprintf("Entry %d: entry %s is taken back", added.Number, taken.Name())))
}

// leftBehind says what taking an entry back leaves as it is, or takes away with it.
// What was declared as sent and the result of a wave make no sense without its
// launch: they are to be taken back before it.
func leftBehind(l *ledger.Ledger, taken *ledger.Entry) (warnings []string, err error) {
	if taken.Kind == ledger.Sent && taken.Has(campaign.ContactsFile) {
		optOuts, err := optOutsOf(taken)
		if optOuts > 0 {
			warnings = append(warnings, fmt.Sprintf("%s of the log does not count any more: where it was meant, tell it by another log or --suppress", wording.Counted(optOuts, "opt-out")))
		}
		return warnings, err
	}
	if taken.Kind != ledger.Launch {
		return nil, nil
	}
	for _, e := range l.InForce(forever.String(), ledger.Sent, ledger.Stop, ledger.Result) {
		switch {
		case e.Campaign != taken.Campaign || e.Wave != taken.Wave:
		case e.Kind == ledger.Stop:
			warnings = append(warnings, fmt.Sprintf("entry %s stopped this wave and goes with it", e.Name()))
		case e.Kind == ledger.Sent && e.Has(campaign.ContactsFile):
			warnings = append(warnings, fmt.Sprintf("entry %s stays: the contacts and opt-outs of its log count, but in no wave", e.Name()))
		default:
			return nil, usage("void", fmt.Errorf("entry %s speaks of wave %d of campaign %s: take that one back first (winback campaign void %d)", e.Name(), taken.Wave, taken.Campaign, e.Number))
		}
	}
	return warnings, nil
}

func optOutsOf(e *ledger.Entry) (n int, err error) {
	rows, err := campaign.ReadContacts(e)
	for i := range rows {
		if campaign.OptsOut(rows[i].Status) {
			n++
		}
	}
	return n, err
}

// findEntry finds an entry that can be taken back.
func findEntry(l *ledger.Ledger, entry string) (*ledger.Entry, error) {
	number, err := strconv.Atoi(entry)
	for i := range l.Entries {
		e := &l.Entries[i]
		if (err != nil || e.Number != number) && e.Name() != entry {
			continue
		}
		if e.Kind == ledger.Void {
			return nil, fmt.Errorf("entry %s takes another one back; enter that one again instead", e.Name())
		}
		return e, nil
	}
	if len(l.Entries) == 0 {
		return nil, fmt.Errorf("there is no entry %q: the ledger is empty", entry)
	}
	return nil, fmt.Errorf("there is no entry %q; there are 1 to %d, and each command says the number of its own", entry, len(l.Entries))
}
