// Package jobs has what the program does, one file for each command: the nightly
// run as typed calls in story order, and the jobs beside it. Only here the clock is
// read, and errors meet their exit codes.
package jobs

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"winback/data/orders"
	"winback/data/spill"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/diagnose"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/reasons"
	"winback/pipeline/run"
)

// RunSettings are what Run reads.
type RunSettings struct {
	settings.Reading
	settings.Gate
	BatchSettings
	settings.Scores
	settings.Draw
	settings.Suppression
	settings.Runs
	settings.KeptHistory
	settings.Trial
	settings.Given
}

// BatchSettings are what the batch reads of a real shop and of an invented one.
type BatchSettings struct {
	settings.Question
	settings.Stages
	settings.Learning
	settings.Refitting
	settings.Random
	settings.HeldOut
	settings.Plan
	settings.Showing
	settings.Resting
	Diagnose settings.Diagnosis
	settings.Kept
	settings.TableForm
}

// Settings lists them.
func (s *RunSettings) Settings() []settings.Setting {
	return append(s.BatchSettings.settings(), settings.Rows(&s.Reading, &s.Gate, &s.Scores, &s.Draw, &s.Suppression, &s.Runs, &s.KeptHistory, &s.Trial)...)
}

func (s *BatchSettings) settings() []settings.Setting {
	return settings.Rows(&s.Question, &s.Stages, &s.Learning, &s.Refitting, &s.Random, &s.HeldOut, &s.Plan, &s.Showing, &s.Resting, &s.Diagnose, &s.Kept, &s.TableForm)
}

// Run is the nightly batch: it reads the orders, learns, ranks tonight's lapsed
// customers, and publishes a run in s.Out; with s.DryRun it only says what it
// would do.
func Run(ctx context.Context, s RunSettings, sources []string, ui console.UI) error {
	return (&nightly{files: s.FS(), s: s, ui: ui, now: time.Now, sources: sources}).runOrRehearse(ctx)
}

// Elsewhere is what another engine does for the night, over the lines of a table.
type Elsewhere struct {
	Table  string // its name, for the manifest
	Gather Gather // has read and dealt its lines; nil: the sources are read
	Stage  Stage  // nil: every stage walks over the histories here
}

// Stage has a stage of this name done elsewhere, over each partition of the table. write
// writes the files of what it must know beside the table. What comes of it is kept on the
// disk; part gives that of each partition.
type Stage func(ctx context.Context, table *orders.Table, name string, write func(run.Create) error, disk *spill.File) (part func(number int) ([][]byte, error), err error)

// Stages that may be done elsewhere, and the file of the survey's frame.
const (
	StageSurvey   = "survey"
	StageLookBack = "lookback"
	StageScore    = "score"
	FrameFile     = "survey.json"
)

// RunGathered is Run over the lines of a table that another engine has read and dealt.
func RunGathered(ctx context.Context, s RunSettings, e Elsewhere, ui console.UI) error {
	if err := Dealable(s.Reading, s.Store, s.ScoreFile); err != nil {
		return err
	}
	return (&nightly{files: s.FS(), s: s, ui: ui, now: time.Now, elsewhere: e}).runOrRehearse(ctx)
}

func (n *nightly) runOrRehearse(ctx context.Context) error {
	if n.s.ScoreColumn != "" && n.s.ScoreFile == "" {
		return &settings.Error{Where: "--score-column", Text: fmt.Sprintf("column %s of no file: name the file of the scores with --score", n.s.ScoreColumn)}
	}
	if n.s.DryRun {
		return n.rehearse(ctx)
	}
	_, err := n.run(ctx)
	return err
}

// nightly is where a night happens, and what it is asked for.
type nightly struct {
	files     fsys.FS
	s         RunSettings
	ui        console.UI
	now       func() time.Time
	sources   []string
	elsewhere Elsewhere
	synthetic bool // the clock does not judge the days of an invented shop
	timings   timings
	told      *ledger.Ledger // what campaigns have told

	listsOnDisk *spill.File // where lists go that memory has no room for
	listMemory  int64       // bytes that lists may take; 0: an eighth of the memory
}

// run goes through the night and returns its diagnosis. The lock of the output
// folder is taken before any work, so that a second run stops at once.
func (n *nightly) run(ctx context.Context) (*diagnose.Diagnosis, error) {
	n.timings = startTimings(n.now)
	if !n.synthetic {
		if err := setInFuture(n.s.AsOf, n.timings.started); err != nil {
			return nil, err
		}
	}
	suppressed, err := n.optOuts().read(n.files)
	if err != nil {
		return nil, err
	}
	hold, err := run.Lock(n.files, n.s.Out)
	if err != nil {
		return nil, err
	}
	defer hold.Release()
	n.listsOnDisk = newListsOnDisk(n.files, n.s.Out)
	defer n.listsOnDisk.Close()
	if suppressed, err = withForgotten(n.files, n.s.Out, n.s.HoldoutKey, suppressed); err != nil {
		return nil, err
	}
	if err := n.readLedger(); err != nil {
		return nil, err
	}
	h, err := readHistory(ctx, n.files, input{n.s.Reading, n.sources, n.s.Store, n.s.Out, n.elsewhere}, n.ui)
	if err != nil {
		return nil, err
	}
	defer h.orders.Close()
	asked, err := n.ask(ctx, h, suppressed)
	if err != nil {
		return nil, err
	}
	n.timings.lap("read")
	past, err := n.lookBack(ctx, asked)
	if err != nil {
		return nil, err
	}
	n.timings.lap("snapshots")
	learned, err := n.learnWhenDue(ctx, asked, past)
	if err != nil {
		return nil, err
	}
	learned.Evaluation.Natural = learn.NaturalOf(past.natural)
	past.shows.use(learned.Shows)
	n.timings.lap("learn")
	return n.publish(ctx, hold, asked, past, learned)
}

// publish makes tonight's files and swaps them in as a run.
func (n *nightly) publish(ctx context.Context, hold *run.Hold, asked asked, past *past, learned *learn.Learned) (*diagnose.Diagnosis, error) {
	draft, err := hold.Begin(asked.AsOf.String(), run.Options{Keep: n.s.Keep})
	if err != nil {
		return nil, err
	}
	defer draft.Abort()
	for _, name := range draft.Swept() {
		n.ui.Warn("removed what an interrupted run had left: " + name)
	}
	create := func(path string) (io.WriteCloser, error) { return draft.Create(path) }
	campaigns, err := n.seeCampaigns(asked, past.look.Raw, learned)
	if err != nil {
		return nil, err
	}
	n.timings.lap("campaigns")
	tonight, people, err := n.score(ctx, create, asked, past, learned)
	if err != nil {
		return nil, err
	}
	n.timings.lap("tonight")
	diagnosis, err := n.diagnose(people, tonight)
	if err != nil {
		return nil, err
	}
	n.timings.lap("diagnose")
	groups, plan, err := n.group(asked, learned, tonight, people)
	if err != nil {
		return nil, err
	}
	n.timings.lap("groups")
	if err := past.shows.list(groups, diagnosis, n.s.Show, n.s.ShowCustomers); err != nil {
		return nil, err
	}
	if err := reasons.Explain(ctx, asked.orders, asked.Question, learned, tonight, groups, past.shows.find()); err != nil {
		return nil, err
	}
	past.shows.fill(groups, diagnosis)
	if err := past.send.fill(groups, &learned.Evaluation); err != nil {
		return nil, err
	}
	n.timings.lap("reasons")
	if err := n.writeCampaigns(create, asked, campaigns); err != nil {
		return nil, err
	}
	if err := n.write(create, results{asked, learned, tonight, groups, plan, diagnosis, past.shows, campaigns}); err != nil {
		return nil, err
	}
	n.timings.lap("write")
	manifest, err := n.manifest(asked, learned, groups)
	if err != nil {
		return nil, err
	}
	dir, err := draft.Publish(manifest)
	if dir != "" {
		n.ui.Outcome("Published "+dir, n.timings.outcome(draft.Name(), dir))
	}
	if err != nil {
		return nil, err
	}
	n.settle(ctx, asked, campaigns)
	n.foretell(draft.Name().String(), asked, learned, groups)
	next := nextStep(groups.Rows, groups.Plan.Contacts, n.s.Out, dir, n.s.For(new(PullSettings), "out"))
	return diagnosis, n.ui.Print(slices.Concat(groupsTable(groups.Rows), movesLines(learned), campaignLines(campaigns, n.s.Out), next)...)
}

// timings are what the manifest tells of the night itself.
type timings struct {
	now            func() time.Time
	started, stage time.Time
	durations      []run.Duration
	counts         []run.Count
}

func startTimings(now func() time.Time) timings {
	return timings{now: now, started: now(), stage: now()}
}

// lap notes how long a stage took.
func (l *timings) lap(stage string) {
	now := l.now()
	l.durations = append(l.durations, run.Duration{Stage: stage, Seconds: now.Sub(l.stage).Seconds()})
	l.stage = now
}

// outcome is what the log tells of a published run.
func (l *timings) outcome(name run.Name, dir string) console.Outcome {
	o := console.Outcome{Run: name.String(), Folder: dir, AsOf: name.AsOf, Counts: map[string]int64{}, Durations: map[string]float64{}}
	for _, c := range l.counts {
		o.Counts[c.Stage+"."+c.Name] = c.Value
	}
	for _, d := range l.durations {
		o.Durations[d.Stage] = d.Seconds
	}
	return o
}

func (l *timings) count(stage, name string, value int64) {
	l.counts = append(l.counts, run.Count{Stage: stage, Name: name, Value: value})
}

// writeRejects writes the rows that were set aside, whole or not at all: as Parquet
// with all that stands in them where the name of the file ends so, else as CSV.
func writeRejects(ctx context.Context, files fsys.FS, orders *orders.Table, s settings.Reading) error {
	if s.RejectsFile == "" {
		return nil
	}
	write := rejectsAsCSV
	if strings.EqualFold(filepath.Ext(s.RejectsFile), ".parquet") {
		write = rejectsAsParquet
	}
	return run.WriteFile(files, s.RejectsFile, func(w io.Writer) error { return write(ctx, w, orders, s.WorkerCount()) })
}

func rejectsAsCSV(ctx context.Context, w io.Writer, orders *orders.Table, workers int) error {
	rejects, err := orders.Rejects(ctx, workers)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"file", "row", "reason"}); err != nil {
		return err
	}
	for _, r := range rejects {
		if err := out.Write([]string{r.File, strconv.FormatInt(r.Row, 10), r.Why.String()}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func rejectsAsParquet(ctx context.Context, w io.Writer, table *orders.Table, workers int) error {
	out := tables.NewRejectWriter(w, table.RejectColumns())
	err := table.RejectedRows(ctx, workers, func(r *orders.RejectedRow) error {
		return out.Write(r.File, r.Row, r.Why.String(), r.Cells, r.Set)
	})
	if err != nil {
		return err
	}
	return out.Close()
}
