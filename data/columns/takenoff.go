package columns

import (
	"context"
	"slices"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// IsTakenOff says whether the amounts, or the quantities where units are asked for, are
// without what went back by a column: those of another column are the sum of both, or many
// are less than what went back of them. By a sample of the rows where it is not 0.
func IsTakenOff(ctx context.Context, fsy fsys.FS, files []File, column string, units bool, s Settings) (bool, error) {
	role := data.Amount
	if units && files[0].Roles[data.Quantity].IsLeaf {
		role = data.Quantity
	}
	if !files[0].Roles[role].IsLeaf {
		return false, nil
	}
	left, back := &candidate{role: role, name: files[0].Roles[role].Name}, &candidate{role: data.Amount, name: column}
	var before []*candidate
	for _, l := range files[0].leaves {
		if l.Name != left.name && l.Name != column && l.Physical != guard.Boolean && l.Physical != guard.ByteArray && canBe(data.Amount, l) {
			before = append(before, &candidate{role: data.Amount, name: l.Name})
		}
	}
	if _, err := sampleCandidates(ctx, fsy, files, slices.Concat([]*candidate{left, back}, before), s); err != nil {
		return false, err
	}
	rows, beyond, sums := 0, 0, make([]int, len(before))
	for g, values := range back.groups {
		for i, b := range values {
			if len(left.groups[g]) != len(values) || b <= nothing || b == 0 || b == word || left.groups[g][i] <= nothing {
				continue
			}
			rows++
			kept, gone := left.groups[g][i], int64(magnitude(b))
			if gone > kept && Differ(gone, kept) {
				beyond++
			}
			for k, c := range before {
				if len(c.groups[g]) == len(values) && c.groups[g][i] > nothing && !Differ(c.groups[g][i], kept+gone) {
					sums[k]++
				}
			}
		}
	}
	return rows > 0 && (4*beyond >= rows || slices.ContainsFunc(sums, func(n int) bool { return 10*n >= 9*rows })), nil
}
