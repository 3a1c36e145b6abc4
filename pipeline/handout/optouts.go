package handout

import (
	"iter"
	"strings"

	"winback/data/contactkeys"
	"winback/data/lists"
)

// refusals are the addresses of an opt-out list: mailboxes, and phone numbers in E.164.
type refusals struct {
	seen    map[string]bool // by address: whether somebody in the contact data has it
	entries map[string][]string
	country string
}

// shortestNumber is how many digits a phone number without a country code has at least;
// shorter texts of digits are ids.
const shortestNumber = 7

// newRefusals takes the entries of an opt-out list that can be addresses.
func newRefusals(entries iter.Seq[string], country string) *refusals {
	r := &refusals{seen: map[string]bool{}, entries: map[string][]string{}, country: country}
	if entries == nil {
		return r
	}
	for entry := range entries {
		for _, key := range addressesOf(entry, country) {
			r.seen[key] = false
			r.entries[entry] = append(r.entries[entry], key)
		}
	}
	return r
}

// addressesOf are the addresses that an entry can mean: none for an id. Ids that are
// digits alone have lost the zeros in front of them (data.FoldID), which a number needs.
func addressesOf(entry, country string) (keys []string) {
	if strings.Contains(entry, "@") {
		if box := contactkeys.EmailKey(entry); box != "" {
			return []string{box}
		}
		return nil
	}
	forms := []string{entry}
	switch digits := strings.Trim(entry, "0123456789") == ""; {
	case len(entry) < shortestNumber:
		return nil
	case digits:
		forms = append(forms, "0"+entry, "00"+entry)
	}
	for _, form := range forms {
		if number, ok := contactkeys.Phone(form, country); ok {
			keys = append(keys, contactkeys.PhoneKey(number))
		}
	}
	return keys
}

// refuse says whether a row holds an address of the list, in cells that were read.
func (r *refusals) refuse(email, phone string) (refused bool) {
	for _, key := range []string{contactkeys.EmailKey(email), contactkeys.PhoneKey(phone)} {
		if _, listed := r.seen[key]; listed && key != "" {
			r.seen[key], refused = true, true
		}
	}
	return refused
}

// look notes a row of somebody who is not on the list that is handed out.
func (r *refusals) look(row lists.Row) {
	if len(r.seen) > 0 {
		phone, _ := contactkeys.Phone(row.Cells["phone"], r.country)
		r.refuse(row.Cells["email"], phone)
	}
}

// has says whether somebody in the contact data has an address of the entry.
func (r *refusals) has(entry string) bool {
	for _, key := range r.entries[entry] {
		if r.seen[key] {
			return true
		}
	}
	return false
}
