package pool

import (
	"cmp"
	"slices"
	"strings"
)

// strength says how much a pair has in common, the most first: which pair is joined
// before which. Pairs from likely on are not joined but by a person.
type strength uint8

const (
	decidedSame  strength = iota // by a person
	twoKeys                      // two kinds of keys, and no name against it
	sameHome                     // name and address
	sameMail                     // e-mail, and the same name
	samePhone                    // phone, and the same name
	mailAlone                    // e-mail, and a short form of the name or none
	likely                       // a key, or texts that are nearly the same
	namesAgainst                 // a key, and names that differ
)

// pair are two customers who have something in common, a before b.
type pair struct {
	a, b      int32
	keys      [kinds]bool
	relation  relation
	contested bool   // a key of theirs is that of somebody with another name too
	mails     bool   // both have e-mail addresses, and none in common
	doubled   bool   // a number or address of theirs is that of namesakes with e-mail addresses of their own
	near      string // what is nearly the same, where there is no key
	strength  strength
}

// judge settles how much the keys of a pair are worth. A phone number is shared by
// families, an e-mail address hardly ever; a slip in a name may be another person, and
// one name in one house may be father and son, whose e-mail addresses differ.
func (p *pair) judge() {
	switch {
	case p.relation == namesDiffer:
		p.strength = namesAgainst
	case !p.keys[byEmail] && (p.mails || p.doubled):
		p.strength = likely
	case p.keys[byHome]:
		p.strength = sameHome
	case p.relation == namesSimilar, p.contested && p.relation != namesSame:
		p.strength = likely
	case p.keys[byEmail] && p.keys[byPhone]:
		p.strength = twoKeys
	case p.keys[byEmail] && p.relation == namesSame:
		p.strength = sameMail
	case p.keys[byPhone] && p.relation == namesSame:
		p.strength = samePhone
	case p.keys[byEmail]:
		p.strength = mailAlone
	default:
		p.strength = likely
	}
}

// joiner joins customers into people.
type joiner struct {
	customers []Customer
	parent    []int32
	members   map[int32][]int32 // of people of several customers, by their root
	apart     map[[2]int32]bool // pairs of customers that a person has told apart
}

func newJoiner(customers []Customer) *joiner {
	j := &joiner{customers: customers, parent: make([]int32, len(customers)), members: map[int32][]int32{}, apart: map[[2]int32]bool{}}
	for i := range j.parent {
		j.parent[i] = int32(i)
	}
	return j
}

func (j *joiner) root(i int32) int32 {
	for j.parent[i] != i {
		j.parent[i] = j.parent[j.parent[i]]
		i = j.parent[i]
	}
	return i
}

func (j *joiner) of(root int32) []int32 {
	if m := j.members[root]; m != nil {
		return m
	}
	return []int32{root}
}

// join makes two customers one person, with those whom each is one with already. It
// does not where a person has told any two of them apart, or where names of any two
// speak against it, or e-mail addresses unless byMail; decided is what a person said,
// which nothing else overrules.
func (j *joiner) join(a, b int32, byMail, decided bool) (joined bool) {
	x, y := j.root(a), j.root(b)
	if x == y {
		return true
	}
	for _, m := range j.of(x) {
		for _, n := range j.of(y) {
			if j.apart[ordered(m, n)] || !decided && !j.fits(m, n, byMail) {
				return false
			}
		}
	}
	all := slices.Concat(j.of(x), j.of(y))
	delete(j.members, x)
	delete(j.members, y)
	to := min(x, y)
	j.parent[x], j.parent[y] = to, to
	j.members[to] = all
	return true
}

// fits says whether the names of two customers may be those of one person, and their
// e-mail addresses where byMail does not say so already.
func (j *joiner) fits(m, n int32, byMail bool) bool {
	x, y := &j.customers[m], &j.customers[n]
	r := related(x, y)
	return r != namesDiffer && r != namesSimilar && (byMail || !mailsDiffer(x, y))
}

// mailsDiffer says whether both have e-mail addresses, and none of the one is one of
// the other: nearly the same may be those of father and son.
func mailsDiffer(x, y *Customer) bool {
	return len(x.Emails) > 0 && len(y.Emails) > 0 && !anyPair(x.Emails, y.Emails, func(p, q string) bool { return p == q })
}

func ordered(a, b int32) [2]int32 { return [2]int32{min(a, b), max(a, b)} }

// sortPairs puts pairs into the order in which they are joined, whatever order they
// were found in.
func sortPairs(pairs []pair) {
	slices.SortFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(p.strength, q.strength), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b), strings.Compare(p.near, q.near))
	})
}
