package data

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// buildOptions are what the lines of all partitions need to become histories.
type buildOptions struct {
	names                      *Names
	product, category, channel []uint32 // code of arrival -> code in byte order
	dropDuplicates             bool
	repeatedTotals             bool
	onDuplicate                func(position uint64)
}

// historyBuilder turns the blocks of a partition into histories: lines are
// grouped by customer, customers brought into byte order, lines into time
// order, duplicates dropped. It keeps its scratch space from one partition to
// the next.
type historyBuilder struct {
	lines     lineBuffer
	table     []int32  // open addressing: customer + 1, by hash of the id
	customers []int32  // customer of each line
	firstLine []int32  // of each customer: a line that carries its id
	rank      []int32  // of each customer in byte order
	keys      []idKey  // customers, for sorting
	order     []int32  // lines by customer and time
	start     []int32  // of each customer in order
	orders    []uint64 // orders of one customer already counted, for repeated totals
	out       Histories
}

type idKey struct {
	key      uint64 // first eight bytes behind the common prefix
	customer int32
}

// build returns the histories of a partition, valid until the next call, and
// how many duplicates were dropped.
func (b *historyBuilder) build(blocks [][]byte, opts *buildOptions) (*Histories, int64, error) {
	b.lines.reset()
	for _, block := range blocks {
		if err := decodeBlock(block, &b.lines); err != nil {
			return nil, 0, err
		}
	}
	b.recode(opts)
	b.groupByCustomer()
	b.rankCustomers()
	b.sortLines()
	var dropped int64
	if opts.dropDuplicates {
		dropped = b.dropDuplicates(opts)
	}
	b.gather(opts.names)
	if opts.repeatedTotals {
		b.countTotalsOnce()
	}
	return &b.out, dropped, nil
}

// recode replaces the codes of arrival, which differ from run to run, by those
// in byte order.
func (b *historyBuilder) recode(opts *buildOptions) {
	for i := range b.lines.product {
		b.lines.product[i] = opts.product[b.lines.product[i]]
		b.lines.category[i] = opts.category[b.lines.category[i]]
		b.lines.channel[i] = opts.channel[b.lines.channel[i]]
	}
}

// groupByCustomer numbers the customers in order of appearance.
func (b *historyBuilder) groupByCustomer() {
	n := b.lines.lines()
	size := 16
	for size < 2*n {
		size *= 2
	}
	b.table = resize(b.table, size)
	clear(b.table)
	b.customers, b.firstLine = resize(b.customers, n), b.firstLine[:0]
	mask := uint64(size - 1)
	for i := range n {
		id := b.lines.id(i)
		at := xxhash.Sum64(id) & mask
		for {
			c := b.table[at]
			if c == 0 {
				b.firstLine = append(b.firstLine, int32(i))
				b.table[at] = int32(len(b.firstLine))
				b.customers[i] = int32(len(b.firstLine) - 1)
				break
			}
			if bytes.Equal(b.lines.id(int(b.firstLine[c-1])), id) {
				b.customers[i] = c - 1
				break
			}
			at = (at + 1) & mask
		}
	}
}

// rankCustomers sorts the customers by the bytes of their ids.
func (b *historyBuilder) rankCustomers() {
	n := len(b.firstLine)
	b.keys, b.rank = resize(b.keys, n), resize(b.rank, n)
	if n == 0 {
		return
	}
	prefix := b.lines.id(int(b.firstLine[0]))
	for _, line := range b.firstLine {
		prefix = prefix[:commonPrefix(prefix, b.lines.id(int(line)))]
	}
	for c, line := range b.firstLine {
		b.keys[c] = idKey{keyOf(b.lines.id(int(line))[len(prefix):]), int32(c)}
	}
	slices.SortFunc(b.keys, func(x, y idKey) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return bytes.Compare(b.lines.id(int(b.firstLine[x.customer])), b.lines.id(int(b.firstLine[y.customer])))
	})
	for r, k := range b.keys {
		b.rank[k.customer] = int32(r)
	}
}

// sortLines deals the lines to their customers and sorts each customer's.
func (b *historyBuilder) sortLines() {
	n, customers := b.lines.lines(), len(b.firstLine)
	b.start = resize(b.start, customers+1)
	clear(b.start)
	for i := range n {
		b.customers[i] = b.rank[b.customers[i]]
		b.start[b.customers[i]+1]++
	}
	for c := range customers {
		b.start[c+1] += b.start[c]
	}
	b.order = resize(b.order, n)
	next := resize(b.rank, customers) // the ranks are no longer needed
	copy(next, b.start)
	for i := range n {
		c := b.customers[i]
		b.order[next[c]] = int32(i)
		next[c]++
	}
	for c := range customers {
		lines := b.order[b.start[c]:b.start[c+1]]
		if len(lines) > 1 && !slices.IsSortedFunc(lines, b.compareLines) {
			slices.SortFunc(lines, b.compareLines)
		}
	}
}

// compareLines orders lines of one customer by time, and lines of the same
// time by what they hold, so that the order of files and rows leaves no trace.
func (b *historyBuilder) compareLines(x, y int32) int {
	l := &b.lines
	if c := cmp.Compare(l.time[x], l.time[y]); c != 0 {
		return c
	}
	if c := cmp.Compare(l.order[x], l.order[y]); c != 0 {
		return c
	}
	return cmp.Compare(l.identity[x], l.identity[y])
}

// dropDuplicates keeps the first of equal lines.
func (b *historyBuilder) dropDuplicates(opts *buildOptions) int64 {
	l := &b.lines
	kept := int32(0)
	for c := range len(b.start) - 1 {
		from, to := b.start[c], b.start[c+1]
		b.start[c] = kept
		for i := from; i < to; i++ {
			line := b.order[i]
			if kept > b.start[c] {
				last := b.order[kept-1]
				if l.time[line] == l.time[last] && l.identity[line] == l.identity[last] && l.order[line] == l.order[last] {
					if opts.onDuplicate != nil {
						opts.onDuplicate(max(l.position[line], l.position[last]))
						l.position[line] = min(l.position[line], l.position[last])
					}
					continue
				}
			}
			b.order[kept] = line
			kept++
		}
	}
	dropped := int64(b.start[len(b.start)-1] - kept)
	b.start[len(b.start)-1] = kept
	b.order = b.order[:kept]
	return dropped
}

// gather lays the lines out as histories.
func (b *historyBuilder) gather(names *Names) {
	h, l, n := &b.out, &b.lines, len(b.order)
	h.Names, h.Start = names, b.start
	var ids strings.Builder
	for _, k := range b.keys {
		ids.Write(l.id(int(b.firstLine[k.customer])))
	}
	all, at := ids.String(), 0
	h.IDs = make([]string, len(b.keys))
	for r, k := range b.keys {
		size := len(l.id(int(b.firstLine[k.customer])))
		h.IDs[r] = all[at : at+size]
		at += size
	}
	h.Time, h.Order = resize(h.Time, n), resize(h.Order, n)
	h.Amount, h.Quantity = resize(h.Amount, n), resize(h.Quantity, n)
	h.Product, h.Category, h.Channel = resize(h.Product, n), resize(h.Category, n), resize(h.Channel, n)
	h.Flags = resize(h.Flags, n)
	for i, line := range b.order {
		h.Time[i] = l.time[line]
		h.Order[i] = l.order[line]
		h.Amount[i] = Money(l.amount[line])
		h.Quantity[i] = Money(l.quantity[line])
		h.Product[i] = l.product[line]
		h.Category[i] = l.category[line]
		h.Channel[i] = l.channel[line]
		h.Flags[i] = LineFlags(l.flags[line])
	}
}

// countTotalsOnce keeps the amount of an order on the first of its purchase
// lines and takes it off the others.
func (b *historyBuilder) countTotalsOnce() {
	h := &b.out
	for c := range h.Customers() {
		b.orders = b.orders[:0]
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			if h.Flags[i]&FlagPurchase == 0 || h.Order[i] == 0 {
				continue
			}
			if at, seen := slices.BinarySearch(b.orders, h.Order[i]); seen {
				h.Amount[i] = 0
			} else {
				b.orders = slices.Insert(b.orders, at, h.Order[i])
			}
		}
	}
}

// TotalsRepeated says whether a partition's amounts look like totals of orders
// that stand on each of their lines: orders of several products, all lines of
// the same amount.
func TotalsRepeated(h *Histories) (orders, equal int) {
	type seen struct {
		order   uint64
		amount  Money
		product uint32
		differs bool // products differ
		equal   bool // amounts are equal
	}
	var open []seen
	flush := func() {
		for _, s := range open {
			if s.differs {
				orders++
				if s.equal {
					equal++
				}
			}
		}
		open = open[:0]
	}
	for c := range h.Customers() {
		last := int64(0)
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			if h.Flags[i]&FlagPurchase == 0 || h.Order[i] == 0 || h.Amount[i] == 0 {
				continue
			}
			if h.Time[i]-last > microsPerDay || len(open) > 64 {
				flush()
			}
			last = h.Time[i]
			at := slices.IndexFunc(open, func(s seen) bool { return s.order == h.Order[i] })
			if at < 0 {
				open = append(open, seen{h.Order[i], h.Amount[i], h.Product[i], false, true})
				continue
			}
			open[at].differs = open[at].differs || open[at].product != h.Product[i]
			open[at].equal = open[at].equal && open[at].amount == h.Amount[i]
		}
		flush()
	}
	return orders, equal
}
