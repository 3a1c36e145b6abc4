package orders

import (
	"math/bits"

	"winback/data"
	"winback/data/columns"
)

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
	version  []int64
	text     [data.RoleCount][]int32
}

// entryFacts is what is known of each entry of a text column; index 0 is the
// unreadable mark, 1 is null, entry e is at e+2.
type entryFacts struct {
	entries  *columns.Entries
	of       []entryFact
	part     []int32    // of customers, or one of the marks below
	isReturn []bool     // of orders and statuses; nil where nothing marks returns
	ownDay   []bool     // of statuses: the line is the return itself, on its own day; nil where none is
	excluded []bool     // of products, statuses and currencies; nil where nothing is excluded
	counted  []int64    // rows with each value, of statuses and currencies; nil for other roles
	rates    []rateDays // of currencies; nil where nothing is converted
	stages   []uint8    // of statuses, as statusStage says
	present  bool       // the table has the role
}

// entryFact is what each line looks up: together, so that it is found in one
// place.
type entryFact struct {
	hash  uint64   // 0 for none
	code  uint32   // of names
	first data.Day // of a line that has the name
}

// never is later than any plausible day.
const never = data.Day(100_000)

// Marks in the place of the partition of a customer. The numbers from
// firstPlaceholder down are those of the words that stand for none.
const (
	noCustomer         = int32(-1)
	unreadableCustomer = int32(-2)
	firstPlaceholder   = int32(-3)
)

// longestID is how many bytes the id of a customer may have. What is longer is
// no id, and would take the memory that is meant for a million lines.
const longestID = 1024

// normaliser turns decoded rows into order lines, or sets them aside.
type normaliser struct {
	facts      [data.RoleCount]*entryFacts // of a role that the table lacks: those of marks alone
	buffers    []lineBuffer                // by partition
	flushAt    int                         // lines of a buffer that become a block
	flush      func(part int) error
	err        error // of flush; the first one stays
	fileCounts       // of the row group at hand
	keepRows   bool
	excludes   bool // products, statuses or currencies
	marks      bool // there are columns of marks
	versions   versionRule
	withoutIDs bool                             // orders have no ids, so that copies of files are looked for
	seen       [len(data.NamedRoles)][]data.Day // by code: the first day of a line that has the name
	rejects    []reject                         // only where rows are kept
	judged     []judgedLine                     // of the rows at hand
	open       openRun
}

// openRun is the run to which the last line was added. It ends with the batch,
// since entries do.
type openRun struct {
	buffer   *lineBuffer // nil: none
	customer int32       // entry
	time     int64
	order    uint64
}

// values are those of one row.
type values struct {
	time, amount, price, quantity int64
	order                         uint64
	flags                         LineFlags
}

// judgedLine is a row that is used, on its way to the buffer of its partition.
type judgedLine struct {
	values
	identity uint64
	codes    [len(data.NamedRoles)]uint32
	day      data.Day
	row      int32 // of the batch
	customer int32 // entry
}

// stretchRows is how many rows take one step after the other together: so few
// that what one leaves to the next stays in the cache, and so many that a step
// waits for many far places of memory at once.
const stretchRows = 256

// rows normalises all rows of a batch.
func (n *normaliser) rows(b *batch) {
	n.open.buffer = nil
	n.countValues(b)
	for from := 0; from < b.rows; from += stretchRows {
		n.judgeRows(b, from, min(from+stretchRows, b.rows))
		for k, role := range data.NamedRoles {
			if n.facts[role].present {
				n.nameLines(k, b.text[role])
			}
		}
		n.stageLines(b)
	}
}

// judgeRows sets rows [from, to) aside or makes lines of them, without names yet.
func (n *normaliser) judgeRows(b *batch, from, to int) {
	n.judged = columns.Resize(n.judged, to-from)
	used := 0
	for i := from; i < to; i++ {
		line := &n.judged[used]
		*line = judgedLine{values: values{time: b.time[i], quantity: data.MoneyScale, price: columns.Absent, amount: columns.Absent}, row: int32(i), customer: b.text[data.Customer][i]}
		v := &line.values
		if b.quantity != nil {
			v.quantity = b.quantity[i]
		}
		if b.price != nil {
			v.price = b.price[i]
		}
		if b.amount != nil {
			v.amount = b.amount[i]
		}
		why := n.judge(b, i, v)
		if why == Used {
			why = n.value(b, v)
		}
		if why == Used && n.facts[data.Currency].rates != nil {
			why = n.convert(b, i, v)
		}
		if why != Used {
			n.leaveOut(b, i, v, why)
			continue
		}
		n.classify(b, i, v)
		line.identity, line.day = n.identity(b, i, v), data.DayOfMicros(v.time)
		used++
	}
	n.judged = n.judged[:used]
}

// judge finds the first reason to set row i aside.
func (n *normaliser) judge(b *batch, i int, v *values) Reason {
	customer := n.facts[data.Customer].part[b.text[data.Customer][i]+2]
	product := n.facts[data.Product]
	switch {
	case customer >= 0 && v.time > columns.Placeholder && v.quantity > columns.Unreadable && v.price >= 0 && b.amount == nil && !n.excludes:
		return Used // nearly always
	case customer == unreadableCustomer || v.time == columns.Unreadable || v.quantity == columns.Unreadable || v.price == columns.Unreadable || v.amount == columns.Unreadable:
		return Unreadable
	case customer < 0:
		return NoCustomer
	case v.time == columns.Absent:
		return NoTime
	case v.quantity == columns.Absent || b.amount != nil && v.amount == columns.Absent || b.amount == nil && v.price == columns.Absent:
		return NoAmount
	case v.price != columns.Absent && v.price < 0:
		return NegativePrice
	case product.excluded != nil && product.excluded[b.text[data.Product][i]+2]:
		return Excluded
	case n.excludes && n.versions == noVersions && n.notBought(b, i):
		return ExcludedStatus
	case n.excludes && n.facts[data.Currency].excludes(b.text[data.Currency][i]):
		return OtherCurrency
	case v.time == columns.Placeholder:
		return PlaceholderDate
	}
	return Used
}

// value works out the amount where only the unit price is given, and compares
// the two where both are.
func (n *normaliser) value(b *batch, v *values) Reason {
	if v.price == columns.Absent {
		return Used
	}
	total, ok := columns.LineTotal(v.price, v.quantity)
	switch {
	case b.amount != nil:
		if b.quantity != nil && columns.Differ(v.amount, total) {
			n.mismatches++
		}
	case !ok:
		return Unreadable
	default:
		v.amount = total
	}
	return Used
}

// classify marks purchases and returns; the amount of a return becomes what
// it takes from the net value.
func (n *normaliser) classify(b *batch, i int, v *values) {
	order := n.facts[data.OrderID]
	entry := b.text[data.OrderID][i] + 2
	v.order = order.of[entry].hash
	switch status := n.facts[data.Status]; {
	case v.quantity < 0 || v.amount < 0 || order.isReturn != nil && order.isReturn[entry]:
		v.flags = FlagReturn
		if v.amount > 0 {
			v.amount = -v.amount
		}
	case status.isReturn != nil && status.isReturn[b.text[data.Status][i]+2]:
		v.flags = FlagReturn
		if status.ownDay != nil && status.ownDay[b.text[data.Status][i]+2] {
			v.amount = -v.amount
			break
		}
		v.amount = 0
		n.byStatus++
	case v.quantity > 0: // the amount is not negative here
		v.flags = FlagPurchase
	}
}

// nameLines gives the lines their names of one role, and notes on which day each
// name was first used.
func (n *normaliser) nameLines(k int, entries []int32) {
	of, weight := n.facts[data.NamedRoles[k]].of, data.NameWeights[k]
	for i := range n.judged {
		line := &n.judged[i]
		fact := &of[entries[line.row]+2]
		if line.day < fact.first {
			fact.first = line.day
		}
		line.codes[k] = fact.code
		line.identity += fact.hash * weight
	}
}

// stageLines puts the lines in the buffers of their partitions.
func (n *normaliser) stageLines(b *batch) {
	for i := range n.judged {
		line := &n.judged[i]
		row := int(line.row)
		if !n.left(b, row) {
			n.noteTime(line.time, line.flags == FlagPurchase)
			if n.marks && line.flags == FlagPurchase {
				n.countMarks(b, row)
			}
		}
		buf := n.bufferOf(line)
		buf.lines = append(buf.lines, stagedLine{line.amount, line.quantity, line.identity, line.codes, line.flags})
		if n.versions != noVersions {
			buf.versions = append(buf.versions, stagedVersion{n.lineKey(b, row, &line.values), n.version(b, row)})
		}
		if n.withoutIDs {
			customer := n.facts[data.Customer].entries.At(int(line.customer))
			hi, lo := bits.Mul64(columns.TextHash(customer)^0x9e3779b97f4a7c15, uint64(line.time)^line.identity^0xd6e8feb86659fd93)
			n.lines += hi ^ lo
		}
		if n.keepRows {
			buf.positions = append(buf.positions, b.position+uint64(row))
		}
	}
}

// bufferOf returns the buffer whose last run the line belongs to.
func (n *normaliser) bufferOf(line *judgedLine) *lineBuffer {
	o := &n.open
	buf := o.buffer
	switch {
	case buf == nil || o.customer != line.customer || len(buf.lines) >= n.flushAt:
		facts := n.facts[data.Customer]
		part := facts.part[line.customer+2]
		buf = &n.buffers[part]
		if len(buf.lines) >= n.flushAt {
			if err := n.flush(int(part)); n.err == nil {
				n.err = err
			}
		}
		buf.grow(n.flushAt)
		buf.addCustomer(facts.entries.At(int(line.customer)))
	case o.time == line.time && o.order == line.order:
		return buf
	}
	buf.addRun(line.time, line.order)
	n.open = openRun{buf, line.customer, line.time, line.order}
	return buf
}

// noteNames takes up when the names of the entries from one on were first used.
func (n *normaliser) noteNames(k int, from int) {
	for _, fact := range n.facts[data.NamedRoles[k]].of[from+2:] {
		for len(n.seen[k]) <= int(fact.code) {
			n.seen[k] = append(n.seen[k], never)
		}
		n.seen[k][fact.code] = min(n.seen[k][fact.code], fact.first)
	}
}

// identity folds what two equal lines have in common beside customer, order,
// time and names. Texts come as hashes, so that a sum of odd multiples tells
// them apart; the numbers are mixed by a product of 128 bits, as in wyhash
// (Wang Yi 2019).
func (n *normaliser) identity(b *batch, i int, v *values) uint64 {
	hi, lo := bits.Mul64(uint64(v.price)^0xa0761d6478bd642f, uint64(v.quantity)^0xe7037ed1a0b428db)
	h := hi ^ lo
	if b.amount != nil {
		h += uint64(b.amount[i]) * 0x8ebc6af09c88c6e3
	}
	if f := n.facts[data.Line]; f.present {
		h += f.of[b.text[data.Line][i]+2].hash * 0x9e3779b97f4a7c15
	}
	if f := n.facts[data.Status]; f.present {
		h += f.of[b.text[data.Status][i]+2].hash * 0xbf58476d1ce4e5b9
	}
	if f := n.facts[data.Currency]; f.present {
		h += f.of[b.text[data.Currency][i]+2].hash * 0x94d049bb133111eb
	}
	if n.left(b, i) { // it is no duplicate of a line that counts
		h ^= 1 << 63
	}
	if n.facts[data.Change].present { // nor is a row what it was before other changes
		h += uint64(n.version(b, i)) * 0xd6e8feb86659fd93
	}
	return h
}
