package survey

import "testing"

func TestInspect_NamesWhatWentBackUnderManyNames(t *testing.T) {
	for _, column := range []string{"qty_canceled", "menge_storniert", "Rueckgabemenge", "aantal_retour", "退货数量", "credited_amount", "Gutschrift", "reimbursement", "montant_rembourse", "valor_estornado", "canceled_amount", "returns"} {
		saysOf(t, column, table{column: oneIn(20, 2.5, 0.0)}, column, "is not 0 in 60 of 1,200 rows")
	}
	saysOf(t, "units of 0 and 1", table{"quantity": oneIn[int64](2, 2, 1), "Retourmenge": oneIn[int64](20, 1, 0)}, `"Retourmenge" is not 0 in 60`)
	saysOf(t, "texts", table{"refund_amount": oneIn(20, "2,50", "0,00")}, `"refund_amount" is not 0 in 60`)
	saysOf(t, "texts with a currency", table{"refund_amount": oneIn(20, "2.50 €", "")}, `"refund_amount" is not 0 in 60`)
	saysOf(t, "a status of other things", table{"refund_amount": oneIn(20, 2.5, 0.0), "status": oneIn(3, "shipped", "completed")}, `"refund_amount" is not 0 in 60`)
	saysOf(t, "a status of fewer", table{"refund_amount": oneIn(10, 2.5, 0.0), "status": oneIn(60, "refunded", "completed")}, `"refund_amount" is not 0 in 120`)
}

func TestInspect_KnowsAmountsWithoutWhatWentBack(t *testing.T) {
	gross := func(i int) float64 { return 5 + float64(i%50)/4 }
	back := func(i int) float64 {
		if i%20 == 1 {
			return gross(i) / 2
		}
		return 0
	}
	saysOf(t, "a gross amount beside it", table{"amount": func(i int) any { return gross(i) - back(i) }, "list_value": func(i int) any { return gross(i) }, "refund_amount": func(i int) any { return back(i) }})
	saysOf(t, "nothing left", table{"amount": func(i int) any {
		if i%20 == 1 {
			return 0.0
		}
		return gross(i)
	}, "refund_amount": func(i int) any { return 2 * back(i) }})
	saysOf(t, "not taken off", table{"amount": func(i int) any { return gross(i) }, "refund_amount": func(i int) any { return back(i) }}, `"refund_amount" is not 0 in 60`)
	saysOf(t, "other numbers", table{"failed_attempts": oneIn[int64](3, 2, 0), "return_shipping_cost": oneIn(3, 4.9, 0.0), "cancelled_orders": oneIn[int64](3, 2, 0), "expired_points": oneIn[int64](3, 5, 0)})
}
