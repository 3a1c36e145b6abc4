package orders

import (
	"cmp"
	"context"
	"slices"
)

// reject is the place of a line that was set aside: file and row.
type reject struct {
	position uint64
	why      Reason
}

// Reject is a line that was set aside.
type Reject struct {
	File string
	Row  int64 // within the file, 1 first
	Why  Reason
}

// Rejects lists all lines that were set aside, duplicates included, by file
// and row. It needs ReadOptions.KeepRejects.
func (o *Table) Rejects(ctx context.Context, workers int) ([]Reject, error) {
	if !o.rejectsKnown {
		if _, err := o.Each(ctx, workers, func(int, *Histories) error { return nil }); err != nil {
			return nil, err
		}
	}
	all := slices.Clone(o.rejects)
	slices.SortFunc(all, func(a, b reject) int { return cmp.Compare(a.position, b.position) })
	rejects := make([]Reject, len(all))
	for i, r := range all {
		rejects[i] = Reject{o.Files[r.position>>positionBits].Path, int64(r.position&(1<<positionBits-1)) + 1, r.why}
	}
	return rejects, nil
}
