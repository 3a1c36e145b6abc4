package pipeline

import (
	"context"
	"sync"

	"winback/data"
	"winback/features"
)

// EachFeatures builds the feature rows of all customers at an as-of day and
// hands them on in order of the customer ids, one partition after the other.
// dataEnd is the first day without data.
func EachFeatures(ctx context.Context, orders *data.Orders, asOf data.Day, horizon, workers int, use func(*features.Table) error) error {
	want := features.Snapshot{AsOf: asOf, Horizon: horizon, DataEnd: orders.LastDay + 1}
	if orders.LastDay < asOf { // a history that ends before the as-of day says nothing of what followed
		want.DataEnd = asOf
	}
	line := &inOrder[*features.Table]{waiting: map[int]*features.Table{}, use: use}
	builders := sync.Pool{New: func() any { return new(features.Builder) }}
	_, err := orders.Each(ctx, workers, func(part int, h *data.Histories) error {
		b := builders.Get().(*features.Builder)
		defer builders.Put(b)
		t := features.NewTable(want, orders.Names)
		t.Grow(h.Customers())
		if err := b.Build(h, want, t); err != nil {
			return err
		}
		return line.put(part, t)
	})
	return err
}

// inOrder passes the results of partitions on by their number, whatever order
// they come in.
type inOrder[T any] struct {
	mu      sync.Mutex
	next    int
	waiting map[int]T
	use     func(T) error
}

func (o *inOrder[T]) put(part int, result T) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[part] = result
	for {
		result, ok := o.waiting[o.next]
		if !ok {
			return nil
		}
		delete(o.waiting, o.next)
		o.next++
		if err := o.use(result); err != nil {
			return err
		}
	}
}
