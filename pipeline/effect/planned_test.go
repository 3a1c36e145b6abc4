package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSampleRatio_FlagsOneDrawInAThousand(t *testing.T) {
	draw := rand.New(rand.NewPCG(13, 13))
	flagged, rounds := 0, 20_000
	for range rounds {
		var counts [3]int64
		for range 500 {
			switch u := draw.Float64(); {
			case u < .1:
				counts[0]++
			case u < .5:
				counts[1]++
			default:
				counts[2]++
			}
		}
		if _, p := SampleRatio(counts[:], []float64{.1, .4, .5}); p < NotTheDraw {
			flagged++
		}
	}
	if flagged > 60 {
		t.Errorf("%d of %d honest draws are flagged", flagged, rounds)
	}
	if _, p := SampleRatio([]int64{80, 520}, []float64{.2, .8}); !(p < NotTheDraw) {
		t.Errorf("80 of 600 at a share of .2: p %v", p)
	}
	if chi2, p := SampleRatio(nil, nil); chi2 != 0 || p != 1 {
		t.Errorf("nobody drawn: %v %v", chi2, p)
	}
}

func TestDelivery_IsDilutedBeyondItsLimits(t *testing.T) {
	for _, c := range []struct {
		d    Delivery
		want bool
	}{
		{Delivery{100, 80, 100, 5}, false}, {Delivery{100, 79, 100, 5}, true}, {Delivery{100, 80, 100, 6}, true},
		{Delivery{}, false}, {Delivery{Contacts: 10, Sent: 10}, false},
	} {
		if c.d.Diluted() != c.want {
			t.Errorf("%+v: diluted is %v", c.d, !c.want)
		}
	}
	if lift := (Delivery{Contacts: 10, HeldOut: 10}).LiftOfContact(.02); !math.IsInf(lift, 1) {
		t.Errorf("nothing sent: %v", lift)
	}
}
