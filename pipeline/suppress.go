package pipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"winback/internal/fsys"
)

// ErrNoSuppressions marks a suppression list that was named but is missing or
// names nobody: a run that went on would contact people who opted out.
var ErrNoSuppressions = errors.New("no suppressed customers in it")

// Suppressions are the customers who must be in no list.
type Suppressions struct {
	ids []string // plain ids, strictly ascending in byte order
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

// NewSuppressions makes the list from ids in any order. A number written with
// an empty fraction, as spreadsheets do (13085.0), is the same id as the whole
// number. The slice belongs to the list afterwards.
func NewSuppressions(ids []string) *Suppressions {
	for i, id := range ids {
		ids[i] = plainID(id)
	}
	slices.Sort(ids)
	return &Suppressions{ids: slices.Compact(ids)}
}

// plainID drops the empty fraction of a number: 13085.0 is 13085.
func plainID(id string) string {
	number, fraction, found := strings.Cut(id, ".")
	if !found || strings.Trim(fraction, "0") != "" || strings.Trim(strings.TrimPrefix(number, "-"), "0123456789") != "" {
		return id
	}
	if strings.TrimPrefix(number, "-") == "" {
		return id
	}
	return number
}

// Len returns how many different ids the list names. It is 0 for a nil list.
func (s *Suppressions) Len() int {
	if s == nil {
		return 0
	}
	return len(s.ids)
}

// Has says whether the customer is on the list. A nil list has nobody.
func (s *Suppressions) Has(customerID string) bool {
	if s == nil {
		return false
	}
	_, found := slices.BinarySearch(s.ids, plainID(customerID))
	return found
}

// Mark says of each customer whether the list names it, and how many it names.
// The ids must ascend in byte order. Marking all customers of a shop, Len less
// that number is how many named ids the shop does not know.
func (s *Suppressions) Mark(ids []string) (suppressed []bool, named int) {
	suppressed = make([]bool, len(ids))
	if s == nil {
		return suppressed, 0
	}
	next := 0
	for i, id := range ids {
		if plainID(id) != id {
			suppressed[i] = s.Has(id)
		} else {
			for next < len(s.ids) && s.ids[next] < id {
				next++
			}
			suppressed[i] = next < len(s.ids) && s.ids[next] == id
		}
		if suppressed[i] {
			named++
		}
	}
	return suppressed, named
}
