// Package ledger keeps what campaigns must remember from night to night: who was
// assigned to what, what was sent, stopped, taken back, foretold and measured. It
// lies under the output folder as entries, one folder each, that are only added:
// each holds the digest of the one before, appears whole or not at all, and is
// never changed or removed, unless customers are to be forgotten: then the chain is
// written anew, and its last entry says so.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/pipeline/run"
)

// Kind says what an entry tells.
type Kind string

// The kinds of entries.
const (
	Launch   Kind = "launch"   // a wave begins: who is assigned to what
	Sent     Kind = "sent"     // what went out
	Stop     Kind = "stop"     // no list of the campaign is handed out any more
	Void     Kind = "void"     // an entry is taken back
	Forecast Kind = "forecast" // what a run foretold of all lapsed
	Result   Kind = "result"   // what a settled wave or forecast came to
	Forget   Kind = "forget"   // customers were removed from earlier entries
)

var kinds = []Kind{Launch, Sent, Stop, Void, Forecast, Result, Forget}

// EntryFile is the last file of an entry; it describes the others.
const EntryFile = "entry.json"

// FormatVersion is the version of entries that this package writes and reads.
const FormatVersion = 1

// entryDigest is the field of an entry that holds its own digest.
const entryDigest = "entry_sha256"

// ErrDamaged says that an entry does not fit itself or its neighbours, or is
// missing: what the campaigns must remember is not known any more.
var ErrDamaged = errors.New("damaged ledger")

// Entry is one entry of the ledger.
type Entry struct {
	FormatVersion  int              `json:"format_version"` // set by Append
	Number         int              `json:"number"`         // set by Append: 1 first, without a gap
	Kind           Kind             `json:"kind"`
	Day            string           `json:"day"`             // YYYY-MM-DD: the day that it speaks of
	Campaign       string           `json:"campaign"`        // "" for none
	Wave           int              `json:"wave"`            // 1 first; 0 for none
	Settings       json.RawMessage  `json:"settings"`        // a JSON object; empty means none
	Files          []run.FileDigest `json:"files"`           // set by Append: all but the entry's own, by path
	ContentSHA256  string           `json:"content_sha256"`  // set by Append: of all above but the number
	PreviousSHA256 string           `json:"previous_sha256"` // set by Append: of the file of the entry before; "" for the first
	ToolVersion    string           `json:"tool_version"`
	Written        time.Time        `json:"written"`
	SHA256         string           `json:"entry_sha256"` // set by Append: of the file's bytes with this field empty

	dir   string
	files fsys.FS
	sum   string // of the file's bytes
	size  int64  // of the file
}

// Name is the name of the entry's folder: 000007-launch.
func (e *Entry) Name() string { return fmt.Sprintf("%06d-%s", e.Number, e.Kind) }

// On is the day that the entry speaks of.
func (e *Entry) On() data.Day {
	day, err := data.ParseDay(e.Day)
	if err != nil {
		panic("an entry was read without a day") // decode refuses it
	}
	return day
}

// Has says whether the entry has a file at a path.
func (e *Entry) Has(path string) bool {
	for _, f := range e.Files {
		if f.Path == path {
			return true
		}
	}
	return false
}

// Path is where a file of the entry lies.
func (e *Entry) Path(path string) string { return fsys.Join(e.dir, filepath.FromSlash(path)) }

// Open opens a file of the entry, which Read has compared with its digest.
func (e *Entry) Open(path string) (file fsys.ReadFile, size int64, err error) {
	full := e.Path(path)
	if !e.Has(path) {
		return nil, 0, &fs.PathError{Op: "open", Path: full, Err: fs.ErrNotExist}
	}
	if file, err = e.files.Open(full); err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// Content reads a file of the entry.
func (e *Entry) Content(path string) ([]byte, error) {
	full := e.Path(path)
	text, err := run.ReadFile(e.files, full)
	if err != nil {
		err = &data.InputError{Path: full, Err: err}
	}
	return text, err
}

// ReadJSON reads a JSON file of the entry.
func (e *Entry) ReadJSON(path string, into any) error {
	text, err := e.Content(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &data.InputError{Path: e.Path(path), Err: err}
	}
	return nil
}

// Input names the entry in the manifest of a run that has read it.
func (e *Entry) Input() run.Input {
	return run.Input{Path: run.LedgerFolder + "/" + e.Name() + "/" + EntryFile, Size: e.size, SHA256: e.sum}
}

// content is the digest by which an entry is told to say what another one says:
// neither the number, nor its neighbours, nor times and versions count.
func (e *Entry) content() (string, error) {
	text, err := json.Marshal(Entry{FormatVersion: e.FormatVersion, Kind: e.Kind, Day: e.Day, Campaign: e.Campaign, Wave: e.Wave, Settings: e.Settings, Files: e.Files})
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:]), nil
}

// parseName reads the name of an entry's folder.
func parseName(name string) (number int, kind Kind, err error) {
	digits, rest, _ := strings.Cut(name, "-")
	number, err = strconv.Atoi(digits)
	e := Entry{Number: number, Kind: Kind(rest)}
	for _, known := range kinds {
		if err == nil && number > 0 && known == e.Kind && e.Name() == name {
			return number, known, nil
		}
	}
	return 0, "", fmt.Errorf("%w: want an entry such as 000007-launch, found %q", ErrDamaged, name)
}

// decode reads the text of an entry that fits itself.
func decode(text []byte) (Entry, error) {
	var e Entry
	if err := run.CheckSeal(text, entryDigest); err != nil {
		return e, err
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, err
	}
	if e.FormatVersion != FormatVersion {
		return e, fmt.Errorf("%w: want %d, found %d", run.ErrVersion, FormatVersion, e.FormatVersion)
	}
	if _, err := data.ParseDay(e.Day); err != nil {
		return e, err
	}
	digest := sha256.Sum256(text)
	e.sum, e.size = hex.EncodeToString(digest[:]), int64(len(text))
	compact, err := compactJSON(e.Settings)
	e.Settings = compact
	if err != nil {
		return e, err
	}
	if content, err := e.content(); err != nil || content != e.ContentSHA256 {
		return e, fmt.Errorf("want content_sha256 %s, found %s", content, e.ContentSHA256)
	}
	return e, run.CheckPaths(e.Files)
}
