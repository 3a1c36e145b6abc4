package contactkeys

import (
	"slices"
	"testing"
)

func TestEmail_IsWrittenInOneWay(t *testing.T) {
	for text, want := range map[string]string{
		" Anna.Bell@Shop.Example ": "anna.bell@shop.example", "mailto:a@b.co": "a@b.co", "'a@b.co": "a@b.co", "ａ＠ｂ.co": "a@b.co", "a\u200b@b.co": "a@b.co",
		"a+sale@b.co": "a+sale@b.co", "jürgen@müller.de": "jürgen@müller.de",
		"": "", "a": "", "@b.co": "", "a@b": "", "a@@b.co": "", "a b@c.de": "", "=cmd@b.co": "", "+1@b.co": "", "a@b..co": "", "a@.co": "", "a@co.": "", "a,b@c.de": "", "a@b.co;c@d.ee": "",
	} {
		if got, ok := Email(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestEmailKey_IsTheMailbox(t *testing.T) {
	for text, want := range map[string]string{
		"Anna+spring@Shop.example": "anna@shop.example", "an.na+x@googlemail.com": "anna@gmail.com", "a.n@shop.example": "a.n@shop.example", "nobody": "",
	} {
		if got := EmailKey(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if !slices.IsSorted(offices) || !slices.IsSorted(titles) {
		t.Error("a list that is searched by halves is not in order")
	}
	if !IsOffice("Info+x@shop.example") || IsOffice("infos@shop.example") {
		t.Error("info@ is read by several people, infos@ may be anybody")
	}
}

func TestPhone_IsE164OfTheCountry(t *testing.T) {
	for _, c := range []struct{ text, country, want string }{
		{"0151 23456789", "DE", "+4915123456789"}, {"+49 (0)151 23456789", "", "+4915123456789"}, {"0049 151 23456789", "", "+4915123456789"}, {"0049 151 23456789", "DE", "+4915123456789"},
		{"'+4915123456789", "", "+4915123456789"}, {"（０２０）７１８３８７５０", "GB", "+442071838750"}, {"020 7183 8750", "GB", "+442071838750"}, {"(201) 555-0123", "US", "+12015550123"},
		{"0151 23456789", "", ""}, {"4.91512E+12", "DE", ""}, {"12", "DE", ""}, {"", "DE", ""}, {"a@b.co", "DE", ""}, {"unknown", "DE", ""}, {"+1 000 000 0000", "", ""},
		{"+52 1 55 1234 5678", "", "+525512345678"}, {"044 55 1234 5678", "MX", "+525512345678"}, {"55 1234 5678", "MX", "+525512345678"},
		{"(11) 8765-4321", "BR", "+5511987654321"}, {"+55 11 98765 4321", "", "+5511987654321"}, {"(11) 3765-4321", "BR", "+551137654321"},
	} {
		if got, ok := Phone(c.text, c.country); got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %q: %q, %v; want %q", c.text, c.country, got, ok, c.want)
		}
	}
	abroad, _ := Phone("+54 9 11 2345 6789", "")
	home, _ := Phone("11 2345-6789", "AR")
	if abroad == home || PhoneKey(abroad) != PhoneKey(home) {
		t.Errorf("%s and %s are one telephone in Argentina", abroad, home)
	}
	if !IsCountry("DE") || IsCountry("XX") || IsCountry("de") || !slices.IsSorted(Countries()) {
		t.Error("countries")
	}
	if got := NationalPhone("+442071838750"); got != "020 7183 8750" {
		t.Errorf("national: %q", got)
	}
}

func TestNameKey_ForgetsOrderAccentsAndTitles(t *testing.T) {
	for text, want := range map[string]string{
		"Doe, Jane": "doe jane", "Jane  DOE": "doe jane", "Dr. José Müller-Groß": "gross jose muller", "Ｊａｎｅ　Ｄｏｅ": "doe jane", "O'Brien Sean": "obrien sean", "-": "", "Mr": "",
	} {
		if got := NameKey(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAddressKey_KnowsShortForms(t *testing.T) {
	for text, want := range map[string]string{
		"12 High Street, LEEDS LS1 4AP": "12 high st leeds ls1 4ap", "12 high st leeds ls1 4ap": "12 high st leeds ls1 4ap", "Hauptstraße 5 a, 10115 Berlin": "hauptstr 5a 10115 berlin",
		"Hauptstr. 5a 10115 Berlin": "hauptstr 5a 10115 berlin", "Berlin": "", "12": "", "": "",
	} {
		if got := AddressKey(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
