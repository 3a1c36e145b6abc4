package orders

import (
	"path"
	"strings"
)

// Reason says why a line was set aside.
type Reason uint8

// The reasons to set a line aside, in the order in which they are tried.
const (
	Used Reason = iota
	Unreadable
	NoCustomer
	NoTime
	NoAmount
	NegativePrice
	Excluded
	ExcludedStatus
	OtherCurrency
	PlaceholderDate // a day that stands for no date, such as 9999-12-31
	Duplicate
	OlderVersion // a newer row of the same order line counts
	AfterAsOf
	reasonCount
)

var reasonNames = [reasonCount]string{"used", "unreadable value", "no customer", "no time", "no amount or quantity",
	"negative unit price", "excluded product", "excluded status", "other currency", "placeholder date", "duplicate", "older version", "after as-of"}

// String returns the reason as it is printed and written to manifests.
func (r Reason) String() string { return reasonNames[r] }

// Reasons lists all reasons, Used first.
func Reasons() []Reason {
	var all []Reason
	for r := Used; r < reasonCount; r++ {
		all = append(all, r)
	}
	return all
}

// ReturnRules name what marks a line as a return besides a negative quantity
// or amount.
type ReturnRules struct {
	OrderPrefixes []string // order ids that start so
	Statuses      []string // values of the status column, compared in full
	Types         []string // the same, of lines that are themselves the return, on their own day
}

// ProductFilter says which products are left out: codes, or patterns in which *
// stands for any characters, ? for one and [a-c] for one of those.
type ProductFilter []string

// Matches says whether a product is named, by its code or a pattern.
func (f ProductFilter) Matches(product string) bool { return f.matches([]byte(product)) }

func (f ProductFilter) matches(id []byte) bool {
	// To path.Match a slash is the end of a name; in a product code it is not.
	plain := func(s string) string { return strings.ReplaceAll(s, "/", "\x00") }
	for _, pattern := range f {
		if pattern == string(id) {
			return true
		}
		if ok, err := path.Match(plain(pattern), plain(string(id))); err == nil && ok {
			return true
		}
	}
	return false
}
