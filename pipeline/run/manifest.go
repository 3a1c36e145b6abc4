package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"winback/internal/fsys"
)

// FormatVersion is the version of the manifest that this package writes and
// reads.
const FormatVersion = 2

// Manifest tells where a run came from and what it consists of. It alone
// holds the run's name, times and durations, and it is the last file written:
// a run folder with a valid manifest is complete.
type Manifest struct {
	FormatVersion int             `json:"format_version"` // set by Publish
	RunID         string          `json:"run_id"`         // set by Publish: the name of the run folder
	AsOf          string          `json:"as_of"`          // set by Publish: YYYY-MM-DD
	ToolVersion   string          `json:"tool_version"`
	Started       time.Time       `json:"started"`
	Finished      time.Time       `json:"finished"` // orders the runs when old ones are removed
	Inputs        []Input         `json:"inputs"`
	Settings      json.RawMessage `json:"settings"` // a JSON object; empty means none
	Rows          Rows            `json:"rows"`
	Counts        []Count         `json:"counts"`
	Durations     []Duration      `json:"durations"`
	Notes         []string        `json:"notes"`
	Warnings      []string        `json:"warnings"`
	Files         []FileDigest    `json:"files"`           // set by Publish: all but the manifest, by path
	SHA256        string          `json:"manifest_sha256"` // set by Publish: of the manifest's bytes with this field empty
}

// Input is a file that the run has read.
type Input struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"` // bytes
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`        // hexadecimal
	Run    string `json:"run,omitempty"` // not an order file but the manifest of this earlier run, whose models ranked
}

// Rows accounts for the lines of the order history: Read is Used plus all of
// SetAside.
type Rows struct {
	Read     int64            `json:"read"`
	Used     int64            `json:"used"`
	SetAside map[string]int64 `json:"set_aside"` // by reason
}

// Count is a number that a stage reports.
type Count struct {
	Stage string `json:"stage"`
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// Duration is the wall time of a stage.
type Duration struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
}

// FileDigest is a file of the run.
type FileDigest struct {
	Path   string `json:"path"` // from the run folder, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Has says whether the run has a file at a path.
func (m Manifest) Has(path string) bool {
	return slices.ContainsFunc(m.Files, func(f FileDigest) bool { return f.Path == path })
}

// encode writes a manifest with its digest; empty lists and objects are
// written as such.
func (m Manifest) encode() ([]byte, error) {
	m.Inputs = orEmpty(m.Inputs)
	m.Counts = orEmpty(m.Counts)
	m.Durations = orEmpty(m.Durations)
	m.Notes = orEmpty(m.Notes)
	m.Warnings = orEmpty(m.Warnings)
	m.Files = orEmpty(m.Files)
	if m.Rows.SetAside == nil {
		m.Rows.SetAside = map[string]int64{}
	}
	if len(m.Settings) == 0 {
		m.Settings = json.RawMessage("{}")
	}
	m.SHA256 = ""
	return Seal(m, manifestDigest)
}

// manifestDigest is the field of the manifest that holds its own digest.
const manifestDigest = "manifest_sha256"

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// decode reads a manifest that fits its digest.
func decode(text []byte) (Manifest, error) {
	var m Manifest
	if err := CheckSeal(text, manifestDigest); err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, err
	}
	if m.FormatVersion != FormatVersion {
		return m, fmt.Errorf("%w: want %d, found %d", ErrVersion, FormatVersion, m.FormatVersion)
	}
	return m, CheckPaths(m.Files)
}

// CheckPaths wants paths inside the run, by name, each once.
func CheckPaths(list []FileDigest) error {
	for i, f := range list {
		if !fs.ValidPath(f.Path) || f.Path == "." {
			return fmt.Errorf("file %q: want a path inside the run", f.Path)
		}
		if i > 0 && list[i-1].Path >= f.Path {
			return fmt.Errorf("file %q: want files by path, each once", f.Path)
		}
	}
	return nil
}

// ReadManifest reads the manifest of a run folder. The error wraps ErrDamaged
// where the manifest is missing or does not fit its own digest.
func ReadManifest(files fsys.FS, runDir string) (Manifest, error) {
	path := fsys.Join(runDir, ManifestFile)
	text, err := ReadFile(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, &Error{StageRead, path, fmt.Errorf("%w: the manifest is missing", ErrDamaged)}
	}
	if err != nil {
		return Manifest{}, fail(StageRead, path, err)
	}
	m, err := decode(text)
	if errors.Is(err, ErrVersion) {
		return m, fail(StageRead, path, err)
	}
	if err != nil {
		return m, &Error{StageRead, path, fmt.Errorf("%w: manifest: %w", ErrDamaged, err)}
	}
	return m, nil
}

// ReadFile reads a whole file.
func ReadFile(files fsys.FS, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return text, f.Close()
}
