package models

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// expected is what a tree says of a row of which only some columns are known:
// the definition of the game that Contributions solves.
func expected(nodes []Node, at int32, levels [][]string, x *Matrix, row int, known uint) float64 {
	n := &nodes[at]
	if n.Feature < 0 {
		return n.Value
	}
	if known>>n.Feature&1 == 1 {
		next := n.Right
		if n.goesLeft(x.Columns[n.Feature][row], levels[n.Feature]) {
			next = n.Left
		}
		return expected(nodes, next, levels, x, row, known)
	}
	l, r := nodes[n.Left].Rows, nodes[n.Right].Rows
	return (l*expected(nodes, n.Left, levels, x, row, known) + r*expected(nodes, n.Right, levels, x, row, known)) / (l + r)
}

// shapleyByDefinition averages over all orders in which columns become known.
func shapleyByDefinition(e *Ensemble, x *Matrix, row int) []float64 {
	d := len(e.Levels)
	value := make([]float64, 1<<d)
	for known := range value {
		for _, nodes := range e.Trees {
			value[known] += expected(nodes, 0, e.Levels, x, row, uint(known))
		}
	}
	factorial := func(n int) float64 { return math.Gamma(float64(n) + 1) }
	out := make([]float64, d)
	for known := range value {
		size := bits.OnesCount(uint(known))
		for j := range d {
			if known>>j&1 == 0 {
				out[j] += factorial(size) * factorial(d-1-size) / factorial(d) * (value[known|1<<j] - value[known])
			}
		}
	}
	return out
}

// gappyShop is sampleShop with missing values in all kinds of columns.
func gappyShop(rows, columns int, seed uint64) *Training {
	train, _ := sampleShop(rows, columns, seed)
	r := rand.New(rand.NewPCG(seed, 5))
	for _, c := range []int{0, 1, columns - 1} {
		for i := range rows {
			if r.IntN(10) == 0 {
				train.X.Columns[c][i] = float32(math.NaN())
			}
		}
	}
	return train
}

// explained is a model that says what each column contributes.
type explained interface {
	Contributions(x *Matrix, out [][]float64, workers int) float64
}

// contributionsOf explains one row.
func contributionsOf(m explained, x *Matrix, row int) (base float64, contributions []float64) {
	one := pick(&Training{X: x, Y: make([]uint8, x.Rows())}, []int{row}).X
	out := room(1, len(x.Columns))
	return m.Contributions(one, out, 1), out[0]
}

func room(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

func TestContributions_AreShapleyValues(t *testing.T) {
	train := gappyShop(3000, 6, 3)
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows, s.MinLevel, s.LearningRate = 12, 10, 5, 0.3 })
	for _, row := range []int{0, 1, 7, 99, 1234} {
		_, got := contributionsOf(e, train.X, row)
		for j, want := range shapleyByDefinition(e, train.X, row) {
			near(t, "contribution of "+e.Names[j], got[j], want, 1e-12)
		}
	}
}

func TestContributions_SumToTheOutput(t *testing.T) {
	train := gappyShop(6000, 8, 4)
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows, s.MaxLeaves = 60, 20, 40 })
	logistic, err := FitLogistic(train, DefaultLogisticSettings())
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]interface {
		Model
		explained
	}{"ensemble": e, "logistic": logistic} {
		p, out, again := predict(m, train.X), room(6000, 8), room(6000, 8)
		base := m.Contributions(train.X, out, 2)
		for row := range out {
			sum := base
			for _, v := range out[row] {
				sum += v
			}
			near(t, name, sum, logit(p[row]), 1e-9)
		}
		m.Contributions(train.X, again, 1)
		for row := range out {
			if !slices.Equal(out[row], again[row]) {
				t.Fatalf("%s: one worker gives other contributions of row %d", name, row)
			}
		}
	}
}

func TestContributions_BaseIsTheMeanOfTheTrainingRows(t *testing.T) {
	train := gappyShop(6000, 8, 4)
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows = 60, 20 })
	margin := make([]float64, 6000)
	e.Margin(train.X, margin)
	mean := 0.0
	for _, z := range margin {
		mean += z / 6000
	}
	base, _ := contributionsOf(e, train.X, 0)
	near(t, "base", base, mean, 0.2*math.Abs(mean))
}

func TestContributions_BlameWhatDrives(t *testing.T) {
	train, _ := sampleShop(20_000, 6, 5)
	e := mustBoost(t, train, nil)
	sums := make([]float64, 6)
	for row := range 100 {
		_, out := contributionsOf(e, train.X, row)
		for c, v := range out {
			sums[c] += math.Abs(v)
		}
	}
	for _, noise := range []int{2, 3, 4} {
		for _, driver := range []int{0, 1, 5} {
			if sums[noise] > sums[driver]/2 {
				t.Errorf("column %d (noise) contributes %.1f, column %d %.1f", noise, sums[noise], driver, sums[driver])
			}
		}
	}
}

func TestContributions_HoldWithoutRowsInTheNodes(t *testing.T) {
	train := gappyShop(500, 5, 3)
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows = 5, 10 })
	margin := make([]float64, 500)
	e.Margin(train.X, margin)
	for _, nodes := range e.Trees {
		for i := range nodes {
			nodes[i].Rows = -1
		}
	}
	base, out := contributionsOf(e, train.X, 3)
	for _, v := range out {
		base += v
	}
	near(t, "margin", base, margin[3], 1e-12)
}

func BenchmarkContributions(b *testing.B) {
	train, _ := sampleShop(20_000, 30, 5)
	e, err := Boost(b.Context(), train, DefaultBoostSettings())
	if err != nil {
		b.Fatal(err)
	}
	out := room(20_000, 30)
	for b.Loop() {
		e.Contributions(train.X, out, 0)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*len(out)), "µs/row")
}
