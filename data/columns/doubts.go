package columns

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// GrowingPrice is the unit price by its name that grows with the quantity of the same
// product, where no column has the amount: it may be that of the line. "" for none.
func GrowingPrice(ctx context.Context, fsy fsys.FS, files []File, s Settings) (string, error) {
	c := newContest(files, s.Mapping)
	if len(c[data.Amount]) > 0 || len(c[data.Price]) == 0 || len(c[data.Quantity]) == 0 || len(c[data.Product]) == 0 {
		return "", nil
	}
	if _, err := sampleCandidates(ctx, fsy, files, slices.Concat(c[data.Price], c[data.Quantity], c[data.Product]), s); err != nil {
		return "", err
	}
	return c.growingPrice(), nil
}

// WholeMoney is the column of amounts, or else of prices, of whole numbers that look
// like hundredths: mostly of three digits and more, with all kinds of last digits. ""
// where its type, its name or a setting says what it counts.
func WholeMoney(ctx context.Context, fsy fsys.FS, files []File, s Settings) (string, error) {
	role := data.Amount
	if !files[0].Roles[role].IsPresent {
		role = data.Price
	}
	for i := range files {
		c := files[i].Roles[role]
		if !c.IsLeaf || c.Leaf.Physical != guard.Int32 && c.Leaf.Physical != guard.Int64 || !c.Leaf.means(guard.NoMeaning, guard.Integer) || c.unitDecimals() > 0 || s.MoneyDecimals != 0 {
			return "", nil
		}
	}
	values, large, round := 0, 0, 0
	endings := map[int64]bool{}
	err := eachSampled(ctx, fsy, files, role, s.MemoryBytes, func(text []byte) {
		v, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil || v <= 0 {
			return
		}
		values++
		endings[v%100] = true
		if v >= 300 {
			large++
		}
		if v%10 == 0 {
			round++
		}
	})
	const fewest = 100
	if err != nil || values < fewest || 2*large < values || len(endings) < 20 || 10*round > 6*values {
		return "", err
	}
	return files[0].Roles[role].Name, nil
}

// CountedAmount is the column of amounts that looks like one of units: of small whole
// numbers, many of them 1, beside a column of prices and none of quantities. "" where a
// setting says that it has amounts.
func CountedAmount(ctx context.Context, fsy fsys.FS, files []File, s Settings) (string, error) {
	roles := &files[0].Roles
	if _, mapped := s.Mapping[data.Amount]; mapped || !roles[data.Amount].IsLeaf || !roles[data.Price].IsPresent || roles[data.Quantity].IsPresent {
		return "", nil
	}
	values, ones, others := 0, 0, 0
	err := eachSampled(ctx, fsy, files, data.Amount, s.MemoryBytes, func(text []byte) {
		v, err := strconv.ParseFloat(string(text), 64)
		values++
		switch {
		case err != nil || v != math.Trunc(v) || v > 100:
			others++
		case v == 1:
			ones++
		}
	})
	const fewest = 100
	if err != nil || values < fewest || 4*ones < values || 100*others > values {
		return "", err
	}
	return roles[data.Amount].Name, nil
}

// OrderPrefixes counts the rows of a sample by the letters that their order ids begin
// with, in capitals; "" for none.
func OrderPrefixes(ctx context.Context, fsy fsys.FS, files []File, s Settings) (prefixes map[string]int, err error) {
	prefixes = map[string]int{}
	if !files[0].Roles[data.OrderID].IsLeaf {
		return prefixes, nil
	}
	return prefixes, eachSampled(ctx, fsy, files, data.OrderID, s.MemoryBytes, func(text []byte) {
		id := strings.TrimSpace(string(text))
		end := strings.IndexFunc(id, func(r rune) bool { return !unicode.IsLetter(r) })
		prefixes[strings.ToUpper(id[:max(end, 0)])]++
	})
}

// eachSampled gives the texts of a role in row groups spread over the files.
func eachSampled(ctx context.Context, fsy fsys.FS, files []File, role data.Role, memory int64, give func(text []byte)) error {
	for _, t := range judgedTasks(files, false) {
		f := &files[t.file]
		if ctx.Err() != nil || !f.Roles[role].IsLeaf {
			return ctx.Err()
		}
		err := guard.Run(f.Path, func() error {
			handle, err := fsy.Open(f.Path)
			if err != nil {
				return err
			}
			defer handle.Close()
			group := f.RowGroup(handle, t.group, memory)
			return f.Texts(role, group, min(group.Rows(), judgedRows/8), give)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
