package models

import "math"

// minProbability keeps probabilities inside (0, 1).
const minProbability = 1e-9

func clampProbability(p float64) float64 {
	return min(max(p, minProbability), 1-minProbability)
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func logit(p float64) float64 {
	p = clampProbability(p)
	return math.Log(p / (1 - p))
}

// priorOf is the share of positives by weight. With one class only it keeps
// half a row's distance from 0 and 1; without rows it is one half.
func priorOf(y []uint8, w []float32) float64 {
	var positive, all float64
	for i, label := range y {
		weight := weightOf(w, i)
		all += weight
		positive += weight * float64(label)
	}
	if positive > 0 && positive < all {
		return clampProbability(positive / all)
	}
	return clampProbability((positive + 0.5) / (all + 1))
}

// marginLoss is the log loss of log-odds z: ln(1 + e^z) − y·z.
func marginLoss(z float64, y uint8) float64 {
	loss := math.Log1p(math.Exp(-math.Abs(z)))
	if (z > 0) != (y == 1) {
		loss += math.Abs(z)
	}
	return loss
}

// expSteps is how many powers of two the table has between 1 and 2.
const expSteps = 128

// expTable are the bits of 2^(i/128).
var expTable = func() (t [expSteps]uint64) {
	for i := range t {
		t[i] = math.Float64bits(math.Exp2(float64(i) / expSteps))
	}
	return t
}()

// fastSigmoid is 1 / (1 + exp(−z)) to within 1e-11, several times faster than
// with math.Exp: exp(x) = 2^(k/128) × exp(r) with a table of the first and a
// polynomial of the second, |r| <= ln 2 / 256. The conversions keep products
// apart from sums, so that all machines round alike.
func fastSigmoid(z float64) float64 {
	if !(z > -700 && z < 700) {
		return sigmoid(z)
	}
	const toInteger = 3 << 51 // added, it leaves the nearest whole number in the lowest bits
	shifted := float64(-z*(expSteps/math.Ln2)) + toInteger
	k := int64(math.Float64bits(shifted)) << 12 >> 12
	r := -z - float64((shifted-toInteger)*(math.Ln2/expSteps))
	poly := 1 + float64(r*(1+float64(r*(0.5+float64(r*(1.0/6))))))
	power := math.Float64frombits(expTable[k&(expSteps-1)] + uint64(k>>7)<<52)
	return 1 / (1 + float64(power*poly))
}
