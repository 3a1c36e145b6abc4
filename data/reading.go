package data

import (
	"context"
	"fmt"
	"math"
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
	// Progress is told of rows read, from several goroutines. nil: nobody asks.
	Progress func(rows int64)
}

// ReadFile is one input file as it was read.
type ReadFile struct {
	InputFile
	Rows   int64
	SHA256 string   // hex, where digests were asked for
	Taken  []string // "customer=customer_id", in the order of the roles

	footer *guard.Footer
	cols   fileColumns
}

// Orders is a read order history: normalised lines, dealt to partitions by
// customer.
type Orders struct {
	Files   []ReadFile
	Columns []string // what was taken for what, of the first file
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

	build   buildOptions
	store   *blockStore
	rejects []reject
	seen    [len(namedRoles)][]bool // names that lines have, by code of arrival
}

// reading is what the workers of one reading share.
type reading struct {
	ctx        context.Context
	opts       ReadOptions
	split      *splitter
	products   *nameTable
	categories *nameTable
	channels   *nameTable
	store      *blockStore
	flushAt    int // lines of a buffer that become a block
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
	o := &Orders{Files: inspected, FirstDay: math.MaxInt32, LastDay: math.MinInt32, NewestPurchase: math.MinInt32}
	for _, f := range inspected {
		o.RowsRead += f.Rows
	}
	o.Columns = inspected[0].Taken
	sample, err := sampleCustomers(ctx, fsy, inspected, opts)
	if err != nil {
		return nil, err
	}
	split := newSplitter(sample, partitionsFor(o.RowsRead))
	shared := &reading{ctx: ctx, opts: opts, split: split, products: newNameTable(), categories: newNameTable(), channels: newNameTable(),
		store: newBlockStore(split.partitions()), flushAt: max(64, (1<<18)/split.partitions())}
	if err := shared.readAll(fsy, o); err != nil {
		return nil, err
	}
	o.finish(shared)
	return o, nil
}

// partitionsFor keeps a partition near 40,000 lines: small enough for the
// cache, large enough that blocks are worth their headers.
func partitionsFor(rows int64) int { return int(min(max(rows/40_000, 1), 1024)) }

func (o *Orders) finish(shared *reading) {
	var product, category, channel []uint32
	o.Names = &Names{}
	o.Names.Products, product = shared.products.sorted(o.seen[0])
	o.Names.Categories, category = shared.categories.sorted(o.seen[1])
	o.Names.Channels, channel = shared.channels.sorted(o.seen[2])
	hasOrder := o.Files[0].cols[OrderID].isPresent
	o.build = buildOptions{names: o.Names, product: product, category: category, channel: channel,
		dropDuplicates: shared.opts.Duplicates == DuplicatesDrop || shared.opts.Duplicates == DuplicatesAuto && hasOrder}
	o.store = shared.store
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
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	r.ctx = ctx
	var (
		next    atomic.Int64
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
				if at >= len(tasks) || ctx.Err() != nil {
					break
				}
				if err := w.run(tasks[at]); err != nil {
					mu.Lock()
					if at < firstAt { // the first in the order of the files is reported
						first, firstAt = err, at
					}
					mu.Unlock()
					cancel()
					return
				}
			}
			mu.Lock()
			w.report(o)
			mu.Unlock()
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
	buffers []lineBuffer
	file    int // open file, -1 for none
	handle  fsys.ReadFile
	parquet *parquet.File
}

func newReadWorker(r *reading, fsy fsys.FS, o *Orders) *readWorker {
	w := &readWorker{shared: r, fsy: fsy, orders: o, file: -1, buffers: make([]lineBuffer, r.split.partitions())}
	w.groups = rowGroupReader{shared: r, norm: normaliser{firstTime: math.MaxInt64, lastTime: math.MinInt64, lastBuy: math.MinInt64, emit: w.buffer}}
	w.groups.norm.keepRows = r.opts.KeepRejects
	w.groups.norm.namesUntil = math.MaxInt64
	if r.opts.NamesBefore != 0 {
		w.groups.norm.namesUntil = r.opts.NamesBefore.Micros()
	}
	return w
}

// positionBits is how many bits of a position count the row; those above count
// the file.
const positionBits = 40

// buffer returns the buffer of a partition with room for a line.
func (w *readWorker) buffer(part int32) *lineBuffer {
	b := &w.buffers[part]
	if b.lines() >= w.shared.flushAt {
		w.shared.store.add(int(part), encodeBlock(b))
		b.reset()
	}
	return b
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
		return w.groups.read(&f.cols, w.parquet.RowGroups()[t.group], first)
	})
	if err != nil && w.shared.ctx.Err() == nil {
		return &InputError{f.Path, err}
	}
	return err
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
func (w *readWorker) report(o *Orders) {
	for part := range w.buffers {
		if b := &w.buffers[part]; b.lines() > 0 {
			w.shared.store.add(part, encodeBlock(b))
		}
	}
	n := &w.groups.norm
	for why, count := range n.setAside {
		o.SetAside[why] += count
	}
	o.rejects = append(o.rejects, n.rejects...)
	for k, seen := range n.seen {
		if len(seen) > len(o.seen[k]) {
			o.seen[k] = append(o.seen[k], make([]bool, len(seen)-len(o.seen[k]))...)
		}
		for code, s := range seen {
			o.seen[k][code] = o.seen[k][code] || s
		}
	}
	o.AmountMismatches += n.mismatches
	o.StatusReturns += n.byStatus
	if n.firstTime != math.MaxInt64 {
		o.FirstDay = min(o.FirstDay, DayOfMicros(n.firstTime))
		o.LastDay = max(o.LastDay, DayOfMicros(n.lastTime))
	}
	if n.lastBuy != math.MinInt64 {
		o.NewestPurchase = max(o.NewestPurchase, DayOfMicros(n.lastBuy))
	}
}

// blockStore keeps the blocks of all partitions.
type blockStore struct {
	mu     sync.Mutex
	blocks [][][]byte
	bytes  int64
}

func newBlockStore(partitions int) *blockStore {
	return &blockStore{blocks: make([][][]byte, partitions)}
}

func (s *blockStore) add(part int, block []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocks[part] = append(s.blocks[part], block)
	s.bytes += int64(len(block))
}

// Partitions returns how many partitions the history was dealt to.
func (o *Orders) Partitions() int { return len(o.store.blocks) }

// RepeatedTotals makes Each count the amount of an order once, on the first of
// its lines, since the amount column holds the total of the order on each.
func (o *Orders) RepeatedTotals() { o.build.repeatedTotals = true }

// HasRole says whether the order table has a column for the role.
func (o *Orders) HasRole(r Role) bool { return o.Files[0].cols[r].isPresent }

// Each builds the histories of every partition and hands them to fn, several
// at a time; fn must not keep them. Partitions ascend in customer ids. It
// returns how many duplicates were dropped; the first error by partition ends
// it.
func (o *Orders) Each(ctx context.Context, workers int, fn func(part int, h *Histories) error) (duplicates int64, err error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		next    atomic.Int64
		dropped atomic.Int64
		wait    sync.WaitGroup
	)
	errs := make([]error, o.Partitions())
	var failed atomic.Bool
	for range min(workers, o.Partitions()) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var b historyBuilder
			for {
				part := int(next.Add(1)) - 1
				if part >= o.Partitions() || failed.Load() || ctx.Err() != nil {
					return
				}
				h, n, err := b.build(o.store.blocks[part], &o.build)
				if err == nil {
					dropped.Add(n)
					err = fn(part, h)
				}
				if err != nil {
					errs[part] = err
					failed.Store(true)
				}
			}
		}()
	}
	wait.Wait()
	for part, err := range errs {
		if err != nil {
			return 0, fmt.Errorf("partition %d: %w", part, err)
		}
	}
	return dropped.Load(), ctx.Err()
}
