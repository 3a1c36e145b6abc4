package data

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Role is what a column of the order history means.
type Role uint8

// The roles of the columns of an order table.
const (
	Customer Role = iota
	OrderID
	Line
	Time
	Amount
	Price
	Quantity
	Product
	Category
	Channel
	Status
	Discount
	Currency
	Version // says which of several rows of one order line is the newest
	Test    // from here on: marks of rows that were not bought
	Cancelled
	Refunded
	Deleted
	Voided
	Change // what a change feed did to a row
	RoleCount
)

var roleNames = [RoleCount]string{"customer", "order", "line", "time", "amount", "price", "quantity",
	"product", "category", "channel", "status", "discount", "currency", "version", "test", "cancelled", "refunded", "deleted", "voided", "change"}

// TextRoles are the roles whose values are texts.
var TextRoles = [...]Role{Customer, OrderID, Line, Product, Category, Channel, Status, Currency, Test, Cancelled, Refunded, Deleted, Voided, Change}

// MarkRoles are those of columns that mark rows of orders that were not bought in
// the end: truth values, or the time at which it happened. Their texts are "true"
// and "".
var MarkRoles = [...]Role{Test, Cancelled, Refunded, Deleted, Voided}

// IsMark says whether a role is one of MarkRoles.
func (r Role) IsMark() bool { return r >= Test && r < Change }

// NamedRoles are the roles whose values are names: each line carries them as
// codes, through blocks and store to the histories. One more needs a weight
// below, and another storeFormat.
var NamedRoles = [...]Role{Product, Category, Channel}

// NameWeights are what the hash of each name weighs in the identity of a line:
// odd numbers, no two alike.
var NameWeights = [len(NamedRoles)]uint64{0x589965cc75374cc3, 0x1d8e4e27c47d124f, 0xeb44accab455d165}

// String returns the role's name in --map.
func (r Role) String() string { return roleNames[r] }

// ParseRole finds a role by its name.
func ParseRole(name string) (Role, error) {
	if i := slices.Index(roleNames[:], strings.ToLower(strings.TrimSpace(name))); i >= 0 {
		return Role(i), nil
	}
	return 0, fmt.Errorf("unknown role %q; the roles are %s", name, strings.Join(roleNames[:], ", "))
}

// Mapping names the column of a role where the common names do not serve. An
// empty column name takes the role away: no column is used for it.
type Mapping map[Role]string

// commonNames are the names under which each role is found, in tiers: a name
// of an earlier tier wins, two columns of the same tier are ambiguous. Names
// are compared as plainName writes them.
var commonNames = [RoleCount][][]string{
	Customer: {{"customerid"}, {"customer", "custid", "clientid", "buyerid", "shopperid", "memberid", "userid", "customerno", "customernumber",
		"customernr", "customerkey", "customercode", "accountid", "client", "buyer", "member", "householdkey", "contactid", "cust", "kundenid", "kundennr", "kundennummer", "idcustomer",
		"cardcode", "kunnr", "debitornr", "clienteid", "idcliente", "codigocliente", "clientno", "clientnumber", "clientcode", "idclient", "numeroclient", "codeclient", "klantid", "klantnr", "klantnummer", "codicecliente", "klientid", "idklienta", "kundnr", "kundnummer", "kundenkonto", "idклиента", "клиентid", "кодклиента", "客户id", "客户编号", "会员id", "顧客id", "顧客番号"},
		{"customeridmaster", "customeruniqueid"}, {"buyerusername", "partnerid", "entity", "kunde", "cliente", "klant", "klient", "kund", "клиент", "客户", "顧客"},
		{"customeruserid", "customeraccount", "customerref", "customerrefid", "customerreference", "customerreferenceid", "customernum", "customernbr", "customeruid", "customeruuid", "customerguid", "customeraccountid", "custno", "custnum", "custnbr", "custkey", "custcode", "clientkey", "clientnum", "clientref", "buyerno", "buyerkey", "shopperno", "consumerid", "consumer"},
		{"memberno", "membernumber", "membernr", "memberkey", "membercode", "membershipid", "membershipno", "membershipnumber"}, {"loyaltyid", "loyaltyno", "loyaltynumber", "loyaltymemberid", "loyaltycardid", "loyaltycardno", "loyaltycardnumber", "loyaltycardnbr", "loyaltycard", "lyltycardnbr", "clubcardid", "clubcardno", "clubcardnumber", "rewardsid", "kundenkarte", "kundenkartennr"},
		{"householdid", "householdno", "householdnumber", "household", "hhid", "hhkey", "hshdnum", "haushaltid"}, {"donorid", "donorno", "donornumber", "donor", "constituentid", "supporterid"}, {"patronid", "patronno", "patron"}, {"subscriberid", "subscriberno", "subscriberkey", "subscriber"},
		{"accountno", "accountnumber", "accountnr", "accountkey", "accountcode", "invoiceaccount"}, {"userno", "usernumber", "userkey", "usercode", "userguid", "iduser", "uid", "usernamebuyer"}, {"guestid", "guestno", "guestprofileid"}, {"profileid", "personid", "personkey", "individualid", "partyid", "contactkey", "contactno"}, {"companyid", "dealerid", "retailerid", "resellerid", "resellerkey", "organizationid", "organisationid"}, {"patientid", "playerid", "passengerid", "studentid", "riderid", "policyholderid", "borrowerid", "bidderid"},
		{"selltocustomerno", "soldtoparty"}, {"billtocustomerno"}, {"musteri", "musteriid", "musterino", "musterikodu", "codcliente", "n°client", "nºcliente", "kundenr", "kundenummer", "zakaznik", "zakaznikid", "idzakaznika", "vevo", "vevoid", "ugyfel", "ugyfelid", "asiakas", "asiakasnumero", "asiakasid", "pelanggan", "idpelanggan", "pelangganid", "khachhang", "makhachhang", "контрагент", "покупатель", "πελάτης", "לקוח", "العميل", "买家会员名", "买家id", "用户id", "会员号", "客户名称", "会員番号", "会員id", "購入者id", "顧客コード", "고객id", "고객번호", "회원id", "회원번호"},
		{"email", "emailaddress", "customeremail", "billingemail", "buyeremail", "contactemail"}, {"fromemailaddress"}, {"cardid", "cardno", "cardnumber", "cardnr", "cardholderid", "cardholder", "card"}, {"msisdn"}, {"visitorid", "fullvisitorid", "userpseudoid", "visitor"}, {"shopperreference", "oxuserid", "buyeruserid", "orderingcustomeraccountnumber"}},
	OrderID: {{"orderid"}, {"orderno", "ordernumber", "ordernr", "orderkey", "salesorderid", "bestellnr", "bestellnummer", "idorder", "amazonorderid", "incrementid", "auftragsnr", "auftragsnummer", "pedidoid", "idpedido", "numeropedido", "commandeid", "idcommande", "numerocommande", "bestelnummer", "ordernummer", "ordineid", "idordine", "numeroordine", "nrzamowienia", "idzamowienia", "numerzamowienia", "nrpedido", "номерзаказа", "idзаказа", "订单id", "订单号", "订单编号", "注文id", "注文番号"},
		{"ordercode", "invoice", "invoiceid", "invoiceno", "invoicenumber", "transactionid", "transactionno", "receiptid", "receiptno", "basketid", "ticketid", "ticketno", "billid", "billno", "purchaseid", "tranid", "transid", "docnum", "vbeln", "belegnr", "belegnummer", "rechnungsnr", "rechnungsnummer"},
		{"order", "transaction", "receipt", "basket"}, {"pedido", "commande", "ordine", "zamowienie", "заказ"},
		{"salesordernumber", "salesorderno", "salesordernum", "salesorder", "ordernum", "ordernbr", "orderref", "orderreference", "orderuuid", "orderguid", "transactionnumber", "transactionnum", "transactioncode", "transactionkey", "transactionref", "txnid", "txnno", "trxid", "trxno", "invoicenum", "invoicecode", "invno", "invnum", "invid", "receiptnumber", "receiptnum", "basketno", "basketnumber", "basketnum", "basketkey", "billnumber", "ticketnumber", "checkid", "checkno", "checknumber", "bookingid", "bookingno", "bookingref", "reservationid", "donationid", "saleid", "salesid", "saleno", "salenumber", "documentno", "documentnumber", "tripid"},
		{"siparisno", "fatura", "faturano", "n°commande", "facture", "numerofacture", "numfacture", "factura", "nrofactura", "numerofactura", "idventa", "numpedido", "idvenda", "numerofattura", "fattura", "cisloobjednavky", "rendelesszam", "ordrenr", "ordrenummer", "tilausnumero", "notransaksi", "idtransaksi", "mađơnhang", "чек", "номерчека", "idчека", "受注番号", "伝票番号", "주문번호"}, {"name"}, {"oxorderid"}, {"oxordernr"}},
	Line: {{"linenum", "lineno", "linenumber", "linenr", "lineid", "orderline", "orderlineid", "orderlineno", "orderitemid", "position", "line", "lineitemid", "positionsnr"}, {"itemno", "itemnumber"}},
	Time: {{"orderedat"}, {"orderdatetime", "ordertimestamp", "purchasedat", "invoicedatetime"},
		{"orderdate", "invoicedate", "purchasedate", "transactiondate", "trandate", "transdate", "orderpurchasetimestamp", "purchasetimestamp", "transactiontime", "transactiontimestamp",
			"transactiondatetime", "tdat", "saledate", "salesdate", "receiptdate", "bookingdate", "paidat", "soldat", "bestelldatum",
			"docdate", "dateorder", "auftragsdatum", "belegdatum", "rechnungsdatum", "kaufdatum", "fechapedido", "fechacompra", "fechaventa", "datecommande", "datedecommande", "dateachat", "orderdatum", "besteldatum", "dataordine", "dataacquisto", "datazamowienia", "datapedido", "datacompra", "датазаказа", "订单日期", "下单时间", "注文日", "注文日時"},
		{"orderdatekey", "orderdt", "orderday", "orderedon", "ordereddate", "orderplacedat", "placedat", "ordercreatedat", "ordercreated", "ordercreationdate", "transactiondatekey", "transactiondt", "transactionat", "transday", "txndate", "txntime", "txntimestamp", "txndatetime", "trxdate", "trxtime", "trxdatetime", "purchasedon", "purchasetime", "purchasedatetime", "datepurchase", "datepurchased", "dateofpurchase", "saletime", "saletimestamp", "saledatetime", "salesdatetime", "salesdatekey", "salesday", "solddate", "soldon", "datesold", "dateofsale", "invoicetime", "invoicedatekey", "invdate", "billdate", "billingdate", "billdatetime", "receipttime", "receiptdatetime", "basketdate", "ticketdate", "bookingtime", "bookingdatetime", "bookedat", "bookedon", "donationdate", "giftdate", "contributiondate", "rentaldate", "ordercreationdatetime", "ordercreateddate", "ordercreatedtime", "timeoftransaction", "postingdate", "датапокупки", "датапродажи", "siparistarihi", "faturatarihi", "satistarihi", "erstelltam", "bestelltam", "verkaufsdatum", "datadacompra", "datavenda", "dtvenda", "datumobjednavky", "rendelesdatum", "ordredato", "tilauspaiva", "tanggaltransaksi", "tgltransaksi", "tanggalbeli", "ngayđặthang", "下单日期", "购买日期", "购买时间", "交易日期", "交易时间", "订单创建时间", "購入日", "購入日時", "売上日", "受注日", "주문일자", "주문일시", "주문일"},
		{"datetime", "timestamp", "eventtime"}, {"originaltimestamp", "eventtimestamp"}, {"eventdate"}, {"date", "day"}, {"paymentdate", "paymenttime", "paymenttimestamp", "paymentat", "paydate", "paytime", "paiddate", "paidon", "datepaid", "chargedat", "chargedate", "付款时间", "支付时间", "订单付款时间", "결제일"}, {"visitdate", "visitedat", "reservationdate", "servicedate", "tripdate", "pickupdatetime", "rechargedate", "filldate", "closedate", "completedtime", "completedat"}, {"audat"}, {"fkdat"}, {"budat"}, {"erdat"}, {"datekey"},
		{"createdat", "createddate", "ordertime", "datecreated", "createddateutc", "createdutc", "dateadd"}, {"created", "createtime", "creationdate", "creationtime", "createdon", "createdtime", "createddatetime"}, {"datum", "fecha", "data", "дата", "日期"}, {"tarih", "tanggal", "dato", "ημερομηνία", "תאריך", "التاريخ"}, {"oxorderdate"}, {"createdonutc"}},
	Amount: {{"amount", "lineamount", "linetotal"}, {"linevalue", "netamount", "salesamount", "saleamount", "tranamount", "transactionamount", "extendedprice", "salesvalue", "amountcents", "lineamountcents",
		"amountincents", "amountminor", "lineamountminor", "amountmicros", "rowtotal", "pricesubtotal", "importe", "montant", "montantligne", "bedrag", "importo", "kwota", "belopp", "сумма", "金额", "金額",
		"netsales", "revenue", "sales", "turnover", "umsatz", "betrag"},
		{"total", "totalamount", "totalprice", "totalvalue", "value", "orderamount", "ordertotal", "ordervalue", "paymentvalue", "payment", "totalpaid", "grandtotal", "spend", "valor", "gesamtbetrag"}, {"ordertotalinctax", "grandtotalpurchased"}, {"grandtotalbase", "subtotalinctax"},
		{"totalsales", "totalsale", "salestotal", "saletotal", "totsales", "salesamt", "lineamt", "netamt", "netrevenue", "netvalue", "dollarsales", "purchaserevenue", "totalrevenue", "grosssales", "grossrevenue", "grossamt", "grossamount", "netwr"},
		{"purchaseamount", "purchasevalue", "purchasetotal", "purchaseamt", "transactionvalue", "transactiontotal", "transactionamt", "transamount", "txnamount", "txnvalue", "trxamount", "trxvalue"},
		{"amountpaid", "paidamount", "amountspent", "totalspent", "totalspend", "totalpurchase", "totalpurchaseamount", "nettotal", "totalamt", "orderamt", "totalordervalue", "invoiceamount", "invoicetotal", "invoicevalue", "billamount", "billtotal", "receiptamount", "basketvalue", "basketamount", "baskettotal", "bookingamount", "bookingvalue", "donationamount", "giftamount", "contributionamount"},
		{"paidprice", "amounttotal", "purchasesum", "fareamount", "rechargeamount", "tutar", "toplamtutar", "nettobetrag", "nettoumsatz", "umsatznetto", "gesamtpreis", "summe", "rechnungsbetrag", "montantht", "prixtotal", "importetotal", "totalventa", "montototal", "importototale", "valortotal", "valorvenda", "valorpago", "totalvenda", "castka", "cenacelkem", "osszeg", "belob", "belop", "summa", "totalharga", "totalbayar", "tổngtiền", "стоимость", "итого", "суммазаказа", "ποσό", "סכום", "المبلغ", "买家实际支付金额", "实付金额", "实付款", "支付金额", "订单金额", "销售额", "総額", "購入金額", "合計金額", "売上金額", "売上", "결제금액", "주문금액", "판매금액", "금액"},
		{"bruttobetrag", "gesamtbetragbrutto", "montantttc", "totale", "toplam"},
		{"gross"}, {"net"}, {"subtotal"}, {"totaldue"},
		{"paymentamount", "paymentamt", "amt", "money", "donation", "fare", "charge"}, {"oxbrutprice"}},
	Price: {{"unitprice", "priceperunit", "priceunit", "unitpricecents", "unitpriceminor", "unitpricemicros", "einzelpreis", "stuckpreis", "preciounitario", "prixunitaire", "stukprijs", "prezzounitario", "cenajednostkowa", "precounitario"},
		{"price", "itemprice", "lineitemprice", "unitpricetaxincl", "pricecents", "sellingprice", "salesprice", "productprice", "preis", "priceminor", "pricemicros", "precio", "prix", "prijs", "prezzo", "cena", "preco", "pris", "цена", "单价", "単価"},
		{"priceeach", "priceperitem", "peritemprice", "unitamount", "unitsellingprice", "unitsaleprice", "netunitprice", "grossunitprice", "soldprice", "sellprice", "saleprice", "avgprice", "averageprice"}, {"listprice", "retailprice"}, {"birimfiyat", "fiyat", "harga", "hargasatuan"}, {"unitpriceincltax", "oxbprice"}},
	Quantity: {{"quantity"}, {"qty", "units", "orderqty", "orderquantity", "quantityordered", "itemquantity", "lineitemquantity", "itemcount", "pieces", "menge", "numberofitems", "cds", "salesquantity", "productquantity", "quantitypurchased",
		"qtyordered", "numitems", "noofitems", "itemqty", "productuomqty", "anzahl", "cantidad", "quantite", "qte", "aantal", "quantita", "qta", "ilosc", "quantidade", "qtd", "antal", "количество", "数量"},
		{"quantitysold", "qtysold", "soldqty", "soldquantity", "unitssold", "itemssold", "noofunits", "numberofunits", "numunits", "prodqty", "productqty", "orderedquantity", "orderedqty", "orderitemquantity", "netquantity", "purchasequantity", "skuquantity", "salesqty", "orderedsalesquantity", "kwmeng", "pcs", "miktar", "adet", "unidades", "mnozstvi", "mennyiseg", "antall", "maara", "jumlah", "sốlượng", "ποσότητα", "购买数量", "宝贝总数量", "個数", "수량"}, {"oxamount"}},
	Product: {{"productid", "sku"}, {"lineitemsku", "itemsku"}, {"stockcode", "itemid", "articleid", "productcode", "itemcode", "articleno", "articlenumber", "productno", "productkey", "ean", "gtin", "asin", "upc", "artikelnr",
		"matnr", "productsku", "artikelnummer", "artikelcode", "idproducto", "codigoproducto", "codeproduit", "codiceprodotto", "idproduktu", "produktid", "produktnr", "idproduto", "артикул", "商品id", "商品编号", "商品コード"},
		{"product", "item", "article"}, {"artikel", "producto", "produit", "prodotto", "produkt", "produto", "товар", "商品"}, {"productname", "itemname", "lineitemname"},
		{"prodid", "prodno", "prodnbr", "prodnum", "prodkey", "prodcode", "productnumber", "productnum", "productnr", "productref", "itemkey", "articlecode", "skuid", "skucode", "skuno", "goodsid", "goodscode", "barcode", "isbn", "materialno", "materialnumber", "materialid", "variantid", "variantsku", "menuitemid", "urunkodu", "articulo", "codarticulo", "varenummer", "varenr", "kodeproduk", "상품코드"}, {"itemdescription", "itemdesc", "productdescription", "productdesc", "proddesc", "prodname", "articlename", "goodsname", "itempurchased", "productpurchased", "menuitem", "urun", "artikelbezeichnung", "artikelname", "tuote", "produk", "namaproduk", "sảnphẩm", "номенклатура", "商品名称", "商品名", "宝贝标题", "상품명"}, {"oxartnum"}, {"customlabel"}, {"itemtitle"}, {"listingid"}},
	Category: {{"category", "productcategory"}, {"categoryname", "productcategoryname"}, {"itemcategory", "productgroup", "department", "commodity", "warengruppe"}, {"categorycode"}, {"categoryid"}, {"kategorie", "categoria", "categorie", "kategoria", "kategori", "категория", "类别", "カテゴリ"}, {"productline", "productfamily", "producttype", "skucategory", "itemgroup", "itemtype", "departmentname", "productdepartment"}, {"subcategory"}},
	Channel:  {{"channel", "orderchannel", "saleschannel"}, {"channelname"}, {"channelid", "saleschannelid", "purchasechannel", "platform"}, {"source"}, {"vertriebskanal", "kanal", "canal", "canale", "kanaal", "канал", "渠道", "チャネル"}, {"ordersource", "ordermethod", "purchasemethod", "channelcode", "channeltype", "marketplace"}},
	Status: {{"status", "orderstatus"}, {"financialstatus", "paymentstatus"}, {"linestatus", "orderlinestatus", "fulfilmentstatus", "fulfillmentstatus"},
		{"orderstate"}, {"currentstate"}, {"orderstateid"}, {"orderstatusid"}, {"statusid"}, {"statuscode"}, {"orderstatuscode"}, {"statusname"}, {"orderstatusname"}, {"auftragsstatus"}, {"bestellstatus"}, {"zahlungsstatus"}, {"estadopedido"}, {"statut"}, {"statutcommande"}, {"statoordine"}, {"statuszamowienia"}, {"статус"}, {"状态"}, {"订单状态"}, {"transactionstatus"}, {"invoicestatus"}, {"bookingstatus"}, {"reservationstatus"}},
	Discount: {{"discount", "discountamount"}, {"discountvalue", "discountcents", "coupondiscount", "rebate", "rabatt", "couponamount"}},
	Currency: {{"currency", "currencycode", "ordercurrency"}, {"presentmentcurrency", "shopcurrency", "currencyiso", "isocurrency", "waehrung", "wahrung", "devise", "moneda", "valuta"}, {"transactioncurrency"}, {"purchasecurrency"}, {"currencysymbol"}, {"doccur"}, {"waerk"}, {"curr"}, {"cur"}, {"divisa"}, {"monnaie"}, {"waluta"}, {"валюта"}, {"币种"}, {"通貨"}, {"oxcurrency"}},
	Version: {{"version", "rowversion", "recordversion", "lineversion"}, {"updatedat", "lastupdated", "lastupdatedat", "updatedon", "updatedate", "dateupdated",
		"modifiedat", "modifiedon", "lastmodified", "lastmodifiedat", "lastmodifieddate", "datemodified", "updatetime", "updatetimestamp", "commitversion", "committimestamp"},
		{"dbtupdatedat"}, {"hoodiecommittime"}, {"dbtvalidfrom"}, {"validfrom"}, {"rowstart"}, {"sysstarttime"}, {"effectivefrom"}, {"effectivestartdate"},
		{firstLoadTime}, {"tsms"}, {"lsn"}, {"sourcelsn"}, {"transactid"}, {"cdcsequence"}, {"dmstimestamp"}, {"arcdctimestamp"}, {"airbyteextractedat"}, {"airbyteemittedat"}, {"fivetransynced"}, {"sdcbatchedat"}, {"sdcextractedat"}},
	Test: {{"istest"}, {"istestorder"}, {"testorder"}, {"testmode"}, {"testflag"}, {"test"}},
	Cancelled: {{"cancelledat"}, {"canceledat"}, {"cancelleddate"}, {"canceleddate"}, {"cancelledon"}, {"canceledon"}, {"cancellationdate"}, {"datecancelled"}, {"datecanceled"},
		{"iscancelled"}, {"iscanceled"}, {"cancelled"}, {"canceled"}, {"storniertam"}, {"storniert"}, {"storno"}, {"annule"}, {"annulee"}, {"cancelado"}, {"anulado"}, {"annullato"}, {"geannuleerd"}, {"anulowane"}, {"oxstorno"}},
	Refunded: {{"refundedat"}, {"refunddate"}, {"refundeddate"}, {"refundedon"}, {"isrefunded"}, {"isrefund"}, {"refunded"}, {"returnedat"}, {"returndate"}, {"isreturned"}, {"isreturn"}, {"returned"}},
	Deleted:  {{"deletedat"}, {"deletedon"}, {"deleteddate"}, {"datedeleted"}, {"isdeleted"}, {"deleted"}, {"fivetrandeleted"}, {"abcdcdeletedat"}, {"sdcdeletedat"}, {"hoodieisdeleted"}, {"softdeleted"}, {"deletedflag"}, {"deleteflag"}, {"deleteind"}, {"geloscht"}, {"loschkennzeichen"}, {"loeschkennzeichen"}, {"eliminado"}, {"dbtvalidto"}, {"validto"}, {"validuntil"}, {"effectiveto"}, {"effectiveenddate"}, {"rowend"}, {"sysendtime"}, {"recordendts"}, {"recordenddate"}, {"recordendat"}, {"rowenddate"}, {"rowexpirationdate"}, {"effectiveend"}, {"effenddate"}, {"effenddt"}, {"validend"}, {"validtodate"}, {"validtots"}, {"gultigbis"}, {"gueltigbis"}, {"supersededat"}, {"loekz"}, {"lvorm"}, {"loevm"}},
	Voided:   {{"voidedat"}, {"voidedon"}, {"isvoided"}, {"isvoid"}, {"voided"}, {"void"}},
	Change:   {{"changetype"}, {"rowkind"}, {"metadata$action"}, {"sysreplicationop"}, {"cdcoperation"}, {"op"}},
}

// PlainName folds the spellings of a column name: letters and digits in lower
// case, without accents, in whichever form they are written, blanks of any kind, marks
// that nobody sees, brackets and the like.
func PlainName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-.#()", r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Mn) {
			return -1
		}
		return PlainLetter(r)
	}, name)
}

// PlainLetter writes a letter in lower case without its accent.
func PlainLetter(r rune) rune {
	if r = unicode.ToLower(r); r < 0x80 {
		return r
	}
	for _, accented := range [...]string{"aáàâäãåą", "cçćč", "dď", "gğ", "eéèêëęě", "iíìîïı", "lł", "nñńň", "rř", "oóòôöõøő", "sśšş", "uúùûüůű", "yýÿ", "zźżž", "её"} {
		if strings.ContainsRune(accented, r) {
			plain, _ := utf8.DecodeRuneInString(accented)
			return plain
		}
	}
	return r
}

// besideLineItems are names that mean a role only in exports whose goods are lineitem columns.
var besideLineItems = []string{"name", "source"}

// PassedOver are columns that a role does not take, by name, since what is in
// them speaks for others.
type PassedOver [RoleCount][]string

// AssignRoles finds the column of each role among names; -1 is none. A mapped
// column must be there; two equally good candidates are an error. The names
// from folders on are those of partition folders: a column of the file is
// better than a folder of the same tier.
func AssignRoles(names []string, folders int, m Mapping, passed *PassedOver) ([RoleCount]int, error) {
	var found [RoleCount]int
	taken := map[int]bool{}
	for r := Role(0); r < RoleCount; r++ {
		found[r] = -1
		want, mapped := m[r]
		if !mapped || want == "" {
			continue
		}
		i, err := FindMapped(r, want, names)
		if err != nil {
			return found, err
		}
		found[r] = i
		taken[i] = true
	}
	for r := Role(0); r < RoleCount; r++ {
		if _, mapped := m[r]; mapped {
			continue
		}
		i, err := FindByCommonName(r, names, folders, func(i int) bool { return taken[i] || slices.Contains(passed[r], names[i]) })
		if err != nil {
			return found, err
		}
		found[r] = i
	}
	return found, nil
}

// FindMapped finds the column that --map names for a role, upper and lower case
// alike where no column has just this name.
func FindMapped(r Role, want string, names []string) (int, error) {
	if i := slices.Index(names, want); i >= 0 {
		return i, nil
	}
	at := -1
	for i, name := range names {
		switch {
		case !strings.EqualFold(name, want):
		case at >= 0:
			return -1, fmt.Errorf("--map %s=%s: columns %q and %q differ from it in case alone; write the one that is meant", r, want, names[at], name)
		default:
			at = i
		}
	}
	if at >= 0 {
		return at, nil
	}
	text := fmt.Sprintf("column %q: not found; --map names it for %s", want, r)
	if near := nearNames(want, names); len(near) > 0 {
		return -1, fmt.Errorf("no column %q; did you mean %s? --map names it for %s", want, strings.Join(near, " or "), r)
	}
	return -1, fmt.Errorf("%s, the columns are %s", text, QuotedList(names))
}

// nearNames are the names that a slip of the hand could have made, quoted.
func nearNames(want string, names []string) (near []string) {
	plain := PlainName(want)
	for _, name := range names {
		if d := EditDistance(plain, PlainName(name)); d <= max(1, len(plain)/5) && d < len(plain) {
			near = append(near, fmt.Sprintf("%q", name))
		}
	}
	return near
}

// EditDistance counts the bytes to put in, take out or replace (Levenshtein 1966).
func EditDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// Candidate is a column that a role could take by its name.
type Candidate struct{ At, Tier int }

// Candidates are the columns that a role could take by their names, the better
// tier first.
func Candidates(r Role, names []string) (found []Candidate) {
	for tier, common := range commonNames[r] {
		for i, name := range names {
			plain := PlainName(name)
			if r == Amount || r == Price {
				plain = withoutCurrency(plain)
			}
			if !slices.Contains(common, plain) || slices.Contains(besideLineItems, plain) && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(PlainName(n), "lineitem") }) {
				continue
			}
			found = append(found, Candidate{i, tier})
		}
	}
	return found
}

// withoutCurrency takes the currency from the end of the plain name of a column of money.
func withoutCurrency(plain string) string {
	plain = strings.TrimRight(plain, "$€£¥₹")
	for _, code := range [...]string{"usd", "eur", "gbp", "inr", "jpy", "cny", "rub", "try", "brl", "pkr", "aud", "cad", "chf", "sek", "nok", "dkk", "pln", "czk", "mxn", "idr", "vnd", "zar", "aed", "sar"} {
		if short, ok := strings.CutSuffix(plain, code); ok && short != "" {
			return short
		}
	}
	return plain
}

// FindByCommonName finds the best column of a role among those that are not left
// out; -1 is none.
func FindByCommonName(r Role, names []string, folders int, out func(i int) bool) (int, error) {
	at, tier := -1, 0
	for _, c := range Candidates(r, names) {
		switch {
		case out(c.At):
		case at < 0:
			at, tier = c.At, c.Tier
		case c.Tier > tier || at < folders && c.At >= folders:
			return at, nil
		default:
			return -1, fmt.Errorf("columns %q and %q could both be the %s; say which with --map %s=%s", names[at], names[c.At], r, r, names[at])
		}
	}
	return at, nil
}

// firstLoadTime begins those common names of the version that are load times.
const firstLoadTime = "sdcsequence"

// IsLoadTime says whether the column of the version is, by its name, the moment at
// which a program took the row over, which differs within an order too.
func IsLoadTime(name string) bool {
	at := slices.IndexFunc(commonNames[Version], func(tier []string) bool { return tier[0] == PlainName(name) })
	return at >= slices.IndexFunc(commonNames[Version], func(tier []string) bool { return tier[0] == firstLoadTime })
}

// GenericTime says whether the name of a time's candidate, by its tier, says that
// it is a time and not of what: it may be when rows were loaded.
func GenericTime(tier int) bool { return tier >= 4 }

// QuotedList names at most 20 of the names, and how many more there are.
func QuotedList(names []string) string {
	const most = 20
	quoted := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			quoted = append(quoted, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	return strings.Join(quoted, ", ")
}
