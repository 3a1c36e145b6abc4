package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

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
	w := &Writer{Ledger: l, files: files, out: out, hold: hold}
	if err := w.catchUp(); err != nil {
		return nil, errors.Join(err, hold.Release())
	}
	return w, nil
}

// catchUp removes what a dead writer left of an entry in a store, and brings up a head
// that one left one behind, so that it never is two behind.
func (w *Writer) catchUp() error {
	for _, dir := range w.unfinished {
		if err := w.files.RemoveAll(dir); err != nil {
			return err
		}
	}
	if w.head == len(w.Entries) {
		return nil
	}
	return w.writeHead(len(w.Entries))
}

// Release gives the lock back.
func (w *Writer) Release() error { return w.hold.Release() }

// File is a file of an entry.
type File struct {
	Path    string // in the entry, with slashes
	Content []byte
}

// Append adds an entry of which kind, day, campaign, wave, settings, tool version
// and time are set, with its files. An entry in force that says the same is there
// already: that one is returned, with old true, and nothing is written. Otherwise
// the lock is given back. Where an error comes with an entry, the entry is whole in
// its place and only the tidying up behind it failed.
func (w *Writer) Append(e Entry, files []File) (added *Entry, old bool, err error) {
	same, err := w.Same(e, files)
	if same != nil || err != nil {
		return same, same != nil, err
	}
	next := Entry{Number: len(w.Entries) + 1, Kind: e.Kind}
	f, err := w.hold.BeginFolder(fmt.Sprintf("ledger-%06d", next.Number), fsys.Join(folder(w.out), next.Name()), EntryFile)
	if err != nil {
		return nil, false, err
	}
	defer f.Abort()
	create := run.Create(func(path string) (io.WriteCloser, error) { return f.Create(path) })
	for _, file := range files {
		if err := create.Write(file.Path, func(out io.Writer) error { _, err := out.Write(file.Content); return err }); err != nil {
			return nil, false, err
		}
	}
	digests, err := f.Digests()
	if err == nil {
		err = w.fill(&e, digests)
	}
	if err != nil {
		return nil, false, err
	}
	added, err = w.publish(&e, f)
	return added, false, err
}

// Same is the entry in force that says what this one does; nil for none.
func (l *Ledger) Same(e Entry, files []File) (*Entry, error) {
	var digests []run.FileDigest
	for _, file := range files {
		sum := sha256.Sum256(file.Content)
		digests = append(digests, run.FileDigest{Path: file.Path, Size: int64(len(file.Content)), SHA256: hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(digests, func(a, b run.FileDigest) int { return strings.Compare(a.Path, b.Path) })
	if err := l.fill(&e, digests); err != nil {
		return nil, err
	}
	void := l.voided()
	for i := range l.Entries {
		if o := &l.Entries[i]; o.ContentSHA256 == e.ContentSHA256 && !void[o.Number] {
			return o, nil
		}
	}
	return nil, nil
}

// fill sets what follows from files and neighbours.
func (l *Ledger) fill(e *Entry, files []run.FileDigest) (err error) {
	e.FormatVersion, e.Number, e.Written = FormatVersion, len(l.Entries)+1, e.Written.UTC()
	if e.Number > 1 {
		e.PreviousSHA256 = l.Entries[e.Number-2].sum
	}
	if e.Files = files; files == nil {
		e.Files = []run.FileDigest{}
	}
	if e.Settings, err = compactJSON(e.Settings); err != nil {
		return err
	}
	e.ContentSHA256, err = e.content()
	return err
}

// publish gives the entry its place, and the head its number.
func (w *Writer) publish(e *Entry, f *run.Folder) (*Entry, error) {
	text, err := run.Seal(e, entryDigest)
	if err == nil {
		err = w.makeFolder()
	}
	if err != nil {
		return nil, err
	}
	e.dir, e.files = fsys.Join(folder(w.out), e.Name()), w.files
	done, err := f.PublishAt(text, func() error { return w.writeHead(e.Number) })
	if !done {
		return nil, err
	}
	return e, err
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
	return run.WriteFile(w.files, fsys.Join(folder(w.out), headFile), func(out io.Writer) error {
		_, err := fmt.Fprintln(out, number)
		return err
	})
}
