package pipeline

import "sync"

// perWorker lends things to goroutines, so that each counts in one of its own.
type perWorker[T any] struct {
	make func() *T

	mu   sync.Mutex
	idle []*T
	all  []*T // whatever was lent, for adding up at the end
}

func (p *perWorker[T]) take() *T {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		t := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return t
	}
	t := p.make()
	p.all = append(p.all, t)
	return t
}

func (p *perWorker[T]) giveBack(t *T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, t)
}
