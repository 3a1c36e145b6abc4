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
		"a kind":    {"event_type": oneIn(20, "Refund", "Payment")},
		"a status":  {"status": oneIn(20, "refunded", "completed")},
		"a flag":    {"return_flag": oneIn(20, "Y", "N")},
		"a reason":  {"return_reason": oneIn(20, "too small", "")},
		"a day":     {"return_booked_on": oneIn(20, "2022-03-04", "")},
		"a paper":   {"doc_type": oneIn(20, "CN", "INV")},
		"an id":     {"refund_id": func(i int) any { return oneIn(20, fmt.Sprint("r", i), "")(i) }},
		"a comment": {"comment": oneIn(20, "Refund", "")},
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
		"fees below 0":   back(table{"type": oneIn(20, "FEE", "SALE")}),
		"kinds of money": {"amount-description": oneIn(20, "Shipping", "Principal")},
		"item fees":      back(table{"amount-type": oneIn(20, "ItemFees", "ItemPrice")}),
		"points":         {"transaction_type": oneIn(20, "REDEMPTION", "EARN")},
		"payouts":        back(table{"type": oneIn(20, "payout", "charge")}),
	} {
		if texts := sold(c).warnings(t, orders.Options{}); !named(texts, "rows that read as no purchase", "(60) of 1,200 rows looked at") {
			t.Errorf("%s: %q", name, texts)
		}
	}
	for name, c := range map[string]table{
		"charges":     {"type": oneIn(20, "charge", "payment")},
		"a free kind": {"order_type": oneIn(20, "tax exempt", "standard"), "payment_type": oneIn(20, "bank transfer", "card")},
	} {
		if texts := sold(c).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

// Notes say in words what went back; their first word tells it.
func TestInspect_NamesNotesOfWhatWentBack(t *testing.T) {
	for name, c := range map[string]struct {
		columns table
		want    []string
	}{
		"a word":    {table{"Buchungstext": oneIn(20, "Rückerstattung", "Verkauf")}, []string{`column "Buchungstext" begins in 60 of 1,200 rows`, "--map status=Buchungstext --returns type=Rückerstattung"}},
		"in French": {table{"libelle": oneIn(20, "Remboursement", "Vente")}, []string{"--returns type=Remboursement"}},
		"in Dutch":  {table{"omschrijving": oneIn(20, "Terugbetaling", "Verkoop")}, []string{"--returns type=Terugbetaling"}},
		"sentences": {table{"description": func(i int) any { return oneIn(20, fmt.Sprint("Reembolso de ", i), fmt.Sprint("Venta ", i))(i) }}, []string{"reembolso… (60)", "have the export write"}},
	} {
		if texts := sold(c.columns).warnings(t, orders.Options{}); !named(texts, c.want...) {
			t.Errorf("%s: want %q in %q", name, c.want, texts)
		}
	}
	for name, c := range map[string]table{
		"wishes":            {"comment": func(i int) any { return oneIn(20, fmt.Sprint("please refund me if it is late ", i), "")(i) }},
		"a returning buyer": {"note": oneIn(20, "returning customer", "")},
	} {
		if texts := sold(c).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

// Orders that were cancelled do not tell of those that were refunded.
func TestInspect_NamesRefundsBesideCancelledOrders(t *testing.T) {
	c := table{"status": oneIn(10, "canceled", "complete"), "total_refunded": func(i int) any { return []float64{0, 2.5}[max(i%20-18, 0)] }}
	if texts := sold(c).warnings(t, orders.Options{}); !named(texts, `column "total_refunded" is not 0 in 60 of 1,200 rows`) {
		t.Errorf("%q", texts)
	}
	c["status"] = func(i int) any { return []string{"complete", "refunded"}[max(i%20-18, 0)] }
	if texts := sold(c).warnings(t, orders.Options{}); len(texts) != 1 || named(texts, "total_refunded") {
		t.Errorf("told by the status: %q", texts)
	}
}

// States in numbers are asked about under the names of other languages, too; names that only
// contain these are none.
func TestInspect_NamesStatesOfOtherLanguages(t *testing.T) {
	for _, name := range []string{"etat", "id_etat", "stato", "stan", "situacao", "durum", "tila", "stav"} {
		if texts := sold(table{name: oneIn[int64](20, 6, 5)}).warnings(t, orders.Options{}); !named(texts, fmt.Sprintf("column %q has codes", name)) {
			t.Errorf("%s: %q", name, texts)
		}
	}
	for _, name := range []string{"distance", "instance", "betatest_group"} {
		if texts := sold(table{name: oneIn[int64](20, 6, 5)}).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

// Orders that a quarter never paid are asked about; times that most lack are not kept.
func TestInspect_AsksAboutTimesOfPaymentThatAreMissing(t *testing.T) {
	for every, want := range map[int]bool{4: true, 2: false} {
		texts := sold(table{"paid_at": func(i int) any { return oneIn(every, "", fmt.Sprintf("2022-03-04 10:%02d:%02d", i/60%60, i%60))(i) }}).warnings(t, orders.Options{})
		if named(texts, `column "paid_at" is empty in`, "--map time=paid_at") != want {
			t.Errorf("one of %d without: %q", every, texts)
		}
	}
}
