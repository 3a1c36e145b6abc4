package run

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"winback/internal/fsys"
)

// Files of the output folder that know whom winback forget has removed, but for
// their ids. ForgettingFile becomes ForgottenFile when nothing of them is left.
const (
	ForgottenFile  = "forgotten.json"
	ForgettingFile = "forgetting.json"
)

// ErrForgetting says that customers are being forgotten, or that this was cut short.
var ErrForgetting error = forgettingError{}

type forgettingError struct{}

func (forgettingError) Error() string {
	return "winback forget has not come to its end here: wait for it, or start it again with the same customers, before anything else"
}

// ExitCode is 3: what is there cannot be read yet.
func (forgettingError) ExitCode() int { return 3 }

// CheckForgetting is ErrForgetting where winback forget has not come to its end.
func CheckForgetting(files fsys.FS, out string) error {
	path := fsys.Join(out, ForgettingFile)
	_, err := files.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = ErrForgetting
	}
	return fail(StageRead, path, err)
}

// LockToForget locks an output folder as Lock does, although customers are being
// forgotten there.
func LockToForget(files fsys.FS, out string) (*Hold, error) {
	if _, err := files.Stat(out); err != nil {
		return nil, fail(StageRead, out, err)
	}
	return lock(files, out)
}

// Sweep removes what dead writers left.
func (h *Hold) Sweep() error {
	_, err := sweep(h.files, h.out)
	return err
}

// Recover ends what a crash cut short of Replace, so that every run and the ledger
// are in their places as before or as after, and sweeps the rest. Only for an
// output folder that was swept before the first Replace.
func (h *Hold) Recover() error {
	for _, prefix := range []string{newPrefix, oldPrefix} {
		left, err := temporaries(h.files, h.out)
		if err != nil {
			return err
		}
		for _, dir := range left {
			name, fits := strings.CutPrefix(filepath.Base(dir), prefix)
			if final := h.placeOf(name); fits && final != "" {
				if err := h.putBack(dir, final); err != nil {
					return err
				}
			}
		}
	}
	return sweepTemporaries(h.files, h.out)
}

// placeOf is where a folder with a name belongs; "" for none of ours.
func (h *Hold) placeOf(name string) string {
	if name == LedgerFolder {
		return fsys.Join(h.out, LedgerFolder)
	}
	if parsed, err := ParseName(name); err == nil {
		return FolderOf(h.out, parsed)
	}
	return ""
}

func (h *Hold) putBack(dir, final string) error {
	_, err := h.files.Stat(final)
	if !errors.Is(err, fs.ErrNotExist) {
		return fail(StageRead, final, err)
	}
	if err := h.files.Rename(dir, final); err != nil {
		return fail(StageMove, final, err)
	}
	return syncMoves(h.files, h.out, StageMove)
}

// kept is the lock of a folder whose Hold keeps it.
type kept struct{}

func (kept) Close() error { return nil }

// Rewrite begins a folder that is to take the place of one of the same name; the
// hold keeps the lock. Follow it by `defer folder.Abort()`.
func (h *Hold) Rewrite(name, last string) (*Folder, error) {
	f := &Folder{files: h.files, out: h.out, last: last, lock: kept{}, made: map[string]*draftFile{}}
	return f, f.make(name, "")
}

// Replace writes the last file and puts the folder in the place of another one,
// which is removed. A crash between is mended by Recover.
func (f *Folder) Replace(final string, last []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return fail(StageWrite, f.dir, errEnded)
	}
	if err := f.writeLast(last); err != nil {
		return err
	}
	for _, dir := range append(f.folders(), f.out) {
		if err := f.files.SyncDir(dir); err != nil {
			return fail(StageSync, dir, err)
		}
	}
	f.ended = true // from here on Recover needs the folder
	old := fsys.Join(f.out, oldPrefix+filepath.Base(final))
	for _, move := range [][2]string{{final, old}, {f.dir, final}} {
		if err := f.files.Rename(move[0], move[1]); err != nil {
			return fail(StageMove, move[1], err)
		}
		if err := syncMoves(f.files, f.out, StageMove); err != nil {
			return err
		}
	}
	return removeAll(f.files, f.out, StageSweep, []string{old})
}

// RewriteRun writes a run anew: the files named through edit, the
// others as they are. note is a sentence for the manifest, which says what it is told
// of the digest that the manifest had before. The run must have been verified.
func (h *Hold) RewriteRun(name Name, names []string, edit Edit, note func(was string) string) error {
	dir := FolderOf(h.out, name)
	m, err := ReadManifest(h.files, dir)
	if err != nil {
		return err
	}
	f, err := h.Rewrite(name.String(), ManifestFile)
	if err != nil {
		return err
	}
	defer f.Abort()
	for _, file := range m.Files {
		if err := f.Take(fsys.Join(dir, filepath.FromSlash(file.Path)), file, edit.of(file.Path, names)); err != nil {
			return err
		}
	}
	m.Notes = append(m.Notes, note(m.SHA256))
	if m.Files, err = f.Digests(); err != nil {
		return err
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	return f.Replace(dir, text)
}

// ForgettingRuns lists the complete runs, the oldest first, while customers are being
// forgotten. A run that has no valid manifest is an error.
func (h *Hold) ForgettingRuns() ([]Name, error) {
	found, err := scan(h.files, h.out)
	if err == nil && len(found.incomplete) > 0 {
		err = fail(StageRead, fsys.Join(h.out, runsFolder, found.incomplete[0]), ErrDamaged)
	}
	var names []Name
	for _, c := range found.complete {
		names = append(names, c.name)
	}
	return names, err
}

// Folder is where a run lies.
func (h *Hold) Folder(name Name) string { return FolderOf(h.out, name) }

// damaged says that a file has other bytes than its digest.
func damaged(path string, want, found FileDigest) error {
	return fail(StageRead, path, fmt.Errorf("%w: want %s, found %s", ErrDamaged, describeDigest(want), describeDigest(found)))
}
