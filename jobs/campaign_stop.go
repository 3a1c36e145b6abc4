package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/ledger"
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
	w, err := c.begin(s.Out)
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
		return c.ui.Print(fmt.Sprintf("already entry %d", last.StoppedBy.Number))
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
	w, err := c.begin(s.Out)
	if err != nil {
		return err
	}
	defer w.Release()
	taken, err := findEntry(w.Ledger, entry)
	if err != nil {
		return usage("void", err)
	}
	if by := w.VoidedBy(taken.Number); by != nil {
		return c.ui.Print(fmt.Sprintf("already entry %d", by.Number))
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
	return errors.Join(err, c.ui.Print(fmt.Sprintf("Entry %d: entry %s is taken back", added.Number, taken.Name())))
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
	return nil, fmt.Errorf("there is no entry %q; there are 1 to %d", entry, len(l.Entries))
}
