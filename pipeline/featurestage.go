package pipeline

import (
	"context"
	"sync"

	"winback/data"
	"winback/features"
)

// FeatureRequest asks for the feature rows of all customers.
type FeatureRequest struct {
	AsOf    data.Day
	Horizon int // days
	Workers int
	Last    bool // nobody walks over the histories again: their memory is given back
}

// SurveyFeatures builds the feature rows of all customers and hands them to use
// in order of the customer ids, one partition after the other; use must not
// keep them. The survey is taken in the same walk.
func SurveyFeatures(ctx context.Context, orders *data.Orders, r FeatureRequest, use func(*features.Table) error) (*Survey, error) {
	want := features.Snapshot{AsOf: r.AsOf, Horizon: r.Horizon, DataEnd: orders.LastDay + 1}
	if orders.LastDay < r.AsOf { // a history that ends before the as-of day says nothing of what followed
		want.DataEnd = r.AsOf
	}
	tables := perWorker[features.Table]{make: func() *features.Table { return features.NewTable(want, orders.Names) }}
	builders := perWorker[features.Builder]{make: func() *features.Builder { return new(features.Builder) }}
	surveys := newSurveyor(orders)
	line := &inOrder[*features.Table]{waiting: map[int]*features.Table{}, use: func(t *features.Table) error {
		err := use(t)
		t.Reset()
		tables.giveBack(t)
		return err
	}}
	walk := orders.Each
	if r.Last {
		walk = orders.Last
	}
	dropped, err := walk(ctx, r.Workers, func(part int, h *data.Histories) error {
		surveys.add(h)
		b := builders.take()
		defer builders.giveBack(b)
		t := tables.take()
		t.Grow(h.Customers())
		if err := b.Build(h, want, t); err != nil {
			return err
		}
		return line.put(part, t)
	})
	if err != nil {
		return nil, err
	}
	return surveys.total(dropped), nil
}

// inOrder passes the results of partitions on by their number, whatever order
// they come in. One goroutine at a time passes on; the others go on with their
// work, until so many results wait that they would fill the memory.
type inOrder[T any] struct {
	mu      sync.Mutex
	passed  sync.Cond
	next    int
	busy    bool
	err     error
	waiting map[int]T
	use     func(T) error
}

// mostWaiting bounds the results that wait for an earlier one.
const mostWaiting = 32

func (o *inOrder[T]) put(part int, result T) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.passed.L = &o.mu
	for len(o.waiting) >= mostWaiting && part != o.next && o.err == nil {
		o.passed.Wait()
	}
	o.waiting[part] = result
	if o.busy {
		return o.err
	}
	o.busy = true
	for o.err == nil {
		result, ok := o.waiting[o.next]
		if !ok {
			break
		}
		delete(o.waiting, o.next)
		o.next++
		o.mu.Unlock()
		err := o.use(result)
		o.mu.Lock()
		o.err = err
		o.passed.Broadcast()
	}
	o.busy = false
	return o.err
}
