package orders

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"winback/data/columns"
	"winback/data/source"
	"winback/data/spill"
	"winback/internal/fsys"
)

// segmentWriter writes a segment, stretch after stretch.
type segmentWriter struct {
	fsy   fsys.FS
	path  string
	file  fsys.File
	out   *bufio.Writer
	entry storedSegment
}

const segmentBuffer = 1 << 20

func newSegment(fsy fsys.FS, folder string, number int) (*segmentWriter, error) {
	w := &segmentWriter{fsy: fsy, entry: storedSegment{Name: fmt.Sprintf("%s%d", segmentPrefix, number)}}
	w.path = filepath.Join(folder, w.entry.Name)
	file, err := fsy.Create(w.path)
	if err != nil {
		return nil, err
	}
	w.file, w.out = file, bufio.NewWriterSize(file, segmentBuffer)
	return w, nil
}

// append writes the next stretch; without blocks, an empty one.
func (w *segmentWriter) append(blocks [][]byte) error {
	size := int64(0)
	if len(blocks) > 0 {
		var err error
		if size, err = spill.WriteTo(w.out, stretchOf(blocks)...); err != nil {
			return err
		}
	}
	w.entry.Sizes = append(w.entry.Sizes, size)
	return nil
}

// finish makes the file durable.
func (w *segmentWriter) finish() error {
	err := w.out.Flush()
	if err == nil {
		err = w.file.Sync()
	}
	if closeErr := w.file.Close(); err == nil {
		err = closeErr
	}
	w.file = nil
	return err
}

// abandon takes an unfinished file away.
func (w *segmentWriter) abandon() {
	if w.file != nil {
		w.file.Close()
	}
	w.fsy.Remove(w.path) // what stays is swept the next night
}

// mostSegments is how many segments a store has before they are made one. They
// are also made one when half of what they hold no longer counts.
const mostSegments = 32

// save writes the lines that were read into the store. That it fails is no
// fault of the orders, which are complete: it is noted.
func (s *store) save(ctx context.Context, o *Table, r *reading) {
	if err := s.write(ctx, o, r); err != nil {
		s.report.Faults = append(s.report.Faults, fmt.Sprintf("it could not be written (%v)", err))
	}
	o.Store = s.report
}

func (s *store) write(ctx context.Context, o *Table, r *reading) error {
	changed, err := s.changedMeanwhile(ctx, o, r.opts.Workers)
	if err != nil {
		return err
	}
	next := storeManifest{Format: storeFormat, Settings: s.settings, Bounds: r.split.bounds, Rows: o.RowsRead, Largest: r.store.largest()}
	if s.old != nil {
		if s.report.Read == 0 && s.report.Gone == 0 && len(s.report.Faults) == 0 {
			return nil // as it was
		}
		next = *s.old
		next.Segments = s.livingSegments()
	}
	fresh := s.freshFiles(o, changed)
	merge := s.worthMerging(next.Segments)
	if merge {
		for _, old := range next.Segments {
			fresh = append(fresh, old.Files...)
		}
		next.Segments = nil
	}
	for _, number := range s.number {
		next.NextFile = max(next.NextFile, number+1)
	}
	var made []string
	if len(fresh) > 0 {
		segment, err := s.writeSegment(r, fresh, next.NextName, merge)
		if err != nil {
			return err
		}
		next.Segments = append(next.Segments, segment)
		made = append(made, segment.Name)
	}
	if err := s.publish(&next, r, made); err != nil {
		return err
	}
	return nil
}

// changedMeanwhile finds the files that were not read as they are now: what
// their digest was before says nothing about the lines.
func (s *store) changedMeanwhile(ctx context.Context, o *Table, workers int) (changed []bool, err error) {
	again := make([]ReadFile, len(o.Files))
	for i, f := range o.Files {
		again[i].File = columns.File{File: f.File.File}
		if s.known[i] {
			again[i].SHA256 = f.SHA256
		}
	}
	if err := digestAll(ctx, s.fsy, again, workers); err != nil {
		return nil, err
	}
	changed = make([]bool, len(again))
	for i := range again {
		if changed[i] = again[i].SHA256 != o.Files[i].SHA256; changed[i] {
			s.report.Notes = append(s.report.Notes, fmt.Sprintf("%s changed while it was read and is read again next time", again[i].Path))
		}
	}
	return changed, nil
}

// freshFiles are the files that were read, as the store notes them.
func (s *store) freshFiles(o *Table, changed []bool) []storedFile {
	var fresh []storedFile
	for i := range o.Files {
		f := &o.Files[i]
		if !s.known[i] && !changed[i] {
			fresh = append(fresh, storedFile{Number: s.number[i], Path: f.Path, Size: f.Size, SHA256: f.SHA256, Partition: f.Partition, Fields: f.FieldsKey(),
				Rows: f.Rows, Counts: f.counts.stored(), nameDays: f.nameDays})
		}
	}
	return fresh
}

// livingSegments are the old segments with the files that still count.
func (s *store) livingSegments() []storedSegment {
	var living []storedSegment
	for _, segment := range s.old.Segments {
		var files []storedFile
		for _, f := range segment.Files {
			if s.kept.live[f.Number] {
				files = append(files, f)
			}
		}
		if segment.Files = files; len(files) > 0 {
			living = append(living, segment)
		}
	}
	return living
}

// worthMerging says whether segments should be made one.
func (s *store) worthMerging(segments []storedSegment) bool {
	all, counts := int64(0), int64(0)
	for _, segment := range segments {
		for _, size := range segment.Sizes {
			all += size
		}
		for _, f := range segment.Files {
			counts += f.Bytes
		}
	}
	return len(segments) >= mostSegments || counts < all/2
}

// writeSegment writes the blocks of the given files: those that were read and,
// where segments are merged, those that the store has.
func (s *store) writeSegment(r *reading, files []storedFile, number int, merge bool) (storedSegment, error) {
	w, err := newSegment(s.fsy, s.folder, number)
	if err != nil {
		return storedSegment{}, err
	}
	w.entry.Files = files
	if err = s.copyBlocks(w, r, merge); err == nil {
		err = w.finish()
	}
	if err != nil {
		w.abandon()
	}
	return w.entry, err
}

func (s *store) copyBlocks(w *segmentWriter, r *reading, merge bool) error {
	place := map[uint32]int{}
	var days [][]byte
	for i := range w.entry.Files {
		f := &w.entry.Files[i]
		place[f.Number], f.Bytes = i, 0
		days = append(days, append(binary.AppendUvarint(nil, uint64(f.Number)), f.nameDays...))
	}
	var scratch []byte
	for part := range r.store.parts {
		var all, some [][]byte
		var err error
		if merge {
			all, _, err = r.store.blocks(part, &scratch)
		} else {
			all, _, err = r.store.fresh(part)
		}
		if err != nil {
			return err
		}
		for _, b := range all {
			if i, ok := place[fileOfBlock(b)]; ok {
				w.entry.Files[i].Bytes += int64(len(b))
				some = append(some, b)
			}
		}
		if err := w.append(some); err != nil {
			return err
		}
	}
	return w.append(days)
}

// publish makes what was written the content of the store: the manifest last.
func (s *store) publish(next *storeManifest, r *reading, made []string) error {
	next.Names = fmt.Sprintf("%s%d", namesPrefix, next.NextName)
	next.NextName++
	made = append(made, next.Names)
	placed, err := s.place(next, encodeNames(&r.names))
	if err != nil && !placed {
		for _, name := range made {
			s.fsy.Remove(filepath.Join(s.folder, name)) // what stays is swept the next night
		}
		return err
	}
	return errors.Join(err, sweepStore(s.fsy, s.folder, next))
}

// place puts the new manifest in the place of the old one; placed says whether
// it got that far.
func (s *store) place(next *storeManifest, names []byte) (placed bool, err error) {
	if err := writeDurably(s.fsy, filepath.Join(s.folder, next.Names), names); err != nil {
		return false, err
	}
	text, err := next.encode()
	if err != nil {
		return false, err
	}
	unfinished := filepath.Join(s.folder, newStoreManifest)
	if err := writeDurably(s.fsy, unfinished, text); err != nil {
		return false, err
	}
	if err := s.fsy.SyncDir(s.folder); err != nil {
		return false, err
	}
	if err := s.fsy.Rename(unfinished, filepath.Join(s.folder, source.StoreManifestName)); err != nil {
		return false, err
	}
	if err := s.fsy.SyncDir(s.folder); err != nil {
		return true, err
	}
	return true, s.fsy.SyncDir(filepath.Dir(s.folder)) // the folder itself may be new
}

func writeDurably(fsy fsys.FS, path string, text []byte) error {
	file, err := fsy.Create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
