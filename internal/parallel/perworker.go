package parallel

import "sync"

// PerWorker lends things to goroutines, so that each counts in one of its own.
type PerWorker[T any] struct {
	Make func() *T

	mu   sync.Mutex
	idle []*T
	All  []*T // whatever was lent, for adding up at the end
}

// Take lends a thing that nobody else has, a new one where all are out.
func (p *PerWorker[T]) Take() *T {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		t := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return t
	}
	t := p.Make()
	p.All = append(p.All, t)
	return t
}

// GiveBack returns a thing for the next one who takes.
func (p *PerWorker[T]) GiveBack(t *T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, t)
}
