// Package readahead reads files in few large pieces: what was read of them is
// remembered within a bound, and stretches that will be needed are fetched before. An
// object store answers a request in tens of milliseconds, whatever is asked for.
package readahead

import (
	"cmp"
	"io/fs"
	"slices"
	"sync"

	"winback/internal/fsys"
)

// mostOpen is how many files stay open for whoever opens them next.
const mostOpen = 64

// Files are the files of a file system, each opened once, while there are not too many,
// and with what was read of it.
// They are safe for concurrent use.
type Files struct {
	fsys.FS
	most int64 // bytes remembered

	mu     sync.Mutex
	known  map[string]*file
	recent []*file  // those that are open, the last opened last
	bytes  int64    // remembered
	queue  []*piece // in the order in which they were read, with some that are forgotten
	live   int      // pieces that are not
}

// New are files of which so many bytes are remembered at most. Follow it by
// `defer files.Close()`.
func New(files fsys.FS, most int64) *Files {
	return &Files{FS: files, most: most, known: map[string]*file{}}
}

// file is a file for all who open it.
type file struct {
	inner   fsys.ReadFile // nil: it is not open
	users   int
	version fs.FileInfo
	pieces  []*piece // by place; no two overlap
}

// piece is a stretch of a file that is remembered.
type piece struct {
	of *file
	at int64
	b  []byte // nil: it is forgotten
}

func (p *piece) end() int64 { return p.at + int64(len(p.b)) }

// Open implements fsys.FS.
func (f *Files) Open(path string) (fsys.ReadFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.known[path]
	if known == nil {
		known = &file{}
		f.known[path] = known
	}
	if known.inner == nil {
		if err := f.reopen(known, path); err != nil {
			return nil, err
		}
	}
	known.users++
	f.recent = append(slices.DeleteFunc(f.recent, func(o *file) bool { return o == known }), known)
	f.shut(mostOpen)
	return &File{ReadFile: known.inner, files: f, file: known}, nil
}

// reopen opens a file; what is remembered of another version is forgotten.
func (f *Files) reopen(o *file, path string) error {
	inner, err := f.FS.Open(path)
	if err != nil {
		return err
	}
	info, err := inner.Stat()
	if err != nil {
		inner.Close() // the error of Stat is the one to tell
		return err
	}
	if was := o.version; was != nil && (was.Size() != info.Size() || !was.ModTime().Equal(info.ModTime())) {
		f.drop(o.pieces)
	}
	o.inner, o.version = inner, info
	return nil
}

// shut closes those of the files opened longest ago that nobody uses, beyond so many.
func (f *Files) shut(most int) {
	for i := 0; i < len(f.recent) && len(f.recent) > most; {
		o := f.recent[i]
		if o.users > 0 {
			i++
			continue
		}
		f.recent = slices.Delete(f.recent, i, i+1)
		o.inner.Close() // it was only read
		o.inner = nil
	}
}

// Close closes the files.
func (f *Files) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shut(0)
}

// remember keeps what was read, and gives up what was read first.
func (f *Files) remember(of *file, at int64, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := at + int64(len(b))
	within := func(p *piece) bool { return at <= p.at && p.end() <= end }
	if int64(len(b)) > f.most || slices.ContainsFunc(of.pieces, func(p *piece) bool { return p.at < end && at < p.end() && !within(p) }) {
		return
	}
	f.drop(slices.DeleteFunc(slices.Clone(of.pieces), func(p *piece) bool { return !within(p) }))
	p := &piece{of, at, slices.Clone(b)}
	i, _ := slices.BinarySearchFunc(of.pieces, at, func(p *piece, at int64) int { return cmp.Compare(p.at, at) })
	of.pieces = slices.Insert(of.pieces, i, p)
	f.queue, f.live, f.bytes = append(f.queue, p), f.live+1, f.bytes+int64(len(b))
	for f.bytes > f.most {
		f.drop(f.queue[:1])
		f.queue = f.queue[1:]
	}
	if len(f.queue) > 2*f.live+64 {
		f.queue = slices.DeleteFunc(f.queue, func(p *piece) bool { return p.b == nil })
	}
}

// drop forgets pieces.
func (f *Files) drop(pieces []*piece) {
	for _, p := range slices.Clone(pieces) {
		if p.b == nil {
			continue
		}
		p.of.pieces = slices.DeleteFunc(p.of.pieces, func(o *piece) bool { return o == p })
		f.live, f.bytes, p.b = f.live-1, f.bytes-int64(len(p.b)), nil
	}
}

// File is a file as one has opened it.
type File struct {
	fsys.ReadFile
	files  *Files
	file   *file
	closed bool
}

// Close lets go of the file, which stays open for the next.
func (o *File) Close() error {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	if !o.closed {
		o.closed = true
		o.file.users--
	}
	return nil
}

// MostPiece is the size in bytes up to which a reading is remembered: samples, not
// whole files.
const MostPiece = 4 << 20

// ReadAt reads a stretch, or has it from memory, and remembers it.
func (o *File) ReadAt(p []byte, at int64) (int, error) {
	if o.recall(p, at) {
		return len(p), nil
	}
	n, err := o.ReadFile.ReadAt(p, at)
	if n > 0 && n <= MostPiece {
		o.files.remember(o.file, at, p[:n])
	}
	return n, err
}

// recall copies a stretch that one piece holds.
func (o *File) recall(p []byte, at int64) bool {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	for _, piece := range o.file.pieces {
		if piece.at <= at && at+int64(len(p)) <= piece.end() {
			copy(p, piece.b[at-piece.at:])
			return true
		}
	}
	return false
}

// known lists what is remembered of the file, by place.
func (o *File) known() (list []piece) {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	for _, p := range o.file.pieces {
		list = append(list, *p)
	}
	return list
}

// forget gives up what is remembered of the stretches.
func (o *File) forget(spans []Span) {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	var within []*piece
	for _, p := range o.file.pieces {
		if slices.ContainsFunc(spans, func(s Span) bool { return s.Start <= p.at && p.end() <= s.End }) {
			within = append(within, p)
		}
	}
	o.files.drop(within)
}
