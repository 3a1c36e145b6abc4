package scale

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"winback/data"
	"winback/data/guard"
	"winback/data/orders"
	"winback/data/wire"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/lookback"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/survey"
)

// StageSettings are what Stage reads.
type StageSettings struct{ settings.Packaged }

// Settings lists them.
func (s *StageSettings) Settings() []settings.Setting { return settings.Rows(&s.Packaged) }

// Stage reads on standard input what Deal has written of one range of customers, and
// writes what a stage of the night makes of it on standard output, for Drive. The package
// says which stage, and what it must know. It writes nothing where it fails.
func Stage(ctx context.Context, s StageSettings, ui console.UI) error {
	return stage(ctx, &s, os.Stdin, ui.Out)
}

// rangeStage is what is done with the histories of a range.
type rangeStage interface {
	add(h *orders.Histories) error
	parts(dropped int64) ([][]byte, error) // behind the histories, of which so many lines were duplicates
}

func stage(ctx context.Context, s *StageSettings, in io.Reader, out io.Writer) error {
	dealt, err := readDealt(in)
	if err != nil {
		return &data.InputError{Path: standardInput, Err: err}
	}
	p, err := openPackage(s.PackageFile)
	if err != nil {
		return &data.InputError{Path: s.PackageFile, Err: err}
	}
	table, err := dealt.Table(p.common)
	if err != nil {
		return err
	}
	from := origin{Format: originFormat, Stage: p.name, Range: dealt.SHA256(), Package: p.sum}
	dropped, err := table.Last(ctx, 1, func(_ int, h *orders.Histories) error {
		from.Customers += h.Customers()
		return guard.Run("histories that do not fit the package", func() error { return p.stage.add(h) })
	})
	if err != nil && jobs.Code(err) == jobs.ExitOther && ctx.Err() == nil {
		err = &data.InputError{Path: standardInput, Err: err}
	}
	if err != nil {
		return err
	}
	from.Late = table.Late()
	parts, err := p.stage.parts(dropped)
	if err != nil {
		return err
	}
	head, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return wire.WriteParts(out, append([][]byte{head}, parts...))
}

func readDealt(in io.Reader) (*orders.Dealt, error) {
	stream, err := wire.Read(in)
	if err != nil {
		return nil, err
	}
	return dealtOf(stream)
}

// dealtOf is what Deal has written as a stream.
func dealtOf(stream *wire.Stream) (*orders.Dealt, error) {
	parts, err := stream.Parts()
	if err != nil {
		return nil, err
	}
	return orders.DealtOf(parts, stream.SHA256())
}

// Files of every package beside those of its stage; FORMAT.md of data/orders describes
// them.
const (
	commonFile = "orders.json"
	namesFile  = "names"
)

// packed writes the package of a stage, with all that ranges of the customers of the table
// must know of it.
func packed(table *orders.Table, name string, write func(run.Create) error) (text []byte, sum [sha256.Size]byte, err error) {
	common, names, err := table.Common()
	if err != nil {
		return nil, sum, err
	}
	p := wire.NewPackage(name)
	create := run.Create(p.Create)
	for _, f := range []struct {
		path    string
		content []byte
	}{{commonFile, common}, {namesFile, names}} {
		err := create.Write(f.path, func(w io.Writer) error {
			_, err := w.Write(f.content)
			return err
		})
		if err != nil {
			return nil, sum, err
		}
	}
	if err := write(create); err != nil {
		return nil, sum, err
	}
	return p.Stream()
}

// stagePackage is the package of a stage as a range has it.
type stagePackage struct {
	name   string
	stage  rangeStage
	common *orders.Common
	sum    [sha256.Size]byte
}

func openPackage(path string) (*stagePackage, error) {
	text, err := run.ReadFile(settings.Files(), path)
	if err != nil {
		return nil, err
	}
	stream, err := wire.Whole(text)
	if err != nil {
		return nil, err
	}
	return packageOf(stream)
}

// packageOf reads what packed wrote. Whatever the bytes are, what comes back can be worked
// with, or there is an error.
func packageOf(stream *wire.Stream) (p *stagePackage, err error) {
	err = guard.Run("the package of a stage", func() error {
		p, err = readPackage(stream)
		return err
	})
	return p, err
}

func readPackage(stream *wire.Stream) (*stagePackage, error) {
	name, read, err := stream.Package()
	if err != nil {
		return nil, err
	}
	p := &stagePackage{name: name, sum: stream.SHA256()}
	head, err := read(commonFile)
	if err != nil {
		return nil, err
	}
	names, err := read(namesFile)
	if err != nil {
		return nil, err
	}
	if p.common, err = orders.CommonOf(head, names); err != nil {
		return nil, fmt.Errorf("%s: %w", commonFile, err)
	}
	switch name {
	case jobs.StageSurvey:
		p.stage, err = surveyOf(read, p.common)
	case jobs.StageLookBack:
		p.stage, err = lookBackOf(read, p.common)
	case jobs.StageScore:
		var night *scoring.Night
		night, err = scoring.NightOf(read, p.common.Names())
		p.stage = &scoringStage{night: night}
	default:
		err = fmt.Errorf("it is of the stage %q, which this winback does not know", name)
	}
	return p, err
}

// scoringStage scores the lapsed customers of a range.
type scoringStage struct {
	night  *scoring.Night
	scored *scoring.Part
}

func (s *scoringStage) add(h *orders.Histories) (err error) {
	s.scored, err = s.night.Score(h)
	return err
}

func (s *scoringStage) parts(int64) ([][]byte, error) { return s.scored.Parts() }

// lookBackStage looks at what came before.
type lookBackStage struct{ *lookback.Range }

func lookBackOf(read func(path string) ([]byte, error), common *orders.Common) (rangeStage, error) {
	r, err := lookback.RangeOf(read, common.Names())
	return lookBackStage{r}, err
}

func (s lookBackStage) add(h *orders.Histories) error {
	s.Add(h)
	return nil
}

func (s lookBackStage) parts(int64) ([][]byte, error) { return s.Parts() }

// surveyStage counts what the survey tells.
type surveyStage struct{ counter *survey.Counter }

// mostDays is how many days orders may span: 2,000 years.
const mostDays = 2000 * 366

func surveyOf(read func(path string) ([]byte, error), common *orders.Common) (rangeStage, error) {
	text, err := read(jobs.FrameFile)
	if err != nil {
		return nil, err
	}
	var frame survey.Frame
	if err := json.Unmarshal(text, &frame); err != nil {
		return nil, fmt.Errorf("%s: %w", jobs.FrameFile, err)
	}
	if frame.Days < 0 || frame.Days > mostDays || frame.Rows < 0 {
		return nil, fmt.Errorf("%s: %d days, %d rows: want 0 to %d, and no fewer than 0", jobs.FrameFile, frame.Days, frame.Rows, mostDays)
	}
	return surveyStage{survey.NewCounter(frame, common.Names())}, nil
}

func (s surveyStage) add(h *orders.Histories) error {
	s.counter.Add(h)
	return nil
}

func (s surveyStage) parts(dropped int64) ([][]byte, error) { return s.counter.Parts(dropped) }
