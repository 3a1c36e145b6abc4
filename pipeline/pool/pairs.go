package pool

import (
	"maps"
	"slices"
	"strings"

	"winback/data/contactkeys"
)

// Crowded is a key that too many customers share to say anything.
type Crowded struct {
	Kind      string
	Key       string
	Customers int
}

// finder finds the pairs that have something in common.
type finder struct {
	customers []Customer
	rare      int // customers that may share a key
	pairs     map[[2]int32]*pair
	crowded   []Crowded
}

func (f *finder) pair(a, b int32) *pair {
	at := ordered(a, b)
	p := f.pairs[at]
	if p == nil {
		p = &pair{a: at[0], b: at[1], relation: related(&f.customers[a], &f.customers[b]), mails: mailsDiffer(&f.customers[a], &f.customers[b])}
		f.pairs[at] = p
	}
	return p
}

// exact finds the pairs that share a key which is rare enough.
func (f *finder) exact() {
	var entries []entry
	for i := range f.customers {
		entries = append(entries, keysOf(&f.customers[i], int32(i))...)
	}
	eachKey(entries, func(k kind, key string, customers []int32) {
		if len(customers) > f.rare {
			f.crowded = append(f.crowded, Crowded{k.String(), key, len(customers)})
			return
		}
		f.share(k, customers)
	})
}

// share notes that customers share a key. Where names of any two of them differ, the
// key belongs to several people: it joins those of the same name alone; where namesakes
// have e-mail addresses of their own, it joins nobody.
func (f *finder) share(k kind, customers []int32) {
	var found []*pair
	contested, doubled := false, false
	for i, a := range customers {
		for _, b := range customers[i+1:] {
			p := f.pair(a, b)
			p.keys[k] = true
			found, contested = append(found, p), contested || p.relation == namesDiffer
			doubled = doubled || k != byEmail && p.relation != namesDiffer && p.mails
		}
	}
	for _, p := range found {
		p.contested, p.doubled = p.contested || contested, p.doubled || doubled
	}
}

// blockSize is how many customers may share a name or an address for their pairs to be
// looked at.
const blockSize = 20

// Blocks of customers whose pairs are looked at.
const (
	nameBlock kind = iota
	addressBlock
)

// near finds pairs without a key in common whose texts are nearly the same: of one
// name with an address, number or mailbox that a slip sets apart, and of one address
// with a name that a slip sets apart.
func (f *finder) near() {
	var entries []entry
	for i := range f.customers {
		c := &f.customers[i]
		if c.isCrowd() {
			continue
		}
		for _, name := range c.Names {
			if strings.Contains(name, " ") {
				entries = append(entries, entry{nameBlock, name, int32(i)})
			}
		}
		for _, address := range c.Addresses {
			entries = append(entries, entry{addressBlock, address, int32(i)})
		}
	}
	eachKey(entries, func(k kind, key string, customers []int32) {
		if len(customers) > blockSize {
			return
		}
		for i, a := range customers {
			for _, b := range customers[i+1:] {
				f.look(k, a, b)
			}
		}
	})
}

// look compares two customers of one name, or of one address.
func (f *finder) look(k kind, a, b int32) {
	if p := f.pairs[ordered(a, b)]; p != nil {
		return // they share a key
	}
	x, y := &f.customers[a], &f.customers[b]
	why := ""
	if k == addressBlock {
		switch related(x, y) {
		case namesSimilar, namesShortened:
			why = "same address, names nearly the same"
		case namesUnknown:
			why = "same address, a name is missing"
		}
	} else {
		why = nearly(x, y)
	}
	if why != "" {
		f.pair(a, b).near = why
	}
}

// What two texts must have in common to be nearly the same.
const (
	similarAddress = 0.93
	similarMailbox = 0.93
)

// nearly says what of two customers of one name is nearly the same; "" for nothing.
func nearly(x, y *Customer) string {
	switch {
	case anyPair(x.Phones, y.Phones, func(p, q string) bool { return edits(p, q) <= 1 }):
		return "same name, a digit of the phone number differs"
	case anyPair(x.Emails, y.Emails, similarMailboxes):
		return "same name, e-mail nearly the same"
	case anyPair(x.Addresses, y.Addresses, func(p, q string) bool { return similarity(p, q) >= similarAddress }):
		return "same name, address nearly the same"
	}
	return ""
}

// similarMailboxes says whether a slip sets two addresses apart, or only the provider.
// Those of a function, such as info@, are alike in all firms.
func similarMailboxes(p, q string) bool {
	if contactkeys.IsOffice(p) || contactkeys.IsOffice(q) {
		return false
	}
	local, _, _ := strings.Cut(p, "@")
	other, _, _ := strings.Cut(q, "@")
	return local == other && len(local) > 5 || similarity(p, q) >= similarMailbox && edits(p, q) <= 2
}

func anyPair(a, b []string, like func(p, q string) bool) bool {
	return slices.ContainsFunc(a, func(p string) bool { return slices.ContainsFunc(b, func(q string) bool { return like(p, q) }) })
}

// all gives the pairs in order, judged.
func (f *finder) all() []pair {
	pairs := make([]pair, 0, len(f.pairs))
	for _, p := range slices.Collect(maps.Values(f.pairs)) {
		if p.near != "" {
			p.strength = likely
		} else {
			p.judge()
		}
		pairs = append(pairs, *p)
	}
	sortPairs(pairs)
	return pairs
}

// evidence says in words what a pair has in common.
func (p *pair) evidence() string {
	if p.near != "" {
		return p.near
	}
	var shared []string
	for k := range kinds {
		if p.keys[k] {
			shared = append(shared, "same "+k.String())
		}
	}
	names := [...]string{namesUnknown: "a name is missing", namesSame: "same name", namesShortened: "one name is short for the other", namesSimilar: "names nearly the same", namesDiffer: "names differ"}
	text := strings.Join(shared, ", ") + ", " + names[p.relation]
	switch {
	case p.keys[byEmail]:
	case p.mails:
		text += ", e-mails differ"
	case p.doubled:
		text += ", namesakes have it too"
	}
	return text
}
