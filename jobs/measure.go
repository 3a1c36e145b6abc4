package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/effect"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// MeasureSettings are what Measure reads.
type MeasureSettings struct {
	settings.Reading
	settings.Gate
	settings.OneCampaign
	settings.Measuring
	settings.MeasureForm
	settings.File
	settings.Runs
}

// Settings lists them.
func (s *MeasureSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Reading, &s.Gate, &s.OneCampaign, &s.Measuring, &s.MeasureForm, &s.File, &s.Runs)
}

// Measure says what came of the campaigns in the ledger of s.Out, or of one of
// them, against the customers held out: from orders, or from a file of responses.
// A wave that is settled gets its result in the ledger, once.
func Measure(ctx context.Context, s MeasureSettings, named []string, ui console.UI) error {
	return newCampaigner(s.FS(), ui).measure(ctx, &s, named)
}

func (c *campaigner) measure(ctx context.Context, s *MeasureSettings, named []string) error {
	sources := s.Sources(named)
	switch {
	case s.ResponsesFile != "" && len(named) > 0:
		return usage("--responses", errors.New("give orders or a file of responses, not both"))
	case s.ResponsesFile == "" && len(sources) == 0:
		return usage("measure", errors.New("needs order files, folders or globs, or --responses FILE"))
	case s.Form == settings.FormParquet && s.Output == "" && c.ui.OutTerminal:
		return usage("--format", errors.New("parquet does not belong on a terminal; name a file with -o"))
	}
	m, err := c.measured(ctx, s, sources)
	if err != nil {
		return err
	}
	defer m.close()
	record, err := campaign.Record(m.ledger, m.look.AsOf)
	if err != nil {
		return unreadableLedger(err)
	}
	if err := c.show(s, m.look.AsOf, m.seen, record); err != nil {
		return err
	}
	if err := c.settle(s.Out, m.seen); err != nil || m.orders == nil {
		return err
	}
	return c.settleForecasts(ctx, s.Out, m.ledger, m.orders, m.look.AsOf, m.workers)
}

// measurement is what is known of the waves, the oldest first, and from what.
type measurement struct {
	*evidence
	ledger *ledger.Ledger
	seen   []*campaign.Measured
}

// measured measures the waves asked for; the caller closes it.
func (c *campaigner) measured(ctx context.Context, s *MeasureSettings, sources []string) (*measurement, error) {
	if err := setInFuture(s.AsOf, c.now()); err != nil {
		return nil, err
	}
	l, err := c.read(s.Out)
	if err != nil {
		return nil, err
	}
	if err := c.anyCampaign(l, s.Campaign); err != nil {
		return nil, err
	}
	from, err := c.evidence(ctx, s, sources)
	if err != nil {
		return nil, err
	}
	seen, err := c.seen(ctx, l, s, from)
	if err != nil {
		from.close()
		return nil, err
	}
	return &measurement{from, l, seen}, nil
}

func (c *campaigner) seen(ctx context.Context, l *ledger.Ledger, s *MeasureSettings, from *evidence) ([]*campaign.Measured, error) {
	waves, err := campaign.Load(l, s.Campaign, from.look.AsOf)
	if err != nil {
		return nil, unreadableLedger(err)
	}
	if len(waves) == 0 {
		return nil, usage("--as-of", fmt.Errorf("nothing was launched by %s", from.look.AsOf))
	}
	outcomes, err := follow(ctx, waves, from)
	if err != nil {
		return nil, err
	}
	return c.look(l, s, waves, outcomes, from)
}

// anyCampaign refuses a campaign that is not known, and a ledger without any.
func (c *campaigner) anyCampaign(l *ledger.Ledger, name string) error {
	if name != "" {
		return usage("--campaign", campaign.CheckKnown(l, name))
	}
	if len(campaign.Names(l)) == 0 {
		return usage("--out", errors.New("no campaign was launched there; winback campaign launch begins one"))
	}
	return nil
}

// evidence is where returns are read from.
type evidence struct {
	look        campaign.Look
	orders      *orders.Table // nil where responses are read
	responses   *campaign.Responses
	redemptions map[string][]campaign.Happening // nil where offers paid are assumed
	workers     int
}

func (e *evidence) close() {
	if e.orders != nil {
		_ = e.orders.Close() // only read
	}
}

func (c *campaigner) evidence(ctx context.Context, s *MeasureSettings, sources []string) (*evidence, error) {
	e := &evidence{workers: s.WorkerCount()}
	if s.RedemptionsFile != "" {
		redeemed, err := campaign.ReadRedemptions(ctx, c.files, s.RedemptionsFile)
		if err != nil {
			return nil, err
		}
		e.redemptions, e.look.Redeemed = redeemed, true
	}
	if s.ResponsesFile != "" {
		responses, err := campaign.ReadResponses(ctx, c.files, s.ResponsesFile)
		if err != nil {
			return nil, err
		}
		e.responses, e.look.Amounts, e.look.Newest, e.look.AsOf = responses, responses.Amounts, forever, s.AsOf
		if s.AsOf == 0 {
			e.look.AsOf = responses.Newest + 1
		}
		return e, nil
	}
	h, err := readHistory(ctx, c.files, input{s.Reading, sources, "", "", Elsewhere{}}, c.ui)
	if err != nil {
		return nil, err
	}
	e.orders = h.orders
	if err := errors.Join(h.gate(s.Gate, c.now()), notInFuture(h.asOf, s.AsOf, h.orders, c.now())); err != nil {
		return nil, errors.Join(err, h.orders.Close())
	}
	e.look = campaign.Look{AsOf: h.asOf, Newest: h.orders.NewestPurchase, Amounts: true, Redeemed: e.look.Redeemed}
	return e, nil
}

// look measures the waves, the oldest first, of what their customers did.
func (c *campaigner) look(l *ledger.Ledger, s *MeasureSettings, waves []*campaign.Wave, outcomes []campaign.Outcomes, from *evidence) ([]*campaign.Measured, error) {
	before := map[string][]*campaign.Measured{}
	var seen []*campaign.Measured
	for i, w := range waves {
		if err := c.plausible(s, w, outcomes[i], from); err != nil {
			return nil, err
		}
		m := w.Measure(outcomes[i], from.look, before[w.Name])
		before[w.Name] = append(before[w.Name], m)
		seen = append(seen, m)
	}
	return seen, c.against(l, seen, s.Accept)
}

func newOutcomes(waves []*campaign.Wave) (outcomes []campaign.Outcomes) {
	for _, w := range waves {
		outcomes = append(outcomes, w.NewOutcomes())
	}
	return outcomes
}

// follow finds out what the customers of the waves did.
func follow(ctx context.Context, waves []*campaign.Wave, from *evidence) ([]campaign.Outcomes, error) {
	outcomes := newOutcomes(waves)
	if from.responses != nil {
		for i, w := range waves {
			for row := range w.Rows {
				id := w.Rows[row].CustomerID
				outcomes[i].Set(w, row, campaign.Until(from.responses.ByCustomer[id], from.look.AsOf), from.redemptions[id])
			}
		}
		return outcomes, nil
	}
	watched := campaign.WatchedOf(waves)
	_, err := from.orders.Each(ctx, from.workers, func(_ int, h *orders.Histories) error {
		noteOutcomes(waves, outcomes, watched.Of(h, from.look.AsOf), from.redemptions)
		return nil
	})
	return outcomes, err
}

// noteOutcomes notes what customers of a partition did, who come in order of their ids. It
// may be called from several goroutines, for different partitions.
func noteOutcomes(waves []*campaign.Wave, outcomes []campaign.Outcomes, seen iter.Seq2[string, []campaign.Happening], redeemed map[string][]campaign.Happening) {
	var at []int // of each wave: both sides are in ascending order of ids
	for id, list := range seen {
		if at == nil {
			at = make([]int, len(waves))
			for i, w := range waves {
				at[i], _ = w.Row(id)
			}
		}
		for i, w := range waves {
			for at[i] < len(w.Rows) && w.Rows[at[i]].CustomerID < id {
				at[i]++
			}
			if at[i] < len(w.Rows) && w.Rows[at[i]].CustomerID == id {
				outcomes[i].Set(w, at[i], list, redeemed[id])
			}
		}
	}
}

// mostUnknown is the share of a wave's customers whom the orders may not know.
const mostUnknown = .01

// plausible refuses orders of other customers, and responses of the contacted only.
func (c *campaigner) plausible(s *MeasureSettings, w *campaign.Wave, outcomes campaign.Outcomes, from *evidence) error {
	if from.orders != nil {
		if n, share := outcomes.UnknownShare(); share > mostUnknown && !s.Accept {
			return refused("campaign %s, wave %d: the orders do not know %d of its %d customers: is this an old extract, or have ids changed? (--accept goes on all the same)", w.Name, w.Number, n, len(outcomes))
		}
		return nil
	}
	if expected, found := w.HeldOutAnswers(outcomes, from.look); found == 0 && expected >= 5 {
		return refused("%s: none of the customers held out in campaign %s, wave %d, is in it, although %.0f answers were to be expected: it must cover those too who were not contacted", s.ResponsesFile, w.Name, w.Number, math.Floor(expected))
	}
	return nil
}

// against holds closed windows against results that are in the ledger.
func (c *campaigner) against(l *ledger.Ledger, seen []*campaign.Measured, accepted bool) error {
	for _, m := range seen {
		for _, e := range l.InForce(m.Look.AsOf.String(), ledger.Result) {
			if e.Campaign != m.Name || e.Wave != m.Number {
				continue
			}
			rows, err := campaign.ReadResults(e)
			if err != nil {
				return err
			}
			fewer, differences := m.Against(rows)
			if fewer != "" && !accepted && !forgottenSince(l, e) {
				return refused("campaign %s, wave %d: %s than in entry %d: is this an old extract? (--accept goes on all the same)", m.Name, m.Number, fewer, e.Number)
			}
			for _, text := range differences {
				c.ui.Warn(fmt.Sprintf("campaign %s, wave %d: %s; entry %d stays as it was written", m.Name, m.Number, text, e.Number))
			}
		}
	}
	return nil
}

// forgottenSince says whether customers were forgotten after an entry was written:
// fewer purchases are known then.
func forgottenSince(l *ledger.Ledger, e *ledger.Entry) bool {
	return slices.ContainsFunc(l.Entries[e.Number:], func(later ledger.Entry) bool { return later.Kind == ledger.Forget })
}

// settle writes the result of waves that are settled and have none yet.
func (c *campaigner) settle(out string, seen []*campaign.Measured) error {
	for _, m := range seen {
		if !m.Over(m.Look.AsOf) || !m.AllSettled() {
			continue
		}
		if err := c.writeResult(out, m); err != nil {
			return err
		}
	}
	return nil
}

func (c *campaigner) writeResult(out string, m *campaign.Measured) error {
	w, err := c.begin(out, true)
	if err != nil {
		return err
	}
	defer w.Release()
	for i := range w.Entries {
		if e := &w.Entries[i]; e.Kind == ledger.Result && e.Campaign == m.Name && e.Wave == m.Number && !w.Voided(e.Number) {
			return nil
		}
	}
	rows, err := entryTable(campaign.ResultsFile, m.Rows, tables.WriteResults)
	if err != nil {
		return err
	}
	curve, err := jsonFile(campaign.CurveFile, m.Curve())
	if err != nil {
		return err
	}
	e := ledger.Entry{Kind: ledger.Result, Day: m.Look.AsOf.String(), Campaign: m.Name, Wave: m.Number, ToolVersion: Version(), Written: c.now()}
	added, _, err := w.Append(e, []ledger.File{rows, curve})
	if added != nil {
		c.ui.Note(fmt.Sprintf("campaign %s, wave %d, is settled: its result is entry %d", m.Name, m.Number, added.Number))
	}
	return err
}

// show writes what was measured.
func (c *campaigner) show(s *MeasureSettings, asOf data.Day, seen []*campaign.Measured, record campaign.ForecastRecord) error {
	write := func(w io.Writer) error { return writeMeasured(w, s, asOf, seen, record) }
	if s.Output != "" {
		return run.WriteFile(c.files, s.Output, write)
	}
	if c.ui.Out == nil {
		return nil
	}
	buffered := bufio.NewWriter(c.ui.Out)
	return errors.Join(write(buffered), buffered.Flush())
}

func writeMeasured(w io.Writer, s *MeasureSettings, asOf data.Day, seen []*campaign.Measured, record campaign.ForecastRecord) error {
	var rows []tables.ResultRow
	for _, m := range seen {
		rows = append(rows, m.Rows...)
	}
	switch s.Form {
	case settings.FormCSV:
		return tables.WriteResultsCSV(w, rows)
	case settings.FormParquet:
		return tables.WriteResults(w, rows)
	case settings.FormJSON:
		return run.WriteJSON(w, measuredJSON(asOf, seen, record))
	}
	for i, m := range seen {
		if i > 0 {
			fmt.Fprintln(w)
		}
		for _, line := range m.Lines(where(s.Out)) {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// campaignJSON is one wave in the JSON form of measure.
type campaignJSON struct {
	Name     string                   `json:"name"`
	Wave     int                      `json:"wave"`
	Decision string                   `json:"decision"`
	Group    *int32                   `json:"group"` // to send next
	Why      string                   `json:"why"`
	Target   *campaign.TargetStanding `json:"target"`
	Flags    []string                 `json:"flags"`
	Results  []tables.ResultRow       `json:"results"`
}

// campaignsJSON is the JSON form of measure, and campaigns.json of a run.
type campaignsJSON struct {
	AsOf      string                  `json:"as_of"`
	Campaigns []campaignJSON          `json:"campaigns"`
	Forecasts campaign.ForecastRecord `json:"forecasts"`
}

func measuredJSON(asOf data.Day, seen []*campaign.Measured, record campaign.ForecastRecord) campaignsJSON {
	list := []campaignJSON{}
	for _, m := range seen {
		one := campaignJSON{Name: m.Name, Wave: m.Number, Decision: m.Decision.Name, Why: m.Decision.Why, Flags: m.Flags, Results: m.Rows}
		if m.Decision.Name == effect.SendGroup {
			one.Group = &m.Decision.Group
		}
		if m.Target.Kind != "" {
			one.Target = &m.Target
		}
		if one.Flags == nil {
			one.Flags = []string{}
		}
		list = append(list, one)
	}
	return campaignsJSON{asOf.String(), list, record}
}
