package publish

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	currentLink = "current"
	runsFolder  = "runs"
	lockFile    = ".lock"

	// What starts with tempPrefix in the output folder belongs to a run that
	// is being written or removed, or to a dead one.
	tempPrefix = ".winback-"
	newPrefix  = tempPrefix + "new-"
	oldPrefix  = tempPrefix + "old-"
	tempLink   = tempPrefix + "current"
)

// ManifestFile is the name of the manifest in the folder of a run.
const ManifestFile = "manifest.json"

// Name is the name of a run: the n-th of its as-of day.
type Name struct {
	AsOf string // YYYY-MM-DD
	N    int    // 1 or more
}

// String writes the name as its folder is called: 2007-11-15-1.
func (n Name) String() string { return n.AsOf + "-" + strconv.Itoa(n.N) }

// Compare orders names by as-of day, then by number.
func (n Name) Compare(other Name) int {
	return cmp.Or(cmp.Compare(n.AsOf, other.AsOf), cmp.Compare(n.N, other.N))
}

// ParseName reads the name of a run folder.
func ParseName(s string) (Name, error) {
	wrong := fmt.Errorf("run %q: want a name like 2007-11-15-1", s)
	cut := strings.LastIndexByte(s, '-')
	if cut < 0 {
		return Name{}, wrong
	}
	n, err := strconv.Atoi(s[cut+1:])
	if err != nil || n < 1 || strconv.Itoa(n) != s[cut+1:] {
		return Name{}, wrong
	}
	if err := checkAsOf(s[:cut]); err != nil {
		return Name{}, wrong
	}
	return Name{AsOf: s[:cut], N: n}, nil
}

func checkAsOf(day string) error {
	if t, err := time.Parse(time.DateOnly, day); err != nil || t.Format(time.DateOnly) != day {
		return fmt.Errorf("as-of day %q: want YYYY-MM-DD", day)
	}
	return nil
}

// RunDir is the folder of a run in an output folder.
func RunDir(out string, name Name) string {
	return filepath.Join(out, runsFolder, name.String())
}
