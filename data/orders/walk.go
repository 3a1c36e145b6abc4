package orders

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"winback/data"
)

// Partitions returns how many partitions the history was dealt to.
func (o *Table) Partitions() int { return len(o.store.parts) }

// RepeatedTotals makes walks count the amount of an order once, on the first of
// its lines, since the amount column holds the total of the order on each.
func (o *Table) RepeatedTotals() { o.build.repeatedTotals = true }

// Lines is how many lines a walk visits, duplicates included.
func (o *Table) Lines() int64 {
	lines := o.RowsRead
	for _, n := range o.SetAside {
		lines -= n
	}
	return lines
}

// MakeRoom leaves at most so many bytes of order lines in memory; where there are more,
// they go to disk, if there is a folder to spill to. No walk may run meanwhile.
func (o *Table) MakeRoom(bytes int64) error { return o.store.makeRoom(bytes) }

// Watch makes walks tell of the lines that they have visited, from several
// goroutines, until somebody else watches.
func (o *Table) Watch(progress func(lines int64)) { o.watch = progress }

// HasRole says whether the order table has a column for the role.
func (o *Table) HasRole(r data.Role) bool { return o.Files[0].Roles[r].IsPresent }

// Close gives back the disk space that the history may have taken, and the
// store that it may have come from. It cannot be walked over afterwards.
func (o *Table) Close() error { return errors.Join(o.store.close(), o.from.close()) }

// Each builds the histories of every partition and hands them to fn, several
// at a time; fn must not keep them. Partitions ascend in customer ids. It
// returns how many duplicates were dropped; the first error by partition ends
// it. The first walk sorts, later ones find the histories as it left them.
func (o *Table) Each(ctx context.Context, workers int, fn func(part int, h *Histories) error) (duplicates int64, err error) {
	return o.walk(ctx, workers, false, fn)
}

// Last is Each for the last walk: it gives the memory of each partition back
// as it goes.
func (o *Table) Last(ctx context.Context, workers int, fn func(part int, h *Histories) error) (duplicates int64, err error) {
	return o.walk(ctx, workers, true, fn)
}

func (o *Table) walk(ctx context.Context, workers int, last bool, fn func(part int, h *Histories) error) (duplicates int64, err error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		next    atomic.Int64
		dropped atomic.Int64
		failed  atomic.Bool
		wait    sync.WaitGroup
	)
	if o.spent {
		return 0, errors.New("the histories were given back by a last walk")
	}
	o.spent = last
	errs := make([]error, o.Partitions())
	for range min(workers, o.Partitions()) {
		wait.Go(func() {
			w := walker{orders: o, last: last}
			for !failed.Load() && ctx.Err() == nil {
				part := int(next.Add(1)) - 1
				if part >= o.Partitions() {
					return
				}
				n, err := w.visit(part, fn)
				if err != nil {
					errs[part] = fmt.Errorf("partition %d: %w", part, err)
					failed.Store(true)
				}
				dropped.Add(n)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	if ctx.Err() == nil {
		o.rejectsKnown = true
		o.countLate()
	}
	return dropped.Load(), ctx.Err()
}

// walker visits partitions one after the other, with its own scratch space.
type walker struct {
	orders  *Table
	last    bool
	builder historyBuilder
	encoder blockEncoder
	scratch []byte // of blocks from a store
}

// hugePart is how many bytes of blocks make a partition whose histories take so
// much memory that garbage is collected before and after.
const hugePart = 16 << 20

func (w *walker) visit(part int, fn func(part int, h *Histories) error) (duplicates int64, err error) {
	huge := w.orders.store.size(part) > hugePart
	if huge {
		debug.FreeOSMemory()
	}
	h, duplicates, err := w.histories(part)
	if err != nil {
		return 0, err
	}
	if huge {
		debug.FreeOSMemory()
		defer func() {
			w.builder, w.encoder, w.scratch = historyBuilder{}, blockEncoder{}, nil
			debug.FreeOSMemory()
		}()
	}
	if w.orders.build.repeatedTotals {
		w.builder.countTotalsOnce()
	}
	lines := int64(h.Lines()) + duplicates
	if err := fn(part, h); err != nil {
		return 0, err
	}
	if w.orders.watch != nil {
		w.orders.watch(lines)
	}
	return duplicates, nil
}

// histories builds the histories of a partition, or finds them as an earlier
// walk left them.
func (w *walker) histories(part int) (h *Histories, duplicates int64, err error) {
	o := w.orders
	blocks, sealed, err := o.store.blocks(part, &w.scratch)
	if err != nil {
		return nil, 0, err
	}
	opts := &o.build
	if o.store.parts[part].dealt {
		if opts, err = o.dealtOptions(blocks[0]); err != nil {
			return nil, 0, err
		}
		blocks = blocks[1:]
	}
	if sealed {
		duplicates = o.store.parts[part].duplicates
		if h, err = w.builder.unseal(blocks[0], o.Names); err == nil && opts != &o.build {
			err = w.builder.rename(opts)
		}
	} else {
		if h, duplicates, err = w.builder.build(blocks, w.options(opts)); err == nil && !o.store.parts[part].lateKnown {
			o.noteLate(&w.builder.late)
		}
	}
	switch {
	case err != nil:
	case w.last:
		o.store.give(part)
	case !sealed:
		err = o.store.seal(part, w.encoder.seal(h), duplicates)
	}
	return h, duplicates, err
}

// options makes the builder note what it sets aside where rejects are kept.
func (w *walker) options(of *buildOptions) *buildOptions {
	o := w.orders
	opts := *of
	if o.keepRejects {
		opts.onLate = func(why Reason, position uint64) {
			o.rejectsMu.Lock()
			defer o.rejectsMu.Unlock()
			o.rejects = append(o.rejects, reject{position, why})
		}
		note := func(why Reason) func(uint64) {
			return func(position uint64) {
				o.rejectsMu.Lock()
				defer o.rejectsMu.Unlock()
				o.rejects = append(o.rejects, reject{position, why})
			}
		}
		opts.onDuplicate, opts.onNoDate = note(Duplicate), note(PlaceholderDate)
	}
	return &opts
}
