package brief

import (
	"fmt"
	"math"
	"strings"

	"winback/data"
	"winback/features"
	"winback/pipeline/wording"
)

// Line is a line of a group's brief.
type Line struct{ Label, Text string }

// lines are the brief of a group: who, what they are worth, what to say and show, offer
// and threshold, when to stop; nothing of what to send to one that is left alone.
func (d *Data) lines(i int) []Line {
	g := &d.Groups[i]
	if g.Take == 0 {
		return []Line{{"Who", g.who()}, {"Worth", g.worth(d)}, {"What to do", g.stop(d, i)}}
	}
	return []Line{
		{"Who", g.who()},
		{"Worth", g.worth(d)},
		{"Say and show", g.sayAndShow()},
		{"Offer", g.offerInFull(d)},
		{"When to stop", g.stop(d, i)},
	}
}

func (g *Group) who() string {
	text := wording.Capital(g.Rule) + "."
	if g.Contacts == 0 {
		return text
	}
	text += fmt.Sprintf(" Half of the %s last bought %s ago or earlier", wording.Counted(g.Contacts, "customer"), wording.Counted(g.RecencyMid, "day"))
	switch {
	case g.Once > 0.995:
		text += ", and all bought once only"
	case g.Once >= 0.005:
		text += fmt.Sprintf(", and %s of 100 bought once only", outOf100(g.Once))
	}
	if g.StageShare > 0.995 {
		return text + fmt.Sprintf("; the stage of all is %s.", g.Stage)
	}
	return text + fmt.Sprintf("; the stage of %s of 100 is %s.", outOf100(g.StageShare), g.Stage)
}

func (g *Group) worth(d *Data) string {
	if !wording.Known(g.Probability) || g.Contacts == 0 {
		return "Not known: too little was ever seen of such customers."
	}
	text := ""
	if g.isPart() {
		text = fmt.Sprintf("Of the first %s by rank, who are to be contacted: ", wording.Thousands(g.Take))
	}
	text += fmt.Sprintf("%s, contacted or not: about %s", chanceWords(g.chance())+" buy again"+d.within(), g.returns())
	if between := g.between(); between != "" {
		text += " (" + between + ")"
	}
	text += fmt.Sprintf(" of these %s.", wording.Thousands(g.listed()))
	if wording.Known(g.Spend) {
		text += fmt.Sprintf(" One who does spends about %s, all who come back together %s.", d.money(g.Spend), d.money(g.Spend*g.Returns))
	}
	if wording.Known(g.Spent) && g.Spent > 0 {
		text += fmt.Sprintf(" So far each has spent %s.", d.money(g.Spent))
	}
	return text
}

// say is what the message says, by the stage of most of the group.
func (g *Group) say() string {
	if g.Once > 0.8 {
		switch g.Stage {
		case features.StageActive, features.StageSilent:
			return "Ask how the first order was, invite to a second"
		default:
			return "They know you from one order: tell who you are and what is new"
		}
	}
	switch g.Stage {
	case features.StageActive:
		return "Thank them and keep in touch"
	case features.StageSilent:
		return "Remind them of what they bought"
	case features.StageSleeping:
		return "Say that you miss them and what is new"
	}
	if g.Once < 0.2 {
		return "Welcome back: their usual goods first, then what is new"
	}
	return "One message: it has been a while, this is new"
}

func (g *Group) sayAndShow() string {
	text := g.say() + "."
	if len(g.Show) > 0 {
		text += fmt.Sprintf(" Show %s, or each customer’s own products from the list (columns show_1 to show_3).", wording.List(g.Show, "and"))
	}
	if when := g.when(); when != "" {
		text += " Best time: " + when + "."
	}
	if g.Waiting > 0 {
		text += fmt.Sprintf(" %s for a later day, which the list has (column wait_until).", wording.Plural(g.Waiting, "of them waits", "of them wait"))
	}
	return text
}

// when is the best time to send; "" where no time is better.
func (g *Group) when() string {
	s := g.Sending
	var parts []string
	if s.Weekday != "" {
		parts = append(parts, s.Weekday)
	}
	if s.HasHours {
		parts = append(parts, fmt.Sprintf("%d:%02d to %d:%02d", s.From/60, s.From%60, s.To/60%24, s.To%60))
	}
	if s.Channel != "" {
		parts = append(parts, "by "+wording.Clean(s.Channel))
	}
	return strings.Join(parts, ", ")
}

// offer is the offer in a few words; "" where nothing is known of money.
func (g *Group) offer(d *Data) string {
	switch {
	case !g.MoneyKnown:
		return ""
	case g.Coupon.Discount == 0:
		return "No coupon"
	case !g.couponPays():
		return "No coupon: " + g.couponWords(d) + " would not pay"
	case g.Stage == features.StageLost:
		return "No coupon; at a big event " + g.couponWords(d)
	}
	return wording.Capital(g.couponWords(d))
}

// couponPays says whether a coupon can pay for itself: it need not more than double
// the returns.
func (g *Group) couponPays() bool { return g.CouponBreak <= min(g.Probability, 1-g.Probability) }

func (g *Group) couponWords(d *Data) string {
	return fmt.Sprintf("%s off from %s on", d.money(g.Coupon.Discount), d.money(g.Coupon.Threshold))
}

func (g *Group) offerInFull(d *Data) string {
	if !g.MoneyKnown {
		return "Not known: it needs the share of a sale that is margin (--margin) and what a contact costs (--contact-cost)."
	}
	text := fmt.Sprintf("%s. Without a coupon the message pays from %s.", g.offer(d), g.pays(g.BreakEven))
	switch {
	case g.Coupon.Discount == 0:
		return text
	case !g.couponPays():
		return text + fmt.Sprintf(" With the coupon it would need %s.", g.pays(g.CouponBreak))
	}
	return text + fmt.Sprintf(" The coupon begins above their mean order of %s, so that nobody gets it for what they buy anyway, and pays from %s: give it to half of them, to see whether it earns its money.", d.money(g.MeanOrder), g.pays(g.CouponBreak))
}

// pays says from how many extra returns a contact pays for itself.
func (g *Group) pays(lift float64) string {
	if !(lift <= 1-g.Probability) {
		return "more returns than there are customers"
	}
	return wording.Plural(int64(math.Ceil(lift*float64(g.listed()))), "return", "returns") + " more than come anyway"
}

// stop says what is to be done with the group, and where to stop.
func (g *Group) stop(d *Data, i int) string {
	text := wording.Sentence(d.doing(i))
	if g.Take == 0 {
		text = wording.Sentence("leave alone: " + g.Note)
	} else if i+1 < len(d.Groups) && d.Groups[i+1].Take > 0 {
		text += " Then go on with the next group, unless what you aim for is reached."
	}
	if g.Take > 0 && g.Holdout > 0 {
		text += fmt.Sprintf(" Never write to the %s held out of it%s: they show what the message causes.", wording.Thousands(g.Holdout), d.until())
	}
	return text
}

// doing is what to do with the group in a few words.
func (d *Data) doing(i int) string {
	g := &d.Groups[i]
	last := i+1 < len(d.Groups) && d.Groups[i+1].Take == 0
	switch {
	case g.Take == 0:
		return "leave alone"
	case g.Take < g.Contacts:
		return fmt.Sprintf("contact the first %s, then stop here", wording.Thousands(g.Take))
	case last:
		return "contact all, then stop here"
	}
	return "contact all"
}

// returns are those to be expected, in words.
func (g *Group) returns() string { return countWords(g.Returns) }

// between is the range of returns; "" where it is not known.
func (g *Group) between() string {
	if !wording.Known(g.Low) || !wording.Known(g.High) || g.Probability == 0 {
		return ""
	}
	low, high := countWords(g.Returns*g.Low/g.Probability), countWords(g.Returns*g.High/g.Probability)
	if low == high {
		return ""
	}
	return low + " to " + high
}

func countWords(x float64) string {
	if math.Round(x) < 1 && x > 0 {
		return "fewer than 1"
	}
	return wording.Prose.Fixed(x, 0)
}

// chanceWords says a chance as so many of 1,000, for all groups alike: one base lets
// them be compared, and small chances keep a digit.
func chanceWords(p float64) string { return wording.Prose.Fixed(1000*p, 0) + " of 1,000" }

func outOf100(p float64) string { return wording.Prose.Fixed(100*p, 0) }

func (d *Data) within() string {
	if d.HorizonDays < 1 {
		return ""
	}
	return " within " + wording.Counted(d.HorizonDays, "day")
}

func (d *Data) until() string {
	if d.HorizonDays < 1 {
		return ""
	}
	return " until " + (d.AsOf + data.Day(d.HorizonDays)).String()
}

// money writes an amount, without cents from 100 on.
func (d *Data) money(x float64) string {
	text := wording.Page.Fixed(x, 0)
	if math.Abs(x) < 100 {
		text = strings.TrimSuffix(wording.Page.Fixed(x, 2), ".00")
	}
	if d.Currency == "" {
		return text
	}
	return text + "\u00a0" + d.Currency
}
