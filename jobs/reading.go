package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/parse"
	"winback/data/source"
	"winback/data/spill"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/pool"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// history is a read order history with what a first look at it told.
type history struct {
	orders   *orders.Table
	survey   *survey.Survey
	asOf     data.Day // as set, else the day after the newest purchase
	findings []survey.Finding
}

// input is what is read and how.
type input struct {
	settings.Reading
	sources   []string
	store     string // folder that keeps the history from night to night; "" for none
	out       string // folder of what is written; "" for none
	elsewhere Elsewhere
}

// Gather makes a table of lines that other processes have dealt, as the options say.
type Gather func(ctx context.Context, files fsys.FS, opts orders.Options) (*orders.Table, error)

// readHistory reads all orders, which the caller closes, and takes the survey.
// Half of the memory is left to what is learned and to tonight's customers.
func readHistory(ctx context.Context, files fsys.FS, in input, ui console.UI) (*history, error) {
	orders, err := readOrders(ctx, files, in, in.MemoryLimit()/2, ui)
	if err != nil {
		return nil, err
	}
	h, err := surveyed(ctx, files, orders, in, ui)
	if err == nil {
		err = writeRejects(ctx, files, orders, in.Reading)
	}
	if err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	return h, nil
}

// readToAsk reads all orders, which the caller closes, stops on data that fails
// the quality gate, and settles what is asked.
func readToAsk(ctx context.Context, files fsys.FS, in input, g settings.Gate, asked settings.Question, ui console.UI) (*history, snapshots.Question, survey.LapsedRule, error) {
	fail := func(err error) (*history, snapshots.Question, survey.LapsedRule, error) {
		return nil, snapshots.Question{}, survey.LapsedRule{}, err
	}
	h, err := readHistory(ctx, files, in, ui)
	if err != nil {
		return fail(err)
	}
	now := time.Now()
	if err := h.gate(g, now); err != nil {
		return fail(errors.Join(err, h.orders.Close()))
	}
	q, rule, err := h.question(asked, in.Reading, now)
	if err != nil {
		return fail(errors.Join(err, h.orders.Close()))
	}
	return h, q, rule, nil
}

func readOrders(ctx context.Context, files fsys.FS, in input, memoryBytes int64, ui console.UI) (*orders.Table, error) {
	read, err := in.elsewhere.Gather, error(nil)
	if read == nil {
		if read, err = readFiles(files, in.sources, memoryBytes, ui); err != nil {
			return nil, err
		}
	}
	opts, err := readOptions(files, in, memoryBytes)
	if err != nil {
		return nil, err
	}
	boundMemory(in.Machine)
	stage := ui.Stage("read orders", 0, "rows")
	opts.Total, opts.Progress = stage.Of, stage.Add
	orders, err := read(ctx, files, opts)
	if err != nil {
		return nil, err
	}
	n, what := readFrom(orders)
	stage.Done(wording.Counted(n, what))
	if err := namedValues(orders, in.Reading); err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	if n := orders.RowsCarried; n > 0 {
		ui.Note(fmt.Sprintf("Values that stand on one row of an order alone (%s) were carried to %s of the same order", strings.Join(orders.CarriedColumns(), ", "), wording.Counted(n, "row")))
	}
	ui.Note("Columns: " + strings.Join(orders.Columns, ", "))
	for _, text := range orders.Decisions {
		ui.Note("Columns: " + text)
	}
	if in.store != "" {
		tellStore(orders.Store, in.store, ui)
	}
	return orders, nil
}

// readFiles finds the files of the sources, which what it returns reads.
func readFiles(files fsys.FS, sources []string, memoryBytes int64, ui console.UI) (Gather, error) {
	found, err := source.Find(files, sources, memoryBytes)
	if err != nil {
		return nil, err
	}
	for _, text := range found.Notes {
		ui.Note(text)
	}
	for _, text := range found.Warnings {
		ui.Warn(text)
	}
	return func(ctx context.Context, files fsys.FS, opts orders.Options) (*orders.Table, error) {
		return orders.Read(ctx, files, found, opts)
	}, nil
}

// readFrom is what the lines came from, and how many of it.
func readFrom(table *orders.Table) (n int, what string) {
	if table.Gathered != nil {
		return table.Gathered.Ranges, "range"
	}
	return len(table.Files), "file"
}

// DealtOptions are those with which the lines of one range of customers are read.
func DealtOptions(files fsys.FS, s settings.Reading) (orders.Options, error) {
	if err := Dealable(s, "", ""); err != nil {
		return orders.Options{}, err
	}
	return readOptions(files, input{Reading: s}, s.MemoryLimit())
}

// Dealable refuses the settings that go with order files alone.
func Dealable(s settings.Reading, store, scores string) error {
	for _, x := range []struct{ name, value, why string }{
		{"store", store, "keeps the lines of order files"},
		{"score", scores, "is a file of customers that the executors do not have"},
		{"rejects", s.RejectsFile, "names rows by their order file"},
		{"digests", s.DigestsFile, "lists order files"},
		{"pool", s.PoolDir, "joins the customers of order files"},
		{"rates", s.RatesFile, "is a file that the executors do not have: convert amounts in the table"},
	} {
		if x.value != "" {
			return &settings.Error{Where: "--" + x.name, Text: x.why + "; take it out for lines that another engine has read"}
		}
	}
	if s.FoldIDs {
		return &settings.Error{Where: "--customer-ids", Text: "another engine deals ids as they are written; fold them in the table"}
	}
	return nil
}

// tellStore says how many files the store has saved, and what was wrong with it.
func tellStore(r orders.StoreReport, folder string, ui console.UI) {
	for _, fault := range r.Faults {
		ui.Warn(fmt.Sprintf("store %s: %s", folder, fault))
	}
	text := fmt.Sprintf("Store %s: %s known, %s read", folder, wording.Counted(r.Kept, "file"), wording.Thousands(int64(r.Read)))
	if r.Gone > 0 {
		text += fmt.Sprintf(", %s that changed or vanished left out", wording.Thousands(int64(r.Gone)))
	}
	ui.Note(strings.Join(append([]string{text}, r.Notes...), "; "))
}

func surveyed(ctx context.Context, files fsys.FS, orders *orders.Table, in input, ui console.UI) (*history, error) {
	stage := walkStage(ui, "build histories", orders, 1)
	survey, err := takeSurvey(ctx, files, orders, in)
	if err != nil {
		return nil, err
	}
	stage.Done(wording.Thousands(survey.Customers) + " customers")
	if totalsRepeated(orders, survey) {
		orders.RepeatedTotals()
	}
	return inspected(orders, survey, in.AsOf, ui), nil
}

// takeSurvey walks over all histories, or has other machines do so.
func takeSurvey(ctx context.Context, files fsys.FS, orders *orders.Table, in input) (*survey.Survey, error) {
	if in.elsewhere.Stage == nil {
		return survey.Take(ctx, orders, in.WorkerCount())
	}
	frame := survey.FrameOf(orders)
	total := survey.NewCounter(frame, orders.Names)
	write := func(create run.Create) error { return create.WriteJSON(FrameFile, frame) }
	add := func(_ int, parts [][]byte) error { return total.AddCounted(parts) }
	if err := eachCounted(ctx, files, orders, in.elsewhere, in.out, StageSurvey, write, add); err != nil {
		return nil, err
	}
	return total.Total(), nil
}

// eachCounted has other machines count all partitions, and adds up what they found.
func eachCounted(ctx context.Context, files fsys.FS, orders *orders.Table, e Elsewhere, out, stage string, write func(run.Create) error, add func(number int, parts [][]byte) error) error {
	disk := newListsOnDisk(files, out)
	defer disk.Close()
	part, err := e.Stage(ctx, orders, stage, write, disk)
	if err != nil {
		return err
	}
	for number := range orders.Partitions() {
		counted, err := part(number)
		if err != nil {
			return err
		}
		if err := add(number, counted); err != nil {
			return elsewhereError(stage, number, err)
		}
	}
	return nil
}

// elsewhereError is the fault of what a stage has made of a partition elsewhere.
func elsewhereError(stage string, number int, err error) error {
	return &data.InputError{Path: "what executors made", Err: fmt.Errorf("%s of partition %d: %w", stage, number, err)}
}

// walkStage begins a stage that walks so many times over all histories.
func walkStage(ui console.UI, name string, orders *orders.Table, walks int64) *console.Progress {
	stage := ui.Stage(name, walks*orders.Lines(), "lines")
	orders.Watch(stage.Add)
	return stage
}

// totalsRepeated says whether the amount column holds the total of an order on
// each of its lines.
func totalsRepeated(orders *orders.Table, survey *survey.Survey) bool {
	return orders.HasRole(data.Amount) && survey.RepeatedTotals()
}

// inspected warns of what the survey tells. What was passed over is told
// before the reading.
func inspected(orders *orders.Table, seen *survey.Survey, asOf data.Day, ui console.UI) *history {
	h := &history{orders: orders, survey: seen, asOf: settledAsOf(orders, asOf)}
	h.findings = survey.Inspect(orders, seen, h.asOf)
	for _, f := range h.findings {
		ui.Warn(f.Text)
	}
	for _, text := range orders.Warnings {
		h.findings = append(h.findings, survey.Finding{Text: text})
	}
	return h
}

// settledAsOf is the day as set, else the day after the newest purchase.
func settledAsOf(orders *orders.Table, set data.Day) data.Day {
	if set != 0 {
		return set
	}
	return orders.NewestPurchase + 1
}

func readOptions(files fsys.FS, s input, memoryBytes int64) (orders.Options, error) {
	order, err := parse.ParseDateOrder(s.DateFormat)
	if err != nil {
		return orders.Options{}, &settings.Error{Where: "--date-format", Text: err.Error()}
	}
	opts := orders.Options{NamesBefore: s.AsOf, KeepRejects: s.RejectsFile != "", Mapping: s.Map, Returns: s.Returns, Duplicates: s.Duplicates, ExcludeProducts: s.ExcludeProducts, NoCustomer: s.NoCustomer, FoldIDs: s.FoldIDs, MoneyDecimals: s.MoneyDecimals,
		ExcludeStatuses: s.ExcludeStatuses, Currency: s.Currency,
		Zone: s.Timezone, DateOrder: order, Decimal: s.Decimal, MemoryBytes: memoryBytes, SpillFolder: spillFolder(files, s.out), Store: s.store, Workers: s.WorkerCount()}
	if s.RatesFile != "" {
		if opts.Rates, err = readRates(files, s.RatesFile); err != nil {
			return opts, err
		}
	}
	if s.PoolDir != "" {
		if s.store != "" {
			return opts, &settings.Error{Where: "--store", Text: "does not go with --pool, which may take a kept line for another customer's tonight; take one of them out"}
		}
		if s.FoldIDs {
			return opts, &settings.Error{Where: "--customer-ids", Text: "folded ids do not go with --pool, which knows customers as their source writes them; take one of them out"}
		}
		if opts.Pool, err = pool.Open(files, s.PoolDir); err != nil {
			return opts, err
		}
	}
	if s.DigestsFile != "" {
		opts.Digests, err = readDigests(files, s.DigestsFile)
	}
	return opts, err
}

// readDigests reads lines as sha256sum writes them: digest, blanks, path.
func readDigests(files fsys.FS, path string) (map[string]string, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	defer f.Close()
	digests := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		digest, name, ok := strings.Cut(text, " ")
		name = strings.TrimPrefix(strings.TrimSpace(name), "*")
		if !ok || len(digest) != 64 || strings.Trim(strings.ToLower(digest), "0123456789abcdef") != "" || name == "" {
			return nil, &data.InputError{Path: path, Err: fmt.Errorf("line %d: want a SHA-256 of 64 hexadecimal digits and a file name, as sha256sum writes them", n)}
		}
		digests[fsys.Clean(name)] = strings.ToLower(digest)
	}
	if err := lines.Err(); err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	if len(digests) == 0 {
		return nil, &data.InputError{Path: path, Err: errors.New("no digests in it")}
	}
	return digests, nil
}

// question settles the as-of day and who counts as lapsed.
func (h *history) question(s settings.Question, r settings.Reading, now time.Time) (snapshots.Question, survey.LapsedRule, error) {
	asOf := h.asOf
	if err := notInFuture(asOf, r.AsOf, h.orders, now); err != nil {
		return snapshots.Question{}, survey.LapsedRule{}, err
	}
	rule := survey.LapsedRule{Days: s.LapsedAfterDays, Basis: "as set by --lapsed-after"}
	if s.LapsedAfterDays == 0 {
		rule = h.survey.LapsedAfter(asOf)
	}
	return snapshots.Question{AsOf: asOf, LapsedAfter: rule.Days, Horizon: s.HorizonDays, Workers: r.WorkerCount()}, rule, nil
}

// notInFuture refuses an as-of day after tomorrow; set is 0 where the orders
// decide it.
func notInFuture(asOf, set data.Day, orders *orders.Table, now time.Time) error {
	if set == 0 && asOf > data.DayOf(now)+1 {
		return &ExitError{ExitGate, fmt.Errorf("the newest purchase is on %s, after today: are these dates right? Set --as-of to a day up to tomorrow to leave later lines out", orders.NewestPurchase)}
	}
	return setInFuture(set, now)
}

// setInFuture refuses an as-of day that was set after tomorrow, before anything
// is read.
func setInFuture(asOf data.Day, now time.Time) error {
	if tomorrow := data.DayOf(now) + 1; asOf > tomorrow {
		return &ExitError{ExitGate, fmt.Errorf("the as-of day %s lies after tomorrow (%s)", asOf, tomorrow)}
	}
	return nil
}

// gate stops on data that fails the quality gate, unless it is accepted.
func (h *history) gate(s settings.Gate, now time.Time) error {
	if err := stopping(h.findings, s.Accept && h.survey.Customers > 0); err != nil {
		return err
	}
	if age := int(data.DayOf(now) - h.orders.NewestPurchase); s.MaxAgeDays > 0 && age > s.MaxAgeDays && !s.Accept {
		return &ExitError{ExitGate, fmt.Errorf("the newest purchase, of %s, is %d days old; --max-age allows %d (--accept goes on all the same)", h.orders.NewestPurchase, age, s.MaxAgeDays)}
	}
	return nil
}

// tooMuchSetAside stops before any table is made of the rest.
func tooMuchSetAside(orders *orders.Table, s settings.Acceptance) error {
	return stopping(survey.SetAside(orders), s.Accept)
}

// stopping is the first finding that stops, as an error.
func stopping(findings []survey.Finding, accepted bool) error {
	for _, f := range findings {
		if f.Stops && !accepted {
			return &ExitError{ExitGate, fmt.Errorf("%s (--accept goes on all the same)", f.Text)}
		}
	}
	return nil
}

// rows accounts for all lines: those used before the as-of day, and those set
// aside by reason.
func (h *history) rows(asOf data.Day) (used int64, setAside map[string]int64) {
	setAside = map[string]int64{}
	for _, why := range orders.Reasons()[1:] {
		if n := h.orders.SetAside[why]; n > 0 {
			setAside[why.String()] = n
		}
	}
	if h.survey.Dropped > 0 {
		setAside[orders.Duplicate.String()] = h.survey.Dropped
	}
	if after := h.survey.LinesFrom(asOf); after > 0 {
		setAside[orders.AfterAsOf.String()] = after
	}
	used = h.orders.RowsRead
	for _, n := range setAside {
		used -= n
	}
	return used, setAside
}

// spillFolder is where order lines go that memory has no room for: next to what
// is written, else where the system keeps what is temporary.
func spillFolder(files fsys.FS, out string) string {
	if out == "" || fsys.InStore(out) {
		return os.TempDir()
	}
	if info, err := files.Stat(out); err == nil && info.IsDir() {
		return out
	}
	return os.TempDir()
}

// newListsOnDisk readies the file for lists that memory has no room for, next to order
// lines.
func newListsOnDisk(files fsys.FS, out string) *spill.File {
	return spill.New(files, spillFolder(files, out), "lists of customers")
}

// listShare is how many bytes of the memory the lists of customers may take.
func listShare(s settings.Machine) int64 { return s.MemoryLimit() / 8 }

// garbageShare is how much garbage may pile up, in percent of what is in use: half of
// Go's usual share. Most of what is in use are numbers without pointers, which cost the
// collector nothing.
const garbageShare = 50

// boundMemory makes the garbage collector run at garbageShare, and as often as needed
// near the limit of memory. A part is left for the program itself and for what the
// collector gives back late. What the environment says (GOGC, GOMEMLIMIT) stands.
func boundMemory(s settings.Machine) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageShare)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(s.MemoryLimit() / 16 * 15)
	}
}
