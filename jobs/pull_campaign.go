package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/reach"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/effect"
	"winback/pipeline/handout"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

// pullCampaign hands out frozen lists of a campaign's newest wave: the groups named,
// else the one that the decision calls for. Left out are who opted out and who bought since the
// launch. It writes no entry: what is pulled is not sent.
func (c *campaigner) pullCampaign(ctx context.Context, s *PullSettings, format handout.Format, suppressed *plan.Suppressions) error {
	contacts, err := contactsAsked(c.files, s, format)
	if err != nil {
		return err
	}
	if s.Due != (settings.Due{}) {
		return usage("--due", errors.New("lists of a campaign know no day to wait for; take it out"))
	}
	l, err := c.read(s.Out)
	if err != nil {
		return err
	}
	waves, err := c.waves(l, s.Campaign, forever)
	if err != nil {
		return err
	}
	w := waves[len(waves)-1]
	if w.StoppedBy != nil {
		return usage("--campaign", fmt.Errorf("campaign %s was stopped by entry %d: no list is handed out any more", w.Name, w.StoppedBy.Number))
	}
	groups, why, err := c.calledFor(w, s)
	if err != nil {
		return err
	}
	if s.Arm != "" {
		if _, err := w.Plan.Arm(s.Arm); err != nil {
			return usage("--arm", fmt.Errorf("%w; it has %s", err, armNames(w)))
		}
	}
	gone, err := c.since(ctx, s, l, w, contacts, suppressed)
	if err != nil {
		return err
	}
	about := handout.About{Title: "Campaign " + w.Name, Run: fmt.Sprintf("%s, wave %d", w.Name, w.Number), AsOf: w.Day, HorizonDays: w.Plan.HorizonDays, Selection: groupWords(groups), Groups: plannedGroups(w)}
	none := "is left"
	if why != "" {
		none = fmt.Sprintf("is called for (%s)", why)
	}
	if contacts.Wanted() {
		every := *s
		every.Top = 0 // of those who can be reached
		src := reach.Source[tables.AssignmentRow]{List: handout.AssignmentList(), Rows: allOf(pulledRows(w, &every, groups, gone)), HeldOut: heldOutOf(w), Suppressed: suppressed, Apart: true}
		return reached(ctx, c.files, contacts, src, about, none, c.ui)
	}
	rows := pulledRows(w, s, groups, gone)
	return handOut(c.files, s.Output, c.ui, about, none, func(out io.Writer) (int64, error) {
		return handout.ExportAssignments(out, format, rows, about)
	})
}

// plannedGroups are the groups of a wave as they were planned, for a workbook.
func plannedGroups(w *campaign.Wave) []tables.GroupRow {
	var groups []tables.GroupRow
	for i := range w.Plan.Groups {
		g := &w.Plan.Groups[i]
		chance := float64(g.Probability)
		groups = append(groups, tables.GroupRow{Group: g.Group, Rule: g.Rule, ContactCustomers: g.Customers, HoldoutCustomers: g.HeldOut, Probability: chance, ProbabilityLow: math.NaN(), ProbabilityHigh: math.NaN(),
			ExpectedReturns: chance * float64(g.Customers), CumulativeExpectedReturns: math.NaN(), ExpectedSpend: math.NaN(), ContactCost: float64(w.Plan.ContactCost) * float64(g.Customers),
			Recommended: true, RecommendedContacts: g.Customers})
	}
	return groups
}

// heldOutOf are the customers whom a wave holds out.
func heldOutOf(w *campaign.Wave) func(give func(string)) error {
	return func(give func(string)) error {
		for i := range w.Rows {
			if w.Rows[i].Arm == tables.HoldoutArm {
				give(w.Rows[i].CustomerID)
			}
		}
		return nil
	}
}

// allOf gives rows one after the other.
func allOf[R any](rows []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func armNames(w *campaign.Wave) string {
	var names []string
	for _, a := range w.Plan.Arms {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// calledFor are the groups named, else the one that the newest decision calls for;
// none where it calls for none, and then why.
func (c *campaigner) calledFor(w *campaign.Wave, s *PullSettings) (groups []int, why string, err error) {
	if s.Groups.Named != nil || s.Groups.All {
		groups, err = chosenOf(w, s.Groups)
		return groups, "", err
	}
	d, err := c.decided(w, s.Out)
	if err != nil {
		return nil, "", err
	}
	if d.Name != effect.SendGroup {
		return nil, d.Name + ": " + d.Why, nil
	}
	if sent, already := w.Sends[d.Group]; already {
		return nil, fmt.Sprintf("%s: group %d was sent on %s, and no run has looked since", effect.Wait, d.Group, sent.Day), nil
	}
	return []int{int(d.Group)}, "", nil
}

// decided is the decision of the newest run that has looked at the wave since its
// last group was sent, else what the ledger alone tells.
func (c *campaigner) decided(w *campaign.Wave, out string) (effect.Decision, error) {
	r, err := run.Open(c.files, out, "")
	if err != nil && !errors.Is(err, run.ErrNoRun) {
		return effect.Decision{}, unreadableRun(err)
	}
	if last, _ := w.LastSend(); err == nil && r.Manifest.Has(run.DecisionsFile) && r.AsOf >= last {
		if r, err = run.Open(c.files, out, r.Manifest.RunID, run.DecisionsFile); err != nil {
			return effect.Decision{}, unreadableRun(err)
		}
		text, err := r.Content(run.DecisionsFile)
		if err != nil {
			return effect.Decision{}, err
		}
		var told campaignsJSON
		if err := json.Unmarshal(text, &told); err != nil {
			return effect.Decision{}, &data.InputError{Path: fsys.Join(r.Dir, run.DecisionsFile), Err: err}
		}
		for _, d := range told.Campaigns {
			if d.Name == w.Name && d.Wave == w.Number {
				return d.decision(), nil
			}
		}
	}
	if len(w.Sends) > 0 {
		c.ui.Warn("no run has looked at the campaign since its last group was sent: whether its target is reached or contacting pays is not known")
	}
	return w.NextOfPlan(c.today()), nil
}

func (j *campaignJSON) decision() effect.Decision {
	d := effect.Decision{Name: j.Decision, Why: j.Why}
	if j.Group != nil {
		d.Group = *j.Group
	}
	return d
}

// since are the customers whom a list leaves out.
func (c *campaigner) since(ctx context.Context, s *PullSettings, l *ledger.Ledger, w *campaign.Wave, contacts *reach.Asked, suppressed *plan.Suppressions) (map[string]bool, error) {
	optedOut, err := campaign.OptedOut(l, forever)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for i := range w.Rows {
		if id := w.Rows[i].CustomerID; suppressed.Has(id) || optedOut.Has(id) {
			gone[id] = true
		}
	}
	r, err := run.Open(c.files, s.Out, "", run.CustomersFile)
	if errors.Is(err, run.ErrNoRun) {
		c.ui.Warn("there is no run: who has bought since the launch is not known")
		return gone, nil
	}
	if err != nil {
		return nil, unreadableRun(err)
	}
	if err := (optOuts{s.Suppression, s.Acceptance, s.Pooled}).knownInRun(ctx, c.files, r, suppressed, contacts, c.ui); err != nil {
		return nil, err
	}
	if r.AsOf <= w.Day {
		c.ui.Warn(fmt.Sprintf("the newest run is as of %s: who has bought since the launch is not known", r.AsOf))
		return gone, nil
	}
	for row, err := range untilCanceled(ctx, r.Customers()) {
		if err != nil {
			return nil, err
		}
		if int64(r.AsOf)-row.RecencyDays >= int64(w.Day) {
			gone[row.CustomerID] = true
		}
	}
	return gone, nil
}

// pulledRows are the rows of a list: by rank where the run had ranks.
func pulledRows(w *campaign.Wave, s *PullSettings, groups []int, gone map[string]bool) []tables.AssignmentRow {
	var rows []tables.AssignmentRow
	for _, r := range w.Rows {
		switch {
		case r.Arm == tables.HoldoutArm, gone[r.CustomerID], s.Arm != "" && r.Arm != s.Arm, s.Channel != "" && r.PreferredChannel != s.Channel, !slices.Contains(groups, int(r.Group)):
			continue
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b tables.AssignmentRow) int {
		if a.Rank == b.Rank {
			return int(a.Group - b.Group)
		}
		return int(a.Rank - b.Rank)
	})
	if s.Top > 0 && int64(len(rows)) > s.Top {
		rows = rows[:s.Top]
	}
	return rows
}

// optedOutToo adds those who opted out by a contact log of the ledger.
func (c *campaigner) optedOutToo(out string, suppressed *plan.Suppressions) (*plan.Suppressions, error) {
	l, err := c.read(out)
	if err != nil {
		return nil, err
	}
	optedOut, err := campaign.OptedOut(l, forever)
	if err != nil {
		return nil, unreadableLedger(err)
	}
	if optedOut.Len() == 0 {
		return suppressed, nil
	}
	return suppressed.With(optedOut), nil
}
