package plan

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"

	"winback/data"
	"winback/data/columns"
	"winback/internal/fsys"
)

// ErrNoSuppressions marks a suppression list that was named but is missing or
// names nobody: a run that went on would contact people who opted out.
var ErrNoSuppressions = errors.New("no suppressed customers in it")

// Suppressions are the customers who must be in no list.
type Suppressions struct {
	ids []string // folded ids, strictly ascending in byte order
	// Shortened counts ids in scientific notation, which match nobody.
	Shortened int

	forgotten *Forgotten // nil for nobody
}

// ReadSuppressions reads a list of customer ids. What the file is shows in its
// content: Parquet; CSV (comma, semicolon or tab in the first line), whose
// column customer_id counts, or else the first one; or one id a line, with or
// without a heading. The error wraps ErrNoSuppressions where the file is
// missing or has no id. Errors never quote an id.
func ReadSuppressions(files fsys.FS, path string) (*Suppressions, error) {
	ids, err := readIDs(files, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("suppression list %s: %w: the file is missing", path, ErrNoSuppressions)
	case err != nil:
		return nil, fmt.Errorf("suppression list %s: %w", path, err)
	case len(ids) == 0:
		return nil, fmt.Errorf("suppression list %s: %w: the file is empty", path, ErrNoSuppressions)
	}
	return NewSuppressions(ids), nil
}

func readIDs(files fsys.FS, path string) ([]string, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := make([]byte, 4)
	if _, err := f.ReadAt(start, 0); err == nil && string(start) == "PAR1" {
		return parquetIDs(f, info.Size())
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return textIDs(text)
}

// NewSuppressions makes the list from ids in any order. Ids are compared as
// data.FoldID writes them. The slice belongs to the list afterwards.
func NewSuppressions(ids []string) *Suppressions {
	s := &Suppressions{}
	for i, id := range ids {
		if columns.IsShortenedID(id) {
			s.Shortened++
		}
		ids[i] = data.FoldID(id)
	}
	slices.Sort(ids)
	s.ids = slices.Compact(ids)
	return s
}

// With is the list of both; either may be nil.
func (s *Suppressions) With(other *Suppressions) *Suppressions {
	if s == nil || other == nil {
		if s == nil {
			return other
		}
		return s
	}
	ids := slices.Concat(s.ids, other.ids)
	slices.Sort(ids)
	both := &Suppressions{ids: slices.Compact(ids), Shortened: s.Shortened + other.Shortened, forgotten: s.forgotten}
	if both.forgotten == nil {
		both.forgotten = other.forgotten
	}
	return both
}

// Renamed is the list under the ids that customers have elsewhere: each gives ids and
// those other ids. An id of the list that is given is replaced by all its others.
func (s *Suppressions) Renamed(each func(give func(id, other string))) *Suppressions {
	if s == nil {
		return nil
	}
	found := make([]bool, len(s.ids))
	var ids []string
	each(func(id, other string) {
		if at, listed := s.find(id); listed {
			found[at] = true
			ids = append(ids, other)
		}
	})
	for i, id := range s.ids {
		if !found[i] {
			ids = append(ids, id)
		}
	}
	renamed := NewSuppressions(ids)
	renamed.Shortened, renamed.forgotten = s.Shortened, s.forgotten
	return renamed
}

// Len returns how many different ids the list names. It is 0 for a nil list.
func (s *Suppressions) Len() int {
	if s == nil {
		return 0
	}
	return len(s.ids)
}

// All gives the ids of the list as data.FoldID writes them; none for a nil list.
func (s *Suppressions) All() iter.Seq[string] {
	if s == nil {
		return slices.Values([]string(nil))
	}
	return slices.Values(s.ids)
}

// Has says whether the customer is on the list. A nil list has nobody.
func (s *Suppressions) Has(customerID string) bool {
	_, found := s.find(customerID)
	return found || s != nil && s.forgotten.Find(customerID) != ""
}

// find returns the place of a customer on the list.
func (s *Suppressions) find(customerID string) (at int, found bool) {
	if s == nil || len(s.ids) == 0 {
		return 0, false
	}
	return slices.BinarySearch(s.ids, data.FoldID(customerID))
}

// Mark says of each customer whether the list names it, and how many it names.
func (s *Suppressions) Mark(ids []string) (suppressed []bool, named int) {
	suppressed = make([]bool, len(ids))
	for i, id := range ids {
		if suppressed[i] = s.Has(id); suppressed[i] {
			named++
		}
	}
	return suppressed, named
}
