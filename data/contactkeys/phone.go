package contactkeys

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a number in E.164 (ITU-T E.164: +, country code, national number, at most
// 15 digits). Numbers without a country code are taken as those of country, an ISO
// 3166-1 alpha-2 code; with "" they are not read. It is false for what cannot be a
// number of its country by the numbering plans of libphonenumber.
func Phone(text, country string) (e164 string, ok bool) {
	text = unguarded(folded(text))
	if text == "" || strings.ContainsAny(text, "@") || isShortened(text) {
		return "", false
	}
	if national, long := strings.CutPrefix(text, "00"); long && country == "" {
		text = "+" + national
	}
	if country == "" {
		country = "ZZ" // of no country: a + is needed
	}
	number, err := phonenumbers.Parse(text, country)
	if err != nil {
		return "", false
	}
	e164 = renumbered(phonenumbers.Format(number, phonenumbers.E164))
	if number, err = phonenumbers.Parse(e164, ""); err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return e164, true
}

// mobileBefore are mobile numbers as they were written before their country changed
// its plan, of which old contact data is full: Mexico's with 1 or, at home, 044 or
// 045 (until 2019), Brazil's with eight digits (until 2016).
var mobileBefore = []struct {
	old *regexp.Regexp
	now string
}{
	{regexp.MustCompile(`^\+52(?:1|044|045)(\d{10})$`), "+52$1"},
	{regexp.MustCompile(`^\+55(\d\d)([6-9]\d{7})$`), "+55${1}9$2"},
}

// renumbered is a number as its country writes it today.
func renumbered(e164 string) string {
	for _, m := range mobileBefore {
		if m.old.MatchString(e164) {
			return m.old.ReplaceAllString(e164, m.now)
		}
	}
	return e164
}

var argentineMobile = regexp.MustCompile(`^\+549(\d{10})$`)

// PhoneKey is the same for all numbers in E.164 of one telephone: Argentina's mobiles
// are dialled with a 9 from abroad and without it at home, and both are valid numbers.
func PhoneKey(e164 string) string { return argentineMobile.ReplaceAllString(e164, "+54$1") }

// isShortened says whether a spreadsheet has cut a number's last digits off: 4.915E+12.
func isShortened(text string) bool {
	before, after, found := strings.Cut(strings.ToUpper(text), "E")
	return found && before != "" && strings.Trim(before, "0123456789.,") == "" && strings.Trim(after, "+0123456789") == ""
}

// NationalPhone writes a number in E.164 as it is dialled in its own country; as it
// is where it cannot be read.
func NationalPhone(e164 string) string {
	number, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(number, phonenumbers.NATIONAL)
}

// IsCountry says whether a text is a country code whose numbering plan is known.
func IsCountry(code string) bool {
	return phonenumbers.GetSupportedRegions()[code]
}

// Countries are the codes whose numbering plans are known, in order.
func Countries() []string {
	var codes []string
	for code := range phonenumbers.GetSupportedRegions() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}
