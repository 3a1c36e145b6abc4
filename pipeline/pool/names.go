package pool

import (
	"strings"

	edlib "github.com/hbollon/go-edlib"
)

// relation is what two customers' names say of each other.
type relation uint8

const (
	namesUnknown   relation = iota // one of them has none
	namesSame                      // a name of the one is one of the other
	namesShortened                 // Jane Doe and J Doe, Doe, or Jane Mary Doe
	namesSimilar                   // a slip of the hand could have made the one from the other
	namesDiffer
)

// similarName is the least Jaro-Winkler similarity (Winkler 1990) of two names that a
// slip could have made from each other, and most edits (Damerau-Levenshtein, optimal
// string alignment) of one word.
const (
	similarName = 0.92
	wordEdits   = 1
)

// related compares the names of two customers; the closest pair counts.
func related(a, b *Customer) relation {
	if len(a.Names) == 0 || len(b.Names) == 0 {
		return namesUnknown
	}
	best := namesDiffer
	for _, x := range a.Names {
		for _, y := range b.Names {
			best = min(best, relatedNames(x, y))
		}
	}
	return best
}

// relatedNames compares two names, as contactkeys.NameKey writes them.
func relatedNames(x, y string) relation {
	if x == y {
		return namesSame
	}
	a, b := strings.Fields(x), strings.Fields(y)
	if shortens(a, b) || shortens(b, a) {
		return namesShortened
	}
	if len(a) == len(b) && similarWords(a, b) || similarity(x, y) >= similarName && edits(x, y) <= 2*wordEdits {
		return namesSimilar
	}
	return namesDiffer
}

// shortens says whether each word of a is one of b, or an initial of one, each word of
// b used once.
func shortens(a, b []string) bool {
	used := make([]bool, len(b))
	for _, word := range a {
		at := -1
		for i, other := range b {
			if !used[i] && (word == other || len([]rune(word)) == 1 && strings.HasPrefix(other, word)) {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
		used[at] = true
	}
	return true
}

// similarWords says whether the words differ by at most one edit each, and one of them
// not at all.
func similarWords(a, b []string) bool {
	equal := false
	for i := range a {
		n := edits(a[i], b[i])
		if n > wordEdits || n > 0 && len(a[i]) < 3 {
			return false
		}
		equal = equal || n == 0
	}
	return equal
}

func edits(x, y string) int { return edlib.OSADamerauLevenshteinDistance(x, y) }

// similarity is the Jaro-Winkler similarity of two texts, within [0, 1].
func similarity(x, y string) float64 { return float64(edlib.JaroWinklerSimilarity(x, y)) }
