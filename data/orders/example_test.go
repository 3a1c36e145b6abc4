package orders_test

import (
	"context"
	"fmt"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys/fsystest"
)

// A file of order lines becomes the histories of its customers.
func ExampleRead() {
	type line struct {
		Customer string    `parquet:"customer_id"`
		At       time.Time `parquet:"ordered_at,timestamp(microsecond)"`
		Amount   float64   `parquet:"amount"`
	}
	files := fsystest.NewMem() // fsys.OS() on disk
	f, err := files.Create("/orders.parquet")
	if err != nil {
		fmt.Println(err)
		return
	}
	day := func(d int) time.Time { return time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC) }
	if err := parquet.Write(f, []line{{"ann", day(11), 20}, {"bob", day(5), 7.5}, {"ann", day(1), 10}}); err != nil {
		fmt.Println(err)
		return
	}
	if err := f.Close(); err != nil {
		fmt.Println(err)
		return
	}
	found, err := source.Find(files, []string{"/orders.parquet"}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := orders.Read(context.Background(), files, found, orders.Options{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Close()
	asOf, _ := data.ParseDay("2026-01-10")
	_, err = table.Each(context.Background(), 1, func(_ int, h *orders.Histories) error {
		for c, id := range h.IDs {
			for day := range h.Customer(c).Before(asOf).PurchaseDays() {
				fmt.Println(id, "bought on", day)
			}
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// ann bought on 2026-01-01
	// bob bought on 2026-01-05
}
