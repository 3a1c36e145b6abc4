package models

import "math"

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
