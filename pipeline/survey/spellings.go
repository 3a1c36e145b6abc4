package survey

import (
	"fmt"
	"math"
	"slices"

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
