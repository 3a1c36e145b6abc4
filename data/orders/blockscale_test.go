package orders

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

func TestUnit_DividesAsTheProcessorDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, set := range units {
		for _, u := range set {
			for range 10_000 {
				x := r.Uint64() >> r.IntN(64)
				multiple := x / u.scale * u.scale
				if got := u.of(multiple); got != x/u.scale {
					t.Fatalf("%d in units of %d: want %d, have %d", multiple, u.scale, x/u.scale, got)
				}
				if divides := u.of(x) <= u.most; divides != (x == multiple) {
					t.Fatalf("%d in units of %d: said to be a multiple: %v", x, u.scale, divides)
				}
			}
		}
	}
}

func TestBlockStore_WhatIsGivenBackIsCollected(t *testing.T) {
	s := newBlockStore(3)
	for part := range 3 {
		if err := s.add(part, make([]byte, 20<<20)); err != nil {
			t.Fatal(err)
		}
	}
	s.give(0)
	if s.freed == 0 {
		t.Error("a third was given back, and collected at once")
	}
	before := collections()
	s.give(1)
	if s.freed != 0 || collections() == before {
		t.Error("two thirds were given back, and not collected")
	}
}

func collections() uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.NumGC
}

func TestKeyOf_ComparesLikeTheFirstEightBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 10_000 {
		b := make([]byte, r.IntN(12))
		want := uint64(0)
		for i := range b {
			b[i] = byte(r.IntN(256))
			if i < 8 {
				want |= uint64(b[i]) << (56 - 8*i)
			}
		}
		if got := keyOf(b); got != want {
			t.Fatalf("%x: want %016x, have %016x", b, want, got)
		}
	}
}
