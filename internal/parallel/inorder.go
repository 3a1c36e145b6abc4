package parallel

import "sync"

// InOrder passes the results of partitions on by their number, whatever order
// they come in. One goroutine at a time passes on; the others go on with their
// work, until so many results wait that they would fill the memory.
type InOrder[T any] struct {
	mu      sync.Mutex
	passed  sync.Cond
	next    int
	busy    bool
	err     error
	Waiting map[int]T
	Use     func(T) error
}

// mostWaiting bounds the results that wait for an earlier one.
const mostWaiting = 32

// Put hands in the result of a partition and passes on what is due. It returns the
// first error of Use, and waits while too many results wait for an earlier one.
func (o *InOrder[T]) Put(part int, result T) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.passed.L = &o.mu
	for len(o.Waiting) >= mostWaiting && part != o.next && o.err == nil {
		o.passed.Wait()
	}
	o.Waiting[part] = result
	if o.busy {
		return o.err
	}
	o.busy = true
	for o.err == nil {
		result, ok := o.Waiting[o.next]
		if !ok {
			break
		}
		delete(o.Waiting, o.next)
		o.next++
		o.mu.Unlock()
		err := o.Use(result)
		o.mu.Lock()
		o.err = err
		o.passed.Broadcast()
	}
	o.busy = false
	return o.err
}
