// Package offers says what to show a customer who may come back: goods bought
// before that the shop still sells, goods that others like that customer took when
// they came back, and what most customers buy now. Measured on past days against
// item-based collaborative filtering, matrix factorisation and own frequency; it
// says what returning customers buy anyway, not what a contact causes.
package offers

import (
	"fmt"
	"slices"
	"strings"

	"winback/data"
)

// Kind is why a product is shown.
type Kind uint8

// The kinds of shown products.
const (
	Again    Kind = iota // bought by the customer before
	GoesWith             // taken by customers with the same goods when they came back
	Hot                  // bought by most customers in the last weeks
	kindCount
)

var kindWords = [kindCount]string{"again", "goes with", "hot"}

// String writes a kind as the tables have it.
func (k Kind) String() string { return kindWords[k] }

// Kinds are the kinds that may be shown, by number.
type Kinds [kindCount]bool

// AllKinds is every kind.
var AllKinds = Kinds{true, true, true}

// KindNames are the kinds as settings name them.
func KindNames() []string {
	var names []string
	for _, words := range kindWords {
		names = append(names, strings.ReplaceAll(words, " ", "-"))
	}
	return names
}

// ParseKinds reads names such as again and goes-with; at least one.
func ParseKinds(names []string) (Kinds, error) {
	var kinds Kinds
	for _, name := range names {
		at := slices.Index(KindNames(), strings.TrimSpace(name))
		if at < 0 {
			return kinds, fmt.Errorf("kind %q: want some of %s", name, strings.Join(KindNames(), ", "))
		}
		kinds[at] = true
	}
	if kinds == (Kinds{}) {
		return kinds, fmt.Errorf("no kind: want some of %s", strings.Join(KindNames(), ", "))
	}
	return kinds, nil
}

// Settings are what a user decides.
type Settings struct {
	LapsedAfter int                       // days without a purchase; at least 1
	SoldWithin  int                       // days in which a shown product was bought by somebody; at least 1
	Kinds       Kinds                     // that may be shown
	Never       func(product string) bool // products that are not shown; nil: none
	Share       float64                   // of the customers that count, drawn by a hash of their ids; 0: all
}

// The method's own numbers: the optimum is flat around them.
const (
	fewestSold     = 20  // products; below it the window of what is sold doubles
	widestWindow   = 448 // days, of what is sold
	fewestEvents   = 200 // returns, to learn what goes with what
	mostEvents     = 50_000
	mostEventPairs = 8_000_000
	mostInEvent    = 100 // products before, and products of the day
	halfLifeDays   = 120 // of the weight of a return
	weightOne      = 1 << 20
	priorReturns   = 5    // that the shop's own share weighs as much as
	mostNext       = 10   // kept of each product
	mostOwn        = 10   // own products that others follow from
	nextWeight     = 0.75 // against own products
	recentDays     = 60   // whose buyers say how an own product sells
	monthDays      = 28
	yearDays       = 365
)

// drawn says whether a customer, by the hash of the id, is within a share.
func drawn(id uint64, share float64) bool { return share >= 1 || float64(id>>11) < share*(1<<53) }

// Show is a product for a customer.
type Show struct {
	Product    uint32 // code of data.Names
	Kind       Kind
	Score      float64  // own share plus next share; 0 for hot
	BoughtDays int32    // of the customer with the product; 0 but for Again
	LastBought data.Day // where BoughtDays > 0
	From       uint32   // own product that adds most to a product that goes with it, of the first tables.ShowSlots; 0 for others
	pair       uint32   // number of the pair of From and Product
}
