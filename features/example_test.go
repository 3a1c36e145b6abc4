package features_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/ordertest"
)

// The history of two customers becomes a row each, as of a day.
func ExampleBuild() {
	type line struct {
		Customer string    `parquet:"customer_id"`
		At       time.Time `parquet:"ordered_at,timestamp(microsecond)"`
		Amount   float64   `parquet:"amount"`
	}
	day := func(d int) time.Time { return time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC) }
	table := ordertest.Read(&testing.T{}, []line{
		{"ann", day(1), 10}, {"ann", day(11), 20}, {"ann", day(30), 99}, {"bob", day(5), 7.5},
	}, orders.Options{Workers: 1})
	asOf, _ := data.ParseDay("2026-01-21")
	snapshot := features.Snapshot{AsOf: asOf, Horizon: 10, DataEnd: asOf + 10}
	rows := features.NewTable(snapshot, table.Names)
	_, err := table.Each(context.Background(), 1, func(_ int, h *orders.Histories) error {
		return features.Build(h, snapshot, rows)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, id := range rows.IDs {
		fmt.Println(id, "recency", rows.Column("recency_days").Ints[i], "orders", rows.Column("orders").Ints[i],
			"spent", data.Money(rows.Column("monetary").Ints[i]), "returned", rows.Column("returned").Ints[i])
	}
	// Output:
	// ann recency 10 orders 2 spent 30.00 returned 1
	// bob recency 16 orders 1 spent 7.50 returned 0
}
