package offers

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomEvents are events of which the limits hold only a part.
func randomEvents(n int) (all [silences][]event) {
	r := rand.New(rand.NewPCG(3, 3))
	for i := range n {
		codes := make([]uint32, 2+r.IntN(100))
		for k := range codes {
			codes[k] = uint32(r.IntN(500))
		}
		e := event{hash: r.Uint64(), day: asOf - 1, codes: codes, before: len(codes) / 2}
		k := 0
		if i%3 == 0 {
			k = 1 + r.IntN(2)
		}
		all[k] = append(all[k], e)
	}
	return all
}

// poolOf adds events in so many steps.
func poolOf(all [silences][]event, steps int) *eventPool {
	p := newEventPool()
	for s := range steps {
		var found [silences]int64
		var part [silences][]event
		for k := range all {
			events := all[k][len(all[k])*s/steps : len(all[k])*(s+1)/steps]
			found[k] = int64(len(events))
			part[k] = slices.DeleteFunc(slices.Clone(events), func(e event) bool { return !p.wants(k, e.hash) })
		}
		p.add(found, part)
	}
	return p
}

func TestEventPool_ChoosesTheSameWhateverTheOrder(t *testing.T) {
	all := randomEvents(30_000)
	want := firstByHash(slices.Clone(all[0]))
	if len(want) == len(all[0]) {
		t.Fatal("the limits hold all events: the test proves nothing")
	}
	for _, steps := range []int{1, 7, 400} {
		for range 2 {
			p := poolOf(all, steps)
			got, silence := p.chosen()
			if silence != 0 || !slices.EqualFunc(got, want, func(a, b event) bool { return compareEvents(a, b) == 0 }) {
				t.Errorf("%d steps: %d events of silence %d, want %d", steps, len(got), silence, len(want))
			}
			for k := range all {
				slices.Reverse(all[k])
			}
		}
	}
}

func TestEventPool_TakesShorterSilencesWhereLongerAreFew(t *testing.T) {
	all := randomEvents(900)
	all[0] = all[0][:150]
	events, silence := poolOf(all, 5).chosen()
	if silence != 1 || len(events) != 150+len(all[1]) {
		t.Errorf("%d events of silence %d", len(events), silence)
	}
	all[1], all[2] = all[1][:20], all[2][:29]
	if events, silence := poolOf(all, 5).chosen(); events != nil || silence != silences {
		t.Errorf("199 events: %d of silence %d, want none", len(events), silence)
	}
}

func TestEventPool_HoldsNoMoreThanItsLimits(t *testing.T) {
	p := poolOf(randomEvents(60_000), 100)
	if len(p.kept[0]) > mostEvents*3/2 || p.pairs[0] > mostEventPairs*3/2 || p.kept[1] != nil || p.kept[2] != nil {
		t.Errorf("%d events with %d pairs are held, and %d and %d of shorter silences", len(p.kept[0]), p.pairs[0], len(p.kept[1]), len(p.kept[2]))
	}
}
