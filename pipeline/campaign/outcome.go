package campaign

import (
	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/pipeline/effect"
)

// Happening is a purchase, or goods sent back.
type Happening struct {
	At       int64 // local time, microseconds since 1970-01-01
	Amount   data.Money
	Returned bool // goods sent back: Amount is what they were worth, at least 0
}

// Happenings appends the purchases and returns of a customer before a day, in order
// of time.
func Happenings(list []Happening, h orders.History, before data.Day) []Happening {
	h = h.Before(before)
	for i := h.From; i < h.To; i++ {
		switch {
		case h.Flags[i]&orders.FlagPurchase != 0:
			list = append(list, Happening{At: h.Time[i], Amount: h.Amount[i]})
		case h.Flags[i]&orders.FlagReturn != 0:
			list = append(list, Happening{h.Time[i], max(h.Amount[i], -h.Amount[i]), true})
		}
	}
	return list
}

// Outcome is what a customer of a wave did in the window of the group.
type Outcome struct {
	Known    bool    // the orders know the customer
	Excluded bool    // bought between launch and sending: in neither side
	Returned bool    // a purchase day in the window
	Day      int32   // of the window on which the first of them was, 0 first
	Net      float64 // currency: purchases of the window less goods sent back, at least 0
	Offer    float64 // currency: offers redeemed in the window
	Again    bool    // bought again within the days after which one has lapsed
}

// window is the time in which a group's returns count.
type window struct {
	launch, from, to data.Day // launched, sent, first day after
	tail             data.Day // first day on which goods sent back do not count any more
	lapsedAfter      data.Day // days; 0: not known
}

func (w *Wave) window(sent data.Day) window {
	to := sent + data.Day(w.Plan.HorizonDays)
	return window{w.Day, sent, to, to + TailDays, data.Day(w.Plan.LapsedAfterDays)}
}

// outcome says what happened in the window, of happenings in order of time.
func (v window) outcome(list []Happening) Outcome {
	o := Outcome{Known: true}
	purchases, back, first := data.Money(0), data.Money(0), int64(0)
	for _, h := range list {
		day := data.DayOfMicros(h.At)
		switch {
		case h.Returned:
		case day >= v.launch && day < v.from:
			o.Excluded = true
		case day >= v.from && day < v.to:
			purchases += h.Amount
			if !o.Returned {
				o.Returned, o.Day, first = true, int32(day-v.from), h.At
			}
		}
		if o.Returned && !h.Returned && day > v.from+data.Day(o.Day) && day <= v.from+data.Day(o.Day)+v.lapsedAfter {
			o.Again = true
		}
	}
	if !o.Returned {
		return o
	}
	for _, h := range list { // goods of the same moment count, in whatever order they stand
		if h.Returned && h.At >= first && data.DayOfMicros(h.At) < v.tail {
			back += h.Amount
		}
	}
	o.Net = effect.Net(purchases.Float(), back.Float())
	return o
}

// Outcomes are what the customers of a wave did, one for each of its rows.
type Outcomes []Outcome

// NewOutcomes starts with nothing known.
func (w *Wave) NewOutcomes() Outcomes { return make(Outcomes, len(w.Rows)) }

// Set says what a customer did. Rows may be set from several goroutines, each its
// own.
func (o Outcomes) Set(w *Wave, row int, list, redeemed []Happening) {
	o[row] = Outcome{Known: true}
	sent, ok := w.Sends[w.Rows[row].Group]
	if !ok {
		return
	}
	v := w.window(sent.Day)
	o[row] = v.outcome(list)
	for _, h := range redeemed {
		if day := data.DayOfMicros(h.At); day >= v.from && day < v.to {
			o[row].Offer += h.Amount.Float()
		}
	}
}

// Until cuts happenings at a day, before which all is known.
func Until(list []Happening, asOf data.Day) []Happening {
	for len(list) > 0 && list[len(list)-1].At >= asOf.Micros() {
		list = list[:len(list)-1]
	}
	return list
}

// UnknownShare is the part of the customers whom the orders do not know.
func (o Outcomes) UnknownShare() (unknown int, share float64) {
	for i := range o {
		if !o[i].Known {
			unknown++
		}
	}
	return unknown, float64(unknown) / float64(max(1, len(o)))
}

// side is one arm of a group, or those held out.
type side struct {
	customers, excluded, sent int64 // without those left out; left out; contacted
	returned, kept, again     int64
	revenue                   float64
	capped                    float64 // the same, a return at most the cap
	value                     float64 // of returns, what margin and offers leave, capped
	uncapped                  float64 // the same, not capped
	offers                    float64 // paid
	cost                      float64 // of contacts
	byDay                     []int64 // first returns by day of the window
	moments                   effect.Moments
}

// plus adds an arm.
func (s *side) plus(o *side) {
	s.customers, s.excluded, s.sent = s.customers+o.customers, s.excluded+o.excluded, s.sent+o.sent
	s.returned, s.kept, s.again = s.returned+o.returned, s.kept+o.kept, s.again+o.again
	s.revenue, s.capped, s.value, s.uncapped = s.revenue+o.revenue, s.capped+o.capped, s.value+o.value, s.uncapped+o.uncapped
	s.offers, s.cost = s.offers+o.offers, s.cost+o.cost
	for d := range o.byDay {
		s.byDay[d] += o.byDay[d]
	}
}

func (w *Wave) newSide() *side { return &side{byDay: make([]int64, w.Plan.HorizonDays)} }

// wasSent says of a contact whether the campaign reached out, and of a held-out
// customer whether anything at all did within the window.
func (w *Wave) wasSent(row int, sent data.Day) bool {
	heldOut := w.Rows[row].Arm == tables.HoldoutArm
	for _, c := range w.contactsOf(row) {
		if c.own && !heldOut || heldOut && c.day >= sent && c.day < sent+data.Day(w.Plan.HorizonDays) {
			return true
		}
	}
	return false
}
