package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func oneColumn(cells []float32, levels []string) *Matrix {
	return &Matrix{Names: []string{"x"}, Columns: [][]float32{cells}, Levels: [][]string{levels}}
}

func mustBin(t *testing.T, m *Matrix, s BinSettings) *Binned {
	t.Helper()
	b, err := Bin(m, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBin_FewValuesGetOneBinEachWithCutsBetween(t *testing.T) {
	nan := float32(math.NaN())
	b := mustBin(t, oneColumn([]float32{3, 1, nan, 2, 1, 10}, nil), DefaultBinSettings())
	if want := []uint8{2, 0, 4, 1, 0, 3}; !slices.Equal(b.byColumn[0], want) {
		t.Errorf("bins %v, want %v", b.byColumn[0], want)
	}
	if want := []float32{1.5, 2.5, 6.5}; !slices.Equal(b.columns[0].edges, want) {
		t.Errorf("edges %v, want %v", b.columns[0].edges, want)
	}
	if b.Bins(0) != 5 || b.rows != 6 {
		t.Errorf("%d bins, %d rows", b.Bins(0), b.rows)
	}
}

func TestBin_ManyValuesGetBinsOfEqualWeight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	cells := make([]float32, 50_000)
	for i := range cells {
		cells[i] = float32(math.Exp(r.NormFloat64()))
		if i%4 == 0 {
			cells[i] = 0 // a heavy value has a bin of its own
		}
	}
	for _, bins := range []int{2, 16, 255} {
		s := DefaultBinSettings()
		s.MaxBins = bins
		for _, s.Round = range []bool{false, true} {
			b := mustBin(t, oneColumn(cells, nil), s)
			counts := make([]int, 256)
			for i, bin := range b.byColumn[0] {
				counts[bin]++
				if (bin == 0) != (cells[i] == 0) && bins > 2 {
					t.Fatalf("value %v in bin %d", cells[i], bin)
				}
			}
			if b.columns[0].count > bins || b.columns[0].count < bins*9/10 {
				t.Errorf("%d bins, want about %d", b.columns[0].count, bins)
			}
			if heaviest := slices.Max(counts[1:]); bins > 2 && heaviest > 2*37_500/(bins-1)+1 {
				t.Errorf("%d bins (round %v): %d rows in one", bins, s.Round, heaviest)
			}
		}
	}
}

func TestBin_EdgesAgreeWithThresholds(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	cells := make([]float32, 5000)
	for i := range cells {
		cells[i] = math.Float32frombits(r.Uint32())
	}
	for _, round := range []bool{false, true} {
		s := DefaultBinSettings()
		s.Round = round
		b := mustBin(t, oneColumn(cells, nil), s)
		c := b.columns[0]
		if !slices.IsSorted(c.edges) {
			t.Fatal("edges not in order")
		}
		for i, x := range cells {
			bin := int(b.byColumn[0][i])
			switch {
			case x != x:
				if bin != c.count {
					t.Fatalf("missing in bin %d", bin)
				}
			case bin > 0 && !(x > c.edges[bin-1]), bin < len(c.edges) && !(x <= c.edges[bin]):
				t.Fatalf("%v in bin %d", x, bin)
			}
		}
	}
}

func TestBin_TooManyLevelsShareTheLastBin(t *testing.T) {
	levels := make([]string, 600)
	var cells []float32
	for i := range levels {
		levels[i] = string(rune('a'+i/26/26)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
		for range 1 + i%300 {
			cells = append(cells, float32(i))
		}
	}
	b := mustBin(t, oneColumn(cells, levels), DefaultBinSettings())
	c := b.columns[0]
	if c.count != 255 || c.binOfLevel[0] != 254 || c.binOfLevel[299] == 254 {
		t.Errorf("%d bins, rare level in %d, common one in %d", c.count, c.binOfLevel[0], c.binOfLevel[299])
	}
}

func TestBin_SamplesLargeColumns(t *testing.T) {
	cells := make([]float32, 10_000)
	for i := range cells {
		cells[i] = float32(i)
	}
	s := DefaultBinSettings()
	s.SampleRows, s.MaxBins = 1000, 10
	b := mustBin(t, oneColumn(cells, nil), s)
	for i, edge := range b.columns[0].edges {
		near(t, "edge", float64(edge), float64(i+1)*1000, 30)
	}
}

func TestBin_RefusesWrongSettings(t *testing.T) {
	for _, bins := range []int{0, 1, 256} {
		if _, err := Bin(oneColumn([]float32{1}, nil), BinSettings{MaxBins: bins}); err == nil {
			t.Errorf("%d bins: no error", bins)
		}
	}
}

func TestBetween_ChoosesTheRoundestNumber(t *testing.T) {
	for _, c := range []struct{ lo, hi, want float32 }{
		{149.99, 150.4, 150},
		{45, 46, 45},
		{40, 50, 40},
		{389, 431, 400},
		{148.73, 148.91, 148.8},
		{0, 0.5, 0},
		{-3, 7, 0},
		{0.2, 900, 500},
		{-150.4, -149.99, -150},
		{0.00123, 0.00131, 0.0013},
		{1234, 1235, 1234},
		{1e30, 3e30, 2e30},
	} {
		if got := between(c.lo, c.hi, true); got != c.want {
			t.Errorf("between %v and %v: %v, want %v", c.lo, c.hi, got, c.want)
		}
	}
}

func TestBetween_AlwaysParts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200_000 {
		lo, hi := math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		if r.IntN(2) == 0 {
			hi = math.Nextafter32(lo, math.MaxFloat32)
		}
		if !(lo < hi) || math.IsInf(float64(lo), 0) || math.IsInf(float64(hi), 0) {
			continue
		}
		for _, round := range []bool{false, true} {
			if got := between(lo, hi, round); !(got >= lo && got < hi) {
				t.Fatalf("between %v and %v (round %v): %v", lo, hi, round, got)
			}
		}
	}
}

func TestStepOf_RanksRoundNumbers(t *testing.T) {
	for x, want := range map[float32]float32{150: 50, 100: 100, 148: 2, 0.25: 0.05, 149.9: 0.1, 1200: 200, 45: 5, 0: math.MaxFloat32} {
		if got := stepOf(x); got != want {
			t.Errorf("step of %v is %v, want %v", x, got, want)
		}
	}
}

func TestSortByKey_SortsByTheUpperHalf(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	keys := make([]uint64, 10_000)
	for i := range keys {
		keys[i] = uint64(r.Uint32()>>r.IntN(32))<<32 | uint64(i)
	}
	want := slices.Clone(keys)
	slices.Sort(want)
	sortByKey(keys)
	if !slices.Equal(keys, want) {
		t.Error("not in order")
	}
}
