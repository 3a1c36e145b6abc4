package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/pipeline/run"
)

// ErrForgottenKey says that a list of forgotten customers was made with another
// key, so that nobody can tell who is on it.
var ErrForgottenKey = errors.New("made with another holdout key")

// Forgotten are customers whom winback forget has removed: of each only a keyed
// hash is known, HMAC-SHA256(key, "forgotten" + "\x00" + folded id), so that orders
// which still hold them put them on no list again.
type Forgotten struct {
	Written time.Time // when somebody was last forgotten

	key  []byte
	days map[string]string // by hash: the day on which it was forgotten
}

// NewForgotten is a list without anybody.
func NewForgotten(key []byte) *Forgotten {
	return &Forgotten{key: key, days: map[string]string{}}
}

// forgottenFile is a list as it is written.
type forgottenFile struct {
	FormatVersion int                 `json:"format_version"`
	Written       time.Time           `json:"written"`
	Key           string              `json:"key"` // HMAC of "key": tells another key
	Customers     []forgottenCustomer `json:"customers"`
	SHA256        string              `json:"sha256"` // of the file's bytes with this field empty
}

type forgottenCustomer struct {
	Hash string `json:"hash"`
	Day  string `json:"day"` // YYYY-MM-DD
}

// ReadForgotten reads a list; nil where there is none. The error wraps
// run.ErrDamaged where the file does not fit its digest, ErrForgottenKey where it was
// made with another key.
func ReadForgotten(files fsys.FS, path string, key []byte) (*Forgotten, error) {
	text, err := run.ReadFile(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file forgottenFile
	if err = run.CheckSeal(text, "sha256"); err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, run.ErrDamaged, err)
	}
	if file.FormatVersion != 1 {
		return nil, fmt.Errorf("%s: %w: want 1, found %d", path, run.ErrVersion, file.FormatVersion)
	}
	f := NewForgotten(key)
	if f.mac("key") != file.Key {
		return nil, fmt.Errorf("%s: %w", path, ErrForgottenKey)
	}
	f.Written = file.Written
	for _, c := range file.Customers {
		f.days[c.Hash] = c.Day
	}
	return f, nil
}

// Write writes the list to a file, whole or not at all.
func (f *Forgotten) Write(files fsys.FS, path string) error {
	file := forgottenFile{FormatVersion: 1, Written: f.Written.UTC(), Key: f.mac("key"), Customers: []forgottenCustomer{}}
	for _, hash := range slices.Sorted(maps.Keys(f.days)) {
		file.Customers = append(file.Customers, forgottenCustomer{hash, f.days[hash]})
	}
	text, err := run.Seal(file, "sha256")
	if err != nil {
		return err
	}
	return run.WriteFile(files, path, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// Add puts the customers of a list of ids on this one, on a day (YYYY-MM-DD), and
// says how many were not on it.
func (f *Forgotten) Add(ids *Suppressions, day string) (added int) {
	for _, id := range ids.ids {
		if hash := f.hash(id); f.days[hash] == "" {
			f.days[hash] = day
			added++
		}
	}
	return added
}

// Join adds the customers of another list, which may be nil.
func (f *Forgotten) Join(other *Forgotten) {
	if other != nil {
		maps.Copy(f.days, other.days)
	}
}

// Len is how many customers are on the list; 0 for a nil list.
func (f *Forgotten) Len() int {
	if f == nil {
		return 0
	}
	return len(f.days)
}

// Find is the hash of a customer; "" where the list does not name it.
func (f *Forgotten) Find(customerID string) string {
	if f.Len() == 0 {
		return ""
	}
	if hash := f.hash(data.FoldID(customerID)); f.days[hash] != "" {
		return hash
	}
	return ""
}

func (f *Forgotten) hash(folded string) string { return f.mac("forgotten\x00" + folded) }

func (f *Forgotten) mac(text string) string {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// Without is the list with all forgotten customers on it too; either may be nil.
func (s *Suppressions) Without(f *Forgotten) *Suppressions {
	if f.Len() == 0 {
		return s
	}
	both := &Suppressions{forgotten: f}
	if s != nil {
		both.ids, both.Shortened, both.addresses = s.ids, s.Shortened, s.addresses
	}
	return both
}

// CountForgotten says how many of the customers were forgotten.
func (s *Suppressions) CountForgotten(ids []string) (n int) {
	if s == nil || s.forgotten.Len() == 0 {
		return 0
	}
	for _, id := range ids {
		if s.forgotten.Find(id) != "" {
			n++
		}
	}
	return n
}
