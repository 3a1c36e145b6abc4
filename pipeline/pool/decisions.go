package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"winback/data/lists"
	"winback/internal/fsys"
)

// Decision is what a person said of two customers.
type Decision struct {
	SourceA, CustomerA string
	SourceB, CustomerB string
	Same               bool
	Row                int // of the file
}

// ErrDecisions says that decisions contradict each other.
var ErrDecisions = errors.New("the decisions contradict each other")

// ReadDecisions reads a table of likely pairs whose column same was filled with yes or
// no; an empty one is not decided. The error names file, row and column.
func ReadDecisions(ctx context.Context, files fsys.FS, path string) (decisions []Decision, err error) {
	columns := lists.Columns{Names: []string{"source_a", "customer_a", "source_b", "customer_b", "same"}, Needed: 5}
	err = lists.Read(ctx, files, path, columns, func(r lists.Row) error {
		d := Decision{r.Cells["source_a"], CustomerKey(unguarded(r.Cells["customer_a"])), r.Cells["source_b"], CustomerKey(unguarded(r.Cells["customer_b"])), false, r.Number}
		switch word := strings.ToLower(r.Cells["same"]); word {
		case "":
			return nil
		case "yes", "y", "true", "1":
			d.Same = true
		case "no", "n", "false", "0":
		default:
			return r.Wrong("same", "yes, no or nothing")
		}
		decisions = append(decisions, d)
		return nil
	})
	return decisions, err
}

// unguarded takes off the apostrophe that keeps a cell of the table from being a formula.
func unguarded(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && strings.ContainsAny(rest[:min(1, len(rest))], "=+-@") {
		return rest
	}
	return cell
}

// decide carries decisions out: first who is told apart, then who is one.
func (p *Pool) decide(j *joiner, decisions []Decision) error {
	place := func(source, id string) (int32, bool) {
		number := slices.IndexFunc(p.Sources, func(s Source) bool { return s.Name == source })
		at, found := p.find(number, id)
		return int32(at), found && number >= 0
	}
	type decided struct {
		a, b int32
		Decision
	}
	var known []decided
	for _, d := range decisions {
		a, foundA := place(d.SourceA, d.CustomerA)
		b, foundB := place(d.SourceB, d.CustomerB)
		if !foundA || !foundB || a == b {
			p.Unknown++
			continue
		}
		known = append(known, decided{a, b, d})
		if !d.Same {
			j.apart[ordered(a, b)] = true
		}
	}
	for _, d := range known {
		if d.Same && !j.join(d.a, d.b, false, true) {
			return fmt.Errorf("row %d: %w: the pair is decided to be one person, and other rows tell it, or those who are one with it, apart", d.Row, ErrDecisions)
		}
		p.Decided++
	}
	return nil
}
