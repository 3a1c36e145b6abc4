package diagnose

import (
	"fmt"
	"sort"

	"winback/data"
	"winback/pipeline/wording"
)

// Pareto says how unevenly value is spread.
type Pareto struct {
	Top20Share     Number `json:"top20_share"`      // of the value, that the best 20 % of customers bring
	CustomersFor80 Number `json:"customers_for_80"` // share of the customers that bring 80 % of the value
}

// ValueFacts are the classes by value.
type ValueFacts struct {
	ABC     []ValueClass `json:"abc"`     // A brings the first 80 % of the value, B the next 15 %, C the rest
	Classes []ValueClass `json:"classes"` // high: best 20 % of the customers, medium: next 30 %, low: the rest
}

// ValueClass are the customers from a value on. Equal values are never parted.
type ValueClass struct {
	Name       string `json:"class"`
	FromValue  Number `json:"from_value"` // smallest value in the class
	Customers  int64  `json:"customers"`
	Value      Number `json:"value"`
	Share      Number `json:"share"`       // of the customers
	ValueShare Number `json:"value_share"` // of the value
}

// valueLimits are the smallest values of each class but the last one.
type valueLimits [2]data.Money

func (l valueLimits) of(v data.Money) int {
	switch {
	case v >= l[0]:
		return 0
	case v >= l[1]:
		return 1
	}
	return 2
}

var (
	abcNames   = []string{"A", "B", "C"}
	classNames = []string{"high", "medium", "low"}
)

// worth holds the values of all customers, the largest first.
type worth struct {
	values []data.Money
	total  data.Money
}

func (f *facts) worth() worth {
	below := make([]uint64, 0, f.count) // the most
	for c := range f.everyone {
		below = append(below, uint64(f.counts.most-c.value))
	}
	sortKeys(below)
	w := worth{values: make([]data.Money, len(below))}
	for i, less := range below {
		w.values[i] = f.counts.most - data.Money(less)
	}
	w.total = sumOf(w.values)
	return w
}

// ties goes through the values from the smallest on.
func (w *worth) ties(yield func(tie) bool) {
	for end := len(w.values); end > 0; {
		from := end - 1
		for from > 0 && w.values[from-1] == w.values[from] {
			from--
		}
		if !yield(tie{w.values[from].Float(), int64(end - from)}) {
			return
		}
		end = from
	}
}

// pareto shares the customer at the edge out in proportion, as if each were a
// slice of the axis.
func (w *worth) pareto() Pareto {
	p := Pareto{unknown, unknown}
	n, total := float64(len(w.values)), float64(w.total)
	if w.total <= 0 {
		return p
	}
	var sum data.Money
	for i, v := range w.values {
		if v > 0 && float64(sum+v) >= 0.8*total {
			p.CustomersFor80 = Number((float64(i) + (0.8*total-float64(sum))/float64(v)) / n)
			break
		}
		sum += v
	}
	whole := int(0.2 * n)
	top := float64(sumOf(w.values[:whole])) + (0.2*n-float64(whole))*float64(w.values[whole])
	p.Top20Share = Number(top / total)
	return p
}

// byValue returns the limits at shares of the value.
func (w *worth) byValue(shares [2]float64) (l valueLimits) {
	var sum data.Money
	k := 0
	for _, v := range w.values {
		sum += v
		for k < 2 && float64(sum) >= shares[k]*float64(w.total)-1e-5 {
			l[k] = v
			k++
		}
	}
	return l
}

// byCustomers returns the limits at shares of the customers.
func (w *worth) byCustomers(shares [2]float64) (l valueLimits) {
	n := len(w.values)
	if n == 0 {
		return l
	}
	for k, share := range shares {
		at := int(share*float64(n)+0.5) - 1
		l[k] = w.values[min(max(at, 0), n-1)]
	}
	return l
}

func (w *worth) classes(l valueLimits, names []string) []ValueClass {
	classes := make([]ValueClass, len(names))
	rest := w.values
	for k := range classes {
		own := rest
		if k < len(l) {
			own = rest[:sort.Search(len(rest), func(i int) bool { return rest[i] < l[k] })]
		}
		rest = rest[len(own):]
		c := &classes[k]
		c.Name, c.Customers, c.Value = names[k], int64(len(own)), Number(sumOf(own).Float())
		c.Share, c.ValueShare = ratio(c.Customers, int64(len(w.values))), ratio(float64(c.Value), w.total.Float())
		if k < len(l) {
			c.FromValue = Number(l[k].Float())
		}
	}
	return classes
}

// Words sums the spread up.
func (p Pareto) Words() string {
	if !p.Top20Share.Known() {
		return "there is no value in the orders, so nothing can be said about who brings it"
	}
	return fmt.Sprintf("the best 20 %% of customers bring %s of the value; 80 %% of it come from %s of them", wording.Prose.Percent(float64(p.Top20Share)), wording.Prose.Percent(float64(p.CustomersFor80)))
}
