package data

import (
	"strings"
	"testing"
)

func TestAssignRoles_MappingIgnoresCaseAndSuggests(t *testing.T) {
	names := []string{"Customer_ID", "created_at", "total"}
	found, err := AssignRoles(names, len(names), Mapping{Customer: "customer_id"}, new(PassedOver))
	if err != nil || found[Customer] != 0 {
		t.Errorf("customer in column %d, %v", found[Customer], err)
	}
	for want, m := range map[string]Mapping{
		`no column "Custmer ID"; did you mean "Customer_ID"?`: {Customer: "Custmer ID"},
		`column "buyer": not found`:                           {Customer: "buyer"},
	} {
		if _, err := AssignRoles(names, len(names), m, new(PassedOver)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %s", err, want)
		}
	}
	if _, err := AssignRoles([]string{"A", "a", "total"}, 3, Mapping{Customer: "a"}, new(PassedOver)); err != nil {
		t.Errorf("the column of just this name: %v", err)
	}
	if _, err := AssignRoles([]string{"Aa", "aA"}, 2, Mapping{Customer: "aa"}, new(PassedOver)); err == nil || !strings.Contains(err.Error(), "case alone") {
		t.Errorf("two columns: %v", err)
	}
}

func TestPlainName_FoldsAccentsAndBlanksOfAnyKind(t *testing.T) {
	for name, want := range map[string]string{"\ufeffCustomer_ID": "customerid", "Quantité ": "quantite", "Quantite\u0301": "quantite", "Währung\u00a0": "wahrung", "Zamówienie nr": "zamowienienr", "ДАТА": "дата", "订单 号": "订单号"} {
		if got := PlainName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Exports in other languages are read without a mapping, all their columns.
func TestAssignRoles_KnowsColumnsInElevenLanguages(t *testing.T) {
	roles := []Role{Customer, OrderID, Time, Amount, Price, Quantity, Product, Category, Channel}
	for _, names := range [][]string{
		{"Kunden-Nr.", "Bestellnummer", "Bestelldatum", "Betrag", "Einzelpreis", "Menge", "Artikelnummer", "Warengruppe", "Vertriebskanal"},
		{"cliente_id", "pedido_id", "fecha", "importe", "precio_unitario", "cantidad", "producto", "categoría", "canal"},
		{"id_client", "numéro_commande", "date_commande", "montant", "prix_unitaire", "quantité", "produit", "catégorie", "canal"},
		{"klantnummer", "ordernummer", "orderdatum", "bedrag", "prijs", "aantal", "artikel", "categorie", "kanaal"},
		{"cliente", "numero_ordine", "data_ordine", "importo", "prezzo", "quantità", "prodotto", "categoria", "canale"},
		{"клиент", "заказ", "дата", "сумма", "цена", "количество", "товар", "категория", "канал"},
		{"客户", "订单号", "日期", "金额", "单价", "数量", "商品", "类别", "渠道"},
		{"klient_id", "nr_zamówienia", "data_zamówienia", "kwota", "cena", "ilość", "produkt", "kategoria", "kanał"},
		{"cliente_id", "pedido", "data_pedido", "valor", "preço_unitário", "quantidade", "produto", "categoria", "canal"},
		{"kundnummer", "ordernr", "orderdatum", "belopp", "pris", "antal", "artikelnr", "kategori", "kanal"},
		{"顧客ID", "注文番号", "注文日", "金額", "単価", "数量", "商品コード", "カテゴリ", "チャネル"},
	} {
		found, err := AssignRoles(names, len(names), nil, new(PassedOver))
		for i, r := range roles {
			if err != nil || found[r] != i {
				t.Errorf("%q: the %s is column %d, want %d; %v", names, r, found[r], i, err)
			}
		}
	}
}

// Shop systems name orders, customers and lines in their own way; an order is better than its
// invoice, and what was read before these names is read still.
func TestAssignRoles_KnowsColumnsOfShopSystems(t *testing.T) {
	for name, c := range map[string]struct {
		columns []string
		want    map[Role]string
	}{
		"OXID":       {[]string{"OXORDERID", "OXUSERID", "OXORDERDATE", "OXAMOUNT", "OXARTNUM", "OXBRUTPRICE", "OXBPRICE", "OXSTORNO"}, map[Role]string{OrderID: "OXORDERID", Customer: "OXUSERID", Time: "OXORDERDATE", Quantity: "OXAMOUNT", Product: "OXARTNUM", Amount: "OXBRUTPRICE", Price: "OXBPRICE", Cancelled: "OXSTORNO"}},
		"PrestaShop": {[]string{"id_order", "invoice_number", "id_customer", "date_add"}, map[Role]string{OrderID: "id_order"}},
		"D365":       {[]string{"LineNumber", "ItemNumber", "OrderingCustomerAccountNumber"}, map[Role]string{Line: "LineNumber", Customer: "OrderingCustomerAccountNumber"}},
		"Adyen":      {[]string{"Shopper Reference", "email", "Merchant Reference"}, map[Role]string{Customer: "email", OrderID: ""}},
		"eBay":       {[]string{"Custom Label", "Item Title", "itemdescription", "base_price"}, map[Role]string{Product: "itemdescription", Price: ""}},
		"guest":      {[]string{"Shopper Reference", "entity_id"}, map[Role]string{Customer: "Shopper Reference"}},
	} {
		found, err := AssignRoles(c.columns, len(c.columns), nil, &PassedOver{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for r, want := range c.want {
			have := ""
			if found[r] >= 0 {
				have = c.columns[found[r]]
			}
			if have != want {
				t.Errorf("%s: %s is %q, want %q", name, r, have, want)
			}
		}
	}
}
