package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"winback/data/columns"
	"winback/data/orders"
	"winback/internal/parallel"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/learn"
	"winback/pipeline/page"
	"winback/pipeline/plan"
	"winback/pipeline/report"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/wording"
)

// results are what the night found.
type results struct {
	asked
	learned   *learn.Learned
	tonight   *scoring.Scored
	groups    *plan.Groups
	plan      plan.Settings
	diagnosis *diagnose.Diagnosis
	shows     *showing
	campaigns []*campaign.Measured
}

// write writes what is left to write once all is known, several files at a time and
// the largest first.
func (n *nightly) write(create run.Create, r results) error {
	stage := n.ui.Stage("write", 0, "files")
	facts, err := n.facts(r)
	if err != nil {
		return err
	}
	writers := append([]func() error{
		func() error { return r.shows.write(create, r.orders.Names) },
		func() error { return plan.WriteScores(create, r.groups, r.tonight) },
		func() error { return writeDiagnosis(create.Write, r.diagnosis, r.shows.ofReferral, n.s.MoneyType) },
	}, r.groups.ListWriters(create, n.s.MoneyType)...)
	writers = append(writers,
		func() error { return create.WriteGroups(r.groups.Rows) },
		func() error { return learn.WriteModels(create, r.learned, r.tonight.SurrogateTree()) },
		func() error { return learn.WriteEvaluation(create, &r.learned.Evaluation) },
		func() error { return page.WriteReport(create, r.groups, r.learned, r.tonight, facts) },
		func() error { return page.WriteBrief(create, r.groups, r.learned, r.tonight, facts) })
	if err := parallel.TryEach(len(writers), r.Workers, func(i int) error { return writers[i]() }); err != nil {
		return err
	}
	stage.Done("")
	return nil
}

// facts are what the pages tell beside groups and models.
func (n *nightly) facts(r results) (page.Facts, error) {
	record, err := campaign.Record(n.told, r.AsOf)
	if err != nil {
		return page.Facts{}, unreadableLedger(err)
	}
	return page.Facts{Question: r.Question, Rule: r.rule, Rows: r.reportRows(), Warnings: r.warnings(), Settings: r.plan, Diagnosis: report.DiagnosisOf(r.diagnosis), Campaigns: r.campaigns, Record: record, Currency: r.currency(n.s.Currency)}, nil
}

// currency is that of the amounts: as set, else the only one in the orders; ""
// where nothing says it.
func (h *history) currency(set string) string {
	if known := h.orders.Currencies(); set == "" && len(known) == 1 {
		return known[0].Value
	}
	return set
}

func (h *history) warnings() []string {
	var texts []string
	for _, f := range h.findings {
		texts = append(texts, wording.Sentence(f.Text))
	}
	return texts
}

// reportRows accounts for the lines in the report, without those of the as-of
// day and later: nothing but the manifest knows of them.
func (a asked) reportRows() report.Rows {
	used, setAside := a.rows(a.AsOf)
	rows := report.Rows{Read: a.orders.RowsRead - setAside[orders.AfterAsOf.String()], Used: used}
	for _, why := range orders.Reasons()[1:] {
		if count := setAside[why.String()]; count > 0 && why != orders.AfterAsOf {
			rows.SetAside = append(rows.SetAside, report.SetAside{Reason: why.String(), Rows: count})
		}
	}
	return rows
}

func (n *nightly) manifest(a asked, learned *learn.Learned, groups *plan.Groups) (run.Manifest, error) {
	used, setAside := a.rows(a.AsOf)
	m := run.Manifest{ToolVersion: Version(), Started: n.timings.started, Finished: n.now(), Counts: n.timings.counts, Durations: n.timings.durations,
		Rows: run.Rows{Read: a.orders.RowsRead, Used: used, SetAside: setAside}, Warnings: a.warnings(),
		Notes: append(slices.Clone(a.orders.Notes), "Columns: "+strings.Join(slices.Concat([]string{strings.Join(a.orders.Columns, ", ")}, a.orders.Decisions), "; "), learned.Evaluation.Why, learned.Evaluation.Verdict, learned.Evaluation.Learned.Why, groups.Plan.Summary)}
	if u := learned.Evaluation.Uplift; u != nil {
		m.Notes = append(m.Notes, u.Why)
	}
	var err error
	if m.Inputs, err = n.orderInputs(a.orders); err != nil {
		return m, err
	}
	if a.earlier != nil {
		m.Inputs = append(m.Inputs, a.earlier.input())
	}
	if s := a.External; s.IsKnown() {
		m.Inputs = append(m.Inputs, run.Input{Path: s.Path, Size: s.Size, Rows: s.Rows, SHA256: s.SHA256})
	}
	m.Inputs = append(m.Inputs, n.ledgerInputs(a.AsOf)...)
	forgotten, err := n.forgottenInput()
	if err != nil {
		return m, err
	}
	m.Inputs = append(m.Inputs, forgotten...)
	m.Settings, err = settingsJSON(settings.Values(&n.s))
	return m, err
}

// orderInputs are the order files, or the table of the engine that has read the lines.
func (n *nightly) orderInputs(table *orders.Table) (inputs []run.Input, err error) {
	if g := table.Gathered; g != nil {
		return []run.Input{{Path: n.elsewhere.Table, Size: g.Bytes, Rows: table.RowsRead, SHA256: g.SHA256}}, nil
	}
	for _, f := range table.Files {
		if f.SHA256 == "" {
			if f.SHA256, err = columns.Digest(n.files, f.Path); err != nil {
				return nil, err
			}
		}
		inputs = append(inputs, run.Input{Path: f.Path, Size: f.Size, Rows: f.Rows, SHA256: f.SHA256})
	}
	return inputs, nil
}

// settingsJSON writes settings in the order of winback config.
func settingsJSON(values []settings.Value) (json.RawMessage, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			text.WriteByte(',')
		}
		key, err := json.Marshal(v.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(strings.Join(v.Parts, ","))
		if err != nil {
			return nil, err
		}
		text.Write(key)
		text.WriteByte(':')
		text.Write(value)
	}
	text.WriteByte('}')
	if !json.Valid(text.Bytes()) {
		return nil, errors.New("settings cannot be written as JSON")
	}
	return text.Bytes(), nil
}
