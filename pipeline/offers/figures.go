package offers

import (
	"fmt"
	"slices"
	"strings"

	"winback/models"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// Figures are the hits of one method: means over judged customers with their 95 %
// intervals, resampling customers. Unknown where nobody was judged.
type Figures struct {
	First1      run.Figure `json:"hr1"`
	First1Low   run.Figure `json:"hr1_low"`
	First1High  run.Figure `json:"hr1_high"`
	First3      run.Figure `json:"hr3"`
	First3Low   run.Figure `json:"hr3_low"`
	First3High  run.Figure `json:"hr3_high"`
	First10     run.Figure `json:"hr10"`
	First10Low  run.Figure `json:"hr10_low"`
	First10High run.Figure `json:"hr10_high"`
	NDCG10      run.Figure `json:"ndcg10"`
	NDCG10Low   run.Figure `json:"ndcg10_low"`
	NDCG10High  run.Figure `json:"ndcg10_high"`
}

// Gain is by how much one of the first three products of one order is bought more
// often than of another, with its 95 % interval.
type Gain struct {
	First3 run.Figure `json:"hr3"`
	Low    run.Figure `json:"low"`
	High   run.Figure `json:"high"`
}

// Record says how well shown products met what returning customers bought.
type Record struct {
	Customers int64   `json:"customers"` // judged, counted at each cut
	Hot       Figures `json:"hot"`
	Own       Figures `json:"own"`
	Best      Figures `json:"R"`
	OverOwn   Gain    `json:"over_own"` // of R
	// Learned order, R on days for which none could be learned; nil: on all of them.
	Learned *Figures `json:"learned"`
	OverR   *Gain    `json:"over_R"` // of the learned order
	Chosen  string   `json:"chosen"` // order in which lists show products; of several days all that were
	Why     string   `json:"why"`    // it was chosen
	Test    string   `json:"test"`   // what came of it, in words
}

const (
	resamples    = 1000
	resampleSeed = 11
)

// NewRecord sums judged cuts up: each customer and cut weighs alike. choices are the
// orders that lists show, by cut.
func NewRecord(judges []*Judge, choices []*Choice, workers int) *Record {
	var s sample
	for _, j := range judges {
		for _, row := range j.inOrder() {
			s.rows = append(s.rows, row)
			s.customers = append(s.customers, uint32(row.customer>>32))
		}
	}
	r := &Record{Customers: int64(len(s.rows))}
	s.figures(hot, &r.Hot)
	s.figures(own, &r.Own)
	s.figures(best, &r.Best)
	s.gain(best, own, &r.OverOwn)
	if slices.ContainsFunc(choices, func(c *Choice) bool { return c.Model != nil }) {
		r.Learned, r.OverR = &Figures{}, &Gain{}
		s.figures(likeliest, r.Learned)
		s.gain(likeliest, best, r.OverR)
	}
	s.answer(workers)
	r.Chosen, r.Why = chosenOf(choices)
	r.Test = r.words()
	return r
}

// chosenOf are the orders of several days, and why they were chosen.
func chosenOf(choices []*Choice) (chosen, why string) {
	var parts []string
	for _, order := range []string{OrderR, OrderLearned, OrderHot, OrderOwn} {
		days := 0
		for _, c := range choices {
			if c.Order == order {
				days++
				chosen, why = order, c.Why
			}
		}
		if days > 0 {
			parts = append(parts, fmt.Sprintf("%s on %d of %s", order, days, wording.Counted(int64(len(choices)), "past day")))
		}
	}
	if len(choices) > 1 {
		return strings.Join(parts, ", "), "chosen for each past day on days before it"
	}
	return chosen, why
}

// sample are judged customers, and the figures that are asked of them.
type sample struct {
	rows      []judged
	customers []uint32
	values    [][]float64 // by figure
	into      [][3]*run.Figure
}

// figures asks for those of an order.
func (s *sample) figures(m method, f *Figures) {
	s.ask(func(j *judged) float64 { return j.hits[m].First1 }, &f.First1, &f.First1Low, &f.First1High)
	s.ask(func(j *judged) float64 { return j.hits[m].First3 }, &f.First3, &f.First3Low, &f.First3High)
	s.ask(func(j *judged) float64 { return j.hits[m].First10 }, &f.First10, &f.First10Low, &f.First10High)
	s.ask(func(j *judged) float64 { return j.hits[m].NDCG10 }, &f.NDCG10, &f.NDCG10Low, &f.NDCG10High)
}

// gain asks for that of an order over another.
func (s *sample) gain(of, over method, g *Gain) {
	s.ask(func(j *judged) float64 { return j.hits[of].First3 - j.hits[over].First3 }, &g.First3, &g.Low, &g.High)
}

func (s *sample) ask(value func(*judged) float64, mean, low, high *run.Figure) {
	values := make([]float64, len(s.rows))
	for i := range s.rows {
		values[i] = value(&s.rows[i])
	}
	s.values, s.into = append(s.values, values), append(s.into, [3]*run.Figure{mean, low, high})
}

// answer finds all that was asked for.
func (s *sample) answer(workers int) {
	means, intervals := models.BootstrapMeans(s.values, s.customers, models.Resampling{Resamples: resamples, Seed: resampleSeed, Workers: workers})
	for i, into := range s.into {
		*into[0], *into[1], *into[2] = run.Figure(means[i]), run.Figure(intervals[i].Low), run.Figure(intervals[i].High)
	}
}

func (r *Record) words() string {
	if r.Customers == 0 {
		return "nobody had lapsed before the test cut and came back after it, so that nothing could be tested"
	}
	p := func(f Figures) string { return wording.Prose.Percent(float64(f.First3)) }
	shown, beside := r.Best, ""
	switch {
	case r.Learned == nil:
	case r.Chosen == OrderLearned:
		shown, beside = *r.Learned, "; in the order of own purchases it is "+p(r.Best)
	default:
		beside = "; in the learned order it is " + p(*r.Learned)
	}
	switch r.Chosen {
	case OrderHot:
		shown, beside = r.Hot, "; in the order of own purchases it is "+p(r.Best)+beside
	case OrderOwn:
		shown, beside = r.Own, "; in the order of own purchases and what goes with them it is "+p(r.Best)+beside
	}
	return fmt.Sprintf("of %s who came back %s bought one of the first three products%s; of the customer's own most bought it is %s, of what most customers buy %s",
		wording.Counted(r.Customers, "customer"), p(shown), beside, p(r.Own), p(r.Hot))
}

// orderWords name orders for people, after "in the order".
var orderWords = strings.NewReplacer(OrderR, "of own purchases", OrderLearned, "learned from earlier returns", OrderHot, "of what most customers buy", OrderOwn, "of the customer's own most bought")

// ChosenWords say in which order lists show products, and why.
func (r *Record) ChosenWords() string {
	return fmt.Sprintf("Products are shown in the order %s: %s", orderWords.Replace(r.Chosen), r.Why)
}
