package guard

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
)

var damaged = flag.Int("damaged", 1000, "damaged files to try, over all writers")

// damage is one way to spoil a file. at is where, in [0, len(b)).
type damage struct {
	name  string
	spoil func(r *rand.Rand, b []byte, at int) []byte
}

var damages = []damage{
	{"flipped bit", func(r *rand.Rand, b []byte, at int) []byte {
		b[at] ^= 1 << r.IntN(8)
		return b
	}},
	{"flipped bits", func(r *rand.Rand, b []byte, at int) []byte {
		for range 2 + r.IntN(20) {
			b[min(at+r.IntN(64), len(b)-1)] ^= 1 << r.IntN(8)
		}
		return b
	}},
	{"overwritten", func(r *rand.Rand, b []byte, at int) []byte {
		for i := at; i < min(at+1+r.IntN(200), len(b)); i++ {
			b[i] = byte(r.Uint32())
		}
		return b
	}},
	{"byte", func(r *rand.Rand, b []byte, at int) []byte {
		b[at] = []byte{0, 1, 0x7f, 0x80, 0xff, byte(r.Uint32())}[r.IntN(6)]
		return b
	}},
	{"zeroed", func(r *rand.Rand, b []byte, at int) []byte {
		clear(b[at:min(at+1+r.IntN(600), len(b))])
		return b
	}},
	{"swapped", func(r *rand.Rand, b []byte, at int) []byte {
		other := r.IntN(len(b))
		b[at], b[other] = b[other], b[at]
		return b
	}},
	{"inserted", func(r *rand.Rand, b []byte, at int) []byte {
		more := make([]byte, 1+r.IntN(30))
		for i := range more {
			more[i] = byte(r.Uint32())
		}
		return slices.Insert(b, at, more...)
	}},
	{"lost", func(r *rand.Rand, b []byte, at int) []byte {
		return slices.Delete(b, at, min(at+1+r.IntN(30), len(b)))
	}},
	{"copied over", func(r *rand.Rand, b []byte, at int) []byte {
		from := r.IntN(len(b))
		copy(b[at:], bytes.Clone(b[from:min(from+1+r.IntN(300), len(b))]))
		return b
	}},
	{"cut", func(r *rand.Rand, b []byte, at int) []byte { return b[:at] }},
}

// stretch is part of a file.
type stretch struct{ start, end int }

// bodies returns where the page bodies of the flat columns lie.
func bodies(t *testing.T, b []byte) (found []stretch) {
	t.Helper()
	f, err := Check(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for g := range f.RowGroups {
		for c := range f.Columns {
			chunk := &f.RowGroups[g].Chunks[c]
			if !f.Columns[c].Flat() || chunk.Values == 0 {
				continue
			}
			for at := int(chunk.Start()); at < int(chunk.End()); {
				w := thrift{b: b[at:chunk.End()], most: maxHeaderElements}
				h := w.pageHeader()
				at += w.at
				if h.compressed > 0 {
					found = append(found, stretch{at, at + int(h.compressed)})
				}
				at += int(h.compressed)
			}
		}
	}
	return found
}

// place chooses where to spoil: a third each in page bodies, near the footer
// and anywhere.
func placeOf(r *rand.Rand, b []byte, pages []stretch) int {
	switch r.IntN(3) {
	case 0:
		if len(pages) > 0 {
			p := pages[r.IntN(len(pages))]
			return p.start + r.IntN(p.end-p.start)
		}
	case 1:
		n := int(b[len(b)-8]) | int(b[len(b)-7])<<8
		return len(b) - 1 - r.IntN(min(n+8, len(b)))
	}
	return r.IntN(len(b))
}

// within says whether a and b differ in bytes of the stretches only.
func within(a, b []byte, pages []stretch) bool {
	if len(a) != len(b) {
		return false
	}
	at := 0
	for _, p := range pages {
		if p.start < at {
			continue
		}
		if !bytes.Equal(a[at:p.start], b[at:p.start]) {
			return false
		}
		at = p.end
	}
	return bytes.Equal(a[at:], b[at:])
}

// toll is what became of the damaged files.
type toll struct {
	errors   int // refused, by the guard or the decoder
	crashes  int // of those, by a panic of the decoder
	harmless int // read as before
	unseen   int // read as other values
}

// A damaged file is an error or reads as before, whatever the damage: without
// a panic, without a hang, within the memory limit. Damage to pages with
// checksums and cut ends never go unseen. What else goes unseen is logged.
func TestGuard_DamagedFilesNeverCrashHangOrTakeMemory(t *testing.T) {
	files := soundFiles(t)
	names := slices.Sorted(maps.Keys(files))
	tolls := map[bool]*toll{false: {}, true: {}}
	unseen := map[string]int{}
	for i, name := range names {
		sound := files[name]
		want, summed, err := guarded(sound, damageLimits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages := bodies(t, sound)
		for k := range *damaged/len(names) + 1 {
			r := rand.New(rand.NewPCG(uint64(i), uint64(k)))
			d := damages[r.IntN(len(damages))]
			b := d.spoil(r, bytes.Clone(sound), placeOf(r, sound, pages))
			if bytes.Equal(b, sound) {
				continue
			}
			where := fmt.Sprintf("%s, damage %d (%s)", name, k, d.name)
			got, err := watched(t, where, b)
			mustSee := summed && within(sound, b, pages) || bytes.HasPrefix(sound, b)
			if errors.Is(err, errOpinions) {
				t.Errorf("%s: %v", where, err)
			}
			if err == nil && mustSee {
				t.Errorf("%s: went unseen", where)
			}
			if tolls[summed].count(err, got == want) {
				unseen[d.name]++
			}
		}
	}
	for _, summed := range []bool{true, false} {
		o := tolls[summed]
		t.Logf("page checksums %v: %d errors (%d of them from a panic behind the guard), %d read as before, %d other values unseen",
			summed, o.errors, o.crashes, o.harmless, o.unseen)
	}
	t.Logf("unseen by kind: %v", unseen)
}

func (o *toll) count(err error, same bool) (unseen bool) {
	switch crash := (*CrashError)(nil); {
	case errors.As(err, &crash):
		o.errors++
		o.crashes++
	case err != nil:
		o.errors++
	case same:
		o.harmless++
	default:
		o.unseen++
		return true
	}
	return false
}

var damageLimits = Limits{MemoryBytes: 8 << 20}

// watched reads a file and fails where that takes too long or too much memory.
func watched(t *testing.T, where string, b []byte) (digest uint64, err error) {
	t.Helper()
	hang := time.AfterFunc(5*time.Second, func() { panic(where + ": hangs") })
	defer hang.Stop()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	digest, _, err = guarded(b, damageLimits)
	runtime.ReadMemStats(&after)
	if took := int64(after.TotalAlloc - before.TotalAlloc); took > damageLimits.MemoryBytes {
		t.Errorf("%s: took %s", where, bytesText(took))
	}
	return digest, err
}
