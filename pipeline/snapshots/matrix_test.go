package snapshots

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"winback/data/orders"
	"winback/features"
	"winback/internal/ordertest"
	"winback/models"
)

// naiveRank is the share of numbers below, equal ones counted half.
func naiveRank(values []float32) []float32 {
	ranks := make([]float32, len(values))
	for i, v := range values {
		if v != v {
			ranks[i] = v
			continue
		}
		below, equal, all := 0, 0, 0
		for _, w := range values {
			switch {
			case w < v:
				below++
			case w == v:
				equal++
			}
			if w == w {
				all++
			}
		}
		ranks[i] = float32((float64(below) + float64(equal)/2) / float64(all))
	}
	return ranks
}

func sameFloats(a, b []float32) bool {
	for i := range a {
		if a[i] != b[i] && !(a[i] != a[i] && b[i] != b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestRelativeMatrix_EqualsANaiveMidrankWithinEachSnapshot(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	odd := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32}
	starts := []int{0, 3, 3, 200, 1500}
	raw := &models.Matrix{Names: []string{"ties", "spread", "text", "missing"}, Levels: [][]string{nil, nil, {"a", "b"}, nil}, Columns: make([][]float32, 4)}
	for range starts[len(starts)-1] {
		value := float32(rng.NormFloat64()) * 1000
		if rng.IntN(5) == 0 {
			value = odd[rng.IntN(len(odd))]
		}
		raw.Columns[0] = append(raw.Columns[0], float32(rng.IntN(7)-3))
		raw.Columns[1] = append(raw.Columns[1], value)
		raw.Columns[2] = append(raw.Columns[2], float32(rng.IntN(2)))
		raw.Columns[3] = append(raw.Columns[3], float32(math.NaN()))
	}
	got := RelativeMatrix(raw, starts, 3)
	for k, name := range raw.Names {
		for s := 1; s < len(starts); s++ {
			values := raw.Columns[k][starts[s-1]:starts[s]]
			want := naiveRank(values)
			if raw.Levels[k] != nil {
				want = values
			}
			if !sameFloats(got.Columns[k][starts[s-1]:starts[s]], want) {
				t.Errorf("column %s, snapshot %d: ranks differ from the naive ones", name, s)
			}
		}
	}
}

func TestRawMatrix_KeepsValuesUnitsAndGaps(t *testing.T) {
	o := twoCustomers(t)
	want := features.Snapshot{AsOf: ordertest.FirstDay + 100, Horizon: 60, DataEnd: ordertest.FirstDay + 100, Extra: true}
	table := features.NewTable(want, o.Names)
	_, err := o.Each(t.Context(), 1, func(_ int, h *orders.Histories) error { return features.Build(h, want, table) })
	if err != nil {
		t.Fatal(err)
	}
	m := RawMatrix([]*features.Table{table, table}, 2)
	for name, want := range map[string][]float32{"recency_days": {60, 90, 60, 90}, "monetary": {30.5, 7.25, 30.5, 7.25}, "interval_mean": {40, nan32, 40, nan32},
		"interval_last": {40, nan32, 40, nan32}, "top_channel": {1, 0, 1, 0}, "units": {2, 1, 2, 1}} {
		if got := Column(m, name); !sameFloats(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for k, name := range m.Names {
		if name == "returned" || len(m.Columns[k]) != 4 {
			t.Errorf("column %s of %d rows in a matrix of 4 features", name, len(m.Columns[k]))
		}
		if name == "top_channel" && !reflect.DeepEqual(m.Levels[k], []string{"shop", "web"}) {
			t.Errorf("levels of %s: %q", name, m.Levels[k])
		}
	}
}

var nan32 = float32(math.NaN())

// twoCustomers reads two customers: a with two orders through web, b with one through
// shop.
func twoCustomers(t *testing.T) *orders.Table {
	t.Helper()
	s := &ordertest.Invented{}
	s.Buy("a", ordertest.FirstDay, 1000)
	s.Buy("a", ordertest.FirstDay+40, 2050)
	s.Buy("b", ordertest.FirstDay+10, 725)
	s.Lines[2].Channel = "shop"
	return s.Read(t, orders.Options{})
}

func TestPickAndWindow_ShareValuesAndPassOverUnknownNames(t *testing.T) {
	m := &models.Matrix{Names: []string{"a", "b"}, Levels: [][]string{nil, {"x"}}, Columns: [][]float32{{1, 2, 3}, {0, 0, nan32}}}
	p := Pick(m, []string{"b", "nowhere", "a"})
	if !reflect.DeepEqual(p.Names, []string{"b", "a"}) || &p.Columns[1][0] != &m.Columns[0][0] {
		t.Errorf("picked %v", p.Names)
	}
	if w := Window(m, 1, 3); w.Rows() != 2 || &w.Columns[0][0] != &m.Columns[0][1] {
		t.Errorf("window of %d rows", w.Rows())
	}
}

// The ranks of a table are those of the sample, and of other values the middle
// of their neighbours', whatever lies between them.
func TestRanksOf_EqualsASearchThroughTheSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	odd := []float32{0, float32(math.Copysign(0, -1)), nan32, float32(math.Inf(1)), float32(math.Inf(-1)), 1e-45, -1e-45, math.MaxFloat32}
	for _, spread := range []float64{1e-30, 3, 1e30} {
		values := make([]float32, 3000)
		for i := range values {
			values[i] = float32(math.Round(rng.NormFloat64()*300)/300) * float32(spread)
			if rng.IntN(40) == 0 {
				values[i] = odd[rng.IntN(len(odd))]
			}
		}
		m := &models.Matrix{Names: []string{"n"}, Levels: [][]string{nil}, Columns: [][]float32{values}}
		table := RankTables(m, 1)[0]
		want := naiveRank(values)
		if got := Ranked(m, []Ranks{table}).Columns[0]; !sameFloats(got, want) {
			t.Errorf("spread %v: ranks of the sample differ", spread)
		}
		for range 3000 {
			v := float32(rng.NormFloat64() * 2 * spread)
			below, above := float32(math.Inf(-1)), float32(math.Inf(1))
			rankBelow, rankAbove := float32(-1), float32(-1)
			for i, w := range values {
				if w <= v && w >= below {
					below, rankBelow = w, want[i]
				}
				if w >= v && w <= above {
					above, rankAbove = w, want[i]
				}
			}
			expected := (rankBelow + rankAbove) / 2
			if below == v {
				expected = rankBelow
			}
			if got := table.Of(v); got != expected {
				t.Fatalf("spread %v: rank of %v is %v, want %v", spread, v, got, expected)
			}
		}
	}
}

// The table of whole numbers gives what the search gives, to numbers between them
// and outside too.
func TestRanksOf_WholeNumbersByTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 2))
	values := make([]float32, 2000)
	for i := range values {
		values[i] = float32(rng.IntN(40) * 3)
	}
	m := &models.Matrix{Names: []string{"n"}, Levels: [][]string{nil}, Columns: [][]float32{values}}
	table := RankTables(m, 1)[0]
	if len(table.whole) == 0 {
		t.Fatal("no table")
	}
	asked := []float32{-1, 0, 1, 3, 4.5, 117, 117.5, 118, 1e20, nan32, float32(math.Inf(-1))}
	got := make([]float32, len(asked))
	table.fill(asked, got)
	for i, v := range asked {
		if want := table.Of(v); got[i] != want && want == want {
			t.Errorf("rank of %v is %v, want %v", v, got[i], want)
		}
	}
	if table.Of(3) != naiveRank(values)[slices.Index(values, 3)] {
		t.Error("the search itself is wrong")
	}
}

// Many values looked up together get the ranks that each gets alone, outside of the
// sample too.
func TestRanked_ManyAtATimeAsOneByOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 3))
	values, asked := make([]float32, 3000), make([]float32, 2*atOnce+7)
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	for i := range asked {
		asked[i] = float32(3 * rng.NormFloat64())
	}
	asked[1], asked[atOnce], asked[5] = nan32, float32(math.Inf(1)), float32(math.Inf(-1))
	table := RankTables(&models.Matrix{Names: []string{"n"}, Levels: [][]string{nil}, Columns: [][]float32{values}}, 1)[0]
	got := make([]float32, len(asked))
	table.fill(asked, got)
	for i, v := range asked {
		if want := table.Of(v); got[i] != want && !(want != want && got[i] != got[i]) {
			t.Errorf("rank of %v is %v, want %v", v, got[i], want)
		}
	}
}
