package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/wording"
)

// SentSettings are what Sent reads.
type SentSettings struct {
	settings.ChosenGroups
	settings.Sending
	settings.Dated
	settings.Acceptance
	settings.Secret
	settings.Runs
	settings.Modes
}

// Settings lists them.
func (s *SentSettings) Settings() []settings.Setting {
	return settings.Rows(&s.ChosenGroups, &s.Sending, &s.Dated, &s.Acceptance, &s.Secret, &s.Runs, &s.Modes)
}

// Sent tells the ledger of s.Out what went out: groups of a campaign on a day, or
// contact logs; without a name, contacts outside all campaigns. What is sent starts
// the window in which a group is measured.
func Sent(ctx context.Context, s SentSettings, name string, ui console.UI) error {
	return newCampaigner(s.FS(), ui).sent(ctx, &s, name)
}

func (c *campaigner) sent(ctx context.Context, s *SentSettings, name string) error {
	switch {
	case len(s.Logs) > 0 && (s.Groups.Named != nil || s.Groups.All || s.On != 0):
		return usage("--log", errors.New("a log says by itself what went out when: leave out --groups and --on"))
	case len(s.Logs) == 0 && name == "":
		return usage("--log", errors.New("name a campaign with --groups and --on, or a log"))
	case len(s.Logs) == 0 && (s.On == 0 || s.Groups.Named == nil && !s.Groups.All):
		return usage("--groups", errors.New("want the groups that went out and the day, such as --groups 1-2 --on 2026-07-03, or a log"))
	}
	var log *campaign.Log
	if len(s.Logs) > 0 {
		var err error
		if log, err = campaign.ReadLog(ctx, c.files, s.Logs); err != nil {
			return err
		}
	}
	w, err := c.begin(s.Out, name == "")
	if err != nil {
		return err
	}
	defer w.Release()
	var waves []*campaign.Wave
	if name != "" {
		if waves, err = c.waves(w.Ledger, name, forever); err != nil {
			return err
		}
	}
	if log == nil {
		return c.declare(w, s, waves)
	}
	return c.logged(w, s, name, waves, log)
}

// declare takes groups as sent on a day.
func (c *campaigner) declare(w *ledger.Writer, s *SentSettings, waves []*campaign.Wave) error {
	wave := waves[len(waves)-1]
	for _, earlier := range waves {
		if earlier.Day <= s.On {
			wave = earlier
		}
	}
	groups, err := chosenOf(wave, s.Groups)
	if err != nil {
		return err
	}
	if err := c.sendable(wave, s.On, s.Accept); err != nil {
		return err
	}
	for _, g := range groups {
		if before, ok := wave.Sends[int32(g)]; ok && before.Day != s.On {
			return sentBefore(g, before)
		}
	}
	settings, err := settingsOf(campaign.DeclaredSend{Groups: groups, On: s.On.String()})
	if err != nil {
		return err
	}
	added, old, err := c.add(w, ledger.Entry{Kind: ledger.Sent, Day: s.On.String(), Campaign: wave.Name, Wave: wave.Number, Settings: settings}, nil)
	if added == nil || old {
		return err
	}
	c.warnStopped(wave)
	return errors.Join(err, c.ui.Print(fmt.Sprintf("Entry %d: %s of campaign %s, wave %d, sent on %s", added.Number, groupWords(groups), wave.Name, wave.Number, s.On)))
}

// chosenOf are groups of a wave.
func chosenOf(wave *campaign.Wave, asked settings.Groups) ([]int, error) {
	var there []int
	for _, g := range wave.Plan.Groups {
		there = append(there, int(g.Group))
	}
	slices.Sort(there)
	if asked.All {
		return there, nil
	}
	for _, g := range asked.Named {
		if !slices.Contains(there, g) {
			return nil, usage("--groups", fmt.Errorf("campaign %s, wave %d, has no group %d; it has %s", wave.Name, wave.Number, g, groupWords(there)))
		}
	}
	return asked.Named, nil
}

func sentBefore(group int, before campaign.Send) error {
	return usage("--on", fmt.Errorf("group %d was sent on %s, entry %d; void it first (winback campaign void %d)", group, before.Day, before.Entry, before.Entry))
}

// sendable refuses a day on which a wave cannot have been sent.
func (c *campaigner) sendable(wave *campaign.Wave, on data.Day, accepted bool) error {
	switch tomorrow := c.today() + 1; {
	case on > tomorrow:
		return refused("%s lies after tomorrow (%s)", on, tomorrow)
	case on < wave.Day:
		return refused("%s lies before %s, as of which wave %d of campaign %s was launched: give the day on which it went out", on, wave.Day, wave.Number, wave.Name)
	case on > wave.Day+campaign.DaysToSend && !accepted:
		return refused("campaign %s, wave %d, was frozen on %s, over %d days before %s: launch a new wave (--accept goes on all the same)", wave.Name, wave.Number, wave.Day, campaign.DaysToSend, on)
	}
	return nil
}

func (c *campaigner) warnStopped(wave *campaign.Wave) {
	if wave.StoppedBy != nil {
		c.ui.Warn(fmt.Sprintf("campaign %s was stopped by entry %d: what went out counts all the same, and nothing more is handed out (winback campaign void %d takes the stop back)", wave.Name, wave.StoppedBy.Number, wave.StoppedBy.Number))
	}
}

// logged takes contact logs.
func (c *campaigner) logged(w *ledger.Writer, s *SentSettings, name string, waves []*campaign.Wave, log *campaign.Log) error {
	c.tellSetAside(log)
	forgotten, err := withForgotten(c.files, s.Out, s.HoldoutKey, nil)
	if err != nil {
		return err
	}
	rows := len(log.Rows)
	log.Rows = slices.DeleteFunc(log.Rows, func(r tables.LoggedContact) bool { return forgotten.Has(r.CustomerID) })
	if left := rows - len(log.Rows); left > 0 {
		c.ui.Note(fmt.Sprintf("%s of customers who were forgotten: left out", wording.Counted(left, "line")))
	}
	if len(log.Rows) == 0 {
		return refused("%s: no contact in it", strings.Join(s.Logs, ", "))
	}
	first, last := log.Days()
	if tomorrow := c.today() + 1; last > tomorrow {
		return refused("%s: a contact of %s lies after tomorrow (%s)", strings.Join(s.Logs, ", "), last, tomorrow)
	}
	e := ledger.Entry{Kind: ledger.Sent, Day: first.String(), Campaign: name}
	var told campaign.Attributed
	if name != "" {
		told = campaign.Attribute(log, waves)
		if err := c.attributable(s, waves, &told); err != nil {
			return err
		}
		e.Wave = told.Wave.Number
	}
	file, err := entryTable(campaign.ContactsFile, log.Rows, tables.WriteContactLog)
	if err != nil {
		return err
	}
	added, old, err := c.add(w, e, []ledger.File{file})
	if added == nil || old {
		return err
	}
	if told.Wave != nil {
		c.warnStopped(told.Wave)
	}
	return errors.Join(err, c.ui.Print(sentWords(added, log, name, &told)...))
}

func (c *campaigner) tellSetAside(log *campaign.Log) {
	if len(log.Unread) > 0 {
		c.ui.Warn(fmt.Sprintf("not read: the columns %s; known are %s", wording.List(log.Unread, "and"), strings.Join(campaign.LogColumns, ", ")))
	}
	for _, status := range slices.Sorted(maps.Keys(log.SetAside)) {
		c.ui.Warn(fmt.Sprintf("%s with the status %q set aside; known are sent, delivered, bounced, opened, clicked, opted_out, complained", wording.Counted(log.SetAside[status], "row"), status))
	}
}

// attributable refuses a log that cannot be of the campaign.
func (c *campaigner) attributable(s *SentSettings, waves []*campaign.Wave, told *campaign.Attributed) error {
	file := strings.Join(s.Logs, ", ")
	switch {
	case told.Early > 0:
		return refused("%s: %s of campaign %s lie before its launch as of %s", file, wording.Counted(told.Early, "contact"), waves[0].Name, waves[0].Day)
	case told.Own == 0:
		return refused("%s: nobody in it is of campaign %s; is it the log of another campaign, or are its ids of another kind? (winback campaign sent --log without a name takes contacts outside all campaigns)", file, waves[0].Name)
	case 2*told.Own < told.Rows && !s.Accept:
		of := "of " + wording.Counted(told.Rows, "contact")
		return refused("%s: %s of campaign %s; are they ids of another kind? (--accept goes on all the same)", file, wording.Plural(int64(told.Own), of+" is", of+" are"), waves[0].Name)
	}
	for _, g := range told.Groups() {
		first := told.First[g]
		before, sent := told.Wave.Sends[g]
		if sent && before.Declared && first < before.Day {
			return sentBefore(int(g), before)
		}
		if !sent {
			if err := c.sendable(told.Wave, first, s.Accept); err != nil {
				return err
			}
		}
	}
	return nil
}

func sentWords(e *ledger.Entry, log *campaign.Log, name string, told *campaign.Attributed) []string {
	if name == "" {
		return []string{fmt.Sprintf("Entry %d: %s outside all campaigns", e.Number, wording.Counted(len(log.Rows), "contact"))}
	}
	lines := []string{fmt.Sprintf("Entry %d: %s of campaign %s, wave %d", e.Number, wording.Counted(told.Own, "contact"), name, e.Wave)}
	for _, g := range told.Groups() {
		lines = append(lines, fmt.Sprintf("Group %d: first sent on %s", g, told.First[g]))
	}
	for _, n := range []struct {
		count int
		words string
	}{{told.HeldOut, "contacted though held out"}, {told.Others, "not in the list"}, {told.OptedOut, "opted out or complained"}} {
		if n.count > 0 {
			lines = append(lines, fmt.Sprintf("%s %s", wording.Counted(n.count, "contact"), n.words))
		}
	}
	return lines
}
