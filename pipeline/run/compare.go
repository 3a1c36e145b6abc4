package run

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"winback/data/tables"
)

// ComparedFiles are what two runs are opened for to compare them.
func ComparedFiles() []string { return []string{ScoresFile, GroupsFile, EvaluationFile} }

// Difference is what differs from one run to another.
type Difference struct {
	Came, Left, Stayed int64 // lapsed customers of the second run only, of the first only, of both
	Moves              []Move
	Groups             []GroupPair
	Settings           []Change
	Inputs             Inputs
}

// Move is how many of those who stayed went from one group to another.
type Move struct {
	From, To  int32
	Customers int64
}

// GroupPair is the group of a number in both runs; nil where a run has none.
type GroupPair struct {
	Group         int32
	Before, After *tables.GroupRow
}

// Change is a setting with two values, each as in the manifest; "" where it is
// not set or not known.
type Change struct{ Name, Before, After string }

// Inputs are the paths of order files that only one of the runs has read, or
// with other bytes; by path.
type Inputs struct {
	Added, Removed, Changed []string
	Same                    int
}

// Compare says what moved from one run to another. Both were opened for
// ComparedFiles.
func Compare(before, after *Run) (*Difference, error) {
	d := &Difference{Inputs: compareInputs(before.Manifest.Inputs, after.Manifest.Inputs)}
	var err error
	if d.Settings, err = compareSettings(before, after); err != nil {
		return nil, err
	}
	if d.Groups, err = compareGroups(before, after); err != nil {
		return nil, err
	}
	return d, d.compareScores(before, after)
}

// compareScores walks both tables side by side: they are sorted by customer.
func (d *Difference) compareScores(before, after *Run) error {
	nextOld, stopOld := iter.Pull2(before.Scores())
	defer stopOld()
	nextNew, stopNew := iter.Pull2(after.Scores())
	defer stopNew()
	moves := map[[2]int32]int64{}
	a, errA, moreA := nextOld()
	b, errB, moreB := nextNew()
	for moreA || moreB {
		if errA != nil {
			return errA
		}
		if errB != nil {
			return errB
		}
		order := 0
		switch {
		case !moreA:
			order = 1
		case !moreB:
			order = -1
		default:
			order = strings.Compare(a.CustomerID, b.CustomerID)
		}
		switch {
		case order < 0:
			d.Left++
		case order > 0:
			d.Came++
		default:
			d.Stayed++
			if a.Group != b.Group {
				moves[[2]int32{a.Group, b.Group}]++
			}
		}
		if order <= 0 {
			a, errA, moreA = nextOld()
		}
		if order >= 0 {
			b, errB, moreB = nextNew()
		}
	}
	for way, n := range moves {
		d.Moves = append(d.Moves, Move{way[0], way[1], n})
	}
	slices.SortFunc(d.Moves, func(x, y Move) int { return slices.Compare([]int32{x.From, x.To}, []int32{y.From, y.To}) })
	return nil
}

func compareGroups(before, after *Run) ([]GroupPair, error) {
	pairs := map[int32]*GroupPair{}
	for i, r := range []*Run{before, after} {
		groups, err := r.Groups()
		if err != nil {
			return nil, err
		}
		for g := range groups {
			number := groups[g].Group
			if pairs[number] == nil {
				pairs[number] = &GroupPair{Group: number}
			}
			*[]**tables.GroupRow{&pairs[number].Before, &pairs[number].After}[i] = &groups[g]
		}
	}
	var list []GroupPair
	for _, number := range slices.Sorted(maps.Keys(pairs)) {
		list = append(list, *pairs[number])
	}
	return list, nil
}

func compareSettings(before, after *Run) ([]Change, error) {
	var values [2]map[string]string
	all := map[string]bool{}
	for i, r := range []*Run{before, after} {
		if err := r.unreadable(ManifestFile, json.Unmarshal(r.Manifest.Settings, &values[i])); err != nil {
			return nil, err
		}
		for name := range values[i] {
			all[name] = true
		}
	}
	var changes []Change
	for _, name := range sortedKeys(all) {
		if a, b := values[0][name], values[1][name]; a != b {
			changes = append(changes, Change{name, a, b})
		}
	}
	return changes, nil
}

func compareInputs(before, after []Input) Inputs {
	old := map[string]string{}
	for _, in := range before {
		if in.Run == "" {
			old[in.Path] = in.SHA256
		}
	}
	var d Inputs
	for _, in := range after {
		if in.Run != "" {
			continue
		}
		switch digest, there := old[in.Path]; {
		case !there:
			d.Added = append(d.Added, in.Path)
		case digest != in.SHA256:
			d.Changed = append(d.Changed, in.Path)
		default:
			d.Same++
		}
		delete(old, in.Path)
	}
	d.Removed = sortedKeys(old)
	slices.Sort(d.Added)
	slices.Sort(d.Changed)
	return d
}
