package orders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"winback/data"
	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/parallel"
)

// store is a folder that keeps the history from one reading to the next, while
// one reading uses it.
type store struct {
	fsy    fsys.FS
	folder string
	lock   io.Closer
	old    *storeManifest // nil: nothing that can be used
	names  [len(data.NamedRoles)]*nameTable
	kept   keptHistory
	// number is that of each file of the orders in the store; known says of which
	// it has the lines.
	number   []uint32
	known    []bool
	settings string
	report   StoreReport
}

// openStore finds out which files need not be read. It is nil where no store
// is asked for, or where it cannot be had. orders has the order files as they will be
// read.
func openStore(ctx context.Context, fsy, orders fsys.FS, o *Table, opts *Options) (*store, error) {
	if opts.Store == "" {
		return nil, nil
	}
	o.Store.Read = len(o.Files)
	if opts.KeepRejects {
		o.Store.Notes = []string{"rows set aside are to be written out, for which all files are read"}
		return nil, nil
	}
	if err := fsy.MkdirAll(opts.Store); err != nil {
		return nil, &StoreError{opts.Store, err}
	}
	lock, err := fsy.Lock(filepath.Join(opts.Store, storeLockName))
	if errors.Is(err, fsys.ErrLocked) {
		o.Store.Faults = []string{"it is in use by another run, so that all files are read"}
		return nil, nil
	}
	if err != nil {
		return nil, &StoreError{opts.Store, err}
	}
	s := &store{fsy: fsy, folder: opts.Store, lock: lock, settings: opts.settingsDigest(),
		number: make([]uint32, len(o.Files)), known: make([]bool, len(o.Files))}
	if err := s.prepare(ctx, orders, o, opts); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close gives the files and the lock back. A nil store takes it too.
func (s *store) close() error {
	if s == nil || s.lock == nil {
		return nil
	}
	err := errors.Join(s.kept.close(), s.lock.Close())
	s.lock = nil
	return err
}

// prepare reads what the store holds and compares it with the files.
func (s *store) prepare(ctx context.Context, orders fsys.FS, o *Table, opts *Options) error {
	s.load(o.RowsRead)
	if s.old != nil {
		if err := s.openSegments(ctx, opts.Workers); err != nil {
			return err
		}
	}
	if err := sweepStore(s.fsy, s.folder, s.old); err != nil {
		return &StoreError{s.folder, err}
	}
	if err := digestAll(ctx, orders, o.Files, opts.Workers); err != nil {
		return err
	}
	s.match(o)
	return nil
}

// load reads the manifest and the names, where they can be used.
func (s *store) load(rows int64) {
	m, err := readStoreManifest(s.fsy, s.folder)
	note := ""
	switch {
	case err != nil:
	case m == nil:
		note = "it is new"
	case m.Format != storeFormat:
		note = "it is of another version of winback"
	case m.Settings != s.settings:
		note = "it was made with other settings of what the columns mean"
	case rows > 4*max(m.Rows, 100_000) || m.outgrown():
		note = "the history has grown so much that its customers are dealt anew"
	default:
		var text []byte
		if text, err = readWhole(s.fsy, filepath.Join(s.folder, m.Names)); err == nil {
			s.names, err = decodeNames(text)
		}
	}
	switch {
	case err != nil:
		s.report.Faults = append(s.report.Faults, fmt.Sprintf("it cannot be used (%v), so that all files are read", err))
	case note != "":
		s.report.Notes = append(s.report.Notes, note)
	default:
		s.old = m
	}
}

// openSegments opens all segments, and leaves out those that are damaged: their
// order files are read again.
func (s *store) openSegments(ctx context.Context, workers int) error {
	whole := s.old.Segments[:0:0]
	for _, entry := range s.old.Segments {
		segment, err := openSegment(ctx, s.fsy, s.folder, entry, workers)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.report.Faults = append(s.report.Faults, fmt.Sprintf("%s cannot be used (%v), and what it holds is read from order files (%d)", entry.Name, err, len(entry.Files)))
			continue
		}
		whole = append(whole, segment.storedSegment)
		s.kept.segments = append(s.kept.segments, segment)
	}
	s.old.Segments = whole
	return nil
}

// lendTo gives a reading what earlier nights left.
func (s *store) lendTo(r *reading) {
	r.from, r.store.kept = s, s.kept
	if s.old != nil {
		r.names = s.names
	}
}

// digestAll works out the digests that are missing: the time and the size of a
// file say little about what is in it.
func digestAll(ctx context.Context, fsy fsys.FS, files []ReadFile, workers int) error {
	errs := make([]error, len(files))
	parallel.EachOf(len(files), workers, func(i int) {
		if files[i].SHA256 == "" && ctx.Err() == nil {
			files[i].SHA256, errs[i] = columns.Digest(fsy, files[i].Path)
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// match finds the files whose lines the store has, and numbers the others.
func (s *store) match(o *Table) {
	stored := map[string][]*storedFile{}
	next, all := uint32(0), 0
	if s.old != nil {
		next = s.old.NextFile
		for i := range s.old.Segments {
			for k := range s.old.Segments[i].Files {
				f := &s.old.Segments[i].Files[k]
				key := contentKey(f.Size, f.SHA256, f.Partition, f.Fields)
				stored[key] = append(stored[key], f)
				all++
			}
		}
	}
	s.kept.live = map[uint32]bool{}
	for i := range o.Files {
		f := &o.Files[i]
		key := contentKey(f.Size, f.SHA256, f.Partition, f.FieldsKey())
		if same := stored[key]; len(same) > 0 {
			stored[key] = same[1:]
			s.known[i], s.number[i] = true, same[0].Number
			s.kept.live[same[0].Number] = true
			f.counts, f.nameDays = same[0].Counts.counts(), same[0].nameDays
			s.report.Kept++
			continue
		}
		s.number[i] = next
		next++
	}
	s.report.Read, s.report.Gone = len(o.Files)-s.report.Kept, all-s.report.Kept
}

// DropStore removes all lines that the store in a folder keeps; the next night reads
// all order files anew. dropped says whether there were any. The lines of single
// customers cannot be removed: blocks hold those of many. The error wraps
// fsys.ErrLocked where a run uses the store.
func DropStore(files fsys.FS, folder string) (dropped bool, err error) {
	entries, err := files.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, &StoreError{folder, err}
	}
	for _, e := range entries {
		name := e.Name()
		dropped = dropped || name == source.StoreManifestName || name == newStoreManifest || isNumbered(name, segmentPrefix) || isNumbered(name, namesPrefix)
	}
	if !dropped {
		return false, nil
	}
	lock, err := files.Lock(filepath.Join(folder, storeLockName))
	if err != nil {
		return false, err
	}
	err = sweepStore(files, folder, nil)
	if err == nil {
		err = files.SyncDir(folder)
	}
	if err != nil {
		err = &StoreError{folder, err}
	}
	return true, errors.Join(err, lock.Close())
}
