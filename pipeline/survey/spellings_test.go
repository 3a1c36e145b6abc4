package survey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// What programs write for no value is no order, product, category or channel; what a
// person may have meant is one.
func TestInspect_NamesWordsForNone(t *testing.T) {
	for _, word := range []string{`\N`, "NULL", "None", "nan", "n/a", "(not set)", "<NA>", " null "} {
		shop := sold(table{"category": oneIn(3, word, "tea"), "channel": oneIn(4, word, "web"), "sku": oneIn(5, word, "s1")})
		o, err := shop.read(t, orders.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"[s1]", "[tea]", "[web]"}
		have := []string{fmt.Sprint(o.Names[data.Product]), fmt.Sprint(o.Names[data.Category]), fmt.Sprint(o.Names[data.Channel])}
		if !slices.Equal(have, want) {
			t.Errorf("%s: names %v, want %v", word, have, want)
		}
		texts := strings.ToLower(strings.Join(textsOf(o, t), "\n"))
		for _, column := range []string{"sku", "category", "channel"} {
			if told := fmt.Sprintf("column %q has %q", column, strings.ToLower(strings.TrimSpace(word))); !strings.Contains(texts, told) {
				t.Errorf("%s: want %s in %q", word, told, texts)
			}
		}
	}
	shop := sold(table{"category": oneIn(3, "unknown", "tea")})
	if texts := shop.warnings(t, orders.Options{}); len(texts) > 0 {
		t.Errorf("%q", texts)
	}
}

// An order of the id NULL is none: its lines are not one order.
func TestInspect_OrdersOfAWordForNoneAreNone(t *testing.T) {
	o, err := sold(table{"order_id": func(int) any { return "NULL" }}).read(t, orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	without, err := sold(table{"order_id": nil}).read(t, orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if have, want := surveyOf(t, o).Orders, surveyOf(t, without).Orders; have != want {
		t.Errorf("%d orders, want those without ids, %d", have, want)
	}
}

func TestInspect_NamesNamesThatDifferInSpellingAlone(t *testing.T) {
	for name, c := range map[string][2]string{"case": {"Tea", "tea"}, "blanks": {"green  tea ", "green tea"}, "letters": {"cafe\u0301", "café"}, "width": {"ＴＥＡ", "TEA"}} {
		texts := sold(table{"category": oneIn(3, c[0], c[1])}).warnings(t, orders.Options{})
		if len(texts) != 1 || !strings.Contains(texts[0], `names differ in case, blanks or the form of their letters alone and count as different: column "category" has `) {
			t.Errorf("%s: %q", name, texts)
		}
	}
	codes := func(i int) any {
		return fmt.Sprint("P", i%60, map[bool]string{true: "a", false: "A"}[i%60 == 1 && i < 600])
	}
	if texts := sold(table{"sku": codes}).warnings(t, orders.Options{}); len(texts) > 0 {
		t.Errorf("one code of a product in two spellings: %q", texts)
	}
}

// Ids that programs number for guests and erased customers are asked about, and left out
// by their beginning.
func TestInspect_NamesNumberedGuests(t *testing.T) {
	shop := sold(table{"customer_id": func(i int) any {
		if i%10 == 1 {
			return fmt.Sprint([]string{"Guest-", "deleted_"}[i/10%2], i/2)
		}
		return fmt.Sprint("c", i%100)
	}})
	want := "--no-customer 'usual,deleted_*,guest-*'"
	texts := shop.warnings(t, orders.Options{})
	if len(texts) != 1 || !strings.Contains(texts[0], `"deleted_" (60), "guest-" (60)`) || !strings.Contains(texts[0], want) {
		t.Errorf("want %s, have %q", want, texts)
	}
	o, err := shop.read(t, orders.Options{NoCustomer: orders.NoCustomerWords{"usual", "deleted_*", "guest-*"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := surveyOf(t, o); s.Customers != 90 || o.SetAside[orders.NoCustomer] != 120 {
		t.Errorf("%d customers, %d rows without one", s.Customers, o.SetAside[orders.NoCustomer])
	}
}

// Customers whose ids carry marks that nobody sees, or the quotes of JSON, are one.
func TestRead_IDsLoseMarksThatNobodySees(t *testing.T) {
	spellings := []string{"c%d", "\ufeffc%d", "c%d\u200b", `"c%d"`, "\u00a0c%d "}
	o, err := sold(table{"customer_id": func(i int) any { return fmt.Sprintf(spellings[i/100%5], i%100) }}).read(t, orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := surveyOf(t, o); s.Customers != 100 {
		t.Errorf("%d customers, want 100", s.Customers)
	}
}

// A line of totals that may be a name stays a customer, and the setting that takes it
// out is said; names with the legal form of a firm are left alone.
func TestInspect_AsksOfCustomersWhoMayBeTotals(t *testing.T) {
	few := []string{"Total Berlin", "total: Hamburg, Mitte", "Totally Fresh", "Total Tools Ltd.", "Suma Patel", "TOTAL7"}
	shop := sold(table{"customer_id": func(i int) any {
		if i%100 < len(few) {
			return few[i%100]
		}
		return fmt.Sprint("c", i%100)
	}})
	want := `ids in column "customer_id" read as lines of totals, and each counts as a customer: "Total Berlin" and "total: Hamburg, Mitte". If they are none, say --no-customer 'usual,Total Berlin,total: Hamburg*'`
	if texts := shop.warnings(t, orders.Options{NoCustomer: orders.NoCustomerWords{"usual"}}); len(texts) != 1 || !strings.HasSuffix(texts[0], want) {
		t.Errorf("want %s, have %q", want, texts)
	}
	o, err := shop.read(t, orders.Options{NoCustomer: orders.NoCustomerWords{"usual", "Total Berlin", "total: Hamburg*"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := surveyOf(t, o); s.Customers != 98 || o.SetAside[orders.NoCustomer] != 24 {
		t.Errorf("%d customers, %d rows without one", s.Customers, o.SetAside[orders.NoCustomer])
	}
	many := sold(table{"customer_id": func(i int) any { return fmt.Sprintf("Total shop%02d", i%100) }})
	if texts := many.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], "and 92 others. If they are none, say --no-customer 'usual,total *'") {
		t.Errorf("%q", texts)
	}
}
