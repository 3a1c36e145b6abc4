package orders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"winback/data"
	"winback/data/columns"
	"winback/data/guard"
	"winback/data/parse"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/readahead"
)

// DuplicatePolicy says what happens to lines that equal an earlier line.
type DuplicatePolicy uint8

// The policies for duplicates.
const (
	DuplicatesAuto DuplicatePolicy = iota // drop where the table has an order id
	DuplicatesDrop
	DuplicatesKeep
)

// Options are the settings of reading orders.
type Options struct {
	Mapping         data.Mapping
	Returns         ReturnRules
	Duplicates      DuplicatePolicy
	ExcludeProducts ProductFilter
	NoCustomer      NoCustomerWords
	MoneyDecimals   int               // as columns.Settings has them
	FoldIDs         bool              // customers whose ids data.FoldID writes alike are one
	ExcludeStatuses []string          // lines of these statuses are set aside, and those that a column marks, as COLUMN=true
	Currency        string            // lines of other currencies are set aside, or converted where there are rates; "" takes all as they are
	Rates           *Rates            // nil: nothing is converted
	Zone            *time.Location    // clock of zoned timestamps; nil is UTC
	DateOrder       parse.DateOrder   // of day, month and year in text times that do not say it
	Decimal         parse.DecimalSign // of numbers in text columns that do not say it
	Digests         map[string]string // expected SHA-256 in hex by file name or path; may be nil
	MemoryBytes     int64             // bound of what is held and decoded; 0 is the guard's default
	Workers         int               // 0 is one per processor
	// Pool gives customers of several sources one id; nil: each keeps its own. It does
	// not go with Store, whose lines belong to the customers of one pool.
	Pool Pool
	// NamesBefore is the as-of day, where it is known: names of products,
	// categories and channels that only lines of that day and later have are
	// left out, so that nothing of them can show. 0: all names are kept.
	NamesBefore data.Day
	// KeepRejects remembers the place of every line that is set aside, for
	// Orders.Rejects.
	KeepRejects bool
	// SpillFolder is where order lines go that MemoryBytes have no room for, in
	// a file that is gone when the orders are closed. "": all stay in memory.
	SpillFolder string
	// Store is a folder that keeps the history from one reading to the next, so
	// that only files that are new or changed are read. "": none.
	Store string
	// Total is told once how many rows there are to read, and Progress of rows
	// read, from several goroutines. nil: nobody asks.
	Total, Progress func(rows int64)

	partitions int // 0: as many as suit the rows
	judged     columns.Judgement
	found      columns.Readings
	header     columns.HeaderRoles
	versions   versionRule
	marks      markRules
}

// Of the memory, what is fetched of row groups takes one part in fetchShare, and
// samples that are remembered until their row group is read one in rememberShare.
const (
	fetchShare    = 16
	rememberShare = 32
)

func (opts *Options) memory() int64 { return cmp.Or(opts.MemoryBytes, guard.DefaultMemoryBytes) }

// columns are the settings of finding and reading columns.
func (opts *Options) columns() columns.Settings {
	return columns.Settings{Mapping: opts.Mapping, Zone: opts.Zone, DateOrder: opts.DateOrder, Decimal: opts.Decimal, MoneyDecimals: opts.MoneyDecimals,
		Digests: opts.Digests, MemoryBytes: opts.MemoryBytes, Workers: opts.Workers}
}

// Pool says whom the customers of order files are taken for.
type Pool interface {
	// Of gives the ids of the customers of a file; an error where it is of no source
	// of the pool.
	Of(path string) (func(id []byte) []byte, error)
}

// ReadFile is one input file as it was read.
type ReadFile struct {
	columns.File
	counts fileCounts
	// nameDays are the days of its names, as appendNameDays writes them, where a
	// store is used.
	nameDays []byte
}

// Table is a read order history: normalised lines, dealt to partitions by
// customer.
type Table struct {
	Files   []ReadFile
	Columns []string // what was taken for what, such as "customer=customer_id"
	// Decisions say of each role for which what the columns hold decided, and not
	// their names, what was taken and why: "time: created_at, not date (...)".
	Decisions []string
	NotTaken  []string // columns and partition keys without a role, in the order of the files
	// Notes and Warnings tell of the tables and of what was passed over, as Found does.
	Notes, Warnings []string
	// RowsRead is the sum of rows of all files; SetAside counts by reason those
	// set aside while reading. Duplicates are counted by Each.
	RowsRead int64
	SetAside [reasonCount]int64
	// AmountMismatches counts lines whose amount differs from unit price ×
	// quantity; StatusReturns those that only a status marks as returns.
	AmountMismatches int64
	StatusReturns    int64
	RowsCarried      int64    // rows that got values of their order from another of its rows
	FirstDay         data.Day // of any used line
	LastDay          data.Day // of any used line
	NewestPurchase   data.Day // newest purchase day; before FirstDay where there is none
	Names            *Names
	Store            StoreReport
	Gathered         *Gathered // nil: the lines are those of files

	// HalfFilled are the columns that some orders have filled on one row alone, and
	// that were not carried since others have them on more.
	HalfFilled []columns.HalfFilled

	// Bulk are the columns because of which a good part of the lines is set aside.
	Bulk []Bulk

	faults columnFaults
	again  looker
	build  buildOptions
	store  *blockStore
	from   *store // nil: none

	watch func(lines int64) // what walks tell of; nil: nobody asks

	keepRejects          bool
	rejectsMu            sync.Mutex
	rejects              []reject
	rejectsKnown         bool       // a walk has found the duplicates too
	late                 lateCounts // of a first walk
	lateKnown            bool
	statuses, currencies valueCounts
	changes              valueCounts
	marked               [len(data.MarkRoles)]int64
	opts                 Options
	spent                bool                             // a last walk has given the histories back
	seen                 [len(data.NamedRoles)][]data.Day // first day of a line of each name, by code of arrival
}

// reading is what the workers of one reading share.
type reading struct {
	ctx     context.Context
	opts    Options
	split   *splitter
	nobody  *nobody
	noName  *nobody
	names   [len(data.NamedRoles)]*nameTable
	store   *blockStore
	headers []headerOnce // by file
	flushAt int          // lines of a buffer that become a block
	from    *store       // for which lines of files are kept apart; nil: none
}

func newReading(ctx context.Context, opts Options, split *splitter) *reading {
	r := &reading{ctx: ctx, opts: opts, split: split, nobody: newNobody(opts.NoCustomer), noName: newNobody(noNameWords), store: newBlockStore(split.partitions()), flushAt: stagedLines(opts, split.partitions())}
	for k := range r.names {
		r.names[k] = newNameTable()
	}
	return r
}

func (r *reading) progress(rows int) error {
	if r.opts.Progress != nil {
		r.opts.Progress(int64(rows))
	}
	return r.ctx.Err()
}

// Read reads all files. The files are inspected first, so that a wrong
// one among many is found before any work is done. Errors of the input are
// *InputError.
func Read(ctx context.Context, fsy fsys.FS, found source.Found, opts Options) (*Table, error) {
	remembered := opts.memory() / rememberShare
	if opts.Store != "" {
		remembered = 0 // lines are kept by the digest of a file, which is taken between its samples and its reading
	}
	once := readahead.New(fsy, remembered)
	defer once.Close()
	o, err := inspect(ctx, once, found, opts)
	if err != nil {
		return nil, err
	}
	opts = o.opts
	if o.from, err = openStore(ctx, fsy, once, o, &opts); err != nil {
		return nil, err
	}
	if err := o.read(ctx, once, opts); err != nil {
		o.from.close()
		return nil, err
	}
	if err := o.lookAgain(ctx, fsy); err != nil {
		return nil, err
	}
	return o, nil
}

// lookAgain looks for what is in columns because of which lines were set aside.
func (o *Table) lookAgain(ctx context.Context, fsy fsys.FS) (err error) {
	o.again = looker{ctx, fsy, o.opts}
	if o.Bulk, err = o.lookAtBulk(); err != nil {
		return errors.Join(err, o.Close())
	}
	return nil
}

// inspect decides what the columns of the files mean, before any line is read.
func inspect(ctx context.Context, fsy fsys.FS, found source.Found, opts Options) (*Table, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	opts.NoCustomer = opts.NoCustomer.all()
	s := opts.columns()
	inspected, judged, err := columns.Inspect(ctx, fsy, found.Files, s)
	if err != nil {
		return nil, err
	}
	opts.judged = judged
	o := newTable(inspected)
	o.Notes, o.Warnings, o.opts = found.Notes, found.Warnings, opts
	if n := len(found.Files) - len(inspected); n > 0 {
		o.Notes = append(slices.Clone(o.Notes), fmt.Sprintf("%d of %d files without rows", n, len(found.Files)))
	}
	o.Columns, o.NotTaken = columns.Taken(inspected), columns.NotTaken(inspected)
	o.Decisions = judged.Tell(inspected)
	if opts.found, err = columns.FindReadings(ctx, fsy, inspected, s); err != nil {
		return nil, err
	}
	opts.found.Tell(o.Columns)
	if opts.header, o.HalfFilled, err = columns.FindHeaders(ctx, fsy, inspected, opts.found, s); err != nil {
		return nil, err
	}
	opts.versions, opts.marks = versionsOf(inspected, opts.Mapping), markRulesOf(opts.ExcludeStatuses, inspected)
	o.opts = opts
	return o, nil
}

func newTable(inspected []columns.File) *Table {
	o := &Table{}
	for _, f := range inspected {
		o.Files = append(o.Files, ReadFile{File: f, counts: noCounts})
		o.RowsRead += f.Rows
	}
	return o
}

// read reads the files that no store knows.
func (o *Table) read(ctx context.Context, fsy fsys.FS, opts Options) error {
	split, err := o.splitterFor(ctx, fsy, opts)
	if err != nil {
		return err
	}
	shared := newReading(ctx, opts, split)
	shared.store.spillTo(fsy, opts.SpillFolder, opts.MemoryBytes/4) // the rest is for reading, building, learning and garbage
	if o.from != nil {
		o.from.lendTo(shared)
	}
	shared.headers = make([]headerOnce, len(o.Files))
	if err := shared.readAll(fsy, o); err != nil {
		shared.store.close()
		return err
	}
	if o.from != nil {
		if err := o.noteNames(shared); err != nil {
			return err
		}
		o.from.save(ctx, o, shared)
	}
	o.finish(shared)
	return nil
}

// splitterFor deals customers as the store does, or as a sample of the files
// suggests.
func (o *Table) splitterFor(ctx context.Context, fsy fsys.FS, opts Options) (*splitter, error) {
	if o.from != nil && o.from.old != nil {
		return splitterOf(o.from.old.Bounds), nil
	}
	sample, err := o.sampleCustomers(ctx, fsy, opts)
	if err != nil {
		return nil, err
	}
	partitions := opts.partitions
	if partitions == 0 {
		partitions = partitionsFor(o.RowsRead)
	}
	return newSplitter(sample, partitions), nil
}

// sampleCustomers are ids of customers as the histories have them.
func (o *Table) sampleCustomers(ctx context.Context, fsy fsys.FS, opts Options) ([][]byte, error) {
	files := inspectedOf(o.Files)
	if opts.Pool == nil {
		return columns.SampleCustomers(ctx, fsy, files, opts.MemoryBytes)
	}
	var all [][]byte
	for i := range files {
		pooled, err := opts.Pool.Of(files[i].Path)
		if err != nil {
			return nil, &data.InputError{Path: files[i].Path, Err: err}
		}
		if i >= pooledSample {
			continue // its name alone was of interest
		}
		sample, err := columns.SampleCustomers(ctx, fsy, files[i:i+1], opts.MemoryBytes)
		if err != nil {
			return nil, err
		}
		for _, id := range sample {
			all = append(all, pooled(id))
		}
	}
	return all, nil
}

// pooledSample is how many files are looked at for a sample of pooled customers.
const pooledSample = 8

// partitionsFor keeps a partition near 50,000 lines: small enough for the
// cache, large enough that blocks are worth their headers. Beyond 512
// partitions it is dealing to them that leaves the cache, so that they grow.
func partitionsFor(rows int64) int {
	const small, large, many, most = 50_000, 400_000, 512, 8192
	if rows <= small*many {
		return int(max(rows/small, 1))
	}
	return int(min(max(rows/large, many), most))
}

// stagedLines is how many lines of a partition a worker stages before they
// become a block: as many as keep all that is staged in the processor's cache.
func stagedLines(opts Options, partitions int) int {
	const most, fewest, bytesPerLine = 256, 64, 64
	staged := int64(64 << 20)
	if opts.MemoryBytes > 0 {
		staged = min(staged, opts.MemoryBytes/32)
	}
	return int(min(max(staged/int64(bytesPerLine*partitions*opts.Workers), fewest), most))
}

func (o *Table) finish(shared *reading) {
	until := never
	if shared.opts.NamesBefore != 0 {
		until = shared.opts.NamesBefore
	}
	o.Names = &Names{}
	o.build = buildOptions{names: o.Names, namesUntil: until.Micros(), noDates: o.count(), versions: shared.opts.versions}
	for k, table := range shared.names {
		o.Names[data.NamedRoles[k]], o.build.recodes[k] = table.sorted(o.seen[k], until)
	}
	hasOrder := o.Files[0].Roles[data.OrderID].IsPresent
	o.build.dropDuplicates = shared.opts.Duplicates == DuplicatesDrop || shared.opts.Duplicates == DuplicatesAuto && hasOrder
	o.store = shared.store
	o.keepRejects = shared.opts.KeepRejects
}

func inspectedOf(files []ReadFile) (inspected []columns.File) {
	for _, f := range files {
		inspected = append(inspected, f.File)
	}
	return inspected
}

type rowGroupTask struct{ file, group int }

// readAll deals the row groups of all files to the workers.
func (r *reading) readAll(fsy fsys.FS, o *Table) error {
	var tasks []rowGroupTask
	rows := int64(0)
	for f := range o.Files {
		if r.from != nil && r.from.known[f] {
			continue
		}
		rows += o.Files[f].Rows
		for g := range o.Files[f].Footer.RowGroups {
			tasks = append(tasks, rowGroupTask{f, g})
		}
	}
	if r.opts.Total != nil {
		r.opts.Total(rows)
	}
	var (
		next    atomic.Int64
		failed  atomic.Bool // row groups already begun go on, so that the first fault is found
		mu      sync.Mutex
		firstAt = len(tasks)
		first   error
		wait    sync.WaitGroup
	)
	for range min(r.opts.Workers, max(len(tasks), 1)) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			w := newReadWorker(r, fsy, o)
			defer w.close()
			for {
				at := int(next.Add(1)) - 1
				if at >= len(tasks) || failed.Load() || r.ctx.Err() != nil {
					break
				}
				if err := w.run(tasks[at]); err != nil {
					mu.Lock()
					if at < firstAt { // the first in the order of the files is reported
						first, firstAt = err, at
					}
					mu.Unlock()
					failed.Store(true)
					return
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if err := w.report(o); err != nil && first == nil {
				first = err
			}
		}()
	}
	wait.Wait()
	if first != nil {
		return first
	}
	return r.ctx.Err()
}
