package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"winback/internal/fsys"
	"winback/pipeline/run"
)

// Writer adds entries to the ledger of an output folder; it holds the lock of the
// folder.
type Writer struct {
	*Ledger
	files fsys.FS
	out   string
	hold  *run.Hold
}

// Begin locks the output folder, making it where needed, and reads its ledger.
// Where another process is writing, the error wraps fsys.ErrLocked. Follow it by
// `defer w.Release()`.
func Begin(files fsys.FS, out string) (*Writer, error) {
	hold, err := run.Lock(files, out)
	if err != nil {
		return nil, err
	}
	l, err := Read(files, out)
	if err != nil {
		return nil, errors.Join(err, hold.Release())
	}
	return &Writer{Ledger: l, files: files, out: out, hold: hold}, nil
}

// Release gives the lock back.
func (w *Writer) Release() error { return w.hold.Release() }

// Append adds an entry of which kind, day, campaign, wave, settings, tool version
// and time are set, with the files that write makes. An entry that says the same
// is there already: that one is returned, with old true, and nothing is written.
// The lock is given back in any case. Where an error comes with an entry, the entry
// is whole in its place and only the tidying up behind it failed.
func (w *Writer) Append(e Entry, write func(run.Create) error) (added *Entry, old bool, err error) {
	f, err := w.hold.BeginFolder(fmt.Sprintf("ledger-%06d", len(w.Entries)+1), EntryFile)
	if err != nil {
		return nil, false, err
	}
	defer f.Abort()
	if write != nil {
		if err := write(func(path string) (io.WriteCloser, error) { return f.Create(path) }); err != nil {
			return nil, false, err
		}
	}
	if err := w.fill(&e, f); err != nil {
		return nil, false, err
	}
	if same := w.find(e.ContentSHA256); same != nil {
		return same, true, f.Abort()
	}
	return w.publish(&e, f)
}

// fill sets what follows from files and neighbours.
func (w *Writer) fill(e *Entry, f *run.Folder) (err error) {
	e.FormatVersion, e.Number, e.Written = FormatVersion, len(w.Entries)+1, e.Written.UTC()
	if e.Number > 1 {
		e.PreviousSHA256 = w.Entries[e.Number-2].sum
	}
	if e.Files, err = f.Digests(); err != nil {
		return err
	}
	if e.Files == nil {
		e.Files = []run.FileDigest{}
	}
	if e.Settings, err = compactJSON(e.Settings); err != nil {
		return err
	}
	e.ContentSHA256, err = e.content()
	return err
}

// find is the entry in force that says the same; nil for none.
func (w *Writer) find(content string) *Entry {
	void := w.voided()
	for i := range w.Entries {
		if e := &w.Entries[i]; e.ContentSHA256 == content && !void[e.Number] {
			return e
		}
	}
	return nil
}

func (l *Ledger) voided() map[int]bool {
	void := map[int]bool{}
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == Void {
			void[e.taken()] = true
		}
	}
	return void
}

// publish gives the entry its place, and the head its number. A head that a dead
// writer left one behind is brought up first: it never is two behind.
func (w *Writer) publish(e *Entry, f *run.Folder) (*Entry, bool, error) {
	text, err := run.Seal(e, entryDigest)
	if err == nil {
		err = w.makeFolder()
	}
	if err == nil && w.head < len(w.Entries) {
		err = w.writeHead(len(w.Entries))
	}
	if err != nil {
		return nil, false, err
	}
	e.dir, e.files = filepath.Join(folder(w.out), e.Name()), w.files
	done, err := f.PublishAt(e.dir, text, func() error { return w.writeHead(e.Number) })
	if !done {
		return nil, false, err
	}
	return e, false, err
}

// makeFolder makes the folder of the ledger, durable.
func (w *Writer) makeFolder() error {
	if _, err := w.files.Stat(folder(w.out)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := w.files.MkdirAll(folder(w.out)); err != nil {
		return err
	}
	return w.files.SyncDir(w.out)
}

func (w *Writer) writeHead(number int) error {
	return run.WriteFile(w.files, filepath.Join(folder(w.out), headFile), func(out io.Writer) error {
		_, err := fmt.Fprintln(out, number)
		return err
	})
}
