package data

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data/guard"
	"winback/internal/fsys"
)

// DuplicatePolicy says what happens to lines that equal an earlier line.
type DuplicatePolicy uint8

// The policies for duplicates.
const (
	DuplicatesAuto DuplicatePolicy = iota // drop where the table has an order id
	DuplicatesDrop
	DuplicatesKeep
)

// ReadOptions are the settings of reading orders.
type ReadOptions struct {
	Mapping         Mapping
	Returns         ReturnRules
	Duplicates      DuplicatePolicy
	ExcludeProducts ProductFilter
	Zone            *time.Location    // clock of zoned timestamps; nil is UTC
	DateOrder       DateOrder         // of day, month and year in text times that do not say it
	Digests         map[string]string // expected SHA-256 in hex by file name or path; may be nil
	MemoryBytes     int64             // bound of what is held and decoded; 0 is the guard's default
	Workers         int               // 0 is one per processor
	// NamesBefore is the as-of day, where it is known: names of products,
	// categories and channels that only lines of that day and later have are
	// left out, so that nothing of them can show. 0: all names are kept.
	NamesBefore Day
	// KeepRejects remembers the place of every line that is set aside, for
	// Orders.Rejects.
	KeepRejects bool
	// SpillFolder is where order lines go that MemoryBytes have no room for, in
	// a file that is gone when the orders are closed. "": all stay in memory.
	SpillFolder string
	// Progress is told of rows read, from several goroutines. nil: nobody asks.
	Progress func(rows int64)
}

// ReadFile is one input file as it was read.
type ReadFile struct {
	InputFile
	Rows   int64
	SHA256 string // hex, where digests were asked for

	footer *guard.Footer
	cols   fileColumns
	counts fileCounts
}

// Orders is a read order history: normalised lines, dealt to partitions by
// customer.
type Orders struct {
	Files   []ReadFile
	Columns []string // what was taken for what, such as "customer=customer_id"
	// RowsRead is the sum of rows of all files; SetAside counts by reason those
	// set aside while reading. Duplicates are counted by Each.
	RowsRead int64
	SetAside [reasonCount]int64
	// AmountMismatches counts lines whose amount differs from unit price ×
	// quantity; StatusReturns those that only a status marks as returns.
	AmountMismatches int64
	StatusReturns    int64
	FirstDay         Day // of any used line
	LastDay          Day // of any used line
	NewestPurchase   Day // newest purchase day; before FirstDay where there is none
	Names            *Names

	build buildOptions
	store *blockStore

	keepRejects  bool
	rejectsMu    sync.Mutex
	rejects      []reject
	rejectsKnown bool                   // a walk has found the duplicates too
	spent        bool                   // a last walk has given the histories back
	seen         [len(namedRoles)][]Day // first day of a line of each name, by code of arrival
}

// reading is what the workers of one reading share.
type reading struct {
	ctx     context.Context
	opts    ReadOptions
	split   *splitter
	names   [len(namedRoles)]*nameTable
	store   *blockStore
	flushAt int // lines of a buffer that become a block
}

func newReading(ctx context.Context, opts ReadOptions, split *splitter) *reading {
	r := &reading{ctx: ctx, opts: opts, split: split, store: newBlockStore(split.partitions()), flushAt: stagedLines(opts, split.partitions())}
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

// ReadOrders reads all files. The files are inspected first, so that a wrong
// one among many is found before any work is done. Errors of the input are
// *InputError.
func ReadOrders(ctx context.Context, fsy fsys.FS, files []InputFile, opts ReadOptions) (*Orders, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	inspected, err := inspectFiles(ctx, fsy, files, opts)
	if err != nil {
		return nil, err
	}
	o := &Orders{Files: inspected}
	for _, f := range inspected {
		o.RowsRead += f.Rows
	}
	o.Columns = columnsTaken(inspected)
	sample, err := sampleCustomers(ctx, fsy, inspected, opts)
	if err != nil {
		return nil, err
	}
	split := newSplitter(sample, partitionsFor(o.RowsRead))
	shared := newReading(ctx, opts, split)
	shared.store.spillTo(fsy, opts.SpillFolder, opts.MemoryBytes/20*13) // the rest is for reading, building and garbage
	if err := shared.readAll(fsy, o); err != nil {
		shared.store.disk.close()
		return nil, err
	}
	o.finish(shared)
	return o, nil
}

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
// become a block: as many as keep all that is staged within a few megabytes.
func stagedLines(opts ReadOptions, partitions int) int {
	const most, fewest, bytesPerLine = 1024, 64, 64
	staged := int64(64 << 20)
	if opts.MemoryBytes > 0 {
		staged = min(staged, opts.MemoryBytes/32)
	}
	return int(min(max(staged/int64(bytesPerLine*partitions*opts.Workers), fewest), most))
}

func (o *Orders) finish(shared *reading) {
	o.count()
	until := never
	if shared.opts.NamesBefore != 0 {
		until = shared.opts.NamesBefore
	}
	o.Names = &Names{}
	o.build = buildOptions{names: o.Names, namesUntil: until.Micros()}
	lists := [...]*[]string{&o.Names.Products, &o.Names.Categories, &o.Names.Channels}
	recodes := [...]*[]uint32{&o.build.product, &o.build.category, &o.build.channel}
	for k, table := range shared.names {
		*lists[k], *recodes[k] = table.sorted(o.seen[k], until)
	}
	hasOrder := o.Files[0].cols[OrderID].isPresent
	o.build.dropDuplicates = shared.opts.Duplicates == DuplicatesDrop || shared.opts.Duplicates == DuplicatesAuto && hasOrder
	o.store = shared.store
	o.keepRejects = shared.opts.KeepRejects
}

type rowGroupTask struct{ file, group int }

// readAll deals the row groups of all files to the workers.
func (r *reading) readAll(fsy fsys.FS, o *Orders) error {
	var tasks []rowGroupTask
	for f := range o.Files {
		for g := range o.Files[f].footer.RowGroups {
			tasks = append(tasks, rowGroupTask{f, g})
		}
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

// readWorker reads row groups one after the other, with its own scratch space
// and its own buffers for each partition.
type readWorker struct {
	shared  *reading
	fsy     fsys.FS
	orders  *Orders
	groups  rowGroupReader
	encoder blockEncoder
	counts  map[int]*fileCounts // by file
	file    int                 // open file, -1 for none
	handle  fsys.ReadFile
	parquet *parquet.File
}

func newReadWorker(r *reading, fsy fsys.FS, o *Orders) *readWorker {
	w := &readWorker{shared: r, fsy: fsy, orders: o, file: -1, counts: map[int]*fileCounts{}}
	w.groups = rowGroupReader{shared: r, norm: normaliser{fileCounts: noCounts,
		buffers: make([]lineBuffer, r.split.partitions()), flushAt: r.flushAt, flush: w.flush, keepRows: r.opts.KeepRejects}}
	return w
}

// positionBits is how many bits of a position count the row; those above count
// the file.
const positionBits = 40

// flush makes a block of the staged lines of a partition.
func (w *readWorker) flush(part int) error {
	b := &w.groups.norm.buffers[part]
	err := w.shared.store.add(part, w.encoder.encode(b))
	b.reset()
	return err
}

func (w *readWorker) run(t rowGroupTask) error {
	f := &w.orders.Files[t.file]
	err := guard.Run(f.Path, func() error {
		if err := w.open(t.file); err != nil {
			return err
		}
		limits := guard.Limits{MemoryBytes: w.shared.opts.MemoryBytes}
		for r, col := range f.cols {
			if !col.isLeaf || Role(r) == Discount {
				continue
			}
			if _, err := f.footer.CheckChunk(w.handle, t.group, col.leaf.index, limits); err != nil {
				return err
			}
		}
		first := uint64(t.file) << positionBits
		for _, g := range f.footer.RowGroups[:t.group] {
			first += uint64(g.Rows)
		}
		w.groups.norm.file = uint32(t.file)
		return w.groups.read(&f.cols, w.parquet.RowGroups()[t.group], first)
	})
	w.count(t.file)
	var disk *SpillError
	if err != nil && w.shared.ctx.Err() == nil && !errors.As(err, &disk) {
		return &InputError{f.Path, err}
	}
	return err
}

// count adds the counts of a row group to those of its file.
func (w *readWorker) count(file int) {
	if w.counts[file] == nil {
		counts := noCounts
		w.counts[file] = &counts
	}
	w.counts[file].add(&w.groups.norm.fileCounts)
	w.groups.norm.fileCounts = noCounts
}

func (w *readWorker) open(file int) error {
	if w.file == file {
		return nil
	}
	w.close()
	f := &w.orders.Files[file]
	handle, err := w.fsy.Open(f.Path)
	if err != nil {
		return err
	}
	w.handle, w.file = handle, file
	w.parquet, err = openParquet(handle, f.Size)
	return err
}

func (w *readWorker) close() {
	if w.handle != nil {
		w.handle.Close()
		w.handle, w.parquet, w.file = nil, nil, -1
	}
}

// openParquet opens a file that the guard has passed.
func openParquet(r fsys.ReadFile, size int64) (*parquet.File, error) {
	return parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.FileReadMode(parquet.ReadModeSync),
		parquet.ReadBufferSize(1<<18))
}

// report flushes the worker's buffers and adds its counts.
func (w *readWorker) report(o *Orders) error {
	n := &w.groups.norm
	for part := range n.buffers {
		if len(n.buffers[part].lines) > 0 {
			if err := w.flush(part); err != nil {
				return err
			}
		}
	}
	for file, counts := range w.counts {
		o.Files[file].counts.add(counts)
	}
	o.rejects = append(o.rejects, n.rejects...)
	for k, seen := range n.seen {
		for len(o.seen[k]) < len(seen) {
			o.seen[k] = append(o.seen[k], never)
		}
		for code, first := range seen {
			o.seen[k][code] = min(o.seen[k][code], first)
		}
	}
	return nil
}
