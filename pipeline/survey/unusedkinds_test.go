package survey

import (
	"fmt"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

func TestInspect_AsksWhatCodesOfPapersMean(t *testing.T) {
	for column, pair := range map[string][2]string{"doc_type": {"CN", "INV"}, "tipo_documento": {"NC", "FC"}, "trans_type": {"R", "S"}, "AUART": {"RE", "TA"}, "response_code": {"05", "00"}} {
		saysOf(t, column, table{column: oneIn(20, pair[0], pair[1])}, "codes of which nobody has said what they mean", "--map status="+column)
	}
	saysOf(t, "numbers", table{"transaction_type": oneIn[int64](20, 2, 1)}, "codes of which nobody has said")
	saysOf(t, "others", table{"order_type": oneIn(2, "W", "S"), "transport_type": oneIn(2, "R", "S"), "payment_doc_type": oneIn(2, "CR", "CC"), "trans_kind": oneIn(2, "W", "S")})
	saysOf(t, "signs", table{"sign": oneIn[int64](20, -1, 1)}, `column "sign" has two sides`)
	saysOf(t, "no signs", table{"sentiment": oneIn[int64](20, -1, 1)})
}

func TestInspect_NamesReferencesPartsAndUnpaid(t *testing.T) {
	some := func(n int) func(int) any {
		return func(i int) any {
			if i%n == 1 {
				return fmt.Sprint("x", i)
			}
			return ""
		}
	}
	for _, column := range []string{"original_order_id", "rma_number", "cancelled_by", "cancel_note", "ABGRU"} {
		saysOf(t, column, table{column: some(20)}, column, "is filled in 60 of 1,200 rows")
	}
	saysOf(t, "told by the status", table{"cancelled_by": some(20), "status": oneIn(20, "cancelled", "done")}, "reads as not bought")
	saysOf(t, "parts", table{"parent_item_id": some(4)}, "parts of another row")
	saysOf(t, "unpaid", table{"payment_received_date": func(i int) any {
		if i%10 == 1 {
			return ""
		}
		return (ordertest.FirstDay + data.Day(i/4)).String()
	}}, "is empty in 120 of 1,200 rows", "--map time=payment_received_date")
	saysOf(t, "others", table{"parent_sku": some(2), "delivered_note": some(3), "test_by": some(1)})
}

func TestInspect_NamesGoodsThatAreCosts(t *testing.T) {
	for _, product := range []string{"DELIVERY", "Service fee", "Delivery Charge"} {
		saysOf(t, product, table{"sku": oneIn(20, product, "shirt")}, "--exclude-products")
	}
}

// Rows of one order for each of its states count each.
func TestInspect_NamesTwins(t *testing.T) {
	twins := table{"order_id": func(i int) any { return fmt.Sprint(1000 + i/2) }, "customer_id": func(i int) any { return fmt.Sprint("c", i/2%100) }, "sku": func(i int) any { return fmt.Sprint("s", i/2%7) },
		"amount": func(i int) any { return 5 + float64(i/2%50)/4 }, "status": func(i int) any { return [...]string{"paid", "shipped"}[i%2] }}
	saysOf(t, "twins", twins, `600 lines equal another line of their order but for column "status"`)
	if texts := sold(twins).warnings(t, orders.Options{Mapping: data.Mapping{data.Status: "status"}}); len(texts) > 0 {
		t.Errorf("said: %q", texts)
	}
}

// Ids that begin anew mean several orders of one customer.
func TestInspect_NamesOrderIDsGivenOutAnew(t *testing.T) {
	again := table{"order_id": func(i int) any { return fmt.Sprint(i / 2 % 60) }}
	saysOf(t, "each day", again, "have the id of another order of their customer of weeks before", `column "order_id" begins anew`)
}

func TestInspect_NamesMoneyInTwoUnits(t *testing.T) {
	price := func(i int) float64 { return float64(1+i%89*i%97) + float64(1+i%98)/100 }
	saysOf(t, "cents in a third", table{"amount": func(i int) any {
		if i%3 == 1 {
			return float64(int(100*price(i) + .5))
		}
		return price(i)
	}}, `column "amount" has whole numbers that are spread as its others are`)
	saysOf(t, "whole prices of dear goods", table{"amount": func(i int) any {
		if i%3 == 1 {
			return float64(500 + i%40*25)
		}
		return price(i)
	}})
}

// A file whose column says cents is read as such, beside one of units.
func TestInspect_KnowsCentsOfAFileByTheirName(t *testing.T) {
	price := func(i int) float64 { return float64(1+i%89*i%97) + float64(1+i%98)/100 }
	other := func(i int) any { return fmt.Sprint(9000 + i/2) }
	old := sold(table{"amount": nil, "amount_cents": func(i int) any { return int64(100*price(i) + .5) }})
	o, err := readFiles(t, orders.Options{}, old, sold(table{"order_id": other, "amount": func(i int) any { return price(i) }}))
	if err != nil {
		t.Fatal(err)
	}
	if texts := strings.Join(textsOf(o, t), "\n"); strings.Contains(texts, "whole numbers") {
		t.Error(texts)
	}
}

// Guests who order again are one customer by their e-mail alone.
func TestInspect_NamesEMailsOfSeveralCustomers(t *testing.T) {
	mail := func(i int) any { return fmt.Sprintf("m%d@example.org", i%100) }
	guests := func(i int) any {
		if i%100 < 40 {
			return fmt.Sprint("guest", i)
		}
		return fmt.Sprint("c", i%100)
	}
	saysOf(t, "guests", table{"customer_id": guests, "contact_email_address": mail}, "many e-mails", "--map customer=contact_email_address")
	saysOf(t, "one each", table{"contact_email_address": mail})
}

// A discount under another name is not taken off price × quantity.
func TestInspect_NamesDiscountsUnderOtherNames(t *testing.T) {
	price := func(i int) any { return 5 + float64(i%7) }
	saysOf(t, "a rate", table{"amount": nil, "unit_price": price, "quantity": oneIn[int64](2, 2, 1), "discount_rate": oneIn(3, .2, .0)}, `column "discount_rate" has discounts`)
	saysOf(t, "an amount beside it", table{"discount_rate": oneIn(3, .2, .0)})
}

func TestInspect_NamesLinesThatAJoinDoubled(t *testing.T) {
	twice := table{"order_id": func(i int) any { return fmt.Sprint(1000 + i/2) }, "customer_id": func(i int) any { return fmt.Sprint("c", i/2%100) }, "sku": func(i int) any { return fmt.Sprint("s", i/2%7) },
		"amount": func(i int) any { return 5 + float64(i/2%50)/4 }, "category": func(i int) any { return [...]string{"tea", "gifts"}[i%2] }}
	saysOf(t, "categories", twice, `but for column "category"`, "--map category=")
}
