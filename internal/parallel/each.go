// Package parallel spreads work over goroutines so that its results do not depend
// on how many there are.
package parallel

import "sync"

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
