package brief

import (
	"fmt"
	"math"
	"strings"

	"winback/pipeline/wording"
)

// Figure is one of the figures on top.
type Figure struct{ Label, Value, Note string }

// totals are sums over the groups that are recommended.
type totals struct {
	contacts, left            int64
	holdout, heldOfTaken      int64 // held out of all groups, and of the recommended
	returns, low, high, sales float64
	cost, breakEven           float64 // NaN: not known
	allReturns                float64 // of all contacts
	numbers                   []int   // of groups
}

func (d *Data) sum() (t totals) {
	for i := range d.Groups {
		g := &d.Groups[i]
		if wording.Known(g.Probability) {
			t.allReturns += g.Probability * float64(g.Contacts)
		}
		t.holdout += g.Holdout
		if g.Take == 0 {
			t.left += g.Contacts
			continue
		}
		t.heldOfTaken += g.Holdout
		t.numbers = append(t.numbers, g.Number)
		t.contacts, t.left = t.contacts+g.Take, t.left+g.Contacts-g.Take
		t.returns += g.Returns
		if g.Probability > 0 {
			t.low, t.high = t.low+g.Returns*g.Low/g.Probability, t.high+g.Returns*g.High/g.Probability
		}
		t.sales += g.Spend * g.Returns
		if g.MoneyKnown {
			t.cost, t.breakEven = t.cost+g.Cost*float64(g.Take), t.breakEven+g.BreakEven*float64(g.Take)
		} else {
			t.cost, t.breakEven = math.NaN(), math.NaN()
		}
	}
	return t
}

// lead is the sentence: what to do.
func (d *Data) lead(t totals) string {
	if t.contacts == 0 {
		if d.Why == "" {
			return "Contact nobody tonight: no group is worth it, and each says why."
		}
		return wording.Sentence("contact nobody tonight: " + d.Why)
	}
	groups := "group " + wording.List(wording.Runs(t.numbers, "–"), "and")
	if len(t.numbers) > 1 {
		groups = "groups " + wording.List(wording.Runs(t.numbers, "–"), "and") + " in this order"
	}
	text := fmt.Sprintf("Contact %s: %s.", wording.Counted(t.contacts, "customer"), groups)
	if t.left > 0 {
		return text + fmt.Sprintf(" Then stop, and leave the other %s alone.", wording.Thousands(t.left))
	}
	return text + " Nobody else is left."
}

// why says why to stop there.
func (d *Data) why(t totals) string {
	for i := range d.Groups {
		g := &d.Groups[i]
		if t.contacts > 0 && g.Take > 0 && g.Take < g.Contacts {
			return wording.Sentence(fmt.Sprintf("why stop within group %d: %s", g.Number, firstPart(g.Note)))
		}
		if t.contacts > 0 && g.Take == 0 && g.Contacts > 0 {
			return wording.Sentence(fmt.Sprintf("why not group %d: %s", g.Number, firstPart(g.Note)))
		}
	}
	if t.contacts > 0 && d.Unbounded {
		return "Nobody has said how many returns are wanted or what a contact costs, so nothing says where to stop: stop when your budget is used up."
	}
	return ""
}

// firstPart is what a note says first.
func firstPart(note string) string {
	part, _, _ := strings.Cut(note, ";")
	return part
}

// figures are the five on top.
func (d *Data) figures(t totals) []Figure {
	if t.contacts == 0 {
		return nil
	}
	all := []Figure{
		{"Contact", wording.Thousands(t.contacts), fmt.Sprintf("of %s who have not bought for long", wording.Thousands(d.Lapsed))},
		{"Will buy again" + d.within(), countWords(t.returns), fmt.Sprintf("%s to %s, contacted or not", countWords(t.low), countWords(t.high))},
		d.sales(t), d.effort(t),
		{"Never contact", wording.Thousands(t.holdout), d.heldOut(t)},
	}
	return all
}

// heldOut says of which groups the held-out are: the report counts those of the
// recommended ones alone.
func (d *Data) heldOut(t totals) string {
	text := "held out of all groups"
	if t.heldOfTaken < t.holdout {
		text += fmt.Sprintf(" (%s of those to contact)", wording.Thousands(t.heldOfTaken))
	}
	return text + ", to see what messages cause"
}

func (d *Data) sales(t totals) Figure {
	if !wording.Known(t.sales) {
		return Figure{"They will spend", "–", "not known: no returns with an amount"}
	}
	return Figure{"They will spend", d.money(t.sales), "all who buy again together, also those who would without a message"}
}

// effort is what the contacts cost, else what a list drawn at random would need.
func (d *Data) effort(t totals) Figure {
	if wording.Known(t.cost) {
		return Figure{"Cost", d.money(t.cost), fmt.Sprintf("paid by %s more than come anyway", wording.Plural(int64(math.Ceil(t.breakEven)), "return", "returns"))}
	}
	best := &d.Groups[0]
	random := t.returns / t.allReturns * float64(t.contacts+t.left)
	if t.left > 0 && wording.Known(random) {
		return Figure{"A random list", wording.Prose.Fixed(random, 0), "contacts would bring as many returns"}
	}
	return Figure{fmt.Sprintf("Begin with group %d", best.Number), wording.Prose.Times(best.Lift), "as many of them buy again as of all"}
}

// recordWords says what came of earlier forecasts; "" where none is settled.
func (r Record) words() string {
	if r.Settled == 0 || !wording.Known(r.Ratio) {
		return ""
	}
	return fmt.Sprintf("Of %s whose time is over: for each 100 returns foretold %s came (%s to %s); %s of 100 groups came out within their range.",
		wording.Counted(r.Settled, "forecast"), outOf100(r.Ratio), outOf100(r.Low), outOf100(r.High), outOf100(r.InsideOfGroups))
}
