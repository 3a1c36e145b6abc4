package main

import (
	"math"
	"slices"

	"winback/data"
	"winback/internal/shop"
	"winback/pipeline/effect"
)

const (
	horizon      = shop.ContactDays
	lapsedAfter  = 90
	stepDays     = 30  // between snapshots, and between launches
	lastLaunch   = 190 // days before the shop's end, so that all windows close
	snapshotsAgo = 30  // how many snapshots are taken
)

// history is a shop with what its past days teach, snapshot by snapshot.
type history struct {
	shop      *shop.DemoShop
	customers []customer
	snapshots []snapshot // newest first
}

type customer struct {
	id   string
	days []data.Day
}

// snapshot is who had lapsed on a past day, by group, and who returned.
type snapshot struct {
	day      data.Day
	lapsed   [groups]int64
	returned [groups]int64
	byDay    [horizon]int64
}

func newHistory(s *shop.DemoShop) *history {
	h := &history{shop: s}
	for i := range s.Customers() {
		id, days := s.Purchases(i)
		h.customers = append(h.customers, customer{id, days})
	}
	for k := range snapshotsAgo {
		h.snapshots = append(h.snapshots, h.snapshot(s.Truth.AsOf-lastLaunch-data.Day(stepDays*k)))
	}
	return h
}

func (h *history) snapshot(day data.Day) snapshot {
	s := snapshot{day: day}
	for _, c := range h.customers {
		group, next, lapsed := c.at(day)
		if !lapsed {
			continue
		}
		s.lapsed[group]++
		if next >= 0 && next < horizon {
			s.returned[group]++
			s.byDay[next]++
		}
	}
	return s
}

// Groups are cells of recency and number of purchase days.
var (
	recencyEdges = []int{150, 240, 365, 540} // days; the last group is longer
	orderEdges   = []int{2, 3}               // purchase days: one, two, more
)

const groups = 15

// at is the group of a customer on a day, and the days until the next purchase,
// -1 where there is none.
func (c *customer) at(day data.Day) (group, next int, lapsed bool) {
	seen, _ := slices.BinarySearch(c.days, day)
	if seen == 0 || int(day-c.days[seen-1]) < lapsedAfter {
		return 0, 0, false
	}
	recency, _ := slices.BinarySearch(recencyEdges, int(day-c.days[seen-1]))
	orders, found := slices.BinarySearch(orderEdges, seen)
	if found {
		orders++
	}
	next = -1
	if seen < len(c.days) {
		next = int(c.days[seen] - day)
	}
	return recency*(len(orderEdges)+1) + orders, next, true
}

// rates are the shares of each group that returned in the closed snapshots of
// the year before a day: what a plain forecast knows.
func (h *history) rates(day data.Day) (rates [groups]float64) {
	var lapsed, returned [groups]float64
	for _, s := range h.snapshots {
		if s.day+horizon > day || s.day < day-365 {
			continue
		}
		for g := range groups {
			lapsed[g] += float64(s.lapsed[g])
			returned[g] += float64(s.returned[g])
		}
	}
	for g := range groups {
		rates[g] = (returned[g] + .5) / (lapsed[g] + 50)
	}
	return rates
}

// curve is the natural curve as known on a day.
func (h *history) curve(day data.Day) effect.Curve {
	var snapshots []effect.Snapshot
	for _, s := range h.snapshots {
		snapshots = append(snapshots, effect.Snapshot{Day: int(s.day), Returned: s.byDay[:]})
	}
	c, _ := effect.NaturalCurve(snapshots, int(day))
	return c
}

// levelSigma is the standard deviation of the log of the levels that are dealt.
func levelSigma() float64 {
	sum := 0.0
	for _, l := range levels {
		sum += math.Log(l) * math.Log(l)
	}
	return math.Sqrt(sum / float64(len(levels)))
}
