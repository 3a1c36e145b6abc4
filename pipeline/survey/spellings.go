package survey

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// spellings are a fair sample of the customers by what data.FoldID makes of their ids:
// those that it writes alike are probably one person.
type spellings struct {
	limit  uint64 // the customers whose hash is below are in the sample
	hashes []uint64
}

// mostSpellings bounds the sample; each customer of a larger history is in it with
// the same chance.
const mostSpellings = 4_000_000

func newSpellings(rows int64) spellings {
	limit := uint64(math.MaxUint64)
	if rows > mostSpellings {
		limit = limit / uint64(rows) * mostSpellings
	}
	return spellings{limit: limit}
}

func (s *spellings) add(ids []string) {
	for _, id := range ids {
		if hash := xxhash.Sum64String(data.FoldID(id)); hash < s.limit {
			s.hashes = append(s.hashes, hash)
		}
	}
}

// alike is the share of the sample that another one is written like.
func (s *spellings) alike() (share float64, customers int) {
	slices.Sort(s.hashes)
	n := len(s.hashes) - len(slices.Compact(slices.Clone(s.hashes)))
	return float64(n) / float64(max(len(s.hashes), 1)), n
}

// spelledApart finds customers whose ids differ in nothing but what programs change on
// the way.
func spelledApart(o *orders.Table, s *Survey) string {
	const fewest, leastShare = 3, 0.002
	share, n := s.spelled.alike()
	if n < fewest || share < leastShare {
		return ""
	}
	return fmt.Sprintf("about %s of %s have an id in column %q that differs from another one in case, zeros in front or marks of spreadsheets alone: are they one? "+
		"--customer-ids folded reads them as one customer", wording.Thousands(int64(math.Round(share*float64(s.Customers)))), wording.Counted(s.Customers, "customer"), o.ColumnOf(data.Customer))
}

// noNames names the words for none that stand in columns of names and orders.
func noNames(o *orders.Table) string {
	var told []string
	for _, n := range o.NoNames() {
		var quoted []string
		for _, word := range n.Words {
			quoted = append(quoted, fmt.Sprintf("%q", word))
		}
		told = append(told, fmt.Sprintf("column %q has %s", n.Column, wording.List(quoted, "and")))
	}
	if len(told) == 0 {
		return ""
	}
	return wording.List(told, "and") + ", which counts as none, not as a name of its own; if it is one, have the export write it in another way"
}

// namesApart finds names of categories, channels and products that differ in case,
// blanks or the form of their letters alone. Codes of products may do so on purpose:
// there it takes one in twenty.
func namesApart(o *orders.Table) string {
	const most, share = 2, 20
	var told []string
	for _, role := range data.NamedRoles {
		first := map[string]string{}
		var pairs []string
		for _, name := range o.Names[role] {
			plain := strings.Join(strings.Fields(data.FoldLetters(name)), " ")
			if other, known := first[plain]; known {
				pairs = append(pairs, fmt.Sprintf("%q and %q", other, name))
			} else {
				first[plain] = name
			}
		}
		if len(pairs) == 0 || role == data.Product && share*len(pairs) < len(o.Names[role]) {
			continue
		}
		more := ""
		if len(pairs) > most {
			more = fmt.Sprintf(" and %d more", len(pairs)-most)
		}
		told = append(told, fmt.Sprintf("column %q has %s%s", o.Column(role), strings.Join(pairs[:min(most, len(pairs))], ", "), more))
	}
	if len(told) == 0 {
		return ""
	}
	return "names differ in case, blanks or the form of their letters alone and count as different: " + strings.Join(told, "; ") + ". If they are one, have the export write them in one way"
}
