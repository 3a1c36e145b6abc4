package plan

import (
	"fmt"
	"math"

	"winback/data/tables"
	"winback/pipeline/wording"
)

// weakShare of the mean chance is what a group must have to be recommended where
// nobody has said what a contact costs and what a return is worth.
const weakShare = 0.25

// refusal is the note of a group that is not recommended, "" for one that is.
func refusal(row tables.GroupRow, s Settings, l limits, soFar Plan, last int) string {
	switch {
	case s.NothingToRankBy != "":
		return s.NothingToRankBy
	case row.ContactCustomers == 0:
		return "nobody to contact: everyone in it is held out or suppressed"
	case math.IsNaN(row.Probability):
		return fmt.Sprintf("too little known: most have been silent longer than the %s after which a return was ever looked for", wording.Counted(s.LongestSilenceDays, "day"))
	case row.BreakEvenLift > min(row.Probability, 1-row.Probability):
		return cannotPay(row)
	case l.target == 0:
		return "not needed: the target is 0 expected returns"
	case l.reached(soFar.ExpectedReturns):
		return fmt.Sprintf("reached: %s of %s expected returns after group %d; not needed", returnCount(soFar.ExpectedReturns), returnCount(l.target), last)
	case soFar.Contacts >= l.contacts:
		return "left out: " + l.hardWords + " is used up"
	case math.IsNaN(row.BreakEvenLift) && s.Target == nil && row.Lift < weakShare:
		return fmt.Sprintf("only if there is nothing better to do: its chance of %s is below a quarter of the mean of %s",
			wording.Prose.Percent(row.Probability), wording.Prose.Percent(row.Probability/row.Lift))
	}
	return ""
}

func cannotPay(row tables.GroupRow) string {
	switch {
	case math.IsInf(row.BreakEvenLift, 1):
		return "cannot pay for itself: one who returns is expected to spend nothing"
	case row.BreakEvenLift > 1-row.Probability:
		return fmt.Sprintf("cannot pay for itself: a contact would have to raise returns by %s percentage points, and only %s do not return anyway",
			points(row.BreakEvenLift), wording.Trimmed(wording.CutTo(100*(1-row.Probability), 10), 1)+" %")
	}
	return fmt.Sprintf("cannot pay for itself: a contact would have to raise returns by %s percentage points, more than its whole chance of %s",
		points(row.BreakEvenLift), wording.Prose.Percent(row.Probability))
}

// recommendation is the first part of the note of a group that is recommended,
// reached where its contacts meet the target.
func recommendation(row tables.GroupRow, l limits, reached bool) string {
	take, all := row.RecommendedContacts, "contact all "+wording.Thousands(row.ContactCustomers)
	if row.ContactCustomers == 1 {
		all = "contact the one customer"
	}
	if take < row.ContactCustomers {
		all = fmt.Sprintf("contact only the first %s of %s, up to rank %s", wording.Thousands(take), wording.Thousands(row.ContactCustomers), wording.Thousands(row.RecommendedToRank))
	}
	switch {
	case reached:
		return fmt.Sprintf("%s: they reach the target of %s expected returns", all, returnCount(l.target))
	case take < row.ContactCustomers:
		return all + ": more do not fit " + l.hardWords
	}
	return all
}

// worth says when a contact pays, and what the holdout can show; "" where
// neither is known.
func worth(row tables.GroupRow) string {
	known := !math.IsNaN(row.DetectableLift)
	switch {
	case !math.IsNaN(row.BreakEvenLift) && known:
		return fmt.Sprintf("pays for itself if a contact raises returns by %s percentage points (detectable with this holdout: %s)",
			points(row.BreakEvenLift), points(row.DetectableLift))
	case !math.IsNaN(row.BreakEvenLift):
		return fmt.Sprintf("pays for itself if a contact raises returns by %s percentage points (no holdout that could show it)", points(row.BreakEvenLift))
	case known:
		return fmt.Sprintf("this holdout can show effects of %s percentage points or more", points(row.DetectableLift))
	}
	return ""
}

// summary is the plan in one sentence.
func (p *Plan) summary(g *Groups, s Settings, l limits) string {
	switch {
	case len(g.Rows) == 0:
		return "no lapsed customers: nothing to do"
	case s.NothingToRankBy != "":
		return "no group is recommended: " + s.NothingToRankBy
	case p.Contacts == 0:
		return "no group is recommended: see the note of each group"
	}
	text := fmt.Sprintf("contact %s in %s: %s expected returns", wording.Counted(p.Contacts, "customer"), wording.Counted(p.Groups, "group"), returnCount(p.ExpectedReturns))
	if !math.IsNaN(p.Cost) {
		text += ", cost " + wording.Amount(math.Round(p.Cost*100)/100)
	}
	switch {
	case s.Target == nil:
		return text
	case l.reached(p.ExpectedReturns):
		return text + fmt.Sprintf("; the target of %s is reached", returnCount(l.target))
	}
	return text + fmt.Sprintf("; the target of %s is not reached", returnCount(l.target))
}

// points writes a difference of rates in percentage points with one decimal,
// two below a tenth.
func points(lift float64) string {
	if p := 100 * lift; p >= .1 || p == 0 {
		return wording.Trimmed(p, 1)
	}
	return wording.Trimmed(100*lift, 2)
}

// returnCount writes a number of expected returns: whole from ten on.
func returnCount(x float64) string {
	if x < 10 {
		return wording.Trimmed(x, 1)
	}
	return wording.Prose.Fixed(x, 0)
}
