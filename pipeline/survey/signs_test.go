package survey

import (
	"fmt"
	"testing"

	"winback/data/orders"
)

// back makes every twentieth row, those of oneIn(20, …), one that went back.
func back(more table) table {
	more["amount"] = func(i int) any {
		if i%20 == 1 {
			return -5 - float64(i%50)/4
		}
		return 5 + float64(i%50)/4
	}
	return more
}

// Rows whose amounts are below 0 count as what went back, whatever columns say of them.
func TestInspect_IsSilentOfReturnsThatCountAsReturns(t *testing.T) {
	for name, c := range map[string]table{
		"a kind":   {"event_type": oneIn(20, "Refund", "Payment")},
		"a status": {"status": oneIn(20, "refunded", "completed")},
		"a flag":   {"return_flag": oneIn(20, "Y", "N")},
		"a reason": {"return_reason": oneIn(20, "too small", "")},
		"a day":    {"return_booked_on": oneIn(20, "2022-03-04", "")},
		"a paper":  {"doc_type": oneIn(20, "CN", "INV")},
		"an id":    {"refund_id": func(i int) any { return oneIn(20, fmt.Sprint("r", i), "")(i) }},
	} {
		if texts := sold(back(c)).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
		delete(c, "amount")
		if texts := sold(c).warnings(t, orders.Options{}); len(texts) == 0 {
			t.Errorf("%s: nothing is said of amounts above 0", name)
		}
	}
}

// Fees, taxes and payouts among the rows of a settlement are nobody's purchases or returns.
func TestInspect_NamesRowsOfFees(t *testing.T) {
	for name, c := range map[string]table{
		"fees below 0": back(table{"type": oneIn(20, "FEE", "SALE")}),
		"payouts":      back(table{"type": oneIn(20, "payout", "charge")}),
	} {
		if texts := sold(c).warnings(t, orders.Options{}); !named(texts, "rows that read as no purchase", "(60) of 1,200 rows looked at") {
			t.Errorf("%s: %q", name, texts)
		}
	}
	for name, c := range map[string]table{
		"fees alone":  back(table{"type": oneIn(20, "FEE", "")}), // a status would be carried to the rows of their orders
		"charges":     {"type": oneIn(20, "charge", "payment")},
		"transfers":   {"service_type": oneIn(20, "Transfer", "Tour"), "tax_class": oneIn(20, "VAT", "none"), "fulfilment_type": oneIn(20, "postage", "collection")},
		"a free kind": {"order_type": oneIn(20, "tax exempt", "standard"), "payment_type": oneIn(20, "bank transfer", "card")},
	} {
		if texts := sold(c).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}
