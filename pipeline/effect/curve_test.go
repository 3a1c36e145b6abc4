package effect

import (
	"math"
	"testing"
)

// evenly makes snapshots thirty days apart before a day, with as many returns
// on every day of a horizon of sixty.
func evenly(day, months int, perDay int64) []Snapshot {
	var all []Snapshot
	for m := 1; m <= months; m++ {
		s := Snapshot{Day: day - 30*m}
		for range 60 {
			s.Returned = append(s.Returned, perDay)
		}
		all = append(all, s)
	}
	return all
}

func TestNaturalCurve_OfAnEvenShopIsALine(t *testing.T) {
	c, ok := NaturalCurve(evenly(1000, 20, 50), 1000)
	if !ok || len(c.Share) != 60 || len(c.Spread) != 60 || c.Tests == 0 {
		t.Fatalf("ok %v: %+v", ok, c)
	}
	for day := 1; day <= 60; day++ {
		share, spread := c.At(day)
		near(t, "share", share, float64(day)/60, .001)
		near(t, "spread", spread, MinSpread, 0)
	}
	if share, _ := c.At(0); share != 0 {
		t.Errorf("on day 0: %v", share)
	}
	if share, _ := c.At(99); share != 1 {
		t.Errorf("after the window: %v", share)
	}
}

func TestNaturalCurve_SeesNothingThatIsNotClosed(t *testing.T) {
	snapshots := evenly(1000, 20, 50)
	before, _ := NaturalCurve(snapshots, 1000)
	for i := range snapshots {
		if snapshots[i].Day+60 > 1000 {
			snapshots[i].Returned = make([]int64, 60)
			snapshots[i].Returned[0] = 1e6
		}
	}
	after, _ := NaturalCurve(snapshots, 1000)
	for i := range before.Share {
		if before.Share[i] != after.Share[i] || before.Spread[i] != after.Spread[i] {
			t.Fatalf("day %d moves with what is not over", i+1)
		}
	}
	if _, ok := NaturalCurve(snapshots, 300); ok {
		t.Error("a curve of the time before the shop")
	}
}

// TestNaturalCurve_FollowsLastYearHalfWay: all the year returns come evenly, a
// year ago they all came late.
func TestNaturalCurve_FollowsLastYearHalfWay(t *testing.T) {
	snapshots := evenly(1000, 11, 500)
	late := Snapshot{Day: 1000 - 365, Returned: make([]int64, 60)}
	for d := range late.Returned {
		late.Returned[d] = int64(d * d)
	}
	c, _ := NaturalCurve(append(snapshots, late), 1000)
	even, _ := NaturalCurve(snapshots, 1000)
	share, _ := c.At(30)
	without, _ := even.At(30)
	near(t, "without last year", without, .5, .001)
	lateShare := float64(29*30*59/6) / float64(59*60*119/6)
	odds := math.Log(lateShare/(1-lateShare)) / 2 // half way to log-odds of 0
	near(t, "half way", share, 1/(1+math.Exp(-odds)), .03)
}

func TestNaturalCurve_UntestedIsTakenToBeFarOff(t *testing.T) {
	c, ok := NaturalCurve(evenly(1000, 2, 50), 1000)
	if _, spread := c.At(10); !ok || c.Tests != 0 || spread != UntestedSpread {
		t.Errorf("ok %v, %d tests, spread %v", ok, c.Tests, spread)
	}
}
