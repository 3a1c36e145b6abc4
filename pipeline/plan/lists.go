package plan

import (
	"iter"
	"math"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
)

// Contacts yields the customers to contact of group g (1 first) in rank order.
func (g *Groups) Contacts(group int) iter.Seq[tables.ContactRow] {
	return func(yield func(tables.ContactRow) bool) {
		g.each(group, false, yield)
	}
}

// Holdout yields the held-out customers of all groups in rank order.
func (g *Groups) Holdout() iter.Seq[tables.ContactRow] {
	return func(yield func(tables.ContactRow) bool) {
		for group := 1; group <= g.Ranking.Groups(); group++ {
			if !g.each(group, true, yield) {
				return
			}
		}
	}
}

func (g *Groups) each(group int, heldOut bool, yield func(tables.ContactRow) bool) bool {
	for i, row := range g.Ranking.Group(group) {
		if g.Lapsed.IsHeldOut(row) != heldOut {
			continue
		}
		if !yield(g.contact(row, group, i)) {
			return false
		}
	}
	return true
}

// contact is the list row of a customer: place is the number of customers
// before it in its group.
func (g *Groups) contact(row int32, group, place int) tables.ContactRow {
	l := g.Lapsed
	c := tables.ContactRow{
		Rank: int64(g.Ranking.start[group-1] + place + 1), Group: int32(group), RankInGroup: int64(place + 1),
		CustomerID: l.IDs[row], Probability: l.Probability[row],
		ExpectedSpend:   l.SpendOf(row),
		ExpectedMargin:  ExpectedMargin(l.Probability[row], l.SpendOf(row), g.margin),
		RecencyDays:     int64(l.RecencyDays[row]),
		Orders:          int64(l.Orders[row]),
		Monetary:        l.Monetary[row],
		LastPurchaseDay: l.LastPurchaseDay[row],
		Stage:           l.Stage[row].String(),
	}
	c.PreferredChannel = channelOf(l, row)
	if len(l.PreferredHour) > 0 {
		c.PreferredHour = l.PreferredHour[row]
	}
	if c.Reason = reasonOf(l, row); c.Reason == "" {
		c.Reason = Reason(factsOf(l, row, c.PreferredChannel))
	}
	if g.Shows != nil {
		c.Shown = g.Shows.Columns(c.CustomerID)
	}
	c.When = g.When.Of(row)
	return c
}

// channelOf is the preferred channel of a customer; "" where there is none.
func channelOf(l *scoring.Lapsed, row int32) string {
	if len(l.PreferredChannel) == 0 || l.PreferredChannel[row] == 0 {
		return ""
	}
	return l.Channels[l.PreferredChannel[row]-1]
}

// reasonOf is what the ranker says of a customer; "" where it says nothing.
func reasonOf(l *scoring.Lapsed, row int32) string {
	if len(l.Reasons) == 0 {
		return ""
	}
	return l.Reasons[row]
}

func factsOf(l *scoring.Lapsed, row int32, channel string) ReasonFacts {
	interval := math.NaN()
	if len(l.IntervalMeanDays) > 0 {
		interval = float64(l.IntervalMeanDays[row])
	}
	return ReasonFacts{
		Orders: int(l.Orders[row]), RecencyDays: int(l.RecencyDays[row]),
		IntervalMeanDays: interval, Monetary: l.Monetary[row], Channel: channel,
	}
}

// NoteSending notes for each group when, and through which channel, its contacts are
// reached.
func (g *Groups) NoteSending() {
	for i := range g.Rows {
		rows := slices.DeleteFunc(slices.Clone(g.Ranking.Group(i+1)), g.Lapsed.IsHeldOut)
		sending := g.When.OfGroup(rows)
		sending.Channel, sending.ChannelShare = channelOfMost(g.Lapsed, rows)
		g.Rows[i].Sending = sending
	}
}

// channelOfMost is the channel that most customers prefer, of equal ones the first
// by name, and their share; "" and NaN where none has one.
func channelOfMost(l *scoring.Lapsed, rows []int32) (channel string, share float64) {
	counts := make([]int, len(l.Channels)+1)
	if len(l.PreferredChannel) > 0 {
		for _, row := range rows {
			counts[l.PreferredChannel[row]]++
		}
	}
	most := 0
	for code := 1; code < len(counts); code++ {
		if counts[code] > counts[most] || most == 0 && counts[code] > 0 {
			most = code
		}
	}
	if most == 0 {
		return "", math.NaN()
	}
	return l.Channels[most-1], float64(counts[most]) / float64(len(rows))
}

// ListWriters write the recall lists and the holdout, one each, with amounts of a
// type; several may be called at a time.
func (g *Groups) ListWriters(create run.Create, money data.MoneyType) []func() error {
	writers := []func() error{func() error { return create.WriteHoldout(g.Holdout(), money) }}
	for group := 1; group <= g.Ranking.Groups(); group++ {
		writers = append(writers, func() error { return create.WriteContacts(group, g.Contacts(group), money) })
	}
	return writers
}
