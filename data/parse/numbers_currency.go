package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// currencyCodes are the codes that may stand beside an amount.
const currencyCodes = "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KZT " +
	"MAD MXN MYR NGN NOK NZD PEN PHP PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"

// currencyNames are other ways to write a currency, in capital letters, with
// the name that all ways share.
var currencyNames = currencyTable(map[string]string{
	"€": "EUR", "$": "$", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "R$": "BRL", "MX$": "MXN", "£": "GBP",
	"¥": "¥", "RMB": "CNY", "₹": "INR", "RS": "INR", "RS.": "INR", "₽": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "Р.": "RUB", "₺": "TRY", "TL": "TRY", "₩": "KRW",
	"₪": "ILS", "₫": "VND", "฿": "THB", "₱": "PHP", "₴": "UAH", "₦": "NGN", "₸": "KZT", "KR": "kr", "KR.": "kr", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "FR": "CHF",
	"FR.": "CHF", "SFR": "CHF", "SFR.": "CHF", "LEI": "RON", "ЛВ": "BGN", "ЛВ.": "BGN",
})

func currencyTable(names map[string]string) map[string]string {
	for code := range strings.FieldsSeq(currencyCodes) {
		names[code] = code
	}
	return names
}

// takeCurrency reads the sign, code or name of a currency at one end of a
// number and returns its length; 0 where there is none.
func (w *WrittenNumber) takeCurrency(text []byte, atEnd bool) int {
	if w.marks&markCurrency != 0 {
		return 0
	}
	n := wordLength(text, atEnd)
	word := text[:n]
	if atEnd {
		word = text[len(text)-n:]
	}
	name, known := currencyNames[strings.ToUpper(string(word))]
	if !known {
		return 0
	}
	w.marks |= markCurrency
	w.currency = name
	return n
}

// wordLength is the length of the letters and signs of money at one end.
func wordLength(text []byte, atEnd bool) int {
	n := 0
	for n < len(text) {
		rest, next := text[n:], utf8.DecodeRune
		if atEnd {
			rest, next = text[:len(text)-n], utf8.DecodeLastRune
		}
		r, size := next(rest)
		// The point of an abbreviation stands behind letters.
		point := r == '.' && (atEnd && n == 0 || !atEnd && n > 0)
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) && !point {
			break
		}
		n += size
		if point && !atEnd {
			break
		}
	}
	return n
}

// IsCurrency says whether a text is the code of a currency, or one of its signs.
func IsCurrency(text string) bool {
	text = strings.TrimSpace(text)
	_, known := currencyNames[strings.ToUpper(text)]
	return known && (len(text) == 3 && strings.ToUpper(text) == text || strings.IndexFunc(text, unicode.IsLetter) < 0)
}
