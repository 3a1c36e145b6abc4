package orders

import (
	"errors"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// readWorker reads row groups one after the other, with its own scratch space
// and its own buffers for each partition.
type readWorker struct {
	shared  *reading
	fsy     fsys.FS
	orders  *Table
	groups  rowGroupReader
	encoder blockEncoder
	counts  map[int]*fileCounts // by file
	names   map[int][]byte      // by file: days of names, where a store is used
	file    int                 // open file, -1 for none
	handle  fsys.ReadFile
}

func newReadWorker(r *reading, fsy fsys.FS, o *Table) *readWorker {
	w := &readWorker{shared: r, fsy: fsy, orders: o, file: -1, counts: map[int]*fileCounts{}, names: map[int][]byte{}}
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
	if w.shared.from != nil {
		b.file = w.shared.from.number[w.file]
	}
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
		var err error
		if w.groups.headers, err = w.shared.headersOf(w.fsy, f, t.file); err != nil {
			return err
		}
		first := uint64(t.file) << positionBits
		for _, g := range f.Footer.RowGroups[:t.group] {
			first += uint64(g.Rows)
		}
		return w.groups.read(&f.Roles, f.RowGroup(w.handle, t.group, w.shared.opts.MemoryBytes), first)
	})
	w.count(t.file)
	var disk *SpillError
	var rate *RateError
	if err != nil && w.shared.ctx.Err() == nil && !errors.As(err, &disk) && !errors.As(err, &rate) {
		return &data.InputError{Path: f.Path, Err: err}
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
	if w.file >= 0 && w.shared.from != nil {
		if err := w.leave(); err != nil {
			return err
		}
	}
	w.close()
	if pool := w.shared.opts.Pool; pool != nil {
		pooled, err := pool.Of(w.orders.Files[file].Path)
		if err != nil {
			return err
		}
		w.groups.pooled = pooled
	}
	handle, err := w.fsy.Open(w.orders.Files[file].Path)
	if err != nil {
		return err
	}
	w.handle, w.file = handle, file
	return nil
}

func (w *readWorker) close() {
	if w.handle != nil {
		w.handle.Close()
		w.handle, w.file = nil, -1
	}
}

// leave keeps what was read apart from what comes next: a store keeps lines and
// names by file.
func (w *readWorker) leave() error {
	n := &w.groups.norm
	w.names[w.file] = appendNameDays(w.names[w.file], &n.seen)
	for _, seen := range n.seen {
		for code := range seen {
			seen[code] = never
		}
	}
	return w.flushAll()
}

func (w *readWorker) flushAll() error {
	for part := range w.groups.norm.buffers {
		if len(w.groups.norm.buffers[part].lines) > 0 {
			if err := w.flush(part); err != nil {
				return err
			}
		}
	}
	return nil
}

// report flushes the worker's buffers and adds its counts.
func (w *readWorker) report(o *Table) error {
	if w.file < 0 {
		return nil
	}
	n := &w.groups.norm
	if w.shared.from != nil {
		if err := w.leave(); err != nil {
			return err
		}
	}
	if err := w.flushAll(); err != nil {
		return err
	}
	for file, days := range w.names {
		o.Files[file].nameDays = append(o.Files[file].nameDays, days...)
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
