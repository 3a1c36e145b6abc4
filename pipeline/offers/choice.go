package offers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"winback/models"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// The orders in which products may be shown.
const (
	OrderR       = "R"       // own purchase days and what follows from them
	OrderLearned = "learned" // logistic regression on these and on how products sell
	OrderHot     = "hot"     // most buyers
	OrderOwn     = "own"     // own purchase days alone, then most buyers
)

// Choice is the order in which lists show products.
type Choice struct {
	Order string
	Why   string           // words
	Model *models.Logistic // of the learned order, whether it is chosen or not; nil: none could be learned
}

// Unchosen is R where nothing was learned of other orders.
func Unchosen() *Choice {
	return &Choice{Order: OrderR, Why: "the night that learned the models knew no others"}
}

// Check holds a choice that was read from a file to the orders and terms that there are.
func (c *Choice) Check() error {
	switch {
	case !slices.Contains([]string{OrderR, OrderLearned, OrderHot, OrderOwn}, c.Order):
		return fmt.Errorf("order %q of shown products: want %s, %s, %s or %s", c.Order, OrderR, OrderLearned, OrderHot, OrderOwn)
	case c.Model == nil && c.Order == OrderLearned:
		return errors.New("want the logistic regression of the learned order")
	case c.Model != nil && (!slices.Equal(c.Model.Names, termNames[:]) || slices.ContainsFunc(c.Model.Levels, func(l []string) bool { return l != nil })):
		return fmt.Errorf("its columns are %s: want %s", strings.Join(c.Model.Names, ", "), strings.Join(termNames[:], ", "))
	}
	return nil
}

const (
	fewestHits   = 2_000 // products taken on the days that are learned from
	fewestJudged = 200   // customers on earlier days, to choose another order than R
	judgedDays   = 2
	judgedFirst  = 3 // products
	// worseMargin is by how much less often, as a share of the customers, the learned
	// order may meet what they buy, at the lower end of the 95 % range.
	worseMargin = .01
)

// Choose ends the second walk: R, unless on days before the test cut the learned order
// was no worse, or the customer's most bought or what most customers buy better than that
// beyond noise. What is learned for a day comes from the two days before it.
func (s *Study) Choose(workers int) (*Choice, error) {
	for _, d := range s.days {
		d.settle()
	}
	c := &Choice{Order: OrderR}
	var err error
	if c.Model, err = s.fit(0, workers); err != nil {
		return nil, err
	}
	var learned, all trial
	for k := 0; k < min(judgedDays, len(s.days)); k++ {
		model, err := s.fit(k+1, workers)
		if err != nil {
			return nil, err
		}
		for i := range s.days[k].all {
			l := &s.days[k].all[i]
			all.add(l, l.byR)
			if model != nil && c.Model != nil {
				learned.add(l, hitOf(l, model))
			}
		}
	}
	c.decide(&learned, &all, workers)
	return c, nil
}

// fit learns from a past day, by number, and the one before it; nil where they say
// too little.
func (s *Study) fit(day, workers int) (*models.Logistic, error) {
	if day+1 >= len(s.days) {
		return nil, nil
	}
	a, b := s.days[day], s.days[day+1]
	if first, second := a.hits(), b.hits(); first == 0 || second == 0 || first+second < fewestHits {
		return nil, nil
	}
	var took []uint8
	for _, l := range slices.Concat(a.all, b.all) {
		took = append(took, l.took...)
	}
	set := models.DefaultLogisticSettings()
	set.Tolerance, set.Workers = 1e-6, workers
	return models.FitLogistic(&models.Training{X: matrixOf(a.all, b.all), Y: took}, set)
}

// hitOf is 1 where one of the first three by a model was taken.
func hitOf(l *lesson, m *models.Logistic) float64 {
	var first []int
	chance := make([]float64, len(l.codes))
	for i := range l.terms {
		for c, value := range l.terms[i] {
			chance[i] += m.Terms[c].LogOdds(value)
		}
		at := len(first)
		for at > 0 && chance[i] > chance[first[at-1]] {
			at--
		}
		if at < judgedFirst {
			first = slices.Insert(first, at, i)
			first = first[:min(len(first), judgedFirst)]
		}
	}
	for _, i := range first {
		if l.took[i] == 1 {
			return 1
		}
	}
	return 0
}

// trial are hits of an order beside those of R and of the simpler ones, by customer.
type trial struct {
	overR, ownOver, hotOver []float64
	customers               []uint32
}

func (t *trial) add(l *lesson, hit float64) {
	t.overR, t.ownOver, t.hotOver = append(t.overR, hit-l.byR), append(t.ownOver, l.byOwn-hit), append(t.hotOver, l.byHot-hit)
	t.customers = append(t.customers, uint32(l.customer>>32))
}

// gain is the mean of differences with its 95 % interval, and false where too few
// were judged.
func (t *trial) gain(differences []float64, workers int) (g Gain, enough bool) {
	mean, interval := models.BootstrapMean(differences, t.customers, models.Resampling{Resamples: resamples, Seed: resampleSeed, Workers: workers})
	return Gain{run.Figure(mean), run.Figure(interval.Low), run.Figure(interval.High)}, len(differences) >= fewestJudged
}

// decide chooses by the judged customers: those who were judged with the learned
// order, and all.
func (c *Choice) decide(learned, all *trial, workers int) {
	beside := all
	over, enough := learned.gain(learned.overR, workers)
	switch {
	case c.Model == nil:
		c.Why = fmt.Sprintf("too little was bought after earlier days to learn another from (at least %s on two days)", wording.Counted(int64(fewestHits), "product"))
	case !enough:
		c.Why = "too few customers came back after earlier days to judge the learned order"
	case over.First3 >= 0 && over.Low > -worseMargin:
		c.Order, beside = OrderLearned, learned
		c.Why = "it was no worse than that of own purchases on earlier days: " + over.words()
	default:
		c.Why = "the learned one was not as good on earlier days: " + over.words()
	}
	c.simplify(beside, workers)
}

// simplify takes one of the simpler orders where it was better beyond noise; of both the
// one that was better by more.
func (c *Choice) simplify(beside *trial, workers int) {
	over, most := c.Order, Gain{}
	for _, simple := range []struct {
		order string
		gains []float64
	}{{OrderOwn, beside.ownOver}, {OrderHot, beside.hotOver}} {
		gain, enough := beside.gain(simple.gains, workers)
		if enough && gain.Low > 0 && gain.First3 > most.First3 {
			most, c.Order = gain, simple.order
			c.Why = fmt.Sprintf("it was better than the order %s on earlier days: %s", orderWords.Replace(over), gain.words())
		}
	}
}

// words say a difference in points of a hundred customers.
func (g Gain) words() string {
	return fmt.Sprintf("%+.1f of 100 customers took one of the first three (95 %% range %+.1f to %+.1f)", 100*g.First3, 100*g.Low, 100*g.High)
}
