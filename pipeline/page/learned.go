package page

import (
	"fmt"
	"strings"

	"winback/pipeline/learn"
	"winback/pipeline/offers"
	"winback/pipeline/wording"
)

// learnedNotes say when models and groups were learned and why then, and who has
// moved since the run before.
func learnedNotes(e *learn.Evaluation) []string {
	var notes []string
	switch l := e.Learned; {
	case l.Reused:
		notes = append(notes, fmt.Sprintf("Models and groups are those of run %s: %s The test cut, %s, and all figures at it are those of the night that learned them.", l.Run, l.Why, e.TestCut))
	case l.Why != "":
		notes = append(notes, "Models and groups were learned tonight: "+l.Why)
	}
	if e.Since != nil {
		notes = append(notes, MovesWords(e))
	}
	return notes
}

// MovesWords says how many customers came, left and moved since the run before,
// and why they moved; e.Since is not nil.
func MovesWords(e *learn.Evaluation) string {
	m := e.Since
	why := "by facts of their own, since the rules are the same"
	if !e.Learned.Reused && !strings.Contains(e.Learned.Why, "the groups of run") {
		why = "most of them by new rules"
	}
	return fmt.Sprintf("Since run %s: %s have come (lapsed since), %s have left (bought again), %s of the %s who stayed are in another group, %s.",
		m.Run, wording.Counted(m.Came, "customer"), wording.Thousands(m.Left), wording.Thousands(m.Moved), wording.Thousands(m.Stayed), why)
}

// shownNotes say what the test says of the products that lists show, and what it does not.
func shownNotes(e *learn.Evaluation) []string {
	if e.Shows == nil {
		return nil
	}
	return []string{wording.Sentence("Shown products at the test cut: "+e.Shows.Test) + " " + wording.Sentence(e.Shows.ChosenWords()) + " " + offers.Caution}
}
