package data

import (
	"math/bits"
	"path"
	"slices"
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
	Duplicate
	AfterAsOf
	reasonCount
)

var reasonNames = [reasonCount]string{"used", "unreadable value", "no customer", "no time", "no amount or quantity",
	"negative unit price", "excluded product", "duplicate", "after as-of"}

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
}

// ProductFilter says which products are left out: codes, or patterns of
// path.Match.
type ProductFilter []string

func (f ProductFilter) matches(id []byte) bool {
	for _, pattern := range f {
		if pattern == string(id) {
			return true
		}
		if ok, err := path.Match(pattern, string(id)); err == nil && ok {
			return true
		}
	}
	return false
}

// batch is a stretch of rows of one row group, as decoded columns. Columns that
// the table lacks are nil. Text columns index their entries plus two, so that
// marks have places of their own.
type batch struct {
	rows     int
	position uint64 // file and row of the first row
	time     []int64
	amount   []int64
	price    []int64
	quantity []int64
	text     [roleCount][]int32 // nil: see constants
}

// entryFacts is what is known of each entry of a text column; index 0 is the
// unreadable mark, 1 is null, entry e is at e+2.
type entryFacts struct {
	entries  *entries
	hash     []uint64 // 0 for none
	code     []uint32 // of names
	part     []int32  // of customers; -1 for none
	isReturn []bool   // of orders and statuses
	excluded []bool   // of products
}

// normaliser turns decoded rows into order lines, or sets them aside.
type normaliser struct {
	cols  fileColumns
	facts [roleCount]*entryFacts
	// counts of this worker
	setAside   [reasonCount]int64
	used       int64
	mismatches int64 // amount differs from unit price × quantity
	byStatus   int64 // lines that only a status marks as returns
	firstTime  int64
	lastTime   int64
	lastBuy    int64 // newest purchase
	keepRows   bool
	namesUntil int64                   // names of lines from this time on are not known
	seen       [len(namedRoles)][]bool // by code: a line before that time has the name
	rejects    []reject                // only where rows are kept
	emit       func(part int32) *lineBuffer
}

// row normalises row i of a batch.
func (n *normaliser) row(b *batch, i int) {
	line, why := n.read(b, i)
	if why != Used {
		n.setAside[why]++
		if n.keepRows {
			n.rejects = append(n.rejects, reject{b.position + uint64(i), why})
		}
		return
	}
	n.used++
	n.firstTime, n.lastTime = min(n.firstTime, line.time), max(n.lastTime, line.time)
	if line.flags&uint8(FlagPurchase) != 0 {
		n.lastBuy = max(n.lastBuy, line.time)
	}
	customer := n.facts[Customer]
	entry := b.text[Customer][i]
	buf := n.emit(customer.part[entry+2])
	buf.ids = append(buf.ids, customer.entries.at(int(entry))...)
	buf.idEnds = append(buf.idEnds, uint32(len(buf.ids)))
	buf.time = append(buf.time, line.time)
	buf.order = append(buf.order, line.order)
	buf.amount = append(buf.amount, line.amount)
	buf.quantity = append(buf.quantity, line.quantity)
	var codes [len(namedRoles)]uint32
	if line.time < n.namesUntil {
		for k, role := range namedRoles {
			if codes[k] = n.codeOf(role, b, i); int(codes[k]) >= len(n.seen[k]) {
				n.seen[k] = append(n.seen[k], make([]bool, int(codes[k])+1-len(n.seen[k]))...)
			}
			n.seen[k][codes[k]] = true
		}
	}
	buf.product = append(buf.product, codes[0])
	buf.category = append(buf.category, codes[1])
	buf.channel = append(buf.channel, codes[2])
	buf.flags = append(buf.flags, line.flags)
	buf.identity = append(buf.identity, n.identity(b, i, line))
	if n.keepRows {
		buf.position = append(buf.position, b.position+uint64(i))
	}
}

// namedRoles are the roles whose names the lines carry as codes.
var namedRoles = [...]Role{Product, Category, Channel}

type normalLine struct {
	time, amount, quantity, price int64
	order                         uint64
	flags                         uint8
}

// read judges row i: its values, or the first reason to set it aside.
func (n *normaliser) read(b *batch, i int) (normalLine, Reason) {
	line := normalLine{time: b.time[i], quantity: MoneyScale, price: absent, amount: absent}
	if b.quantity != nil {
		line.quantity = b.quantity[i]
	}
	if b.price != nil {
		line.price = b.price[i]
	}
	if b.amount != nil {
		line.amount = b.amount[i]
	}
	customer := n.facts[Customer].part[b.text[Customer][i]+2]
	switch {
	case line.time == unreadable || line.quantity == unreadable || line.price == unreadable || line.amount == unreadable:
		return line, Unreadable
	case customer < 0:
		return line, NoCustomer
	case line.time == absent:
		return line, NoTime
	case line.quantity == absent || b.amount != nil && line.amount == absent || b.amount == nil && line.price == absent:
		return line, NoAmount
	case line.price != absent && line.price < 0:
		return line, NegativePrice
	case n.flagOf(Product, b, i, func(f *entryFacts) []bool { return f.excluded }):
		return line, Excluded
	}
	if line.price != absent {
		total, ok := lineTotal(line.price, line.quantity)
		if b.amount == nil {
			if !ok {
				return line, Unreadable
			}
			line.amount = total
		} else if b.quantity != nil && differs(line.amount, total) {
			n.mismatches++
		}
	}
	line.order = n.hashOf(OrderID, b, i)
	n.classify(b, i, &line)
	return line, Used
}

// classify marks purchases and returns; the amount of a return becomes what
// it takes from the net value.
func (n *normaliser) classify(b *batch, i int, line *normalLine) {
	isReturn := func(f *entryFacts) []bool { return f.isReturn }
	byValue := line.quantity < 0 || line.amount < 0 || n.flagOf(OrderID, b, i, isReturn)
	byStatus := n.flagOf(Status, b, i, isReturn)
	switch {
	case byValue:
		line.flags = uint8(FlagReturn)
		if line.amount > 0 {
			line.amount = -line.amount
		}
	case byStatus:
		line.flags = uint8(FlagReturn)
		line.amount = 0
		n.byStatus++
	case line.quantity > 0: // the amount is not negative here
		line.flags = uint8(FlagPurchase)
	}
}

// identity folds all that two equal lines have in common.
func (n *normaliser) identity(b *batch, i int, line normalLine) uint64 {
	h := mixHash(uint64(line.time), uint64(line.quantity))
	if b.amount != nil {
		h = mixHash(h, uint64(b.amount[i]))
	}
	h = mixHash(h, uint64(line.price))
	h = mixHash(h, line.order)
	for _, r := range [...]Role{Line, Product, Category, Channel, Status} {
		if n.facts[r] != nil {
			h = mixHash(h, n.hashOf(r, b, i))
		}
	}
	return h
}

func (n *normaliser) hashOf(r Role, b *batch, i int) uint64 {
	f := n.facts[r]
	if f == nil {
		return 0
	}
	return f.hash[b.text[r][i]+2]
}

func (n *normaliser) codeOf(r Role, b *batch, i int) uint32 {
	f := n.facts[r]
	if f == nil {
		return 0
	}
	return f.code[b.text[r][i]+2]
}

func (n *normaliser) flagOf(r Role, b *batch, i int, flags func(*entryFacts) []bool) bool {
	f := n.facts[r]
	if f == nil || len(flags(f)) == 0 {
		return false
	}
	return flags(f)[b.text[r][i]+2]
}

// lineTotal multiplies a price of eight decimals with a quantity of four, and
// rounds to Money, half away from zero. It is false where the result is no
// plausible amount.
func lineTotal(price, quantity int64) (int64, bool) {
	negative := (price < 0) != (quantity < 0)
	hi, lo := bits.Mul64(magnitude(price), magnitude(quantity))
	const unit = 100_000_000 // 8 + 4 - 4 decimals
	lo, carry := bits.Add64(lo, unit/2, 0)
	hi += carry
	if hi >= unit {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, unit)
	if q >= maxMoney {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return uint64(-x)
	}
	return uint64(x)
}

// differs says whether two amounts are further apart than rounding explains:
// one hundredth and a thousandth of the amount.
func differs(a, b int64) bool {
	return magnitude(a-b) > max(MoneyScale/100, magnitude(a)/1000)
}

// statusMatches compares a status with the configured ones.
func statusMatches(rules ReturnRules, value []byte) bool {
	return slices.Contains(rules.Statuses, string(value))
}
