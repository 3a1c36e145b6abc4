package survey

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	guests map[string]int64 // customers by the beginning of their id, of guestBegins
	totals []string         // the first ids, by their order, that may be lines of totals
	nTotal int64            // how many there are
}

// guestBegins are what programs put before a number of their own for who is not known,
// or is known no more.
var guestBegins = []string{"guest", "gast", "invite", "invitado", "ospite", "visitor", "anonymous", "anonym", "anon", "anonymized", "anonymised", "deleted", "erased", "redacted", "removed", "unknown", "walkin"}

// guestBegin is the beginning of an id that guestBegins have, with the sign behind it.
func guestBegin(id string) string {
	end := strings.IndexFunc(id, func(r rune) bool { return r >= utf8.RuneSelf || !unicode.IsLetter(r) })
	if end < 4 || end+1 >= len(id) || !slices.Contains(guestBegins, strings.ToLower(id[:end])) {
		return ""
	}
	if id[end] < utf8.RuneSelf && unicode.IsPunct(rune(id[end])) {
		end++
	}
	return strings.ToLower(id[:end])
}

// mostSpellings bounds the sample; each customer of a larger history is in it with
// the same chance.
const mostSpellings = 4_000_000

func newSpellings(rows int64) spellings {
	limit := uint64(math.MaxUint64)
	if rows > mostSpellings {
		limit = limit / uint64(rows) * mostSpellings
	}
	return spellings{limit: limit, guests: map[string]int64{}}
}

func (s *spellings) add(ids []string) {
	for _, id := range ids {
		if begin := guestBegin(id); begin != "" {
			s.guests[begin]++
		}
		if orders.TotalBegin(id) != "" {
			s.nTotal++
			s.addTotals([]string{id})
		}
		if hash := xxhash.Sum64String(data.FoldID(id)); hash < s.limit {
			s.hashes = append(s.hashes, hash)
		}
	}
}

func (s *spellings) merge(o *spellings) {
	s.hashes = append(s.hashes, o.hashes...)
	s.addTotals(o.totals)
	for begin, n := range o.guests {
		s.guests[begin] += n
	}
}

// guestNumbers finds ids that read as those of guests or of customers who were erased,
// each with a number of its own.
func guestNumbers(o *orders.Table, s *Survey) string {
	const fewest, share = 3, 200
	var told, words []string
	total := int64(0)
	for _, begin := range slices.Sorted(maps.Keys(s.spelled.guests)) {
		n := s.spelled.guests[begin]
		total += n
		told = append(told, fmt.Sprintf("%q (%s)", begin, wording.Thousands(n)))
		words = append(words, begin+"*")
	}
	if total < fewest || share*total < s.Customers {
		return ""
	}
	return fmt.Sprintf("ids in column %q begin as those of guests or of erased customers do, and each counts as a customer: %s. If nobody is to be known by them, say --no-customer %s",
		o.ColumnOf(data.Customer), strings.Join(told, ", "), shellList(append([]string{"usual"}, words...)))
}

const mostTotals = 8 // ids that are told of

func (s *spellings) addTotals(ids []string) {
	s.totals = append(s.totals, ids...)
	slices.Sort(s.totals)
	s.totals = s.totals[:min(len(s.totals), mostTotals)]
}

// totalLines finds customers who may be lines of totals, as reports have them.
func totalLines(o *orders.Table, s *Survey) string {
	if s.spelled.nTotal == 0 {
		return ""
	}
	told, words := []string(nil), []string{"usual"}
	for _, id := range s.spelled.totals {
		told = append(told, fmt.Sprintf("%q", id))
		begin, _, cut := strings.Cut(id, ",") // which ends a word of the setting
		if cut {
			begin += "*"
		}
		words = append(words, begin)
	}
	if more := s.spelled.nTotal - mostTotals; more > 0 {
		told = append(told, wording.Counted(more, "other"))
		words = []string{"usual", orders.TotalBegin(s.spelled.totals[0]) + " *"}
	}
	return fmt.Sprintf("ids in column %q read as lines of totals, and each counts as a customer: %s. If they are none, say --no-customer %s",
		o.ColumnOf(data.Customer), wording.List(told, "and"), shellList(words))
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
