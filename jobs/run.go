package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/pipeline"
	"winback/pipeline/diagnose"
	"winback/pipeline/publish"
	"winback/pipeline/report"
)

// Run is the nightly batch: it reads the orders, learns, ranks tonight's lapsed
// customers, and publishes a run in s.Out.
func Run(ctx context.Context, s Settings, sources []string, ui UI) error {
	n := &nightly{files: fsys.OS(), s: s, ui: ui, now: time.Now, sources: sources}
	return n.run(ctx)
}

// nightly is one night: what each stage leaves to the next.
type nightly struct {
	files     fsys.FS
	s         Settings
	ui        UI
	now       func() time.Time
	sources   []string
	synthetic bool // the clock does not judge the days of an invented shop

	started   time.Time
	stage     time.Time
	durations []publish.Duration
	counts    []publish.Count

	suppressed *pipeline.Suppressions
	history    *history
	question   pipeline.Question
	rule       pipeline.LapsedRule
	rates      *pipeline.ReturnRates
	snapshots  *pipeline.Snapshots
	tonight    *pipeline.Tonight
	learned    *pipeline.Learned
	collector  *diagnose.Collector
	people     *diagnose.People
	diagnosis  *diagnose.Diagnosis
	groups     *pipeline.Groups
	plan       pipeline.PlanSettings
}

// run goes through the night. The lock of the output folder is taken before
// any work, so that a second run stops at once.
func (n *nightly) run(ctx context.Context) error {
	n.started, n.stage = n.now(), n.now()
	if !n.synthetic {
		if err := setInFuture(n.s, n.started); err != nil {
			return err
		}
	}
	if err := n.readSuppressions(); err != nil {
		return err
	}
	hold, err := publish.Lock(n.files, n.s.Out)
	if err != nil {
		return err
	}
	defer hold.Release()
	defer n.close()
	for _, stage := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"read", n.read}, {"snapshots", n.buildSnapshots}, {"learn", n.learn},
	} {
		if err := stage.do(ctx); err != nil {
			return err
		}
		n.lap(stage.name)
	}
	run, err := hold.Begin(n.question.AsOf.String(), publish.Options{Keep: n.s.Keep})
	if err != nil {
		return err
	}
	defer run.Abort()
	for _, name := range run.Swept() {
		n.ui.Warn("removed what an interrupted run had left: " + name)
	}
	create := func(path string) (io.WriteCloser, error) { return run.Create(path) }
	if err := n.score(ctx, create); err != nil {
		return err
	}
	n.lap("tonight")
	if n.diagnosis, err = n.diagnose(create); err != nil {
		return err
	}
	n.lap("diagnose")
	if err := n.group(); err != nil {
		return err
	}
	n.lap("groups")
	if err := pipeline.Explain(ctx, n.history.orders, n.question, n.learned, n.tonight, n.groups); err != nil {
		return err
	}
	n.lap("reasons")
	if err := n.write(create); err != nil {
		return err
	}
	n.lap("write")
	manifest, err := n.manifest()
	if err != nil {
		return err
	}
	dir, err := run.Publish(manifest)
	if dir != "" {
		n.ui.Note("Published " + dir)
	}
	if err != nil {
		return err
	}
	return n.ui.Groups(n.groups.Rows, n.groups.Plan.Contacts, n.s.Out)
}

// close gives back what the order history holds besides memory.
func (n *nightly) close() {
	if n.history != nil {
		n.history.orders.Close()
	}
}

// lap notes how long a stage took.
func (n *nightly) lap(stage string) {
	now := n.now()
	n.durations = append(n.durations, publish.Duration{Stage: stage, Seconds: now.Sub(n.stage).Seconds()})
	n.stage = now
}

func (n *nightly) count(stage, name string, value int64) {
	n.counts = append(n.counts, publish.Count{Stage: stage, Name: name, Value: value})
}

func (n *nightly) readSuppressions() (err error) {
	n.suppressed, err = pullSuppressed(n.files, n.s.SuppressFile)
	return err
}

func (n *nightly) read(ctx context.Context) (err error) {
	if n.history, err = readHistory(ctx, n.files, n.s, n.sources, n.ui); err != nil {
		return err
	}
	now := n.now()
	if n.synthetic {
		now = n.history.orders.NewestPurchase.Time()
	}
	if err := n.history.gate(n.s, now); err != nil {
		return err
	}
	if n.question, n.rule, err = n.history.question(n.s, now); err != nil {
		return err
	}
	if err := n.checkSuppressions(ctx); err != nil {
		return err
	}
	n.ui.Note(fmt.Sprintf("As of %s; lapsed after %d days (%s)", n.question.AsOf, n.rule.Days, n.rule.Basis))
	n.count("read", "files", int64(len(n.history.orders.Files)))
	n.count("read", "rows", n.history.orders.RowsRead)
	return nil
}

// checkSuppressions looks whether the ids to leave out are those of this shop:
// a list in another form of id would leave out nobody.
func (n *nightly) checkSuppressions(ctx context.Context) error {
	if n.suppressed == nil {
		return nil
	}
	known, err := pipeline.CountNamed(ctx, n.history.orders, n.suppressed, n.question.Workers)
	if err != nil {
		return err
	}
	all := int64(n.suppressed.Len())
	n.count("read", "suppressed_ids", all)
	n.count("read", "suppressed_ids_known", known)
	text := fmt.Sprintf("%s of %s in %s belong to a customer of these orders", Thousands(known), counted(all, "id"), n.s.SuppressFile)
	switch {
	case known == 0 && !n.s.Accept:
		return &ExitError{ExitGate, fmt.Errorf("%s: are they ids of another kind? (--accept goes on all the same)", text)}
	case 2*known < all:
		n.history.findings = append(n.history.findings, pipeline.Finding{Text: text})
		n.ui.Warn(text)
	}
	return nil
}

func (n *nightly) buildSnapshots(ctx context.Context) (err error) {
	orders, q := n.history.orders, n.question
	stage := walkStage(n.ui, "build features", orders, 2)
	if err := n.beginDiagnosis(); err != nil {
		return err
	}
	returns := pipeline.NewReturnCounter(orders, q.LapsedAfter, q.Horizon)
	_, err = orders.Each(ctx, q.Workers, func(part int, h *data.Histories) error {
		returns.Add(h)
		n.collector.Add(part, h)
		return nil
	})
	if err != nil {
		return err
	}
	n.rates = returns.Rates()
	if n.snapshots, err = pipeline.BuildSnapshots(ctx, orders, q, q.SnapshotDays(n.rates), n.rates, n.s.TrainingRows); err != nil {
		return err
	}
	rows := int64(n.snapshots.Rows(0, len(n.snapshots.Days)))
	stage.Done(fmt.Sprintf("%s rows of %d snapshots", Thousands(rows), len(n.snapshots.Days)))
	n.count("features", "training_rows", rows)
	n.count("features", "snapshots", int64(len(n.snapshots.Days)))
	return nil
}

func (n *nightly) learn(ctx context.Context) (err error) {
	stage := n.ui.Stage("learn", 0, "models")
	settings := pipeline.LearnSettings{MaxGroups: n.s.MaxGroups, Seed: n.s.Seed}
	if n.learned, err = pipeline.Learn(ctx, n.snapshots, n.rates, n.rule, n.question, settings); err != nil {
		return err
	}
	stage.Done("ranked by " + n.learned.Gate.Name)
	n.ui.Note(n.learned.Evaluation.Why)
	n.ui.Note(n.learned.Evaluation.Verdict)
	return nil
}

// score writes the features of tonight's customers and scores them. The walk
// over all customers is the second one of the diagnosis too.
func (n *nightly) score(ctx context.Context, create pipeline.Create) error {
	stage := walkStage(n.ui, "rank customers", n.history.orders, 2)
	rows, err := openTable(create, pipeline.FeaturesFile)
	if err != nil {
		return err
	}
	customers, err := openTable(create, CustomersFile)
	if err != nil {
		return rows.end(err)
	}
	n.people = n.collector.Learn(customers.Write)
	n.tonight, err = pipeline.ScoreTonight(ctx, n.history.orders, n.question, n.learned, n.rates, n.s.StageEdges, rows.Write, n.people.Add)
	if err := customers.end(rows.end(err)); err != nil {
		return err
	}
	stage.Done(Thousands(int64(len(n.tonight.Lapsed.IDs))) + " lapsed of " + Thousands(n.tonight.Customers) + " customers")
	n.count("tonight", "customers", n.tonight.Customers)
	n.count("tonight", "lapsed", int64(len(n.tonight.Lapsed.IDs)))
	return nil
}

func (n *nightly) group() error {
	holdout, err := pipeline.NewHoldout([]byte(n.s.HoldoutKey), n.s.Campaign, n.s.Holdout)
	if err != nil {
		return err
	}
	lapsed, named := n.tonight.Lapsed, 0
	lapsed.HeldOut = holdout.HeldOut(lapsed.IDs)
	if n.suppressed != nil {
		lapsed.Suppressed, named = n.suppressed.Mark(lapsed.IDs)
	}
	n.plan = n.learned.PlanOf(n.s.plan())
	if n.groups, err = pipeline.BuildGroups(lapsed, n.tonight.Leaves, n.plan); err != nil {
		return err
	}
	n.learned.Evaluation.AddTonight(n.groups, n.tonight)
	n.count("groups", "groups", int64(len(n.groups.Rows)))
	var contacts, heldOut int64
	for _, r := range n.groups.Rows {
		contacts, heldOut = contacts+r.ContactCustomers, heldOut+r.HoldoutCustomers
	}
	n.count("groups", "contacts", contacts)
	n.count("groups", "holdout", heldOut)
	if n.suppressed != nil {
		n.count("groups", "suppressed_named", int64(n.suppressed.Len()))
		n.count("groups", "suppressed_lapsed", int64(named))
	}
	return nil
}

// plan are the settings of the plan; what is not set stays nil.
func (s *Settings) plan() pipeline.PlanSettings {
	var p pipeline.PlanSettings
	if s.Margin > 0 {
		p.Margin = &s.Margin
	}
	if s.ContactCost != NoCost {
		p.ContactCost = &s.ContactCost
	}
	if s.Capacity > 0 {
		p.Capacity = &s.Capacity
	}
	if s.Budget > 0 {
		p.Budget = &s.Budget
	}
	switch {
	case s.TargetReturns.Count > 0:
		p.Target = &pipeline.Target{Value: s.TargetReturns.Count}
	case s.TargetReturns.Share > 0:
		p.Target = &pipeline.Target{Value: s.TargetReturns.Share, Share: true}
	}
	return p
}

func (n *nightly) write(create pipeline.Create) error {
	stage := n.ui.Stage("write", 0, "files")
	if err := n.groups.WriteLists(create); err != nil {
		return err
	}
	if err := pipeline.WriteTables(create, n.groups, n.tonight); err != nil {
		return err
	}
	if err := pipeline.WriteModels(create, n.learned, n.tonight); err != nil {
		return err
	}
	if err := pipeline.WriteEvaluation(create, &n.learned.Evaluation); err != nil {
		return err
	}
	facts := pipeline.ReportFacts{Question: n.question, Rule: n.rule, Rows: n.reportRows(), Warnings: n.warnings(), Settings: n.plan, Diagnosis: n.diagnosis.Report()}
	if err := pipeline.WriteReport(create, n.groups, n.learned, n.tonight, facts); err != nil {
		return err
	}
	stage.Done("")
	return nil
}

func (n *nightly) warnings() []string {
	var texts []string
	for _, f := range n.history.findings {
		texts = append(texts, sentence(f.Text)+".")
	}
	return texts
}

// reportRows accounts for the lines in the report, without those of the as-of
// day and later: nothing but the manifest knows of them.
func (n *nightly) reportRows() report.Rows {
	used, setAside := n.history.rows(n.question.AsOf)
	rows := report.Rows{Read: n.history.orders.RowsRead - setAside[data.AfterAsOf.String()], Used: used}
	for _, why := range data.Reasons()[1:] {
		if count := setAside[why.String()]; count > 0 && why != data.AfterAsOf {
			rows.SetAside = append(rows.SetAside, report.SetAside{Reason: why.String(), Rows: count})
		}
	}
	return rows
}

func (n *nightly) manifest() (publish.Manifest, error) {
	used, setAside := n.history.rows(n.question.AsOf)
	m := publish.Manifest{ToolVersion: Version(), Started: n.started, Finished: n.now(), Counts: n.counts, Durations: n.durations,
		Rows: publish.Rows{Read: n.history.orders.RowsRead, Used: used, SetAside: setAside}, Warnings: n.warnings(),
		Notes: append(slices.Clone(n.history.orders.Notes), "Columns: "+strings.Join(n.history.orders.Columns, ", "), n.learned.Evaluation.Why, n.learned.Evaluation.Verdict, n.groups.Plan.Summary)}
	for _, f := range n.history.orders.Files {
		if f.SHA256 == "" {
			var err error
			if f.SHA256, err = data.Digest(n.files, f.Path); err != nil {
				return m, err
			}
		}
		m.Inputs = append(m.Inputs, publish.Input{Path: f.Path, Size: f.Size, Rows: f.Rows, SHA256: f.SHA256})
	}
	settings, err := n.s.json()
	m.Settings = settings
	return m, err
}

// json writes the settings in the order of winback config, secrets left out.
func (s *Settings) json() (json.RawMessage, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for i, v := range s.Values() {
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
