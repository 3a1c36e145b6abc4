package jobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/models"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/hours"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/policy"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/uplift"
	"winback/pipeline/wording"
)

// readLedger reads what campaigns have told. A ledger that is damaged stops the
// night: nobody knows then who opted out.
func (n *nightly) readLedger() error {
	l, err := ledger.Read(n.files, n.s.Out)
	n.told = l
	return unreadableLedger(err)
}

// resting says who may not be contacted tonight.
type resting struct {
	policy.Policy
	*policy.Known
	hours    *hours.Finder // of the look back; nil before
	answered map[string]*hours.Counts
	waves    []*campaign.Wave
	outcomes []campaign.Outcomes // of the waves
}

// happened notes what customers of waves did, on the look back.
func (r *resting) happened(seen iter.Seq2[string, []campaign.Happening]) {
	noteOutcomes(r.waves, r.outcomes, seen, nil)
}

func (n *nightly) resting(a asked) (*resting, error) {
	p, lists, err := n.policy(a)
	if err != nil {
		return nil, err
	}
	waves, err := campaign.Load(n.told, "", a.AsOf)
	if err != nil {
		return nil, unreadableLedger(err)
	}
	known, err := policy.Know(n.told, waves, lists, a.AsOf)
	if err != nil {
		return nil, unreadableLedger(err)
	}
	answered, err := campaign.AnswerHours(n.told, a.AsOf)
	return &resting{p, known, nil, answered, waves, newOutcomes(waves)}, unreadableLedger(err)
}

// of is why a customer of a stage is held.
func (r *resting) of(id, stage string, recencyDays int64) policy.Hold {
	return r.Policy.Of(r.Facts(id, stage, r.AsOf-data.Day(recencyDays)), r.AsOf)
}

// keepOff keeps those who are held off the lists of the diagnosis: off that of
// deadlines for whatever reason, off that of referrals who is in a campaign or is
// not to be contacted at all.
func (r *resting) keepOff(s *diagnose.Settings) {
	before := s.KeepOff
	s.KeepOff = func(id string) bool { return before(id) || r.Barred(id) }
	s.PreferredHour = func(part, customer int) int8 { return r.hours.Of(part, customer) }
	s.Held = func(d tables.Deadline) bool { return r.of(d.CustomerID, d.Stage, int64(d.RecencyDays)).Why != "" }
}

// holder finds out who of tonight's lapsed may not be contacted, before any draw.
type holder struct {
	*resting
	facts  func(id, stage string, lastPurchase data.Day) policy.Facts
	counts map[string]int64
}

func (r *resting) newHolder() *holder { return &holder{r, r.Walk(), map[string]int64{}} }

// hold looks at some of the customers, who come in order of their ids.
func (h *holder) hold(l *scoring.Lapsed) {
	l.Hold, l.HoldUntil = nil, nil
	for i, id := range l.IDs {
		hold := h.Policy.Of(h.facts(id, l.Stage[i].String(), h.AsOf-data.Day(l.RecencyDays[i])), h.AsOf)
		if hold.Why == "" {
			continue
		}
		if l.Hold == nil {
			l.Hold, l.HoldUntil = make([]string, l.Len()), make([]data.Day, l.Len())
		}
		l.Hold[i], l.HoldUntil[i] = hold.Why, hold.Until
		h.counts[hold.Why]++
	}
}

// tellHeld says why how many are held; suppressed are marked as such.
func (n *nightly) tellHeld(h *holder, suppressed int64) {
	for _, why := range slices.Sorted(maps.Keys(h.counts)) {
		if why == policy.OptedOut && h.counts[why] == suppressed {
			continue // told with the suppression list and those forgotten
		}
		n.ui.Note(fmt.Sprintf("%s: %s; in no list", wording.Counted(h.counts[why], "lapsed customer"), why))
	}
	if p := h.Policy; p.Caps["lost"].ByEvent && len(p.Events) == 0 && len(n.told.Entries) > 0 {
		n.ui.Note("lost customers are not sealed between events: --events names no calendar")
	}
}

// policy are the settings of who may be contacted, and what is told beside the
// ledger.
func (n *nightly) policy(a asked) (policy.Policy, policy.Lists, error) {
	s := &n.s.Resting
	p := policy.Policy{CoolDownDays: s.CoolDownDays, Caps: s.Caps, EventLeadDays: s.EventLeadDays}
	lists := policy.Lists{Suppressed: a.suppressed}
	if path := n.s.Diagnose.EventsFile; path != "" {
		text, err := run.ReadFile(n.files, path)
		if err == nil {
			p.Events, err = data.ParseEvents(path, text)
		}
		if err != nil {
			return p, lists, err
		}
	}
	var err error
	if s.ConsentFile != "" {
		if lists.Consent, err = plan.ReadSuppressions(n.files, s.ConsentFile); err != nil {
			return p, lists, &ExitError{ExitGate, fmt.Errorf("--consent: %w", err)}
		}
	}
	if s.UniversalHoldout > 0 {
		lists.Universal, err = plan.NewHoldout([]byte(n.s.HoldoutKey), "universal/"+a.AsOf.String()[:4], s.UniversalHoldout)
	}
	return p, lists, err
}

// ledgerInputs are the entries that the run has read.
func (n *nightly) ledgerInputs(asOf data.Day) (inputs []run.Input) {
	for _, e := range n.told.InForce(asOf.String(), ledger.Launch, ledger.Sent, ledger.Stop, ledger.Forecast, ledger.Result) {
		inputs = append(inputs, e.Input())
	}
	return inputs
}

// forgottenInput is the list of forgotten customers, where there is one.
func (n *nightly) forgottenInput() ([]run.Input, error) {
	text, err := run.ReadFile(n.files, fsys.Join(n.s.Out, run.ForgottenFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return []run.Input{{Path: run.ForgottenFile, Size: int64(len(text)), SHA256: fmt.Sprintf("%x", sha256.Sum256(text))}}, err
}

// seeCampaigns measures the campaigns that were launched by tonight, and learns from
// those that are settled how to rank customers inside groups, where they show it.
func (n *nightly) seeCampaigns(a asked, like *models.Matrix, learned *learn.Learned) ([]*campaign.Measured, error) {
	learned.Evaluation.Uplift = nil // of an earlier run
	if len(a.rest.waves) == 0 {
		return nil, nil
	}
	s := &MeasureSettings{Gate: n.s.Gate}
	from := &evidence{look: campaign.Look{AsOf: a.AsOf, Newest: a.orders.NewestPurchase, Amounts: true}, orders: a.orders, workers: a.Workers}
	seen, err := n.campaigner().look(n.told, s, a.rest.waves, a.rest.outcomes, from)
	if err != nil {
		return nil, err
	}
	if learned.Evaluation.Uplift, learned.Inside, err = uplift.Judge(seen, like); err != nil {
		return nil, unreadableLedger(err)
	}
	if learned.Evaluation.Uplift != nil {
		n.ui.Note(learned.Evaluation.Uplift.Why)
	}
	return seen, nil
}

// writeCampaigns writes what came of the campaigns.
func (n *nightly) writeCampaigns(create run.Create, a asked, seen []*campaign.Measured) error {
	if len(seen) == 0 {
		return nil
	}
	var rows []tables.ResultRow
	for _, m := range seen {
		rows = append(rows, m.Rows...)
	}
	record, err := campaign.Record(n.told, a.AsOf)
	if err != nil {
		return unreadableLedger(err)
	}
	if err := create.WriteJSON(run.DecisionsFile, measuredJSON(a.AsOf, seen, record)); err != nil {
		return err
	}
	return create.Write(run.CampaignsFile, func(w io.Writer) error { return tables.WriteResults(w, rows) })
}

func (n *nightly) campaigner() *campaigner { return &campaigner{n.files, n.ui, n.now} }

// settle adds the results of settled waves and forecasts to the ledger, behind the
// published run; what fails the next night adds.
func (n *nightly) settle(ctx context.Context, a asked, seen []*campaign.Measured) {
	c := n.campaigner()
	err := errors.Join(c.settle(n.s.Out, seen), c.settleForecasts(ctx, n.s.Out, n.told, a.orders, a.AsOf, a.Workers))
	if err != nil {
		n.ui.Warn(fmt.Sprintf("a settled result is not in the ledger yet, the next night adds it: %v", err))
	}
}

// campaignLines say what to do next in each campaign.
func campaignLines(seen []*campaign.Measured, out string) (lines []string) {
	for i, m := range seen {
		last := i == len(seen)-1 || !slices.ContainsFunc(seen[i+1:], func(o *campaign.Measured) bool { return o.Name == m.Name })
		if last {
			lines = append(lines, fmt.Sprintf("Campaign %s: %s.", m.Name, strings.TrimSuffix(m.NextStep(where(out)), ".")))
		}
	}
	return lines
}
