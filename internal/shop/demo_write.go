package shop

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// Write writes the shop as one file of order lines a year, orders-2023.parquet
// to orders-2026.parquet, lines in the order of time. Errors name the file.
func (s *DemoShop) Write(create Create) error {
	return s.WriteBefore(demoLast+1, create)
}

// WriteBefore writes the orders of the days before one, in files as Write does:
// what an extract of that morning holds.
func (s *DemoShop) WriteBefore(day data.Day, create Create) error {
	names := newDemoNames(len(s.customers))
	end := s.before(day)
	for from := 0; from < end; {
		year := s.orders[from].year()
		to := from
		for to < end && s.orders[to].year() == year {
			to++
		}
		if err := s.writeOrders(fmt.Sprintf("orders-%d.parquet", year), names, from, to, create); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// WriteDays writes the orders of the days from one to before another as one file
// of that name: what is new in an extract since the last.
func (s *DemoShop) WriteDays(name string, from, to data.Day, create Create) error {
	return s.writeOrders(name, newDemoNames(len(s.customers)), s.before(from), s.before(to), create)
}

// before is the number of orders before a day.
func (s *DemoShop) before(day data.Day) int {
	n, _ := slices.BinarySearchFunc(s.orders, day.Micros(), func(o demoOrder, micros int64) int { return cmp.Compare(o.micros, micros) })
	return n
}

func (o *demoOrder) year() int { return data.DayOfMicros(o.micros).Time().Year() }

// demoNames are the texts of the demo as Parquet values.
type demoNames struct {
	customer, product, trade, outlet []parquet.Value
}

// firstDemoID is the number in the id of the first customer.
const firstDemoID = 100_001

func demoID(customer int) string { return fmt.Sprintf("C%06d", firstDemoID+customer) }

func newDemoNames(customers int) *demoNames {
	n := &demoNames{}
	for i := range customers {
		n.customer = append(n.customer, textValue(demoID(i)))
	}
	for _, id := range newCatalogue().ids {
		n.product = append(n.product, textValue(id))
	}
	for _, t := range trades {
		n.trade = append(n.trade, textValue(t.name))
	}
	for _, o := range outlets {
		n.outlet = append(n.outlet, textValue(o.name))
	}
	return n
}

func (s *DemoShop) writeOrders(name string, names *demoNames, from, to int, create Create) error {
	file, err := newOrderFile(name, create)
	if err != nil {
		return err
	}
	for number := from; number < to; number++ {
		o := &s.orders[number]
		var line lineValues
		line[columnCustomer] = names.customer[o.customer]
		line[columnOrder] = textValue(fmt.Sprintf("O%07d", 1_000_001+number))
		line[columnTime] = parquet.Int64Value(o.micros)
		line[columnChannel] = names.outlet[o.outlet]
		for _, it := range o.items {
			line[columnProduct] = names.product[it.product]
			line[columnCategory] = names.trade[it.product/productsPerTrade]
			line[columnQuantity] = parquet.Int32Value(int32(it.quantity))
			line[columnPrice] = parquet.Int64Value(it.cents)
			file.add(&line)
		}
	}
	return file.close()
}
