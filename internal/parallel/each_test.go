package parallel

import (
	"errors"
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

func TestTryEach_EndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	var calls []int
	err := TryEach(5, 1, func(i int) error {
		calls = append(calls, i)
		if i == 2 {
			return broken
		}
		return nil
	})
	if err != broken || len(calls) != 3 {
		t.Errorf("%v after calls %v", err, calls)
	}
	if err := TryEach(50, 4, func(int) error { return nil }); err != nil {
		t.Error(err)
	}
}
