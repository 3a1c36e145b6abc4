package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"winback/pipeline/run"
)

// Rewriting is how the entries of a ledger are written anew without some customers.
type Rewriting struct {
	Files    map[int][]string                      // by number of the entry: those that lose rows
	Edit     run.Edit                              // of these files
	Settings func(json.RawMessage) json.RawMessage // what settings become
	Note     Entry                                 // kind, day, version and time of the entry that tells of it
}

// Forgot is what the settings of a forget entry say.
type Forgot struct {
	Customers int            `json:"customers"` // removed from earlier entries
	Rewritten []RewrittenOne `json:"rewritten"` // whose content changed; the chain is new from the first on
}

// RewrittenOne is an entry that lost customers.
type RewrittenOne struct {
	Entry int    `json:"entry"`      // its number
	Was   string `json:"was_sha256"` // of its entry.json before
}

// Rewrite puts a new chain in the place of the ledger, with one more entry that says
// which entries were written anew, and how many customers were removed. The hold is
// that of the output folder.
func (l *Ledger) Rewrite(hold *run.Hold, out string, customers int, r Rewriting) error {
	f, err := hold.Rewrite(run.LedgerFolder, headFile)
	if err != nil {
		return err
	}
	defer f.Abort()
	anew := &Ledger{}
	forgot := Forgot{Customers: customers}
	for _, old := range l.Entries {
		e := old
		e.Settings = r.Settings(old.Settings)
		for _, file := range old.Files {
			from := filepath.Join(old.dir, filepath.FromSlash(file.Path))
			edit := r.Edit
			if !slices.Contains(r.Files[old.Number], file.Path) {
				edit = nil
			}
			file.Path = path.Join(old.Name(), file.Path)
			if err := f.Take(from, file, edit); err != nil {
				return err
			}
		}
		if err := anew.add(f, e); err != nil {
			return err
		}
		if anew.Entries[old.Number-1].ContentSHA256 != old.ContentSHA256 {
			forgot.Rewritten = append(forgot.Rewritten, RewrittenOne{old.Number, old.sum})
		}
	}
	note := r.Note
	if note.Settings, err = json.Marshal(forgot); err != nil {
		return err
	}
	note.Kind = Forget
	if err := anew.add(f, note); err != nil {
		return err
	}
	return f.Replace(folder(out), fmt.Appendf(nil, "%d\n", len(anew.Entries)))
}

// add writes the entry.json of the next entry, whose other files are in the folder.
func (l *Ledger) add(f *run.Folder, e Entry) error {
	digests, err := f.Digests()
	if err != nil {
		return err
	}
	e.Number = len(l.Entries) + 1
	var own []run.FileDigest
	for _, d := range digests {
		if name, ok := strings.CutPrefix(d.Path, e.Name()+"/"); ok {
			d.Path = name
			own = append(own, d)
		}
	}
	if err := l.fill(&e, own); err != nil {
		return err
	}
	e.SHA256 = ""
	text, err := run.Seal(e, entryDigest)
	if err != nil {
		return err
	}
	create := run.Create(func(path string) (io.WriteCloser, error) { return f.Create(path) })
	err = create.Write(path.Join(e.Name(), EntryFile), func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(text)); return err })
	digest := sha256.Sum256(text)
	e.sum = hex.EncodeToString(digest[:])
	l.Entries = append(l.Entries, e)
	return err
}
