package pool

import (
	"cmp"
	"slices"
	"strings"

	"winback/data/contactkeys"
)

// kind is a kind of key.
type kind uint8

const (
	byEmail kind = iota
	byPhone
	byHome // name and address
	kinds
)

func (k kind) String() string { return [kinds]string{"e-mail", "phone", "name and address"}[k] }

// entry is a key of a customer.
type entry struct {
	kind     kind
	key      string
	customer int32
}

// keysOf are the keys of a customer; none where its id stands for several people.
func keysOf(c *Customer, at int32) (entries []entry) {
	if c.isCrowd() {
		return nil
	}
	for _, email := range c.Emails {
		if !contactkeys.IsOffice(email) {
			entries = append(entries, entry{byEmail, email, at})
		}
	}
	for _, phone := range c.Phones {
		entries = append(entries, entry{byPhone, phone, at})
	}
	for _, name := range c.Names {
		if !strings.Contains(name, " ") {
			continue // one word is no whole name
		}
		for _, address := range c.Addresses {
			entries = append(entries, entry{byHome, name + " | " + address, at})
		}
	}
	return entries
}

// eachKey gives the customers of each key that several have, in order of kind and key.
func eachKey(entries []entry, give func(k kind, key string, customers []int32)) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.key, b.key), cmp.Compare(a.customer, b.customer))
	})
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].kind == entries[from].kind && entries[to].key == entries[from].key {
			to++
		}
		if to-from > 1 {
			var customers []int32
			for _, e := range entries[from:to] {
				customers = append(customers, e.customer)
			}
			give(entries[from].kind, entries[from].key, customers)
		}
		from = to
	}
}
