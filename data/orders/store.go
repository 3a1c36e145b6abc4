package orders

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys"
)

// StoreReport says what a store has saved a reading. It is zero where none was
// asked for.
type StoreReport struct {
	Kept  int      // files whose lines were there already
	Read  int      // files that were read
	Gone  int      // files whose lines no longer count, since they changed or vanished
	Notes []string // why files were read that might have been known
	// Faults are what nobody expects: a damaged store, one in use, one that could
	// not be written. The orders are complete all the same.
	Faults []string
}

// StoreError says that the folder of a store cannot be used at all, or that
// lines could not be read from it any more.
type StoreError struct {
	Folder string
	Err    error
}

// Error names the folder and what failed.
func (e *StoreError) Error() string {
	return fmt.Sprintf("keep the history in %s: %v", e.Folder, e.Err)
}

// Unwrap returns why the store failed.
func (e *StoreError) Unwrap() error { return e.Err }

// ExitCode is 7: an input or output operation failed.
func (e *StoreError) ExitCode() int { return 7 }

// storeFormat changes with the form of the store and with what normalising
// makes of a row: a store of another format is not used.
const storeFormat = 8

// Names in the folder of a store.
const (
	newStoreManifest = ".winback-store.json.new"
	storeLockName    = "winback-store.lock"
	segmentPrefix    = "winback-lines-"
	namesPrefix      = "winback-names-"
)

// storeManifest is the table of contents of a store. It is written last and
// replaced as a whole; files that it does not name do not count.
type storeManifest struct {
	Format   int    `json:"format"`
	Settings string `json:"settings"` // digest of all that decides what becomes of a row
	// Rows and Largest, the bytes of the largest partition, are those of the day
	// on which customers were dealt to the partitions.
	Rows    int64 `json:"rows_when_dealt"`
	Largest int64 `json:"largest_partition_when_dealt"`
	// Bounds are the first id of each partition but the first.
	Bounds   [][]byte        `json:"bounds"`
	NextFile uint32          `json:"next_file"`
	NextName int             `json:"next_name"` // number of the next segment or file of names
	Names    string          `json:"names"`
	Segments []storedSegment `json:"segments"`
	Checksum string          `json:"checksum"`
}

// storedSegment is a file of blocks: one stretch for each partition, empty
// where it has no lines, and one with the days of names of each order file.
type storedSegment struct {
	Name  string       `json:"name"`
	Sizes []int64      `json:"sizes"` // of the stretches
	Files []storedFile `json:"files"`
}

// storedFile is an order file whose lines are in a segment.
type storedFile struct {
	Number    uint32                `json:"number"` // of its blocks
	Path      string                `json:"path"`
	Size      int64                 `json:"size"`
	SHA256    string                `json:"sha256"`
	Partition []source.PartitionKey `json:"partition,omitempty"`
	Fields    string                `json:"fields,omitempty"` // as InputFile.fieldsKey writes them
	Rows      int64                 `json:"rows"`
	Bytes     int64                 `json:"bytes"` // of its blocks
	Counts    storedCounts          `json:"counts"`

	nameDays []byte
}

// storedCounts are fileCounts as JSON.
type storedCounts struct {
	SetAside   [reasonCount]int64 `json:"set_aside"`
	Mismatches int64              `json:"amount_mismatches"`
	ByStatus   int64              `json:"status_returns"`
	FirstTime  int64              `json:"first_time"`
	LastTime   int64              `json:"last_time"`
	LastBuy    int64              `json:"last_purchase"`

	Doubtful [len(doubtfulDays)]doubtfulLines `json:"doubtful"`
	Faults   columnFaults                     `json:"faults"`

	Statuses   valueCounts `json:"statuses"`
	Currencies valueCounts `json:"currencies"`
	Changes    valueCounts `json:"changes"`

	Marked  [len(data.MarkRoles)]int64 `json:"marked"`
	Lines   uint64                     `json:"digest_of_lines"`
	Carried int64                      `json:"carried"`
}

func (c *fileCounts) stored() storedCounts {
	return storedCounts{c.setAside, c.mismatches, c.byStatus, c.firstTime, c.lastTime, c.lastBuy, c.doubtful, c.faults, c.statuses, c.currencies, c.changes, c.marked, c.lines, c.carried}
}

func (s *storedCounts) counts() fileCounts {
	return fileCounts{s.SetAside, s.Mismatches, s.ByStatus, s.FirstTime, s.LastTime, s.LastBuy, s.Doubtful, s.Faults, s.Statuses, s.Currencies, s.Changes, s.Marked, s.Lines, s.Carried}
}

// contentKey tells order files apart by what is in them. The folders above a
// file, and the table that it belongs to, count as far as they say something
// about its rows.
func contentKey(size int64, sha256 string, partition []source.PartitionKey, fields string) string {
	return fmt.Sprintf("%d %s %q %s", size, sha256, partition, fields)
}

// settingsDigest digests all settings that decide what becomes of a row. What
// is decided later, such as the rule for duplicates, is not among them.
func (opts *Options) settingsDigest() string {
	zone := "UTC"
	if opts.Zone != nil {
		zone = opts.Zone.String()
	}
	text := fmt.Sprintf("%q %q %q %q %q %v %q %q %d %v %v %d %q %q %t %d", opts.Mapping, opts.Returns, opts.ExcludeProducts, opts.ExcludeStatuses, opts.Currency, opts.Rates, opts.NoCustomer, zone, opts.DateOrder, opts.found, opts.header, opts.versions, opts.judged.Passed, opts.judged.LineValue, opts.FoldIDs, opts.MoneyDecimals)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// encode writes the manifest with its checksum.
func (m *storeManifest) encode() ([]byte, error) {
	m.Checksum = ""
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	m.Checksum = fmt.Sprintf("%016x", xxhash.Sum64(text))
	return json.Marshal(m)
}

var errStoreDamaged = errors.New("it is damaged")

// readStoreManifest reads the manifest of a store: nil where there is none, an
// error where it is not what was written. Of another format, it holds no more
// than that.
func readStoreManifest(fsy fsys.FS, folder string) (*storeManifest, error) {
	text, err := readWhole(fsy, filepath.Join(folder, source.StoreManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := &storeManifest{}
	var other struct {
		Format int `json:"format"`
	}
	if json.Unmarshal(text, &other) == nil && other.Format > storeFormat {
		return &storeManifest{Format: other.Format}, nil
	}
	if json.Unmarshal(text, m) != nil {
		return nil, errStoreDamaged
	}
	if again, err := m.encode(); err != nil || !bytes.Equal(again, text) {
		return nil, errStoreDamaged
	}
	return m, m.check()
}

// check proves that the parts of the manifest fit together.
func (m *storeManifest) check() error {
	for _, s := range m.Segments {
		if len(s.Sizes) != len(m.Bounds)+2 || !isNumbered(s.Name, segmentPrefix) {
			return errStoreDamaged
		}
		for _, f := range s.Files {
			if f.Number >= m.NextFile {
				return errStoreDamaged
			}
		}
	}
	if !isNumbered(m.Names, namesPrefix) {
		return errStoreDamaged
	}
	return nil
}

// isNumbered says whether a name is a prefix and a number.
func isNumbered(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	_, err := strconv.ParseUint(rest, 10, 63)
	return ok && err == nil
}

// outgrown says whether a partition has become so large beside what it was that
// customers should be dealt anew: where ids ascend with time, all new customers
// go to the last one.
func (m *storeManifest) outgrown() bool {
	const small = 16 << 20
	for part := range len(m.Bounds) + 1 {
		bytes := int64(0)
		for _, s := range m.Segments {
			bytes += s.Sizes[part]
		}
		if bytes > max(2*m.Largest, small) {
			return true
		}
	}
	return false
}

func readWhole(fsy fsys.FS, path string) ([]byte, error) {
	f, err := fsy.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// sweepStore removes the files of a store that a manifest does not name, such
// as an interrupted night leaves; without a manifest, all of them.
func sweepStore(fsy fsys.FS, folder string, m *storeManifest) error {
	named := map[string]bool{}
	if m == nil {
		if err := fsy.Remove(filepath.Join(folder, source.StoreManifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		m = &storeManifest{}
	}
	named[m.Names] = true
	for _, s := range m.Segments {
		named[s.Name] = true
	}
	entries, err := fsy.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if named[name] || name != newStoreManifest && !isNumbered(name, segmentPrefix) && !isNumbered(name, namesPrefix) {
			continue
		}
		if err := fsy.Remove(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}
