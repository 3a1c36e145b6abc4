package shop

import (
	"cmp"
	"math"
	"slices"

	"winback/data"
)

// returnPlan plants who comes back for a second purchase and when. It draws
// without more chance than needed (systematic and stratified sampling), so that
// the truth holds in every shop and not only on average.
type returnPlan struct {
	truth Truth
	curve returnCurve
}

func newReturnPlan(truth Truth, customers []demoCustomer) *returnPlan {
	return &returnPlan{truth: truth, curve: newReturnCurve(truth, followedShare(customers))}
}

// plant sets chance, returns and later of all customers.
func (p *returnPlan) plant(d draws, customers []demoCustomer, goods *catalogue) {
	for class := range p.truth.Rates {
		var members []int
		for i := range customers {
			if customers[i].class == class {
				members = append(members, i)
			}
		}
		ever := p.truth.Rates[class] / p.curve.by[p.truth.WithinDays]
		plantChances(customers, members, ever)
		drawReturns(d.of(demoChance, uint64(class)), customers, members)
		p.drawSecondDays(d, customers, members)
	}
	for i := range customers {
		c := &customers[i]
		if len(c.later) > 0 {
			c.drawLaterDays(d.of(0, uint64(i)))
		}
	}
}

// valueBlock neighbours by value share one mean probability, so that inside a
// class the rate does not move with the value, whatever sells at which price.
const valueBlock = 250

// plantChances gives the members of a class probabilities in proportion to
// their weights with the mean ever in each block of values, and leaves the
// members in the order of blocks, inside a block by first purchase.
func plantChances(customers []demoCustomer, members []int, ever float64) {
	slices.SortFunc(members, func(a, b int) int {
		return cmp.Or(cmp.Compare(customers[a].value, customers[b].value), cmp.Compare(a, b))
	})
	for block := range slices.Chunk(members, valueBlock) {
		sum := 0.0
		for _, i := range block {
			sum += customers[i].weight()
		}
		for _, i := range block {
			customers[i].chance = ever * customers[i].weight() * float64(len(block)) / sum
		}
		slices.Sort(block)
	}
}

// drawReturns draws who comes back by systematic sampling along the members:
// any stretch of them has as many returns as its probabilities promise, give or
// take one.
func drawReturns(d draws, customers []demoCustomer, members []int) {
	at := d.uniform(demoChance, 0)
	for _, i := range members {
		c := &customers[i]
		next := at + c.chance
		c.returns = math.Floor(next) > math.Floor(at)
		at = next
	}
}

// delayBlock returning customers with neighbouring first days share the
// quantiles of the interval curve evenly among them.
const delayBlock = 64

// drawSecondDays draws the second purchase day of the returning members: inside
// a block, the customers of quick categories get the shorter intervals.
func (p *returnPlan) drawSecondDays(d draws, customers []demoCustomer, members []int) {
	var returning []int
	for _, i := range members {
		if customers[i].returns {
			returning = append(returning, i)
		}
	}
	slices.Sort(returning)
	delay := func(i int) float64 {
		return d.of(demoDelay, uint64(i)).normal(0, 0) + 0.6*trades[customers[i].trade].tempo
	}
	for block := range slices.Chunk(returning, delayBlock) {
		slices.SortFunc(block, func(a, b int) int {
			return cmp.Or(cmp.Compare(delay(a), delay(b)), cmp.Compare(a, b))
		})
		for rank, i := range block {
			u := (float64(rank) + d.of(demoJitter, uint64(i)).uniform(0, 0)) / float64(len(block))
			second := customers[i].first + data.Day(p.curve.interval(u))
			if second <= demoLast {
				customers[i].later = []data.Day{second}
			}
		}
	}
}

// stepChances are the probabilities that a customer of weight 1 ever goes from
// the second purchase to the third, from the third to the fourth, and so on;
// the last holds for all later steps.
var stepChances = []float64{0.39, 0.48, 0.55, 0.59, 0.61}

// pauseShare of the later intervals are long pauses: customers who lapsed and
// come back all the same.
const pauseShare = 0.50

// drawLaterDays draws the third and later purchase days of a customer.
func (c *demoCustomer) drawLaterDays(d draws) {
	pace := 52 * math.Exp(0.6*d.normal(demoPace, 0)+0.35*trades[c.trade].tempo)
	ready := math.Pow(c.weight(), 0.6) * []float64{0.9, 1, 1.12}[c.class]
	for step := 0; ; step++ {
		at := uint64(step)
		chance := stepChances[min(step, len(stepChances)-1)] * ready
		if d.uniform(demoNext, at) >= min(chance, 0.9) {
			return
		}
		last := c.later[len(c.later)-1]
		day := last + laterInterval(d, pace, 2*at)
		if !inPeak(day) && d.uniform(demoPeak, at) < 0.3 {
			// A second draw that counts only where it falls in the peak season.
			if other := last + laterInterval(d, pace, 2*at+1); inPeak(other) {
				day = other
			}
		}
		if day > demoLast {
			return
		}
		c.later = append(c.later, day)
	}
}

// laterInterval draws the days between two later purchases: at the customer's
// own pace, gamma distributed with shape 2, or a long pause.
func laterInterval(d draws, pace float64, at uint64) data.Day {
	if d.uniform(demoPause, at) < pauseShare {
		return data.Day(90 + 200*d.exponential(demoPause, at+1<<32))
	}
	gamma := (d.exponential(demoGap, 2*at) + d.exponential(demoGap, 2*at+1)) / 2
	return data.Day(max(1, math.Round(pace*gamma)))
}
