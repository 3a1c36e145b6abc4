package wire

import (
	"math/rand/v2"
	"testing"
)

// mixed writes or reads numbers of all kinds in one order.
func mixed(s Sums, counts []int64, small []uint32, signed *int64) {
	SumEach(s, counts)
	*signed = s.Signed(*signed)
	SumEach(s, small)
}

func TestNumbers_AddUpToWhatWasWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 1))
	for range 200 {
		var counts, total [30]int64
		var small, totalSmall [9]uint32
		signed := r.Int64N(1<<61) - 1<<60
		for i := range counts {
			if r.IntN(3) == 0 {
				counts[i] = r.Int64N(1 << r.IntN(62))
			}
			total[i] = r.Int64N(5)
		}
		small[r.IntN(9)] = r.Uint32()
		var w NumberWriter
		mixed(&w, counts[:], small[:], &signed)
		w.Fixed(1<<63 | 5)
		w.Text("")
		w.Text("one")
		w.Put(0)
		want, before := total, int64(7)
		for i := range counts {
			want[i] += counts[i]
		}
		in := NumbersOf(w.Bytes())
		mixed(in, total[:], totalSmall[:], &before)
		if total != want || totalSmall != small || before != signed+7 {
			t.Fatalf("%v, %v, %d: want %v, %v, %d", total, totalSmall, before, want, small, signed+7)
		}
		if fixed, none, one, last := in.Fixed(), in.Text(9), in.Text(3), in.Next(0); fixed != 1<<63|5 || none != "" || one != "one" || last != 0 {
			t.Fatalf("%x, %q, %q, %d", fixed, none, one, last)
		}
		if err := in.End(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNumbers_RefuseWhatIsCutOrDoesNotFit(t *testing.T) {
	var w NumberWriter
	for _, n := range []uint64{3, 0, 0, 1 << 40} {
		w.Put(n)
	}
	whole := w.Bytes()
	read := func(text []byte, most uint64) error {
		in := NumbersOf(text)
		for range 4 {
			in.Next(most)
		}
		return in.End()
	}
	if err := read(whole, 1<<40); err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if read(whole[:cut], 1<<40) == nil {
			t.Errorf("cut at %d: no error", cut)
		}
	}
	if read(append(whole[:len(whole):len(whole)], 7), 1<<40) == nil || read(whole, 1<<40-1) == nil || read([]byte{0}, 1) == nil {
		t.Error("more than belongs there, too much, or nothing: no error")
	}
	most := int64(1<<63 - 1)
	for name, text := range map[string][]byte{"a sum": {4}, "a count": {0xFE, 0xFF, 0xFF, 0xFF, 0x7F}} {
		in := NumbersOf(text)
		if name == "a sum" {
			in.Sum(most)
		} else {
			SumEach(in, make([]int32, 1))
		}
		if in.End() == nil {
			t.Errorf("%s that is too large: no error", name)
		}
	}
	in := NumbersOf(w.Bytes())
	turns := 0
	for n := in.Times(1 << 50); in.Again(&n); { // 3 times, of which there are two zeros and one number
		in.Next(1 << 41)
		turns++
	}
	if turns != 3 || in.End() != nil {
		t.Errorf("%d turns, %v", turns, in.End())
	}
}

// A few bytes that claim very many numbers end with the first fault.
func TestNumbers_EndListsAtTheFirstFault(t *testing.T) {
	var w NumberWriter
	w.Put(1 << 60)
	w.Put(5)
	in := NumbersOf(w.Bytes())
	turns := 0
	for n := in.Times(1 << 62); in.Again(&n); {
		in.Next(9)
		turns++
	}
	if turns != 2 || in.Err() == nil {
		t.Errorf("%d turns, %v", turns, in.Err())
	}
}
