package plan

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/internal/fsys"
)

// ErrNoSuppressions marks a suppression list that was named but is missing or
// names nobody: a run that went on would contact people who opted out.
var ErrNoSuppressions = errors.New("no suppressed customers in it")

// Suppressions are the customers who must be in no list.
type Suppressions struct {
	ids []string // one entry a row, folded; strictly ascending in byte order
	// Shortened counts ids in scientific notation, which match nobody.
	Shortened int

	// addresses are the folded cells of e-mail and phone columns: each with the folded id of
	// its row, or with itself where the row has no other. nil for none.
	addresses map[string]string
	forgotten *Forgotten // nil for nobody
}

// ReadSuppressions reads a list of customer ids. What the file is shows in its
// content: Parquet; CSV (comma, semicolon or tab in the first line), whose
// column customer_id counts, or else the first one, and whose columns of e-mail
// addresses and phone numbers count beside it; or one id a line, with or without a
// heading. The error wraps ErrNoSuppressions where the file is
// missing or has no id. Errors never quote an id.
func ReadSuppressions(files fsys.FS, path string) (*Suppressions, error) {
	read, err := readIDs(files, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("suppression list %s: %w: the file is missing", path, ErrNoSuppressions)
	case err != nil:
		return nil, fmt.Errorf("suppression list %s: %w", path, err)
	case len(read.ids) == 0:
		return nil, fmt.Errorf("suppression list %s: %w: the file is empty", path, ErrNoSuppressions)
	}
	s := NewSuppressions(read.ids)
	s.addresses = read.addresses
	return s, nil
}

func readIDs(files fsys.FS, path string) (*entries, error) {
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
	both := &Suppressions{ids: slices.Compact(ids), Shortened: s.Shortened + other.Shortened, addresses: map[string]string{}, forgotten: s.forgotten}
	maps.Copy(both.addresses, other.addresses)
	maps.Copy(both.addresses, s.addresses)
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
	names := make([]string, len(s.ids)) // the first of its others; "" for none
	var ids []string
	each(func(id, other string) {
		if at, listed := s.find(id); listed {
			if folded := data.FoldID(other); names[at] == "" || folded < names[at] {
				names[at] = folded
			}
			ids = append(ids, other)
		}
	})
	for i, id := range s.ids {
		if names[i] == "" {
			ids = append(ids, id)
		}
	}
	renamed := NewSuppressions(ids)
	renamed.Shortened, renamed.forgotten, renamed.addresses = s.Shortened, s.forgotten, map[string]string{}
	for address, id := range s.addresses {
		if at, listed := s.find(id); listed && names[at] != "" {
			id = names[at]
		}
		renamed.addresses[address] = id
	}
	return renamed
}

// Len returns how many different ids the list names. It is 0 for a nil list.
func (s *Suppressions) Len() int {
	if s == nil {
		return 0
	}
	return len(s.ids)
}

// All gives the ids of the list and the addresses beside them, as data.FoldID writes
// them; none for a nil list.
func (s *Suppressions) All() iter.Seq[string] {
	if s == nil {
		return slices.Values([]string(nil))
	}
	all := slices.AppendSeq(slices.Clone(s.ids), maps.Keys(s.addresses))
	slices.Sort(all)
	return slices.Values(slices.Compact(all))
}

// Has says whether the customer is on the list, by its id or by an id that is the e-mail
// address beside another. A nil list has nobody.
func (s *Suppressions) Has(customerID string) bool {
	_, found := s.find(customerID)
	return found || s.beside(customerID) != "" || s != nil && s.forgotten.Find(customerID) != ""
}

// find returns the place of a customer on the list.
func (s *Suppressions) find(customerID string) (at int, found bool) {
	if s == nil || len(s.ids) == 0 {
		return 0, false
	}
	return slices.BinarySearch(s.ids, data.FoldID(customerID))
}

// beside is the id in whose row an e-mail address stands; "" for none. A phone number may
// look as the id of another customer, and names nobody by it.
func (s *Suppressions) beside(customerID string) string {
	if s == nil || !strings.Contains(customerID, "@") {
		return ""
	}
	return s.addresses[data.FoldID(customerID)]
}

// isAddress says whether an entry is an e-mail address or a phone number.
func (s *Suppressions) isAddress(entry string) bool {
	return strings.Contains(entry, "@") || strings.HasPrefix(entry, "+") || s.addresses[entry] == entry
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
