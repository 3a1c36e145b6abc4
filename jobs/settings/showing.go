package settings

import (
	"strconv"
	"strings"
	"time"

	"winback/data/tables"
	"winback/pipeline/offers"
	"winback/pipeline/sendtime"
)

// Offers is which products are shown.
type Offers struct {
	Show       int          // products for each customer, up to tables.ShowSlots; 0: nothing is shown
	SoldWithin int          // days in which somebody bought a product that is shown
	NeverFile  string       // products that are not shown; "": none
	ShowKinds  offers.Kinds // that may be shown
}

// Showing is what lists say to show their customers.
type Showing struct {
	Offers
	ShowCustomers int // first customers by rank with products of their own
	Wait          sendtime.Wait
	SendMinutes   int // of the day, in which messages go out
}

func (g *Showing) rows() []Setting {
	return append(g.Offers.rows(), Setting{Name: "show-customers", section: contacting, Holder: "N", Help: "first customers by rank who are shown products of their own, the others what most buy", Preset: "250000",
		kind: wholeValue, value: one(&g.ShowCustomers, within[int]("a whole number", 1, 1e9), show)},
		Setting{Name: "wait", section: contacting, Holder: "none|anniversary|due", Help: "say until when to wait: for the day of a purchase a year or two ago, or, in deadline lists, for goods that run out", Preset: "none",
			value: one(&g.Wait, oneOf("none, anniversary or due", sendtime.WaitNone, sendtime.WaitAnniversary, sendtime.WaitDue), showText)},
		Setting{Name: "send-window", section: contacting, Holder: "HOURS", Help: "length of the stretch of the day in which messages go out, such as 4h or 90m", Preset: "4h",
			value: one(&g.SendMinutes, parseSendWindow, showSendWindow)})
}

// parseSendWindow reads a stretch of a day in quarters of an hour, as minutes.
func parseSendWindow(text string) (int, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 15*time.Minute || d > 24*time.Hour || d%(15*time.Minute) != 0 {
		return 0, wantFound("quarters of an hour up to a day, such as 4h or 90m", text)
	}
	return int(d / time.Minute), nil
}

func showSendWindow(minutes int) []string {
	if minutes%60 == 0 {
		return []string{strconv.Itoa(minutes/60) + "h"}
	}
	return []string{strconv.Itoa(minutes) + "m"}
}

func (g *Offers) rows() []Setting {
	return []Setting{
		{Name: "show", section: contacting, Holder: "N", Help: "products to show each customer, up to 3", Preset: "3",
			kind: wholeValue, value: one(&g.Show, within[int]("a whole number", 0, tables.ShowSlots), func(v int) []string { return []string{strconv.Itoa(v)} })},
		{Name: "show-sold-within", section: contacting, Holder: "DAYS", Help: "show products that somebody bought in the last days", Preset: "28",
			kind: wholeValue, value: one(&g.SoldWithin, parseDays, show)},
		{Name: "show-never", section: contacting, Holder: "FILE", Help: "products not to show, one code or pattern such as GIFT* a line", unset: "none", value: onDisk(&g.NeverFile)},
		{Name: "show-kinds", section: contacting, Holder: "KIND,...", Help: "why a product may be shown: again, goes-with, hot", Preset: "again,goes-with,hot",
			kind: listValue, value: many(&g.ShowKinds, parseKinds, showKinds)},
	}
}

func parseKinds(parts []string) (offers.Kinds, error) {
	kinds, err := offers.ParseKinds(parts)
	if err != nil {
		return kinds, wantFound("some of again, goes-with and hot", strings.Join(parts, ","))
	}
	return kinds, nil
}

func showKinds(kinds offers.Kinds) []string {
	var names []string
	for k, name := range offers.KindNames() {
		if kinds[k] {
			names = append(names, name)
		}
	}
	return names
}
