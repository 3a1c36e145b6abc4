package contactkeys

import (
	"slices"
	"strings"
)

// Email is an address as it is written to: in lower case, without the width of its
// letters and blanks around it. It is false for what cannot be an address: no @ or
// two, nothing before it, no dot in the domain, a blank or a quote anywhere.
func Email(text string) (address string, ok bool) {
	address = strings.ToLower(strings.TrimPrefix(unguarded(folded(text)), "mailto:"))
	local, domain, found := strings.Cut(address, "@")
	switch {
	case !found || local == "" || len(address) > 254 || strings.ContainsAny(address, " \"'<>(),;:\\[]") || strings.Contains(domain, "@"):
		return "", false
	case strings.ContainsAny(local[:1], "=+-") || strings.HasSuffix(local, ".") || strings.Contains(address, ".."):
		return "", false
	}
	if dot := strings.LastIndexByte(domain, '.'); dot <= 0 || dot == len(domain)-1 || domain[0] == '.' {
		return "", false
	}
	return address, true
}

// EmailKey is the mailbox behind an address: without what follows a plus in it, which
// RFC 5233 calls the detail, and at Google Mail without dots, which its mailboxes
// know none of. It is "" for what is no address.
func EmailKey(text string) string {
	address, ok := Email(text)
	if !ok {
		return ""
	}
	local, domain, _ := strings.Cut(address, "@")
	if box, _, tagged := strings.Cut(local, "+"); tagged && box != "" {
		local = box
	}
	if domain == "googlemail.com" || domain == "gmail.com" {
		domain, local = "gmail.com", strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// offices are local parts of mailboxes that belong to a function, not to a person
// (RFC 2142 and common use).
var offices = []string{"abuse", "accounting", "accounts", "admin", "administrator", "billing", "bookkeeping", "buchhaltung", "contact", "contacto", "einkauf", "hello", "help", "hola",
	"hostmaster", "hr", "info", "inquiries", "kontakt", "mail", "marketing", "news", "no-reply", "none", "noreply", "office", "orders", "post", "postmaster", "privacy", "purchasing",
	"reception", "sales", "secretary", "security", "sekretariat", "service", "shop", "staff", "support", "team", "test", "unknown", "verkauf", "webmaster", "welcome"}

// IsOffice says whether an address is that of a function, such as info@, which
// several people read.
func IsOffice(address string) bool {
	local, _, _ := strings.Cut(EmailKey(address), "@")
	_, found := slices.BinarySearch(offices, local)
	return found
}
