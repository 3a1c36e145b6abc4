package reasons

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"winback/pipeline/wording"
)

// mostReasons is how many reasons are told of a customer, and longestReason how
// many characters they may take together, so that they fit a cell.
const (
	mostReasons   = 3
	longestReason = 200
)

// argument is what a topic says for a return of a customer, or against it.
type argument struct {
	weight  float64 // log-odds; below 0: against
	words   string
	leading int     // column that weighs most in its direction
	most    float64 // of that column
}

// reasonWords tells the strongest of what the ranker says for and against a
// return of one customer, against the average lapsed one: "For: 4 orders, usual
// pace 100 days. Against: first bought via phone."
// above says whether the customer's probability is at least that of the mean
// lapsed one: then something is told for a return, else something against it.
// Where there is nothing of that side to tell, nothing is told: "".
func reasonWords(c customerRow, contributions []float64, above bool) string {
	var all [wording.Topics]argument
	for k, v := range contributions {
		all[c.columns[k].Topic].weight += v
	}
	for k, v := range contributions {
		a := &all[c.columns[k].Topic]
		if v *= sign(a.weight); v > a.most {
			a.leading, a.most = k, v
		}
	}
	told := make([]argument, 0, wording.Topics)
	for t := wording.NoTopic + 1; t < wording.Topics; t++ {
		if a := all[t]; a.most > 0 {
			if a.words = c.topicWords(t, c.raw.Names[a.leading], a.weight > 0); a.words != "" {
				told = append(told, a)
			}
		}
	}
	slices.SortStableFunc(told, func(a, b argument) int { return cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)) })
	return argue(strongest(withoutRepeats(told), above), above)
}

// withoutRepeats leaves out what another topic says in the same words.
func withoutRepeats(told []argument) []argument {
	once := told[:0]
	for _, a := range told {
		if !slices.ContainsFunc(once, func(b argument) bool { return a.words == b.words }) {
			once = append(once, a)
		}
	}
	return once
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// strongest keeps the strongest arguments, strongest first, and one at least of
// the side that the probability is on; nil where there is none.
func strongest(told []argument, above bool) []argument {
	along := slices.IndexFunc(told, func(a argument) bool { return a.weight > 0 == above })
	if along < 0 {
		return nil
	}
	if along >= mostReasons {
		told[mostReasons-1] = told[along]
	}
	return told[:min(len(told), mostReasons)]
}

// argue writes the arguments, the side that the probability is on first. What
// does not fit is left out, of the other side before.
func argue(told []argument, above bool) string {
	var text []byte
	length := len("For: . Against: .")
	for _, side := range [2]bool{above, !above} {
		before := "For: "
		if !side {
			before = "Against: "
		}
		if len(text) > 0 {
			before = " " + before
		}
		said := false
		for _, a := range told {
			if a.weight > 0 != side {
				continue
			}
			if length += utf8.RuneCountInString(a.words) + 2; length > longestReason && len(text) > 0 {
				continue
			}
			text = append(append(text, before...), a.words...)
			said, before = true, ", "
		}
		if said {
			text = append(text, '.')
		}
	}
	return string(text)
}
