package run

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"winback/internal/fsys"
)

// Kind says what is wrong with a file of a run.
type Kind string

// The kinds of damage that Verify finds.
const (
	Changed         Kind = "changed"          // other bytes than were published
	Missing         Kind = "missing"          // published, but gone
	Added           Kind = "added"            // there, but never published
	Swapped         Kind = "swapped"          // has the bytes of another file or run
	DamagedManifest Kind = "damaged manifest" // the manifest does not fit itself
)

// Finding is one thing that does not fit the manifest.
type Finding struct {
	Kind     Kind
	Path     string // from the run folder, with slashes
	Expected string
	Found    string
}

// String writes the finding as one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: want %s, found %s", f.Path, f.Kind, f.Expected, f.Found)
}

// Report is what Verify found in a run.
type Report struct {
	RunDir   string
	Manifest Manifest  // empty where it is damaged
	Files    int       // files looked at, the manifest not counted
	Bytes    int64     // their size
	Findings []Finding // by path; none where all fits
}

// OK says that the run is as it was published.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verify computes the digest of each file of a run and compares it with the
// manifest. Damage is reported, not returned as an error; the error says that
// the run could not be read, and wraps ErrNoRun where there is no such folder.
func Verify(files fsys.FS, runDir string) (Report, error) {
	report := Report{RunDir: runDir}
	if _, err := files.Stat(runDir); errors.Is(err, fs.ErrNotExist) {
		return report, fail(StageRead, runDir, ErrNoRun)
	}
	found, err := list(files, runDir, "", ManifestFile)
	if err != nil {
		return report, err
	}
	m, err := ReadManifest(files, runDir)
	if errors.Is(err, ErrDamaged) {
		report.Findings = []Finding{damagedManifest(err)}
		return report, nil
	}
	if err != nil {
		return report, err
	}
	report.Manifest = m
	if f, ok := foreignManifest(files, runDir, m); ok {
		report.Findings = append(report.Findings, f)
	}
	return report, report.compare(files, found)
}

// CompareFolder compares what is in a folder but its last file, which describes
// the others, with the digests of them. The error says that something could not
// be read.
func CompareFolder(files fsys.FS, dir, last string, wanted []FileDigest) ([]Finding, error) {
	report := Report{RunDir: dir, Manifest: Manifest{Files: wanted}}
	found, err := list(files, dir, "", last)
	if err == nil {
		err = report.compare(files, found)
	}
	return report.Findings, err
}

func damagedManifest(err error) Finding {
	cause := err
	var e *Error
	if errors.As(err, &e) {
		cause = e.Err
	}
	text := strings.TrimPrefix(cause.Error(), ErrDamaged.Error()+": ")
	return Finding{DamagedManifest, ManifestFile, "a manifest that fits its own digest", text}
}

// foreignManifest notices a run folder that has the place of another one. A
// copy elsewhere may have any name.
func foreignManifest(files fsys.FS, runDir string, m Manifest) (Finding, bool) {
	name := filepath.Base(runDir)
	if target, err := files.Readlink(runDir); err == nil {
		name = filepath.Base(target)
	}
	if _, err := ParseName(name); err != nil || name == m.RunID {
		return Finding{}, false
	}
	return Finding{Swapped, ManifestFile, "run " + name, "run " + m.RunID}, true
}

// entry is a file, folder or other thing in a run folder.
type entry struct {
	path string // from the run folder, with slashes
	mode fs.FileMode
}

// list finds all that is in a run folder but the file that describes the others.
func list(files fsys.FS, runDir, under, last string) ([]entry, error) {
	dir := fsys.Join(runDir, filepath.FromSlash(under))
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, fail(StageRead, dir, err)
	}
	var all []entry
	for _, e := range entries {
		name := path.Join(under, e.Name())
		if name == last {
			continue
		}
		all = append(all, entry{name, e.Type()})
		if e.IsDir() {
			inner, err := list(files, runDir, name, last)
			if err != nil {
				return nil, err
			}
			all = append(all, inner...)
		}
	}
	return all, nil
}

// compare fills in the findings about the files of the run.
func (r *Report) compare(files fsys.FS, found []entry) error {
	wanted := map[string]FileDigest{}
	folders := map[string]bool{}
	owner := map[string]string{} // digest -> first file that was published with it
	for _, f := range r.Manifest.Files {
		wanted[f.Path] = f
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
		if owner[f.SHA256] == "" {
			owner[f.SHA256] = f.Path
		}
	}
	seen := map[string]bool{}
	for _, e := range found {
		want, known := wanted[e.path]
		seen[e.path] = true
		switch {
		case !known && e.mode.IsDir() && folders[e.path]:
		case !known:
			r.Findings = append(r.Findings, Finding{Added, e.path, "nothing", describe(e.mode)})
		case !e.mode.IsRegular():
			r.Findings = append(r.Findings, Finding{Changed, e.path, "a file", describe(e.mode)})
		default:
			if err := r.checkFile(files, want, owner); err != nil {
				return err
			}
		}
	}
	for _, f := range r.Manifest.Files {
		if !seen[f.Path] {
			r.Findings = append(r.Findings, Finding{Missing, f.Path, fmt.Sprintf("a file of %d bytes", f.Size), "nothing"})
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

func describe(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode.IsRegular():
		return "a file"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	}
	return "something that is no file"
}

// checkFile compares one file with what the manifest says of it.
func (r *Report) checkFile(files fsys.FS, want FileDigest, owner map[string]string) error {
	full := fsys.Join(r.RunDir, filepath.FromSlash(want.Path))
	found, err := digestFile(files, full)
	if err != nil {
		return fail(StageRead, full, err)
	}
	found.Path = want.Path
	r.Files++
	r.Bytes += found.Size
	if found == want {
		return nil
	}
	f := Finding{Changed, want.Path, describeDigest(want), describeDigest(found)}
	if other := owner[found.SHA256]; other != "" {
		f.Kind, f.Found = Swapped, "the content of "+other
	}
	r.Findings = append(r.Findings, f)
	return nil
}

func describeDigest(d FileDigest) string {
	return fmt.Sprintf("%d bytes with sha256 %s", d.Size, d.SHA256)
}

func digestFile(files fsys.FS, path string) (FileDigest, error) {
	f, err := files.Open(path)
	if err != nil {
		return FileDigest{}, err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		f.Close()
		return FileDigest{}, err
	}
	return FileDigest{Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, f.Close()
}
