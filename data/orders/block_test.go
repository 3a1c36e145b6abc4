package orders

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"winback/data"
)

// randomBuffer draws lines of the given kinds of numbers.
func randomBuffer(r *rand.Rand, lines int, positions bool) *lineBuffer {
	b := &lineBuffer{file: uint32(r.IntN(3))}
	wide := r.IntN(64)
	whole := func(scale int64) int64 {
		switch r.IntN(100) {
		case 0:
			return math.MaxInt64
		case 1:
			return math.MinInt64
		}
		return r.Int64() >> wide / scale * scale
	}
	versions := r.IntN(2) == 0
	prefix := bytes.Repeat([]byte("p"), r.IntN(4))
	scale := []int64{1, data.MoneyScale / 100, data.MoneyScale, data.MicrosPerDay}[r.IntN(4)]
	for n := range lines {
		if n == 0 || r.IntN(3) == 0 {
			b.addCustomer(append(bytes.Clone(prefix), []byte(dirtyText(r, "c", 1000))...))
			b.addRun(whole(scale), r.Uint64())
		} else if r.IntN(3) == 0 {
			b.addRun(whole(scale), r.Uint64())
		}
		b.lines = append(b.lines, stagedLine{amount: whole(scale), quantity: whole(1), identity: r.Uint64(),
			codes: [len(data.NamedRoles)]uint32{r.Uint32() >> r.IntN(32), 0, uint32(r.IntN(3))}, flags: LineFlags(r.IntN(4))})
		if positions {
			b.positions = append(b.positions, r.Uint64())
		}
		if versions {
			b.versions = append(b.versions, stagedVersion{r.Uint64() | 1, whole(1)})
		}
	}
	return b
}

func encodeBlock(b *lineBuffer) []byte { return new(blockEncoder).encode(b) }

// decodeBlock reads a block column by column.
func decodeBlock(block []byte, b *lineBuffer) error {
	r, err := openBlock(block)
	if err != nil {
		return err
	}
	prefix, ends, rests := r.ids(nil)
	column := func(n int) []int64 {
		c := r.column(n)
		if r.err != nil {
			return nil
		}
		v := make([]int64, n)
		unpack(c, v)
		return v
	}
	runs := column(r.customers)
	times, orders, lines := column(r.runs), column(r.runs), column(r.runs)
	positions := column(r.positions)
	identities, keys, versions := column(r.lines), column(r.lines), column(r.lines)
	amounts, quantities := column(r.lines), column(r.lines)
	var names [len(data.NamedRoles)][]int64
	for k := range names {
		names[k] = column(r.lines)
	}
	flags := column(r.lines)
	if r.err != nil {
		return r.err
	}
	b.file = uint32(r.file)
	firstRun, firstLine := uint32(0), uint32(0)
	for i, n := range runs {
		b.addCustomer(append(bytes.Clone(prefix), rests[start(ends, i):ends[i]]...))
		b.customers[i].firstRun = firstRun
		firstRun += uint32(n)
	}
	for i := range times {
		b.runs = append(b.runs, stagedRun{times[i], uint64(orders[i]), firstLine})
		firstLine += uint32(lines[i])
	}
	for i := range amounts {
		line := stagedLine{amount: amounts[i], quantity: quantities[i], identity: uint64(identities[i]), flags: LineFlags(flags[i])}
		for k := range names {
			line.codes[k] = uint32(names[k][i])
		}
		b.lines = append(b.lines, line)
		if keys[i] != 0 {
			b.versions = append(b.versions, stagedVersion{uint64(keys[i]), versions[i]})
		}
	}
	for _, p := range positions {
		b.positions = append(b.positions, uint64(p))
	}
	return nil
}

func start(ends []int32, i int) int32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

// A block gives back the lines that were put into it, whatever their numbers.
func TestBlock_GivesBackItsLines(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for round := range 400 {
		b := randomBuffer(r, 1+r.IntN(60), round%2 == 0)
		var got lineBuffer
		if err := decodeBlock(encodeBlock(b), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&got, b) {
			t.Fatalf("round %d: lines differ:\n have %+v\n want %+v", round, got, *b)
		}
	}
}

// A damaged block is an error or other lines, never a panic, and never takes
// more memory than a block can stand for.
func FuzzDecodeBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 7))
	for n := range 12 {
		f.Add(encodeBlock(randomBuffer(r, 1+n*n, n%2 == 0)))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		var builder historyBuilder
		h, _, err := builder.build([][]byte{block}, manyCodes(1000))
		if err != nil {
			return
		}
		n := h.Lines()
		if n > len(block) {
			t.Errorf("%d lines from %d bytes", n, len(block))
		}
		for name, have := range map[string]int{"times": len(h.Time), "orders": len(h.Order), "amounts": len(h.Amount), "quantities": len(h.Quantity), "products": len(h.Codes[data.Product]),
			"categories": len(h.Codes[data.Category]), "channels": len(h.Codes[data.Channel]), "flags": len(h.Flags), "starts": int(h.Start[h.Customers()])} {
			if have != n {
				t.Errorf("%d %s for %d lines", have, name, n)
			}
		}
	})
}

// manyCodes make no name of any code below most.
func manyCodes(most int) *buildOptions {
	opts := &buildOptions{names: &Names{}}
	for k := range opts.recodes {
		opts.recodes[k] = make([]uint32, most)
	}
	return opts
}

// Damage to any byte of a block, and any cut, is no panic.
func TestBlock_DamageIsNoPanic(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var builder historyBuilder
	opts := manyCodes(100)
	opts.dropDuplicates = true
	for round := range 60 {
		sound := encodeBlock(randomBuffer(r, 1+r.IntN(20), round%2 == 0))
		for at := range sound {
			for _, damage := range []byte{1 << r.IntN(8), 0xff, 0x80} {
				b := bytes.Clone(sound)
				b[at] ^= damage
				builder.build([][]byte{b}, opts)
			}
			if _, _, err := builder.build([][]byte{sound[:at]}, opts); err == nil {
				t.Fatalf("a block cut to %d of %d bytes is taken", at, len(sound))
			}
		}
	}
}
