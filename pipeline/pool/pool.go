package pool

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"winback/internal/fsys"
)

// Question is what is joined and how.
type Question struct {
	Sources   []Source
	Country   string // of phone numbers without a country code; "" for none
	Rare      int    // customers who may share a key for it to join them
	Decisions []Decision
}

// Pair is a pair of customers for a person to look at.
type Pair struct {
	A, B     Customer
	Evidence string
}

// Pool is who is one person.
type Pool struct {
	Sources   []Source
	Rows      []int64    // by source
	Unread    int64      // phone numbers that cannot be read, of all rows
	Customers []Customer // by source and id
	Person    []int32    // of each customer: the first customer of the same person
	People    int
	Joined    int    // customers who are one with another
	Likely    []Pair // may be one person, by strength
	Conflicts []Pair // share a key, and may not be joined
	Crowded   []Crowded
	Crowds    int // ids that stand for several people
	Decided   int // decisions that were carried out
	Unknown   int // decisions about customers who are not there
}

// Take reads the sources and finds who is one person. The result does not hang on the
// order of rows or files. An error names file and row, and quotes no contact data.
func Take(ctx context.Context, files fsys.FS, q Question) (*Pool, error) {
	r := &reader{files: files, country: q.Country, at: map[string]int{}, rows: make([]int64, len(q.Sources))}
	for i, s := range q.Sources {
		if err := r.read(ctx, i, s); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.all, func(a, b Customer) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
	})
	p := &Pool{Sources: q.Sources, Rows: r.rows, Unread: r.unread, Customers: r.all}
	return p, p.join(q)
}

// join joins pair after pair, the strongest first.
func (p *Pool) join(q Question) error {
	f := &finder{customers: p.Customers, rare: q.Rare, pairs: map[[2]int32]*pair{}}
	f.exact()
	f.near()
	j := newJoiner(p.Customers)
	if err := p.decide(j, q.Decisions); err != nil {
		return err
	}
	for _, pair := range f.all() {
		switch same := j.root(pair.a) == j.root(pair.b); {
		case same, j.apart[ordered(pair.a, pair.b)]:
		case pair.strength < likely && j.join(pair.a, pair.b, pair.keys[byEmail], false):
		case pair.strength == likely:
			p.Likely = append(p.Likely, p.pairOf(&pair))
		default:
			p.Conflicts = append(p.Conflicts, p.pairOf(&pair))
		}
	}
	p.Likely = slices.DeleteFunc(p.Likely, func(l Pair) bool { return p.oneAlready(j, l) })
	p.Crowded = f.crowded
	p.count(j)
	return nil
}

// oneAlready says whether a later pair has made two customers one.
func (p *Pool) oneAlready(j *joiner, l Pair) bool {
	a, _ := p.find(l.A.Source, l.A.ID)
	b, _ := p.find(l.B.Source, l.B.ID)
	return j.root(int32(a)) == j.root(int32(b))
}

func (p *Pool) pairOf(pair *pair) Pair {
	return Pair{p.Customers[pair.a], p.Customers[pair.b], pair.evidence()}
}

func (p *Pool) count(j *joiner) {
	p.Person = make([]int32, len(p.Customers))
	first := map[int32]int32{}
	for i := range p.Customers {
		root := j.root(int32(i))
		if _, known := first[root]; !known {
			first[root] = int32(i)
			p.People++
		}
		if p.Person[i] = first[root]; len(j.of(root)) > 1 {
			p.Joined++
		}
		if p.Customers[i].isCrowd() {
			p.Crowds++
		}
	}
}

// find is the place of a customer.
func (p *Pool) find(source int, id string) (at int, found bool) {
	return slices.BinarySearchFunc(p.Customers, Customer{Source: source, ID: id}, func(a, b Customer) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
	})
}
