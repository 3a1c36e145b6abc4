package tablelog

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"winback/internal/fsys"
)

// deltaLog is what the folder of a Delta log holds, by the names of its files.
type deltaLog struct {
	commits     map[int64]bool
	checkpoints map[int64]*checkpoint
	newest      int64 // version
}

// checkpoint are the files of one version's checkpoint, which may be written in
// three ways.
type checkpoint struct {
	whole string                 // one file
	parts map[int]map[int]string // by how many parts there are, and by number
	v2    string                 // a file whose rows may lie in sidecars
}

var (
	commitName     = regexp.MustCompile(`^(\d{20})\.json$`)
	checkpointName = regexp.MustCompile(`^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.([0-9a-zA-Z-]{36}))?\.(parquet|json)$`)
)

// listDelta reads the names in the log. Other files, such as checksums and
// compacted commits, repeat what these say.
func (l *log) listDelta() (*deltaLog, error) {
	entries, err := l.fsy.ReadDir(fsys.Join(l.folder, deltaFolder))
	if err != nil {
		return nil, err
	}
	d := &deltaLog{commits: map[int64]bool{}, checkpoints: map[int64]*checkpoint{}, newest: -1}
	for _, e := range entries {
		name := e.Name()
		if m := commitName.FindStringSubmatch(name); m != nil {
			if v, err := strconv.ParseInt(m[1], 10, 64); err == nil {
				d.commits[v], d.newest = true, max(d.newest, v)
			}
		} else if m := checkpointName.FindStringSubmatch(name); m != nil {
			d.noteCheckpoint(name, m)
		}
		if err := l.hold(2 * len(name)); err != nil {
			return nil, err
		}
	}
	for v, c := range d.checkpoints {
		if len(c.files()) > 0 {
			d.newest = max(d.newest, v)
		}
	}
	if d.newest < 0 {
		return nil, fmt.Errorf("%s holds no version of the Delta Lake table", deltaFolder)
	}
	return d, nil
}

func (d *deltaLog) noteCheckpoint(name string, m []string) {
	v, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return
	}
	c := d.checkpoints[v]
	if c == nil {
		c = &checkpoint{parts: map[int]map[int]string{}}
		d.checkpoints[v] = c
	}
	switch {
	case m[4] != "":
		c.v2 = name
	case m[5] != "parquet":
	case m[2] == "":
		c.whole = name
	default:
		part, _ := strconv.Atoi(m[2]) // ten digits
		of, _ := strconv.Atoi(m[3])
		if c.parts[of] == nil {
			c.parts[of] = map[int]string{}
		}
		c.parts[of][part] = name
	}
}

// files are those to read for the checkpoint; none where it is incomplete.
func (c *checkpoint) files() []string {
	if c.whole != "" {
		return []string{c.whole}
	}
	for _, of := range slices.Sorted(maps.Keys(c.parts)) {
		var names []string
		for part := 1; part <= of && c.parts[of][part] != ""; part++ {
			names = append(names, c.parts[of][part])
		}
		if len(names) == of && of > 0 {
			return names
		}
	}
	if c.v2 != "" {
		return []string{c.v2}
	}
	return nil
}

// begin finds the newest complete checkpoint, -1 where there is none, and
// proves that every version behind it has its commit.
func (d *deltaLog) begin() (version int64, files []string, err error) {
	version = -1
	for v, c := range d.checkpoints {
		if v > version && len(c.files()) > 0 {
			version, files = v, c.files()
		}
	}
	for v := version + 1; v <= d.newest; v++ {
		if !d.commits[v] {
			return 0, nil, fmt.Errorf("the Delta log has a gap: version %d (%s) is missing, version %d is there: is the copy complete?", v, commitFile(v), d.newest)
		}
	}
	return version, files, nil
}

func commitFile(version int64) string { return fmt.Sprintf("%s/%020d.json", deltaFolder, version) }

// checkHint asks that the log is as new as the hint at its last checkpoint
// says: a copy may lack the newest files. A hint that cannot be read says nothing.
func (l *log) checkHint(newest int64) error {
	text, err := l.small(fsys.Join(l.folder, deltaFolder, "_last_checkpoint"))
	var hint struct{ Version int64 }
	if err != nil || json.Unmarshal(text, &hint) != nil || hint.Version <= newest {
		return nil
	}
	return fmt.Errorf("%s/_last_checkpoint names version %d, the newest version in the log is %d: is the copy complete?", deltaFolder, hint.Version, newest)
}

// partitionOf are the values of the partition columns, in their order.
func partitionOf(columns []string, values map[string]*string) []Value {
	var partition []Value
	for _, name := range columns {
		v := Value{Name: name}
		if text := values[name]; text != nil {
			v.Value = *text
		}
		partition = append(partition, v)
	}
	return slices.Clip(partition)
}
