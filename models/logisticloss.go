package models

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// logisticLoss is the mean log loss plus penalty and its gradient at one
// point, kept for the second question about the same point.
type logisticLoss struct {
	design  *design
	train   *Training
	l2      float64
	workers int

	point, gradient []float64
	value           float64
}

// minimise finds the weights, the intercept last. It searches among u = Lᵀ × the
// weights, where L × Lᵀ is the curvature at the start: seen from there the loss
// is nearly as curved in all directions.
func (l *logisticLoss) minimise(intercept float64, rounds int) ([]float64, error) {
	width := l.design.width + 1
	var cholesky mat.Cholesky
	if !cholesky.Factorize(l.curvature(sigmoid(intercept))) {
		return nil, fmt.Errorf("logistic regression: the columns have no finite spread")
	}
	var lower mat.TriDense
	cholesky.LTo(&lower)
	x, back := mat.NewVecDense(width, nil), mat.NewVecDense(width, nil)
	weights := func(u []float64) []float64 {
		_ = x.SolveVec(lower.T(), mat.NewVecDense(width, u)) // the error says that digits are lost, as everywhere
		return x.RawVector().Data
	}
	problem := optimize.Problem{
		Func: func(u []float64) float64 { l.at(weights(u)); return l.value },
		Grad: func(grad, u []float64) {
			l.at(weights(u))
			_ = back.SolveVec(&lower, mat.NewVecDense(width, l.gradient))
			copy(grad, back.RawVector().Data)
		},
	}
	start := mat.NewVecDense(width, nil)
	start.SetVec(width-1, intercept)
	start.MulVec(lower.T(), start)
	settings := &optimize.Settings{
		GradientThreshold: 1e-7, MajorIterations: rounds,
		Converger: &optimize.FunctionConverge{Relative: 1e-12, Iterations: 3},
	}
	result, err := optimize.Minimize(problem, start.RawVector().Data, settings, &optimize.LBFGS{})
	if result == nil {
		return nil, fmt.Errorf("logistic regression: %w", err)
	}
	// A line search that cannot go on has come as far as rounding allows.
	found := slices.Clone(weights(result.X))
	for _, v := range found {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("logistic regression did not converge")
		}
	}
	return found, nil
}

// curvatureRows is how many rows the curvature is taken from: it only guides
// the search.
const curvatureRows = 10_000

// curvature is the second derivative of the loss where all weights are 0 and
// all rows have the chance p.
func (l *logisticLoss) curvature(p float64) *mat.SymDense {
	width := l.design.width
	sum := make([]float64, (width+1)*(width+1))
	row := make([]float64, width+1)
	row[width] = 1
	total := 0.0
	for _, r := range sampleRows(len(l.train.Y), curvatureRows) {
		w := weightOf(l.train.Weight, int(r))
		total += w
		for i, cell := range l.design.cells[int(r)*width : (int(r)+1)*width] {
			row[i] = float64(cell)
		}
		for i, a := range row {
			if a == 0 {
				continue
			}
			part, scaled := sum[i*(width+1):(i+1)*(width+1)], w*a
			for k := i; k <= width; k++ {
				part[k] += scaled * row[k]
			}
		}
	}
	all := 0.0
	for r := range l.train.Y {
		all += weightOf(l.train.Weight, r)
	}
	for i := range sum {
		sum[i] *= p * (1 - p) / max(total, 1e-300)
	}
	for i := range width + 1 {
		sum[i*(width+2)] += l.l2 / all
	}
	return mat.NewSymDense(width+1, sum)
}

func (l *logisticLoss) at(x []float64) {
	if l.point != nil && slices.Equal(l.point, x) {
		return
	}
	width, rows := l.design.width, len(l.train.Y)
	l.point = append(l.point[:0], x...)
	parts := make([][]float64, blocksOf(rows))
	eachBlock(l.workers, rows, func(block, from, to int) {
		parts[block] = l.block(x, from, to)
	})
	sum := make([]float64, width+3) // gradient, intercept's, loss, weight
	for _, part := range parts {
		for i, v := range part {
			sum[i] += v
		}
	}
	for i := range width {
		sum[i] += l.l2 * x[i]
		sum[width+1] += l.l2 / 2 * x[i] * x[i]
	}
	for i := range width + 2 {
		sum[i] /= sum[width+2]
	}
	l.gradient, l.value = sum[:width+1], sum[width+1]
}

// block sums gradient and loss over a stretch of rows.
func (l *logisticLoss) block(x []float64, from, to int) []float64 {
	width := l.design.width
	sum, weights := make([]float64, width+3), x[:width]
	for r := from; r < to; r++ {
		row := l.design.cells[r*width : (r+1)*width]
		z := x[width] + dot(weights, row)
		w := weightOf(l.train.Weight, r)
		p := fastSigmoid(z)
		residual := w * (p - float64(l.train.Y[r]))
		addScaled(sum[:width], residual, row)
		sum[width] += residual
		sum[width+1] += w * marginLoss(z, l.train.Y[r])
		sum[width+2] += w
	}
	return sum
}

// dot keeps four sums, so that none has to wait for the one before.
func dot(a []float64, b []float32) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * float64(b[0])
		s1 += a[1] * float64(b[1])
		s2 += a[2] * float64(b[2])
		s3 += a[3] * float64(b[3])
		a, b = a[4:], b[4:]
	}
	b = b[:len(a)]
	for i, x := range a {
		s0 += x * float64(b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

func addScaled(sum []float64, by float64, row []float32) {
	for len(sum) >= 4 && len(row) >= 4 {
		sum[0] += by * float64(row[0])
		sum[1] += by * float64(row[1])
		sum[2] += by * float64(row[2])
		sum[3] += by * float64(row[3])
		sum, row = sum[4:], row[4:]
	}
	row = row[:len(sum)]
	for i, x := range row {
		sum[i] += by * float64(x)
	}
}
