package sendtime

import (
	"time"

	"winback/data"
	"winback/data/orders"
)

// weekdayOfMost is the weekday on which a customer bought most often, of equal ones
// the shop's busier; false below three purchase days.
func (s *Shop) weekdayOfMost(known orders.History) (weekday time.Weekday, habit bool) {
	var days [weekdays]int64
	count := 0
	for day := range known.PurchaseDays() {
		days[weekdayOf(day)]++
		count++
	}
	for d := range days {
		if best := days[weekday]; days[d] > best || days[d] == best && s.busy[d] > s.busy[weekday] {
			weekday = time.Weekday(d)
		}
	}
	return weekday, count >= fewestOrders
}

// hours are where a customer's own window begins; false below three orders.
func hours(known orders.History, length int) (from int, habit bool) {
	var minutes [minutesOfDay]int64
	count, last := 0, int64(0)
	for i := range known.Purchases() {
		if at := known.Time[i]; count == 0 || at != last {
			minutes[minuteOf(at, data.DayOfMicros(at))]++
			last = at
			count++
		}
	}
	if count < fewestOrders {
		return 0, false
	}
	return bestWindow(&minutes, length), true
}

// channelOfMost is the channel of most purchase lines, of equal ones the first by
// name; several says whether there are others. 0: none.
func channelOfMost(known orders.History, counts map[uint32]int) (channel uint32, several bool) {
	clear(counts)
	for i := range known.Purchases() {
		if code := known.Codes[data.Channel][i]; code > 0 {
			counts[code]++
		}
	}
	for code, n := range counts {
		if best := counts[channel]; channel == 0 || n > best || n == best && code < channel {
			channel = code
		}
	}
	return channel, len(counts) > 1
}

// waitUntil is a week before the next day, a year or two after a purchase day, that
// lies within the horizon; false where there is none to wait for.
func (s *Settings) waitUntil(known orders.History, day data.Day) (until data.Day, found bool) {
	for bought := range known.PurchaseDays() {
		for years := 1; years <= anniversaries; years++ {
			next := bought + data.Day(years*anniversary)
			if next < day || next >= day+data.Day(s.Horizon) || next-leadDays <= day {
				continue
			}
			if !found || next-leadDays < until {
				until, found = next-leadDays, true
			}
		}
	}
	return until, found
}
