package sendtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
)

const asOf data.Day = 14000 // a Thursday

// bought is an order of an invented shop.
type bought struct {
	customer string
	day      data.Day
	minute   int
	channel  uint32
}

// invented puts orders into histories of so many partitions.
func invented(lines []bought, parts int) []*orders.Histories {
	slices.SortStableFunc(lines, func(a, b bought) int { return strings.Compare(a.customer, b.customer) })
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.customer)
	}
	ids = slices.Compact(ids)
	var out []*orders.Histories
	for p := range parts {
		h := &orders.Histories{Start: []int32{0}}
		for _, id := range ids[len(ids)*p/parts : len(ids)*(p+1)/parts] {
			own := slices.DeleteFunc(slices.Clone(lines), func(l bought) bool { return l.customer != id })
			slices.SortStableFunc(own, func(a, b bought) int { return int(a.day-b.day)*minutesOfDay + a.minute - b.minute })
			for _, l := range own {
				h.Time = append(h.Time, l.day.Micros()+int64(l.minute)*time.Minute.Microseconds())
				h.Flags = append(h.Flags, orders.FlagPurchase)
				h.Codes[data.Channel] = append(h.Codes[data.Channel], l.channel)
			}
			h.IDs, h.Start = append(h.IDs, id), append(h.Start, int32(len(h.Time)))
		}
		out = append(out, h)
	}
	return out
}

func usual() Settings {
	return Settings{LapsedAfter: 90, Horizon: 60, Window: 240, Wait: WaitAnniversary}
}

func counted(lines []bought, parts int, day data.Day) (*Counter, []*orders.Histories) {
	histories := invented(lines, parts)
	c := NewCounter(usual(), 2, day)
	for _, h := range slices.Backward(histories) {
		c.Add(h)
	}
	return c, histories
}

func TestShop_WindowHoldsMostOrdersAndStartsEarliest(t *testing.T) {
	var lines []bought
	for i := range 60 {
		lines = append(lines, bought{fmt.Sprint("c", i), asOf - 10, 11*60 + 30 + i*4, 1}) // 11:30 to 15:26
	}
	for i := range 40 {
		lines = append(lines, bought{fmt.Sprint("d", i), asOf - 11, 20 * 60, 2})
	}
	lines = append(lines, bought{"old", asOf - countedDays - 1, 60, 2}, bought{"late", asOf, 60, 2})
	for _, parts := range []int{1, 3} {
		c, _ := counted(slices.Clone(lines), parts, asOf)
		s := c.Shop()
		if s.From != 11*60+30 || s.To != 15*60+30 || s.Share != .6 || s.Weekday != (asOf-10).Time().Weekday() || !s.HasDay || s.channel != 1 {
			t.Errorf("%d parts: %+v", parts, s)
		}
	}
	c, _ := counted(lines[60:100], 1, asOf)
	if s := c.Shop(); s.HasHours() || !strings.Contains(s.Words(&Trial{}), "no times of day") {
		t.Errorf("orders of one minute give hours: %+v", s)
	}
}

func TestWeekdayOf_IsThatOfTheCalendar(t *testing.T) {
	for _, day := range []data.Day{asOf, 0, 1, 6, -1, -8, 20000} {
		if got, want := weekdayOf(day), day.Time().Weekday(); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

// habitual are customers who buy on a weekday of their own at an hour of their own
// and through a channel of their own, and come back so after the test cut.
func habitual(n int) (lines []bought) {
	cut := asOf - 60
	for i := range n {
		start := cut - 140 + data.Day(i%7)
		for k := range data.Day(4) {
			lines = append(lines, bought{fmt.Sprintf("c%03d", i), start + 7*k, (i % 6) * 240, uint32(i%2 + 1)})
		}
		lines = append(lines, bought{fmt.Sprintf("c%03d", i), start + 8, (i % 6) * 240, uint32(2 - i%2)}) // a second channel
		back := start + 7*21
		for back < cut {
			back += 7
		}
		lines = append(lines, bought{fmt.Sprintf("c%03d", i), back, (i % 6) * 240, uint32(i%2 + 1)})
	}
	return lines
}

func TestJudge_TakesOwnHabitsOnlyWhereTheyAreBetter(t *testing.T) {
	c, histories := counted(habitual(140), 3, asOf-60)
	j := NewJudge(c)
	for _, h := range histories {
		j.Add(h)
	}
	hours, weekday, channel := j.Trials(2)
	for _, trial := range []*Trial{hours, weekday, channel} {
		if trial.Customers != 140 || trial.Own != 1 || trial.Shop > .6 || !trial.OwnChosen() {
			t.Errorf("%+v: want own habits of 140 customers", trial)
		}
	}
	random := habitual(140)
	for i := range random {
		if random[i].day >= asOf-60 { // they come back at any time
			random[i].day += data.Day(i*31) % 7
			random[i].minute, random[i].channel = i*977%minutesOfDay, uint32(i*31/7%2+1)
		}
	}
	c, histories = counted(random, 1, asOf-60)
	j = NewJudge(c)
	j.Add(histories[0])
	hours, weekday, channel = j.Trials(1)
	for _, trial := range []*Trial{hours, weekday, channel} {
		if trial.Customers == 0 || trial.OwnChosen() || !strings.Contains(trial.Why, "no more beyond noise") {
			t.Errorf("%+v: want the shop's", trial)
		}
	}
}

func TestTonight_GivesWeekdaysAndDaysToWaitFor(t *testing.T) {
	lines := []bought{
		{"a", asOf - 364 + 30, 60, 1}, {"a", asOf - 300, 60, 1}, {"a", asOf - 293, 60, 1}, // an anniversary in 30 days, two days of one weekday
		{"b", asOf - 728 + 5, 60, 1}, {"b", asOf - 100, 60, 1}, // in 5 days: too near to wait
		{"c", asOf - 20, 60, 1}, // has not lapsed
	}
	c, histories := counted(lines, 2, asOf)
	tonight := NewTonight(c)
	var days []int8
	var waits []int16
	for _, h := range histories {
		d, w := tonight.Of(h)
		days, waits = append(days, d...), append(waits, w...)
	}
	l := tonight.When(true)
	if len(days) != 2 || len(waits) != 2 {
		t.Fatalf("%d lapsed, want 2", len(days))
	}
	a, b := l.Of(days[0], waits[0]), l.Of(days[1], waits[1])
	if want := (asOf - 300).Time().Weekday().String(); a.Weekday != want || a.WaitUntil != asOf+23 || a.WaitReason == "" {
		t.Errorf("a: %+v, want %s and %s", a, want, asOf+23)
	}
	if b.Weekday != "" || b.WaitUntil != 0 {
		t.Errorf("b: %+v, want nothing", b)
	}
	var one, both Weekdays
	one.Add(days[0])
	both.Add(days[0])
	both.Add(days[1])
	if plain := tonight.When(false); plain.Of(days[0], 0).Weekday != "" || plain.OfGroup(&both).Weekday != plain.Shop.Weekday.String() {
		t.Errorf("own weekdays are used although the shop's was chosen: %+v", plain.Of(days[0], 0))
	}
	if got := l.OfGroup(&one); got.Weekday != a.Weekday {
		t.Errorf("group of one: %+v", got)
	}
}
