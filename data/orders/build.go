package orders

import (
	"bytes"
	"cmp"
	"math"
	"runtime/debug"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
)

// buildOptions are what the lines of all partitions need to become histories.
type buildOptions struct {
	names          *Names
	recodes        [len(data.NamedRoles)][]uint32 // code of arrival -> code in byte order
	namesUntil     int64                          // lines from this moment on get no names
	dropDuplicates bool
	repeatedTotals bool
	noDates        []data.Day // days whose lines are set aside
	versions       versionRule
	onLate         func(why Reason, position uint64) // older versions and excluded statuses
	onDuplicate    func(position uint64)
	onNoDate       func(position uint64)
}

// historyBuilder turns the blocks of a partition into histories: lines are
// grouped by customer, customers brought into byte order, lines into time
// order, duplicates dropped. It keeps its scratch space from one partition to
// the next.
//
// Runs are sorted, not lines, and the columns of the lines are unpacked one
// after the other once the order is known: what is touched at a time stays in
// the processor's cache.
type historyBuilder struct {
	blocks    []blockReader
	people    customerIndex
	rank      []int32 // of each customer in byte order
	keys      []idKey // customers, for sorting
	spare     []idKey
	lengths   []int32
	customers []int32  // of each run, in order of arrival
	arrived   []runKey // runs in order of arrival
	runs      []runKey // runs by customer and moment
	starts    []int32  // first run of each customer, and one beyond
	lines     int
	positions []uint64
	order     []int32             // place of arrival of each line of the histories
	numbers   []int64             // one column of the lines, in order of arrival
	codes     []uint32            // one column of names
	counted   map[uint64]struct{} // orders of one customer already counted, for repeated totals
	lineKeys  []uint64            // of lines in order of arrival, where versions are kept
	versions  []int64
	sameLine  []lineVersion
	late      lateCounts // of the last partition
	out       Histories
}

type idKey struct {
	key      uint64 // first eight bytes behind the common prefix
	customer int32
}

// runKey is a run of lines of one customer.
type runKey struct {
	time  int64
	order uint64
	first int32 // place of arrival of its first line
	lines int32
}

// compareRuns orders the runs of one customer by time, and those of the same
// time by order.
func compareRuns(x, y runKey) int {
	if x.time != y.time {
		return cmp.Compare(x.time, y.time)
	}
	return cmp.Compare(x.order, y.order)
}

// build returns the histories of a partition, valid until the next call, and
// how many duplicates were dropped.
func (b *historyBuilder) build(blocks [][]byte, opts *buildOptions) (*Histories, int64, error) {
	if err := b.open(blocks); err != nil {
		return nil, 0, err
	}
	b.rankCustomers()
	b.sortRuns()
	if err := b.openLines(opts); err != nil {
		return nil, 0, err
	}
	dropped := b.arrange(opts)
	b.shrinkRuns()
	b.nameCustomers()
	if err := b.gatherLines(opts); err != nil {
		return nil, 0, err
	}
	return &b.out, dropped, nil
}

// open reads the customers and runs of all blocks.
func (b *historyBuilder) open(blocks [][]byte) error {
	b.blocks = b.blocks[:0]
	lines, runs := 0, 0
	for _, block := range blocks {
		r, err := openBlock(block)
		if err != nil {
			return err
		}
		lines, runs = lines+r.lines, runs+r.runs
		b.blocks = append(b.blocks, r)
	}
	if lines > math.MaxInt32 {
		return errBlock
	}
	b.shrink(lines)
	b.lines = lines
	b.people.reset()
	b.customers, b.arrived = columns.Resize(b.customers, runs), columns.Resize(b.arrived, runs)
	run, line := 0, int32(0)
	for i := range b.blocks {
		r := &b.blocks[i]
		if err := b.openCustomers(r, b.customers[run:run+r.runs]); err != nil {
			return err
		}
		var err error
		if line, err = b.openRuns(r, b.arrived[run:run+r.runs], line); err != nil {
			return err
		}
		run += r.runs
	}
	return nil
}

// roomy is how many elements of scratch space are too many to keep.
const roomy = 1 << 19

// shrink gives scratch space back that one large partition has left.
func (b *historyBuilder) shrink(lines int) {
	if cap(b.order) > roomy && cap(b.order) > 4*lines {
		*b = historyBuilder{blocks: b.blocks}
	}
}

// shrinkRuns gives back what is no longer needed of a large partition, before
// the columns of its lines ask for as much again.
func (b *historyBuilder) shrinkRuns() {
	if cap(b.runs) > roomy {
		b.customers, b.arrived, b.runs = nil, nil, nil
		debug.FreeOSMemory()
	}
}

// openCustomers notes the customer of each run of a block.
func (b *historyBuilder) openCustomers(r *blockReader, customers []int32) error {
	prefix, ends, rests := r.ids(b.lengths)
	b.lengths = ends
	runs := r.column(r.customers)
	if r.err != nil {
		return r.err
	}
	b.numbers = columns.Resize(b.numbers, r.customers)
	unpack(runs, b.numbers)
	start := int32(0)
	for i, end := range ends {
		customer := b.people.add(prefix, rests[start:end])
		start = end
		n := b.numbers[i]
		if n < 0 || n > int64(len(customers)) {
			return errBlock
		}
		for k := range customers[:n] {
			customers[k] = customer
		}
		customers = customers[n:]
	}
	if len(customers) > 0 {
		return errBlock
	}
	return nil
}

// openRuns reads the runs of a block, whose lines arrive from line on, and
// returns the line behind them.
func (b *historyBuilder) openRuns(r *blockReader, runs []runKey, line int32) (int32, error) {
	times, orders, lines := r.column(r.runs), r.column(r.runs), r.column(r.runs)
	if r.err != nil {
		return 0, r.err
	}
	b.numbers = columns.Resize(b.numbers, r.runs)
	unpack(times, b.numbers)
	for i := range runs {
		runs[i].time = b.numbers[i]
	}
	unpack(orders, b.numbers)
	for i := range runs {
		runs[i].order = uint64(b.numbers[i])
	}
	unpack(lines, b.numbers)
	left := int64(r.lines)
	for i := range runs {
		n := b.numbers[i]
		if left -= n; n < 0 || left < 0 {
			return 0, errBlock
		}
		runs[i].first, runs[i].lines = line, int32(n)
		line += int32(n)
	}
	if left != 0 {
		return 0, errBlock
	}
	return line, nil
}

// rankCustomers sorts the customers by the bytes of their ids.
func (b *historyBuilder) rankCustomers() {
	p := &b.people
	n := p.len()
	b.keys, b.rank = columns.Resize(b.keys, n), columns.Resize(b.rank, n)
	if n == 0 {
		return
	}
	prefix := p.id(0)
	for c := range n {
		prefix = prefix[:commonPrefix(prefix, p.id(c))]
	}
	for c := range n {
		b.keys[c] = idKey{keyOf(p.id(c)[len(prefix):]), int32(c)}
	}
	b.spare = columns.Resize(b.spare, n)
	sortKeys(b.keys, b.spare)
	for i := 0; i < n; {
		same := i + 1
		for same < n && b.keys[same].key == b.keys[i].key {
			same++
		}
		if same > i+1 { // eight bytes do not decide
			slices.SortFunc(b.keys[i:same], func(x, y idKey) int { return bytes.Compare(p.id(int(x.customer)), p.id(int(y.customer))) })
		}
		i = same
	}
	for r, k := range b.keys {
		b.rank[k.customer] = int32(r)
	}
}

// sortRuns deals the runs to their customers and sorts each customer's.
func (b *historyBuilder) sortRuns() {
	customers := b.people.len()
	b.starts = columns.Resize(b.starts, customers+1)
	clear(b.starts)
	for i, c := range b.customers {
		c = b.rank[c]
		b.customers[i] = c
		b.starts[c+1]++
	}
	for c := range customers {
		b.starts[c+1] += b.starts[c]
	}
	if customers == 1 { // perhaps of a million orders
		b.runs, b.arrived = b.arrived, b.runs
		sortFew(b.runs)
		return
	}
	b.runs = columns.Resize(b.runs, len(b.arrived))
	next := b.rank // the ranks are no longer needed
	copy(next, b.starts)
	for i, c := range b.customers {
		b.runs[next[c]] = b.arrived[i]
		next[c]++
	}
	for c := range customers {
		sortFew(b.runs[b.starts[c]:b.starts[c+1]])
	}
}

// fewRuns is up to how many runs are sorted by insertion.
const fewRuns = 16

func sortFew(runs []runKey) {
	if len(runs) > fewRuns {
		slices.SortFunc(runs, compareRuns)
		return
	}
	for i := 1; i < len(runs); i++ {
		r := runs[i]
		k := i
		for k > 0 && (r.time < runs[k-1].time || r.time == runs[k-1].time && r.order < runs[k-1].order) {
			runs[k] = runs[k-1]
			k--
		}
		runs[k] = r
	}
}

// openLines reads what tells equal lines apart.
func (b *historyBuilder) openLines(opts *buildOptions) error {
	b.positions = b.positions[:0]
	for i := range b.blocks {
		r := &b.blocks[i]
		c := r.column(r.positions)
		if r.err != nil || opts.onDuplicate != nil && r.positions != r.lines {
			return errBlock
		}
		if opts.onDuplicate != nil {
			at := len(b.positions)
			b.positions = append(b.positions, make([]uint64, r.positions)...)
			unpack(c, b.positions[at:])
		}
	}
	return b.openVersions(opts)
}

// nextColumn unpacks the next column of the lines into the scratch column.
func (b *historyBuilder) nextColumn() error {
	b.numbers = columns.Resize(b.numbers, b.lines)
	at := 0
	for i := range b.blocks {
		r := &b.blocks[i]
		c := r.column(r.lines)
		if r.err != nil {
			return r.err
		}
		unpack(c, b.numbers[at:at+r.lines])
		at += r.lines
	}
	return nil
}

// arrange lays out the histories, with the identities of the lines in the
// scratch column: start, time and order of their lines, and
// where these arrived. Lines of the same order and moment are ordered by their
// identity, so that the order of files and rows leaves no trace; of equal ones
// the first is kept where duplicates are dropped.
func (b *historyBuilder) arrange(opts *buildOptions) (dropped int64) {
	h, n := &b.out, b.lines
	b.order = columns.Resize(b.order, n)
	h.Time, h.Order = columns.Resize(h.Time, n), columns.Resize(h.Order, n)
	h.Start = columns.Resize(h.Start, b.people.len()+1)
	kept := int32(0)
	people := 0 // with a line that is left
	for c := range b.people.len() {
		h.Start[people] = kept
		runs := b.runs[b.starts[c]:b.starts[c+1]]
		for len(runs) > 0 {
			run := runs[0]
			if len(opts.noDates) > 0 && slices.Contains(opts.noDates, data.DayOfMicros(run.time)) {
				b.leaveOut(run, opts)
				runs = runs[1:]
				continue
			}
			first := kept
			for len(runs) > 0 && runs[0].time == run.time && runs[0].order == run.order {
				for line := runs[0].first; line < runs[0].first+runs[0].lines; line++ {
					b.order[kept] = line
					kept++
				}
				runs = runs[1:]
			}
			if kept > first+1 {
				b.sortEqual(b.order[first:kept])
			}
			if opts.dropDuplicates && kept > first+1 {
				all := kept
				kept = first + b.dropEqual(b.order[first:kept], opts)
				dropped += int64(all - kept)
			}
			for i := first; i < kept; i++ {
				h.Time[i], h.Order[i] = run.time, run.order
			}
		}
		if opts.versions != noVersions {
			kept = b.newest(h.Start[people], kept, opts)
		}
		if kept > h.Start[people] {
			b.keys[people] = b.keys[c]
			people++
		}
	}
	h.Start[people] = kept
	h.Start, b.keys = h.Start[:people+1], b.keys[:people]
	b.order, h.Time, h.Order = b.order[:kept], h.Time[:kept], h.Order[:kept]
	return dropped
}

// leaveOut tells of the lines of a run that are set aside.
func (b *historyBuilder) leaveOut(run runKey, opts *buildOptions) {
	if opts.onNoDate == nil {
		return
	}
	for _, position := range b.positions[run.first : run.first+run.lines] {
		opts.onNoDate(position)
	}
}

// sortEqual sorts lines of the same order and moment by their identity.
func (b *historyBuilder) sortEqual(lines []int32) {
	if len(lines) > fewRuns {
		slices.SortFunc(lines, func(x, y int32) int {
			if b.numbers[x] != b.numbers[y] {
				return cmp.Compare(b.numbers[x], b.numbers[y])
			}
			return cmp.Compare(x, y)
		})
		return
	}
	for i := 1; i < len(lines); i++ {
		line := lines[i]
		key := b.numbers[line]
		k := i
		for k > 0 && key < b.numbers[lines[k-1]] {
			lines[k] = lines[k-1]
			k--
		}
		lines[k] = line
	}
}

// dropEqual keeps the first of equal lines and returns how many are left.
func (b *historyBuilder) dropEqual(lines []int32, opts *buildOptions) int32 {
	kept := int32(0)
	for i, line := range lines {
		if i == 0 || b.numbers[line] != b.numbers[lines[kept-1]] {
			lines[kept] = line
			kept++
			continue
		}
		if opts.versions != noVersions {
			b.versions[lines[kept-1]] = max(b.versions[lines[kept-1]], b.versions[line])
		}
		if opts.onDuplicate == nil {
			continue
		}
		last := lines[kept-1]
		opts.onDuplicate(max(b.positions[line], b.positions[last]))
		b.positions[last] = min(b.positions[line], b.positions[last])
	}
	return kept
}

// nameCustomers writes down the ids, in one text for all.
func (b *historyBuilder) nameCustomers() {
	var ids strings.Builder
	ids.Grow(len(b.people.ids))
	for _, k := range b.keys {
		ids.Write(b.people.id(int(k.customer)))
	}
	all, at := ids.String(), 0
	b.out.IDs = make([]string, len(b.keys))
	for r, k := range b.keys {
		size := len(b.people.id(int(k.customer)))
		b.out.IDs[r] = all[at : at+size]
		at += size
	}
}
