package parallel

import (
	"sync/atomic"
	"testing"
)

func TestEachOf_CallsOnceForEach(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 99} {
		for _, n := range []int{0, 1, 50} {
			calls := make([]atomic.Int32, n)
			EachOf(n, workers, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if calls[i].Load() != 1 {
					t.Errorf("%d workers, %d of %d: %d calls", workers, i, n, calls[i].Load())
				}
			}
		}
	}
}
