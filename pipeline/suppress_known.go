package pipeline

import (
	"context"
	"sync/atomic"

	"winback/data"
)

// CountNamed counts the customers of the orders whom a list of suppressed ids
// names.
func CountNamed(ctx context.Context, orders *data.Orders, s *Suppressions, workers int) (int64, error) {
	var named atomic.Int64
	_, err := orders.Each(ctx, workers, func(_ int, h *data.Histories) error {
		for _, id := range h.IDs {
			if s.Has(id) {
				named.Add(1)
			}
		}
		return nil
	})
	return named.Load(), err
}
