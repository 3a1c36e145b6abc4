package diagnose

import (
	"fmt"
	"slices"

	"winback/data"
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
	total  float64
}

func (f *facts) worth() worth {
	w := worth{values: make([]data.Money, len(f.customers))}
	var total data.Money
	for i := range f.customers {
		w.values[i] = f.customers[i].value
		total += f.customers[i].value
	}
	w.total = total.Float()
	slices.Sort(w.values)
	slices.Reverse(w.values)
	return w
}

// pareto shares the customer at the edge out in proportion, as if each were a
// slice of the axis.
func (w *worth) pareto() Pareto {
	p := Pareto{unknown, unknown}
	n := float64(len(w.values))
	if w.total <= 0 {
		return p
	}
	var sum, top float64
	room := 0.2 * n
	for i, v := range w.values {
		amount := v.Float()
		if take := min(1, room-float64(i)); take > 0 {
			top += take * amount
		}
		if !p.CustomersFor80.Known() && amount > 0 && sum+amount >= 0.8*w.total {
			p.CustomersFor80 = Number((float64(i) + (0.8*w.total-sum)/amount) / n)
		}
		sum += amount
	}
	p.Top20Share = Number(top / w.total)
	return p
}

// byValue returns the limits at shares of the value.
func (w *worth) byValue(shares [2]float64) (l valueLimits) {
	var sum float64
	k := 0
	for _, v := range w.values {
		sum += v.Float()
		for k < 2 && sum >= shares[k]*w.total-1e-9 {
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
	for _, v := range w.values {
		c := &classes[l.of(v)]
		c.Customers++
		c.Value += Number(v.Float())
	}
	for k := range classes {
		c := &classes[k]
		c.Name = names[k]
		c.Share, c.ValueShare = ratio(c.Customers, int64(len(w.values))), ratio(float64(c.Value), w.total)
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
	return fmt.Sprintf("the best 20 %% of customers bring %s of the value; 80 %% of it come from %s of them", percentWords(p.Top20Share), percentWords(p.CustomersFor80))
}
