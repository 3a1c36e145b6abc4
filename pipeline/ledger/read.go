package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"winback/internal/fsys"
	"winback/pipeline/run"
)

// headFile names the newest entry, so that a last entry that was removed is
// missed. It is written behind the entry: it may be one behind.
const headFile = "head"

// Ledger is all entries of an output folder, proven to be whole.
type Ledger struct {
	Entries []Entry // in the order of their numbers; Entries[i].Number is i+1

	head       int      // newest entry that the head file names
	unfinished []string // folders of entries in a store that are being written, or whose writer died
}

// Read reads the ledger of an output folder, which may have none yet, and proves
// it: every file of every entry has the bytes that were written, no number is
// missing, each entry holds the digest of the one before. The error wraps
// ErrDamaged and names the entry where that is not so.
func Read(files fsys.FS, out string) (*Ledger, error) {
	if err := run.CheckForgetting(files, out); err != nil {
		return nil, err
	}
	return ReadToForget(files, out)
}

// ReadToForget is Read although customers are being forgotten.
func ReadToForget(files fsys.FS, out string) (*Ledger, error) {
	found, problems, err := walk(files, out)
	if err == nil && len(problems) > 0 {
		err = problems[0]
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Verify lists all that is wrong with the ledger of an output folder, in the order
// of the entries, and how many entries there are. The error says that it could not
// be read.
func Verify(files fsys.FS, out string) (entries int, problems []error, err error) {
	if err := run.CheckForgetting(files, out); err != nil {
		return 0, nil, err
	}
	found, problems, err := walk(files, out)
	if err != nil {
		return 0, nil, err
	}
	return len(found.Entries), problems, nil
}

func folder(out string) string { return fsys.Join(out, run.LedgerFolder) }

// walk looks at the entries one after the other.
func walk(files fsys.FS, out string) (*Ledger, []error, error) {
	l := &Ledger{}
	listed, err := files.ReadDir(folder(out))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var problems []error
	previous := ""
	for _, item := range listed {
		if item.Name() == headFile || item.Name() == "."+headFile+".unfinished" {
			continue
		}
		dir := fsys.Join(folder(out), item.Name())
		if begun, err := isBegun(files, dir); begun || err != nil {
			if err != nil {
				return nil, nil, err
			}
			l.unfinished = append(l.unfinished, dir)
			continue
		}
		e, wrong, err := readEntry(files, dir, len(l.Entries)+1, previous)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, wrong...)
		l.Entries = append(l.Entries, e)
		previous = e.sum
	}
	if l.head, err = readHead(files, out); err != nil {
		return nil, nil, err
	}
	if n := len(l.Entries); l.head > n || l.head < n-1 {
		problems = append(problems, fmt.Errorf("%w: %s names entry %d as the newest, found %d entries", ErrDamaged, fsys.Join(folder(out), headFile), l.head, n))
	}
	return l, problems, nil
}

// isBegun says whether a folder in a store has no entry.json yet. One that has lost it
// is missed by those behind it and by the head.
func isBegun(files fsys.FS, dir string) (bool, error) {
	if fsys.ObjectsAt(files, dir) == nil {
		return false, nil
	}
	_, err := files.Stat(fsys.Join(dir, EntryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// readEntry reads the entry that must have a number and follow another one.
func readEntry(files fsys.FS, dir string, number int, previous string) (e Entry, wrong []error, err error) {
	bad := func(err error) { wrong = append(wrong, fmt.Errorf("%w: entry %s: %w", ErrDamaged, dir, err)) }
	named, kind, err := parseName(filepath.Base(dir))
	if err != nil {
		return e, []error{fmt.Errorf("%s: %w", dir, err)}, nil
	}
	path := fsys.Join(dir, EntryFile)
	text, err := run.ReadFile(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		bad(fmt.Errorf("%s is missing", EntryFile))
		return e, wrong, nil
	}
	if err != nil {
		return e, nil, err
	}
	if e, err = decode(text); err != nil {
		bad(fmt.Errorf("%s: %w", EntryFile, err))
		return e, wrong, nil
	}
	e.dir, e.files = dir, files
	switch {
	case named != number:
		bad(fmt.Errorf("want number %d here: an entry before it is missing or added", number))
	case e.Number != named || e.Kind != kind:
		bad(fmt.Errorf("it is entry %s", e.Name()))
	case e.PreviousSHA256 != previous:
		bad(fmt.Errorf("the chain is broken: want the entry before it to have sha256 %s, found %s", orNone(e.PreviousSHA256), orNone(previous)))
	}
	findings, err := run.CompareFolder(files, dir, EntryFile, e.Files)
	for _, f := range findings {
		bad(errors.New(f.String()))
	}
	return e, wrong, err
}

func orNone(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest
}

// readHead reads the number of the newest entry, 0 where nothing names one.
func readHead(files fsys.FS, out string) (int, error) {
	path := fsys.Join(folder(out), headFile)
	text, err := run.ReadFile(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	number, err := strconv.Atoi(strings.TrimSuffix(string(text), "\n"))
	if err != nil || number < 1 {
		return 0, fmt.Errorf("%w: %s: want the number of the newest entry", ErrDamaged, path)
	}
	return number, nil
}

// compactJSON writes settings as they are compared.
func compactJSON(settings json.RawMessage) (json.RawMessage, error) {
	if len(settings) == 0 {
		return json.RawMessage("{}"), nil
	}
	var text bytes.Buffer
	err := json.Compact(&text, settings)
	return text.Bytes(), err
}

// InForce lists the entries of kinds that were not taken back and whose day is
// before a day, or the day itself for what people tell (launch, sent, stop): what a
// run as of that day may know.
func (l *Ledger) InForce(asOf string, kinds ...Kind) []*Entry {
	void := map[int]bool{}
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == Void && e.Day <= asOf {
			void[e.taken()] = true
		}
	}
	var list []*Entry
	for i := range l.Entries {
		e := &l.Entries[i]
		known := e.Day < asOf || e.Day == asOf && e.Kind != Forecast && e.Kind != Result
		for _, kind := range kinds {
			if e.Kind == kind && known && !void[e.Number] {
				list = append(list, e)
			}
		}
	}
	return list
}

// Taken is what a void entry's settings say.
type Taken struct {
	Entry  int    `json:"entry"` // number of the entry taken back
	Reason string `json:"reason,omitempty"`
}

func (e *Entry) taken() int {
	var t Taken
	if json.Unmarshal(e.Settings, &t) != nil {
		return 0
	}
	return t.Entry
}

// Voided says whether the entry with a number was taken back by now.
func (l *Ledger) Voided(number int) bool { return l.voided()[number] }

// VoidedBy is the entry that took an entry back; nil for none.
func (l *Ledger) VoidedBy(number int) *Entry {
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == Void && e.taken() == number {
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
