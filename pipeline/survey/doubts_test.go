package survey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// Times of which a part names its zone, or that were written on another clock than
// UTC, are asked about unless a zone is given.
func TestInspect_AsksOfTheClockOfTimes(t *testing.T) {
	written := func(forms ...string) table {
		return sold(table{"order_date": func(i int) any {
			return fmt.Sprintf(forms[i%len(forms)], (ordertest.FirstDay + data.Day(i/4)).String())
		}})
	}
	for name, c := range map[string]struct {
		orders table
		want   string
	}{
		"mixed":         {written("%sT10:00:00Z", "%s 10:00:00"), "name their zone in a part of the rows"},
		"another clock": {written("%sT10:00:00+02:00"), "written on a clock that is not UTC (+02:00)"},
		"local":         {written("%s 10:00"), ""},
		"UTC":           {written("%sT10:00:00Z", "%s 10:00:00+00:00", "%s 11:00:00 -0000"), ""},
		"days":          {written("%s"), ""},
	} {
		texts := c.orders.warnings(t, orders.Options{})
		if c.want == "" && len(texts) > 0 || c.want != "" && (len(texts) != 1 || !strings.Contains(texts[0], c.want) || !strings.Contains(texts[0], "--timezone ZONE")) {
			t.Errorf("%s: want %q, have %q", name, c.want, texts)
		}
		for _, zone := range []string{"Europe/Berlin", "Etc/UTC"} {
			at, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			if texts := c.orders.warnings(t, orders.Options{Zone: at}); len(texts) > 0 {
				t.Errorf("%s in %s: %q", name, zone, texts)
			}
		}
	}
}

// A column beside the one that was taken which says something else is named with both
// lines to paste, and no more once one is given.
func TestInspect_NamesRivalsOfTimeAndAmount(t *testing.T) {
	cents := func(i int) float64 { return 5 + float64(i%50)/4 }
	day := func(i int) data.Day { return ordertest.FirstDay + data.Day(i/4) }
	for name, c := range map[string]struct {
		orders table
		want   string
		role   data.Role
		column string
	}{
		"gross": {table{"gross_amount": func(i int) any { return cents(i) * 1.19 }}, `"gross_amount" is mostly 1.19 times as much`, data.Amount, "amount"},
		"net":   {table{"amount": nil, "sales": func(i int) any { return cents(i) }, "sales_excl_tax": func(i int) any { return cents(i) / 1.25 }}, `"sales_excl_tax" is mostly 0.80 times as much`, data.Amount, "sales_excl_tax"},
		"paid": {table{"order_date": nil, "paid_at": func(i int) any { return (day(i) + 9).String() }, "created_at": func(i int) any { return day(i).String() }},
			`"created_at" is another day in 100 % of the rows, mostly 9 days earlier: --map time=created_at takes that one`, data.Time, "created_at"},
	} {
		shop := sold(c.orders)
		if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], c.want) {
			t.Errorf("%s: want %q, have %q", name, c.want, texts)
		}
		if texts := shop.warnings(t, orders.Options{Mapping: data.Mapping{c.role: c.column}}); len(texts) > 0 {
			t.Errorf("%s, mapped: %q", name, texts)
		}
	}
	for name, columns := range map[string]table{
		"the same day":       {"created_at": func(i int) any { return (day(i) + data.Day(i%2)).String() }},
		"tax alone":          {"tax_amount": func(i int) any { return cents(i) * 0.19 }},
		"a gross order":      {"gross_total": func(i int) any { return 3 * cents(i/2) }},
		"the same, net":      {"net_amount": nil, "gross_amount": func(i int) any { return cents(i) }},
		"a gross unit price": {"unit_price_gross": func(i int) any { return cents(i) / float64(1+i%5) }},
	} {
		if texts := sold(columns).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

func TestInspect_NamesDiscountsThatAreNotTakenOff(t *testing.T) {
	price := func(i int) float64 { return 3 + float64(i%7) }
	units := func(i int) any { return int64(1 + i%3) }
	off := func(i int) float64 { return float64(i % 3) }
	all := table{"unit_price": func(i int) any { return price(i) }, "quantity": units, "discount": func(i int) any { return off(i) }}
	before := table{"amount": func(i int) any { return price(i) * float64(1+i%3) }}
	after := table{"amount": func(i int) any { return price(i)*float64(1+i%3) - off(i) }}
	without := table{"amount": nil}
	for name, c := range map[string]struct {
		columns table
		opts    orders.Options
		told    bool
	}{
		"before":           {before, orders.Options{}, true},
		"price × quantity": {without, orders.Options{}, true},
		"said":             {before, orders.Options{Mapping: data.Mapping{data.Discount: ""}}, false},
		"after":            {after, orders.Options{}, false},
	} {
		for name, of := range all {
			c.columns[name] = of
		}
		texts := strings.Join(sold(c.columns).warnings(t, c.opts), "\n")
		if strings.Contains(texts, `column "discount" has discounts, and is not taken off`) != c.told {
			t.Errorf("%s: %q", name, texts)
		}
	}
}
