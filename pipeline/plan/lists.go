package plan

import (
	"iter"
	"math"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/sendtime"
)

// Contacts yields the customers to contact of group g (1 first) in rank order. An error
// of the disk ends it.
func (g *Groups) Contacts(group int) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		g.each(g.Ranking.listed(group), group, false, yield)
	}
}

// Holdout yields the held-out customers of all groups in rank order. An error of the
// disk ends it.
func (g *Groups) Holdout() iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for group := 1; group <= g.Ranking.Groups(); group++ {
			if !g.each(g.Ranking.Group(group), group, true, yield) {
				return
			}
		}
	}
}

func (g *Groups) each(of iter.Seq2[Ranked, error], group int, heldOut bool, yield func(tables.ContactRow, error) bool) bool {
	for c, err := range of {
		if err != nil {
			yield(tables.ContactRow{}, err)
			return false
		}
		if c.IsHeldOut() == heldOut && !yield(g.contact(c, group), nil) {
			return false
		}
	}
	return true
}

// contact is the list row of a customer.
func (g *Groups) contact(r Ranked, group int) tables.ContactRow {
	l, row, rank := r.Lapsed, r.Row, g.Ranking.rankOf(group, r.Place)
	c := tables.ContactRow{
		Rank: rank, Group: int32(group), RankInGroup: int64(r.Place + 1),
		CustomerID: l.IDs[row], Probability: l.Probability[row],
		ExpectedSpend:   l.SpendOf(row),
		ExpectedMargin:  ExpectedMargin(l.Probability[row], l.SpendOf(row), g.margin),
		RecencyDays:     int64(l.RecencyDays[row]),
		Orders:          int64(l.Orders[row]),
		Monetary:        l.Monetary[row],
		LastPurchaseDay: l.LastPurchaseDay[row],
		Stage:           l.Stage[row].String(),
		PreferredHour:   l.HourOf(row),
	}
	c.PreferredChannel = channelOf(l, row)
	if rank <= int64(len(g.Reasons)) {
		c.Reason = g.Reasons[rank-1]
	}
	if c.Reason == "" {
		c.Reason = Reason(factsOf(l, row, c.PreferredChannel))
	}
	if g.Shows != nil {
		c.Shown = g.Shows.OfRank(rank)
	}
	if g.When != nil {
		c.When = g.When.Of(l.WeekdayOf(row), l.WaitOf(row))
	}
	return c
}

// channelOf is the preferred channel of a customer; "" where there is none.
func channelOf(l *scoring.Lapsed, row int32) string {
	if len(l.PreferredChannel) == 0 || l.PreferredChannel[row] == 0 {
		return ""
	}
	return l.Channels[l.PreferredChannel[row]-1]
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
func (g *Groups) NoteSending() error {
	for i := range g.Rows {
		var weekdays sendtime.Weekdays
		var channels channelCounts
		for c, err := range g.contacts(i + 1) {
			if err != nil {
				return err
			}
			weekdays.Add(c.WeekdayOf(c.Row))
			channels.add(c.Lapsed, c.Row)
		}
		g.Rows[i].Sending = g.When.OfGroup(&weekdays)
		g.Rows[i].Sending.Channel, g.Rows[i].Sending.ChannelShare = channels.most()
	}
	return nil
}

// channelCounts are customers by preferred channel.
type channelCounts struct {
	names     []string
	customers []int // by code; 0 is none
	all       int
}

func (n *channelCounts) add(l *scoring.Lapsed, row int32) {
	if n.customers == nil {
		n.names, n.customers = l.Channels, make([]int, len(l.Channels)+1)
	}
	n.all++
	if len(l.PreferredChannel) > 0 {
		n.customers[l.PreferredChannel[row]]++
	}
}

// most is the channel that most customers prefer, of equal ones the first by name, and
// their share; "" and NaN where none has one.
func (n *channelCounts) most() (channel string, share float64) {
	most := 0
	for code := 1; code < len(n.customers); code++ {
		if n.customers[code] > n.customers[most] || most == 0 && n.customers[code] > 0 {
			most = code
		}
	}
	if most == 0 {
		return "", math.NaN()
	}
	return n.names[most-1], float64(n.customers[most]) / float64(n.all)
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
