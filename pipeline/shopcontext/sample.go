// Package shopcontext looks at the whole shop on a past day, as far as it was known
// then: how busy its weeks were, who came back of those who last bought in the
// same weeks, which products bring buyers back, how a probability model sees
// the customers. Its columns stand beside those of the feature table and let a
// model follow groups of customers through time.
package shopcontext

import (
	"context"
	"slices"

	"winback/data"
	"winback/data/orders"
)

// mostLines is how many purchase lines a customer may have who is asked about
// the shop: those with more are no guide to others.
const mostLines = 1000

// Sample are the purchases of some customers, from which views are made. It
// knows all days; a view looks at those before its own.
type Sample struct {
	first     data.Day // of the order history
	customers []customer
	catalogue catalogue // of their products
	fits      fits
}

// customer are the purchases of one customer in time order.
type customer struct {
	days  []data.Day // purchase days, ascending
	lines []line
}

// line is a product bought on a day, by its number in the catalogue.
type line struct {
	day     data.Day
	product uint32
}

// Sampler takes a sample on a walk over the histories.
type Sampler struct {
	first data.Day
	keep  func(id string) bool
	parts [][]customer
}

// NewSampler will remember the purchases of the customers that keep chooses by their ids
// (nil: of all), of orders that begin on a day, in so many partitions.
func NewSampler(first data.Day, partitions int, keep func(id string) bool) *Sampler {
	return &Sampler{first, keep, make([][]customer, partitions)}
}

// Add looks at a partition; it may be called from several goroutines.
func (s *Sampler) Add(part int, h *orders.Histories) {
	for c, id := range h.IDs {
		bought := h.Customer(c)
		if bought.To-bought.From > mostLines || s.keep != nil && !s.keep(id) {
			continue
		}
		if buyer := purchases(bought); len(buyer.days) > 0 {
			s.parts[part] = append(s.parts[part], buyer)
		}
	}
}

// Sample ends the walk.
func (s *Sampler) Sample() *Sample {
	customers := slices.Concat(s.parts...)
	return &Sample{first: s.first, customers: customers, catalogue: numberProducts(customers)}
}

// TakeSample is a walk for the sample alone.
func TakeSample(ctx context.Context, table *orders.Table, keep func(id string) bool, workers int) (*Sample, error) {
	s := NewSampler(table.FirstDay, table.Partitions(), keep)
	_, err := table.Each(ctx, workers, func(part int, h *orders.Histories) error {
		s.Add(part, h)
		return nil
	})
	return s.Sample(), err
}

func purchases(h orders.History) customer {
	var c customer
	for i := range h.Purchases() {
		c.add(line{data.DayOfMicros(h.Time[i]), h.Codes[data.Product][i]})
	}
	return c
}

// add adds a line, of the day of the last one or later.
func (c *customer) add(l line) {
	if n := len(c.days); n == 0 || c.days[n-1] != l.day {
		c.days = append(c.days, l.day)
	}
	c.lines = append(c.lines, l)
}

// before returns the purchase days before one.
func (c *customer) before(day data.Day) []data.Day {
	n, _ := slices.BinarySearch(c.days, day)
	return c.days[:n]
}
