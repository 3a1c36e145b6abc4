package data

import (
	_ "embed"
	"errors"
	"fmt"
	"path"
	"strings"
)

// NormClock is how goods of a kind are bought again.
type NormClock string

// The clocks of goods.
const (
	NormCycle  NormClock = "cycle"  // used up and bought again
	NormYearly NormClock = "yearly" // at the same season each year
	NormNone   NormClock = "none"   // bought once
)

// CycleNorm is what an industry knows of the repurchase of goods of a kind.
type CycleNorm struct {
	Name  string    `yaml:"name"`
	Match []string  `yaml:"match"` // patterns of category or product names, in any case; * is any text
	Clock NormClock `yaml:"clock"`
	Use   int       `yaml:"use"` // last day of use; 0 where the clock is no cycle
	End   int       `yaml:"end"` // last day by which most have bought again
}

//go:embed cycles.yaml
var standardNorms []byte

// StandardNorms are the norms that come with winback.
func StandardNorms() []CycleNorm {
	norms, err := ParseCycleNorms("cycles.yaml", standardNorms)
	if err != nil {
		panic(err) // a test reads them
	}
	return norms
}

// FindNorm returns the first norm that matches a name.
func FindNorm(norms []CycleNorm, name string) (CycleNorm, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, n := range norms {
		for _, pattern := range n.Match {
			// Most names differ in the first letter already.
			if name != "" && pattern[0] != name[0] && strings.IndexByte(`*?[\`, pattern[0]) < 0 {
				continue
			}
			if pattern == name {
				return n, true
			}
			if ok, err := path.Match(pattern, name); err == nil && ok {
				return n, true
			}
		}
	}
	return CycleNorm{}, false
}

// ParseCycleNorms reads a table of norms, a file such as cycles.yaml. An
// unknown key, a missing name or days out of order are errors that name the
// file and the place.
func ParseCycleNorms(file string, content []byte) ([]CycleNorm, error) {
	var table struct {
		Norms []CycleNorm `yaml:"norms"`
	}
	if err := StrictYAML(file, content, &table); err != nil {
		return nil, err
	}
	for i := range table.Norms {
		if err := table.Norms[i].check(); err != nil {
			return nil, &InputError{file, fmt.Errorf("norm %d: %w", i+1, err)}
		}
	}
	return table.Norms, nil
}

func (n *CycleNorm) check() error {
	if n.Clock == "" {
		n.Clock = NormCycle
	}
	switch {
	case n.Name == "":
		return errors.New("want a name")
	case len(n.Match) == 0:
		return fmt.Errorf("%s: want names of categories or products to match", n.Name)
	case n.Clock != NormCycle && n.Clock != NormYearly && n.Clock != NormNone:
		return fmt.Errorf("%s: clock %q, want cycle, yearly or none", n.Name, n.Clock)
	case n.Clock != NormCycle && (n.Use != 0 || n.End != 0):
		return fmt.Errorf("%s: use and end belong to the clock cycle, not to %s", n.Name, n.Clock)
	case n.Clock == NormCycle && (n.Use < 1 || n.End <= n.Use || n.End > 36500):
		return fmt.Errorf("%s: use %d and end %d, want two ascending numbers of days, from 1", n.Name, n.Use, n.End)
	}
	for i, pattern := range n.Match {
		n.Match[i] = strings.ToLower(pattern)
		if _, err := path.Match(pattern, ""); err != nil || strings.TrimSpace(pattern) == "" {
			return fmt.Errorf("%s: pattern %q cannot be used", n.Name, pattern)
		}
	}
	return nil
}
