package data

import "testing"

// Columns as real exports of many trades name them: till logs, loyalty cards, donors,
// warehouses, payments. None asks for --map.
func TestAssignRoles_KnowsTheColumnsOfManyTrades(t *testing.T) {
	for _, c := range []struct {
		customer, order, time, amount, product string
		others                                 []string
	}{
		{"household_id", "basket_id", "transaction_timestamp", "sales_value", "product_id", []string{"store_id", "retail_disc", "week"}},
		{"LYLTY_CARD_NBR", "TXN_ID", "DATE", "TOT_SALES", "PROD_NAME", []string{"STORE_NBR"}},
		{"HSHD_NUM", "BASKET_NUM", "PURCHASE_DATE", "SPEND", "PRODUCT_NUM", []string{"STORE_R"}},
		{"CustomerKey", "SalesOrderNumber", "OrderDateKey", "SalesAmount", "ProductKey", []string{"DueDateKey", "ShipDateKey"}},
		{"Customer Reference ID", "", "Date Purchase", "Purchase Amount (USD)", "Item Purchased", []string{"Review Rating", "Payment Method"}},
		{"customer_id", "", "payment_date", "amount", "", []string{"payment_id", "staff_id", "rental_id", "last_update"}},
		{"customer_id", "", "day", "total_sales", "", []string{"customer_type"}},
		{"card", "", "datetime", "money", "", []string{"date", "cash_type"}},
		{"Member_number", "", "Date", "", "itemDescription", nil},
		{"donor_id", "", "donation_date", "donation_amount", "", []string{"campaign"}},
		{"email", "", "visit_date", "amount_paid", "", []string{"card_number", "visitor_id"}},
		{"patron_id", "booking_id", "booked_at", "Total ($)", "", nil},
		{"account_number", "invoice_num", "invoice_date", "net_amt", "article_code", []string{"account_name"}},
		{"Customer ID", "Transaction ID", "Date", "Net Sales", "SKU", []string{"Time", "Gross Sales", "Tax", "Payment ID", "Customer Name"}},
		{"From Email Address", "Transaction ID", "Date", "Gross", "", []string{"Time", "Net", "Fee", "To Email Address"}},
		{"Sell-to Customer No.", "Document No.", "Posting Date", "Line Amount", "", []string{"Bill-to Customer No.", "No.", "Amount Including VAT"}},
		{"KUNNR", "VBELN", "AUDAT", "NETWR", "MATNR", []string{"ERDAT", "POSNR"}},
		{"user_id", "transaction_id", "event_timestamp", "purchase_revenue", "item_id", []string{"event_date", "event_name", "user_pseudo_id"}},
		{"Müşteri ID", "Sipariş No", "Sipariş Tarihi", "Tutar", "Ürün Kodu", nil},
		{"买家会员名", "订单编号", "订单创建时间", "买家实际支付金额", "宝贝标题", []string{"订单付款时间"}},
		{"고객ID", "주문번호", "주문일자", "결제금액", "상품코드", nil},
		{"Kundenr.", "Ordrenr.", "Ordredato", "Beløb", "Varenummer", nil},
		{"zákazník", "číslo objednávky", "datum objednávky", "částka", "", nil},
		{"id_pelanggan", "no_transaksi", "tanggal_transaksi", "total_harga", "produk", nil},
		{"Контрагент", "", "Дата", "Сумма", "Номенклатура", []string{"Документ"}},
	} {
		names := append([]string{"row"}, c.others...)
		for _, name := range []string{c.customer, c.order, c.time, c.amount, c.product} {
			if name != "" {
				names = append(names, name)
			}
		}
		found, err := AssignRoles(names, len(names), nil, new(PassedOver))
		if err != nil {
			t.Errorf("%q: %v", names, err)
			continue
		}
		for r, want := range map[Role]string{Customer: c.customer, OrderID: c.order, Time: c.time, Amount: c.amount, Product: c.product} {
			have := ""
			if found[r] >= 0 {
				have = names[found[r]]
			}
			if have != want {
				t.Errorf("%q: the %s is %q, want %q", names, r, have, want)
			}
		}
	}
}

// A number beside the name of the same thing asks nothing: the name is taken.
func TestAssignRoles_TakesNamesBeforeTheirNumbers(t *testing.T) {
	names := []string{"Category Id", "Category Name", "channel_id", "channel_name", "category_code"}
	found, err := AssignRoles(names, len(names), nil, new(PassedOver))
	if err != nil || found[Category] != 1 || found[Channel] != 3 {
		t.Errorf("category %d, channel %d, %v", found[Category], found[Channel], err)
	}
}
