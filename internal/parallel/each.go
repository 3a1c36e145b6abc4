// Package parallel spreads work over goroutines so that its results do not depend
// on how many there are.
package parallel

import (
	"sync"
	"sync/atomic"
)

// EachOf calls f for 0 to n-1, several at a time.
func EachOf(n, workers int, f func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int, n)
	for k := range n {
		next <- k
	}
	close(next)
	for range max(min(workers, n), 1) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for k := range next {
				f(k)
			}
		}()
	}
	wait.Wait()
}

// TryEach is EachOf for calls that may fail: it returns the error of the first by
// number that did. Once one has failed no other begins.
func TryEach(n, workers int, f func(i int) error) error {
	errs := make([]error, n)
	var failed atomic.Bool
	EachOf(n, workers, func(i int) {
		if failed.Load() {
			return
		}
		if errs[i] = f(i); errs[i] != nil {
			failed.Store(true)
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
