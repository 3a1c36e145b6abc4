package offers

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// Listed is a customer of a list, to be shown products.
type Listed struct {
	ID    string
	Group int // 1 first; 0: the products of no group count this customer
}

// Listing are the customers of lists, each once: numbered as they were given.
type Listing struct {
	customers []Listed
	ranked    int     // how many of them have a rank
	also      []int32 // numbers of the others as they were given; -1: not listed
	byID      []int32 // numbers of all in order of their ids
}

// NewListing lists customers by rank, and also others, of whom some may be ranked or
// named twice, up to so many customers in all.
func NewListing(ranked []Listed, also []string, most int) *Listing {
	l := &Listing{customers: ranked, ranked: len(ranked), also: make([]int32, len(also))}
	id := func(i int32) string {
		if int(i) < len(ranked) {
			return ranked[i].ID
		}
		return also[int(i)-len(ranked)]
	}
	order, number := inOrder(len(ranked)+len(also), id), make([]int32, len(ranked)+len(also))
	for k, i := range order { // of the same customer the first has the number
		number[i] = i
		if k > 0 && id(order[k-1]) == id(i) {
			number[i] = number[order[k-1]]
		}
	}
	for i := range also {
		switch at := int32(l.ranked + i); {
		case number[at] != at:
			number[at] = number[number[at]]
		case len(l.customers) < most:
			number[at] = int32(len(l.customers))
			l.customers = append(l.customers, Listed{ID: also[i]})
		default:
			number[at] = -1
		}
		l.also[i] = number[l.ranked+i]
	}
	for k, i := range order {
		if n := number[i]; n >= 0 && (k == 0 || id(order[k-1]) != id(i)) {
			l.byID = append(l.byID, n)
		}
	}
	return l
}

// Len is how many customers are listed.
func (l *Listing) Len() int { return len(l.customers) }

// byKey is a customer by the first bytes of the id that not all ids share, so that few
// ids are compared as texts.
type byKey struct {
	key uint64
	at  int32
}

// inOrder are the numbers of so many customers in order of their ids, of the same id
// the first number first.
func inOrder(n int, id func(int32) string) []int32 {
	shared := 0
	if n > 0 {
		shared = len(id(0))
	}
	for i := range int32(n) {
		shared = sharedBytes(id(0), id(i), shared)
	}
	keys, order := make([]byKey, n), make([]int32, n)
	for i := range keys {
		var first [8]byte
		copy(first[:], id(int32(i))[shared:])
		keys[i] = byKey{binary.BigEndian.Uint64(first[:]), int32(i)}
	}
	slices.SortFunc(keys, func(a, b byKey) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Or(strings.Compare(id(a.at), id(b.at)), cmp.Compare(a.at, b.at))
	})
	for k := range keys {
		order[k] = keys[k].at
	}
	return order
}

// sharedBytes is with how many of its first bytes, up to a limit, a text begins as another.
func sharedBytes(a, b string, limit int) int {
	limit = min(limit, len(a), len(b))
	for i := range limit {
		if a[i] != b[i] {
			return i
		}
	}
	return limit
}
