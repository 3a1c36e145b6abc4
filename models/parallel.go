package models

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// blockRows is how many rows one piece of parallel work covers. It is fixed,
// so that results reduced block by block do not depend on the workers.
const blockRows = 8192

// workersOf returns the number of goroutines to use: all processors for 0.
func workersOf(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// each calls f for 0 to n-1 on up to the given number of goroutines.
func each(workers, n int, f func(i int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	done.Wait()
}

// eachBlock calls f for consecutive stretches of n rows, blockRows each but
// for the last.
func eachBlock(workers, n int, f func(block, from, to int)) {
	each(workers, blocksOf(n), func(block int) {
		from := block * blockRows
		f(block, from, min(from+blockRows, n))
	})
}

func blocksOf(n int) int { return (n + blockRows - 1) / blockRows }
