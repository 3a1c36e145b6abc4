package columns

import (
	"bytes"
	"context"
	"slices"

	"winback/data"
	"winback/internal/fsys"
)

// MixedMoney is the column of amounts, or else of prices, that looks like units in some rows
// and hundredths in others: its whole numbers are spread as those with a fraction are, a
// hundred times as large. "" where a setting says what it counts.
func MixedMoney(ctx context.Context, fsy fsys.FS, files []File, s Settings) (string, error) {
	role := data.Amount
	if !files[0].Roles[role].IsPresent {
		role = data.Price
	}
	name := files[0].Roles[role].Name
	other := func(f File) bool { return f.Roles[role].Name != name } // what it counts is told by its own name
	if s.MoneyDecimals != 0 || !files[0].Roles[role].IsLeaf || slices.ContainsFunc(files, other) {
		return "", nil
	}
	var whole, broken []int64
	endings := map[int64]bool{}
	err := eachSampled(ctx, fsy, files, role, s.MemoryBytes, func(text []byte) {
		v := parseFixed(bytes.TrimSpace(text), moneyPoint.written(s.Decimal))
		switch {
		case v <= 0:
		case v%data.MoneyScale != 0:
			broken = append(broken, v)
		default:
			whole = append(whole, v)
			endings[v/data.MoneyScale%100] = true
		}
	})
	const fewest, fewEndings = 50, 5
	if err != nil || len(whole) < fewest || len(broken) < fewest || 33*len(whole) < len(broken) || 5*len(broken) < len(whole) || len(endings) < fewEndings || !isHundredfold(whole, broken) {
		return "", err
	}
	return name, nil
}

// isHundredfold compares two spreads by their quantiles. Below the first quarter whole
// numbers may well be units.
func isHundredfold(large, small []int64) bool {
	slices.Sort(large)
	slices.Sort(small)
	for _, percent := range [...]int{25, 50, 75, 90} {
		ratio := float64(large[len(large)*percent/100]) / float64(small[len(small)*percent/100])
		if ratio < 60 || ratio > 166 {
			return false
		}
	}
	return true
}
