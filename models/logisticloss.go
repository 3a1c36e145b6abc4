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
	// tolerance is the relative change of the loss at which the search ends.
	tolerance float64

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
		Converger: &optimize.FunctionConverge{Relative: l.tolerance, Iterations: 3},
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
const curvatureRows = 4000

// curvature is the second derivative of the loss where all weights are 0 and
// all rows have the chance p.
func (l *logisticLoss) curvature(p float64) *mat.SymDense {
	width := l.design.width
	sum := make([]float64, (width+1)*(width+1))
	var rows [rowsAtOnce][]float64
	for k := range rows {
		rows[k] = make([]float64, width+1)
	}
	total := 0.0
	sample := sampleRows(len(l.train.Y), curvatureRows)
	for len(sample) > 0 {
		var weights [rowsAtOnce]float64 // 0 for rows that are missing
		for k, r := range sample[:min(rowsAtOnce, len(sample))] {
			weights[k] = weightOf(l.train.Weight, int(r))
			total += weights[k]
			l.design.unpack(int(r), rows[k])
		}
		sample = sample[min(rowsAtOnce, len(sample)):]
		addProducts(sum, &weights, &rows)
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

// unpack writes all numbers of a row, the intercept's last.
func (d *design) unpack(r int, row []float64) {
	clear(row)
	for i, cell := range d.cells[r*d.dense : (r+1)*d.dense] {
		row[i] = float64(cell)
	}
	for _, at := range d.levels[r*d.texts : (r+1)*d.texts] {
		if at >= 0 {
			row[at] = 1
		}
	}
	row[d.width] = 1
}

// addProducts adds to the upper half of a square matrix the products of all pairs of
// numbers of each of four rows, times its weight.
func addProducts(sum []float64, weights *[rowsAtOnce]float64, rows *[rowsAtOnce][]float64) {
	n := len(rows[0])
	for i := range n {
		p, q, r, s := weights[0]*rows[0][i], weights[1]*rows[1][i], weights[2]*rows[2][i], weights[3]*rows[3][i]
		if p == 0 && q == 0 && r == 0 && s == 0 {
			continue
		}
		part := sum[i*n+i : (i+1)*n]
		a, b, c, d := rows[0][i:][:len(part)], rows[1][i:][:len(part)], rows[2][i:][:len(part)], rows[3][i:][:len(part)]
		for k := range part {
			part[k] += (float64(p*a[k]) + float64(q*b[k])) + (float64(r*c[k]) + float64(s*d[k]))
		}
	}
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

// rowsAtOnce is how many rows go together, so that weights and gradient are not
// read and written for each.
const rowsAtOnce = 4

// block sums gradient and loss over a stretch of rows.
func (l *logisticLoss) block(x []float64, from, to int) []float64 {
	width := l.design.width
	dense, texts := l.design.dense, l.design.texts
	sum, weights := make([]float64, width+3), x[:dense]
	var rows [rowsAtOnce][]float32
	for r := from; r < to; r += rowsAtOnce {
		n := min(rowsAtOnce, to-r)
		for k := range rows {
			row := r + min(k, n-1) // the last one stands for those that are missing
			rows[k] = l.design.cells[row*dense : (row+1)*dense]
		}
		margins := dots(weights, &rows)
		var residuals [rowsAtOnce]float64
		for k := range n {
			z, y := x[width]+margins[k], float64(l.train.Y[r+k])
			for _, at := range l.design.levels[(r+k)*texts : (r+k+1)*texts] {
				if at >= 0 {
					z += x[at]
				}
			}
			w := weightOf(l.train.Weight, r+k)
			p := fastSigmoid(z)
			residuals[k] = w * (p - y)
			for _, at := range l.design.levels[(r+k)*texts : (r+k+1)*texts] {
				if at >= 0 {
					sum[at] += residuals[k]
				}
			}
			sum[width] += residuals[k]
			sum[width+1] += w * lossAt(z, p, y)
			sum[width+2] += w
		}
		addScaled(sum[:dense], &residuals, &rows)
	}
	return sum
}

// lossAt is marginLoss where the probability p of the log-odds z is known:
// −ln p, and z more for a negative.
func lossAt(z, p, y float64) float64 {
	if z < -500 {
		return -y * z
	}
	return (1-y)*z - math.Log(p)
}

// dots are the products of the weights with four rows.
func dots(weights []float64, rows *[rowsAtOnce][]float32) [rowsAtOnce]float64 {
	n := len(weights)
	a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n]
	var p, q, r, s float64
	for i, w := range weights {
		p += w * float64(a[i])
		q += w * float64(b[i])
		r += w * float64(c[i])
		s += w * float64(d[i])
	}
	return [rowsAtOnce]float64{p, q, r, s}
}

// addScaled adds four rows, each times its number.
func addScaled(sum []float64, by *[rowsAtOnce]float64, rows *[rowsAtOnce][]float32) {
	n := len(sum)
	a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n]
	p, q, r, s := by[0], by[1], by[2], by[3]
	for i := range sum {
		sum[i] += (p*float64(a[i]) + q*float64(b[i])) + (r*float64(c[i]) + s*float64(d[i]))
	}
}
