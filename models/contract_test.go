package models

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// learner is one way to fit a model. exact ones give the same bytes whatever
// the order of rows; others the same numbers to 1e-4.
type learner struct {
	name  string
	exact bool
	fit   func(t *Training, workers int) (Saved, error)
}

func learners() []learner {
	boost := func(t *Training, workers int) (Saved, error) {
		s := DefaultBoostSettings()
		s.Trees, s.MinRows, s.ColumnShare, s.RowShare, s.Workers = 15, 40, 1, 1, workers
		return Boost(context.Background(), t, s)
	}
	return []learner{
		{"boost", true, boost},
		{"tree", true, func(t *Training, workers int) (Saved, error) {
			s := DefaultTreeSettings()
			s.MinRows, s.Workers = 40, workers
			return FitTree(t, s)
		}},
		{"logistic", false, func(t *Training, workers int) (Saved, error) {
			s := DefaultLogisticSettings()
			s.Workers = workers
			return FitLogistic(t, s)
		}},
		{"calibrated", false, func(t *Training, workers int) (Saved, error) {
			m, err := boost(t, workers)
			if err != nil {
				return nil, err
			}
			p := predict(m, t.X)
			return &Calibrated{Model: m, Steps: []Calibration{
				FitPlatt(p, t.Y, t.Weight), &Shift{Logit: 0.1},
			}}, nil
		}},
	}
}

// eachLearner runs a test for every way to fit a model.
func eachLearner(t *testing.T, f func(t *testing.T, l learner)) {
	for _, l := range learners() {
		t.Run(l.name, func(t *testing.T) { f(t, l) })
	}
}

func mustFit(t *testing.T, l learner, train *Training, workers int) Saved {
	t.Helper()
	m, err := l.fit(train, workers)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func saved(t *testing.T, m Saved) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantSame compares two models, as bytes or by what they say of rows.
func wantSame(t *testing.T, exact bool, a, b Saved, x *Matrix) {
	t.Helper()
	if exact {
		if saved(t, a) != saved(t, b) {
			t.Error("the models differ")
		}
		return
	}
	if d := largestDifference(predict(a, x), predict(b, x)); d > 1e-4 {
		t.Errorf("predictions differ by %g", d)
	}
}

func largestDifference(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

// pick returns the given rows of a training set, repetitions allowed.
func pick(t *Training, rows []int) *Training {
	out := &Training{X: &Matrix{Names: t.X.Names, Levels: t.X.Levels}}
	for _, cells := range t.X.Columns {
		column := make([]float32, len(rows))
		for i, r := range rows {
			column[i] = cells[r]
		}
		out.X.Columns = append(out.X.Columns, column)
	}
	for _, r := range rows {
		out.Y = append(out.Y, t.Y[r])
		if t.Weight != nil {
			out.Weight = append(out.Weight, t.Weight[r])
		}
	}
	return out
}

// withColumn returns the training set with one more column.
func withColumn(t *Training, name string, value float32) *Training {
	x := &Matrix{Names: append(slices.Clone(t.X.Names), name), Levels: append(slices.Clone(t.X.Levels), nil)}
	x.Columns = append(slices.Clone(t.X.Columns), slices.Repeat([]float32{value}, len(t.Y)))
	return &Training{X: x, Y: t.Y, Weight: t.Weight}
}

func TestModels_PredictWithinZeroAndOneAndBetterThanChance(t *testing.T) {
	train, truth := sampleShop(6000, 6, 1)
	best := AUC(truth, train.Y, nil)
	eachLearner(t, func(t *testing.T, l learner) {
		p := predict(mustFit(t, l, train, 0), train.X)
		for i, v := range p {
			if !(v > 0 && v < 1) {
				t.Fatalf("probability of row %d is %v", i, v)
			}
		}
		if auc := AUC(p, train.Y, nil); auc < 0.62 || auc > best+0.05 {
			t.Errorf("AUC %.3f, of the truth %.3f", auc, best)
		}
	})
}

func TestModels_ConstantAndEmptyColumnsChangeNothing(t *testing.T) {
	train, _ := sampleShop(4000, 5, 2)
	eachLearner(t, func(t *testing.T, l learner) {
		plain := predict(mustFit(t, l, train, 0), train.X)
		for name, value := range map[string]float32{"constant": 7, "missing": float32(math.NaN()), "infinite": float32(math.Inf(1))} {
			more := withColumn(train, name, value)
			if d := largestDifference(plain, predict(mustFit(t, l, more, 0), more.X)); d > 1e-9 {
				t.Errorf("column %s changes a probability by %g", name, d)
			}
		}
	})
}

func TestModels_OneClassGivesConstantInsideZeroAndOne(t *testing.T) {
	train, _ := sampleShop(500, 5, 3)
	for _, class := range []uint8{0, 1} {
		one := &Training{X: train.X, Y: slices.Repeat([]uint8{class}, 500)}
		eachLearner(t, func(t *testing.T, l learner) {
			p := predict(mustFit(t, l, one, 0), train.X)
			if slices.Min(p) != slices.Max(p) || math.Abs(p[0]-float64(class)) > 0.01 || p[0] <= 0 || p[0] >= 1 {
				t.Errorf("class %d: probabilities %v to %v", class, slices.Min(p), slices.Max(p))
			}
		})
	}
}

func TestModels_NoRowsGiveOneHalf(t *testing.T) {
	train, _ := sampleShop(10, 4, 3)
	eachLearner(t, func(t *testing.T, l learner) {
		m := mustFit(t, l, pick(train, nil), 0)
		if p := predict(m, train.X); math.Abs(p[0]-0.5) > 0.03 || slices.Min(p) != slices.Max(p) {
			t.Errorf("probabilities %v", p)
		}
		m.Predict(&Matrix{Names: train.X.Names, Levels: train.X.Levels, Columns: make([][]float32, 4)}, nil)
	})
}

func TestModels_SameBytesForAnyNumberOfWorkers(t *testing.T) {
	train, _ := sampleShop(40_000, 6, 4)
	eachLearner(t, func(t *testing.T, l learner) {
		one := saved(t, mustFit(t, l, train, 1))
		for _, workers := range []int{2, 7} {
			if saved(t, mustFit(t, l, train, workers)) != one {
				t.Errorf("%d workers give another model", workers)
			}
		}
	})
}

func TestModels_IgnoreTheOrderOfRows(t *testing.T) {
	train, _ := sampleShop(5000, 6, 5)
	train.Weight = make([]float32, 5000)
	for i := range train.Weight {
		train.Weight[i] = float32(i%7) / 3
	}
	shuffled := pick(train, rand.New(rand.NewPCG(1, 2)).Perm(5000))
	eachLearner(t, func(t *testing.T, l learner) {
		wantSame(t, l.exact, mustFit(t, l, train, 2), mustFit(t, l, shuffled, 2), train.X)
	})
}

func TestModels_WeightsEqualRepetition(t *testing.T) {
	train, _ := sampleShop(3000, 6, 6)
	train.Weight = make([]float32, 3000)
	var rows []int
	for i := range train.Weight {
		train.Weight[i] = float32(i % 4)
		for range i % 4 {
			rows = append(rows, i)
		}
	}
	repeated := pick(train, rows)
	repeated.Weight = nil
	eachLearner(t, func(t *testing.T, l learner) {
		wantSame(t, l.exact, mustFit(t, l, train, 0), mustFit(t, l, repeated, 0), train.X)
	})
}

func TestModels_TreatUnseenLevelsAsMissing(t *testing.T) {
	train, _ := sampleShop(5000, 5, 7)
	for i := range train.Y {
		if i%9 == 0 {
			train.X.Columns[4][i] = float32(math.NaN())
		}
	}
	eachLearner(t, func(t *testing.T, l learner) {
		m := mustFit(t, l, train, 0)
		want := predict(m, filled(train.X, 4, float32(math.NaN())))
		for _, unseen := range []float32{3, -1, 1e9, float32(math.Inf(1)), float32(math.Inf(-1))} {
			if !slices.Equal(predict(m, filled(train.X, 4, unseen)), want) {
				t.Errorf("level %v is not treated as missing", unseen)
			}
		}
	})
}

// filled returns the matrix with one column set to a value.
func filled(x *Matrix, column int, value float32) *Matrix {
	out := *x
	out.Columns = slices.Clone(x.Columns)
	out.Columns[column] = slices.Repeat([]float32{value}, x.Rows())
	return &out
}

func TestModels_InfiniteAndHugeValuesGiveProbabilities(t *testing.T) {
	train, _ := sampleShop(3000, 5, 8)
	huge := []float32{math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), math.SmallestNonzeroFloat32}
	for i := range train.Y {
		if i%3 == 0 {
			train.X.Columns[1][i] = huge[i%len(huge)]
		}
	}
	eachLearner(t, func(t *testing.T, l learner) {
		for i, p := range predict(mustFit(t, l, train, 0), train.X) {
			if !(p > 0 && p < 1) {
				t.Fatalf("probability of row %d is %v", i, p)
			}
		}
	})
}

func TestModels_RefuseTrainingThatDoesNotFit(t *testing.T) {
	good, _ := sampleShop(100, 4, 8)
	bad := map[string]func(t *Training){
		"labels short":  func(t *Training) { t.Y = t.Y[:50] },
		"label 2":       func(t *Training) { t.Y = slices.Repeat([]uint8{2}, 100) },
		"weights short": func(t *Training) { t.Weight = []float32{1} },
		"weight NaN":    func(t *Training) { t.Weight = slices.Repeat([]float32{float32(math.NaN())}, 100) },
		"weight below":  func(t *Training) { t.Weight = slices.Repeat([]float32{-1}, 100) },
		"groups short":  func(t *Training) { t.Group = []uint32{1} },
		"no columns":    func(t *Training) { t.X = &Matrix{} },
		"no matrix":     func(t *Training) { t.X = nil },
		"names short":   func(t *Training) { t.X = &Matrix{Names: t.X.Names[:1], Columns: t.X.Columns, Levels: t.X.Levels} },
		"name twice": func(t *Training) {
			t.X = &Matrix{Names: []string{"a", "a", "b", "c"}, Columns: t.X.Columns, Levels: t.X.Levels}
		},
		"levels unordered": func(t *Training) {
			t.X = &Matrix{Names: t.X.Names, Columns: t.X.Columns, Levels: [][]string{nil, nil, nil, {"b", "a"}}}
		},
	}
	eachLearner(t, func(t *testing.T, l learner) {
		for name, spoil := range bad {
			train := *good
			spoil(&train)
			if _, err := l.fit(&train, 1); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func TestModels_PredictPanicsOnOtherColumns(t *testing.T) {
	train, _ := sampleShop(500, 5, 3)
	eachLearner(t, func(t *testing.T, l learner) {
		m := mustFit(t, l, train, 0)
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		other, _ := sampleShop(5, 4, 3)
		predict(m, other.X)
	})
}

func TestModels_ReadBackExactlyAsWritten(t *testing.T) {
	train, _ := sampleShop(5000, 6, 7)
	eachLearner(t, func(t *testing.T, l learner) {
		m := mustFit(t, l, train, 0)
		text := saved(t, m)
		back, err := Read(bytes.NewBufferString(text))
		if err != nil {
			t.Fatal(err)
		}
		if saved(t, back) != text {
			t.Error("writing again gives other bytes")
		}
		if !slices.Equal(predict(back, train.X), predict(m, train.X)) {
			t.Error("predictions differ")
		}
	})
}
