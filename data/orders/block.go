package orders

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"

	"winback/data"
	"winback/data/columns"
)

// lineBuffer stages order lines of one partition until they become a block.
// Lines that follow each other and belong to one customer, order and moment
// form a run, so that what they share is kept once; runs of one customer that
// follow each other share its id.
type lineBuffer struct {
	ids       []byte
	customers []stagedCustomer
	runs      []stagedRun
	lines     []stagedLine
	versions  []stagedVersion // of each line; empty where no versions are kept
	positions []uint64        // file and row of each line; empty where rows set aside are not written out
	file      uint32          // number of the file that all lines came from, where a store keeps them
}

// stagedCustomer is where the id ends, and the first of the customer's runs.
type stagedCustomer struct{ idEnd, firstRun uint32 }

type stagedRun struct {
	time      int64  // microseconds of local time
	order     uint64 // identity of the order, 0 for none
	firstLine uint32
}

type stagedLine struct {
	amount, quantity int64
	identity         uint64                       // of all that two equal lines of a run have in common
	codes            [len(data.NamedRoles)]uint32 // of arrival
	flags            LineFlags
}

type stagedVersion struct {
	key     uint64 // of the order line, as lineKey makes it
	version int64
}

func (b *lineBuffer) reset() {
	b.ids, b.customers, b.runs = b.ids[:0], b.customers[:0], b.runs[:0]
	b.lines, b.versions, b.positions = b.lines[:0], b.versions[:0], b.positions[:0]
}

// grow makes room for so many lines, so that adding them does not allocate
// but for long ids.
func (b *lineBuffer) grow(lines int) {
	if cap(b.lines) >= lines {
		return
	}
	b.lines = slices.Grow(b.lines, lines-len(b.lines))
	b.runs = slices.Grow(b.runs, lines/2)
	b.customers = slices.Grow(b.customers, lines/2)
	b.ids = slices.Grow(b.ids, 8*lines)
}

func (b *lineBuffer) addCustomer(id []byte) {
	b.ids = append(b.ids, id...)
	b.customers = append(b.customers, stagedCustomer{uint32(len(b.ids)), uint32(len(b.runs))})
}

// addRun begins a run of the last customer.
func (b *lineBuffer) addRun(time int64, order uint64) {
	b.runs = append(b.runs, stagedRun{time, order, uint32(len(b.lines))})
}

func (b *lineBuffer) id(customer int) []byte {
	start := uint32(0)
	if customer > 0 {
		start = b.customers[customer-1].idEnd
	}
	return b.ids[start:b.customers[customer].idEnd]
}

// blockPadding is how many zeros end a block, so that the last number of a
// column can be read as eight bytes.
const blockPadding = 8

// blockEncoder packs staged lines into blocks, the unit in which partitions
// are kept in memory and on disk. FORMAT.md describes them.
type blockEncoder struct {
	out    []byte
	column []int64
	runs   []stagedRun // of histories
	counts []uint32    // runs of each customer of histories
}

// encode returns the lines as a block of its own memory.
func (e *blockEncoder) encode(b *lineBuffer) []byte {
	e.begin(blockCounts{len(b.lines), len(b.runs), len(b.customers), len(b.positions), int(b.file)})
	packIDs(e, len(b.customers), b.id)
	column := e.numbers(len(b.customers))
	for i, next := len(b.customers)-1, uint32(len(b.runs)); i >= 0; i-- {
		column[i] = int64(next - b.customers[i].firstRun)
		next = b.customers[i].firstRun
	}
	e.pack(wholeScales)
	e.packRuns(b.runs, len(b.lines))
	e.packPositions(b.positions)
	e.packLines(b.lines, b.versions)
	return e.end()
}

// blockCounts are the head of a block.
type blockCounts struct{ lines, runs, customers, positions, file int }

func (e *blockEncoder) begin(c blockCounts) {
	e.out = e.out[:0]
	for _, n := range [...]int{c.lines, c.runs, c.customers, c.positions, c.file} {
		e.out = binary.AppendUvarint(e.out, uint64(n))
	}
}

func (e *blockEncoder) end() []byte {
	e.out = append(e.out, make([]byte, blockPadding)...)
	return slices.Clone(e.out)
}

// numbers returns the scratch column, to be filled before pack.
func (e *blockEncoder) numbers(n int) []int64 {
	e.column = columns.Resize(e.column, n)
	return e.column
}

// packIDs writes the common prefix of the ids once, then the length and the
// bytes of each rest.
func packIDs[S string | []byte](e *blockEncoder, n int, id func(int) S) {
	var prefix S
	if n > 0 {
		prefix = id(0)
	}
	for i := 1; i < n && len(prefix) > 0; i++ {
		prefix = prefix[:commonPrefix(prefix, id(i))]
	}
	e.out = binary.AppendUvarint(e.out, uint64(len(prefix)))
	e.out = append(e.out, prefix...)
	column := e.numbers(n)
	for i := range column {
		column[i] = int64(len(id(i)) - len(prefix))
	}
	e.pack(wholeScales)
	for i := range n {
		e.out = append(e.out, id(i)[len(prefix):]...)
	}
}

func (e *blockEncoder) packRuns(runs []stagedRun, lines int) {
	column := e.numbers(len(runs))
	for i := range runs {
		column[i] = runs[i].time
	}
	e.pack(timeScales)
	for i := range runs {
		column[i] = int64(runs[i].order)
	}
	e.packWords(column)
	for i, next := len(runs)-1, uint32(lines); i >= 0; i-- {
		column[i] = int64(next - runs[i].firstLine)
		next = runs[i].firstLine
	}
	e.pack(wholeScales)
}

func (e *blockEncoder) packLines(lines []stagedLine, versions []stagedVersion) {
	e.packIdentities(lines)
	column := e.numbers(len(lines))
	e.packVersions(versions)
	for i := range lines {
		column[i] = lines[i].amount
	}
	e.pack(moneyScales)
	for i := range lines {
		column[i] = lines[i].quantity
	}
	e.pack(moneyScales)
	for k := range data.NamedRoles {
		e.packCodes(lines, k)
	}
	out := e.room(0, 1, 1, len(lines)) // also where all are alike, so that no block stands for more lines than it has bytes
	for i := range lines {
		out[i] = byte(lines[i].flags)
	}
}

func (e *blockEncoder) packIdentities(lines []stagedLine) {
	width := 0
	for i := range lines {
		if lines[i].identity != 0 {
			width = 8
			break
		}
	}
	out := e.room(0, 1, width, len(lines))
	for i := range lines {
		binary.LittleEndian.PutUint64(out, lines[i].identity)
		out = out[width:]
	}
}

// packCodes does what pack does without a copy of the column.
func (e *blockEncoder) packCodes(lines []stagedLine, k int) {
	low, high := uint32(math.MaxUint32), uint32(0)
	for i := range lines {
		low, high = min(low, lines[i].codes[k]), max(high, lines[i].codes[k])
	}
	low = min(low, high)
	width := widthOf(uint64(high - low))
	out := e.room(int64(low), 1, width, len(lines))
	for i := range lines {
		binary.LittleEndian.PutUint64(out, uint64(lines[i].codes[k]-low))
		out = out[width:]
	}
}

// packVersions writes two columns, of zeros where no versions are kept.
func (e *blockEncoder) packVersions(versions []stagedVersion) {
	if len(versions) == 0 {
		e.room(0, 1, 0, 0)
		e.room(0, 1, 0, 0)
		return
	}
	for i := range versions {
		e.column[i] = int64(versions[i].key)
	}
	e.pack(wholeScales)
	for i := range versions {
		e.column[i] = versions[i].version
	}
	e.pack(timeScales)
}

func (e *blockEncoder) packPositions(positions []uint64) {
	column := e.numbers(len(positions))
	for i, p := range positions {
		column[i] = int64(p)
	}
	e.pack(wholeScales)
}

func commonPrefix[S string | []byte](a, b S) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// pack writes the scratch column as offsets from its minimum, in the largest
// unit that divides them all, in the fewest bytes each.
func (e *blockEncoder) pack(scales scaleSet) {
	v := e.column
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	if len(v) == 0 {
		low, high = 0, 0
	}
	unit := unitOfAll(v, low, scales)
	width := widthOf(unit.of(uint64(high - low)))
	out := e.room(low, unit.scale, width, len(v))
	for _, x := range v { // each number writes over the bytes that the one before has too many
		binary.LittleEndian.PutUint64(out, unit.of(uint64(x-low)))
		out = out[width:]
	}
}

// widthOf is how many bytes numbers up to one take.
func widthOf(most uint64) int { return (bits.Len64(most) + 7) / 8 }

// packWords writes numbers that use all bits: eight bytes each, or none where
// all are 0.
func (e *blockEncoder) packWords(v []int64) {
	width := 0
	if slices.ContainsFunc(v, func(x int64) bool { return x != 0 }) {
		width = 8
	}
	out := e.room(0, 1, width, len(v))
	for _, x := range v {
		binary.LittleEndian.PutUint64(out, uint64(x))
		out = out[width:]
	}
}

// room writes the head of a column of n numbers and returns the room for them and
// some bytes beyond, which what follows writes over.
func (e *blockEncoder) room(low int64, scale uint64, width, n int) []byte {
	e.out = binary.AppendVarint(e.out, low)
	e.out = binary.AppendUvarint(e.out, scale)
	e.out = append(e.out, byte(width))
	at := len(e.out)
	e.out = slices.Grow(e.out, n*width+blockPadding)[:at+n*width]
	return e.out[at : at+n*width+blockPadding]
}

var errBlock = errors.New("damaged block of order lines")

// blockReader takes a block apart, column after column; the first fault sticks
// in err.
type blockReader struct {
	b   []byte
	err error
	blockCounts
}

// openBlock reads the head of a block.
func openBlock(block []byte) (blockReader, error) {
	r := blockReader{b: block}
	counts := [...]*int{&r.lines, &r.runs, &r.customers, &r.positions, &r.file}
	for _, n := range counts {
		*n = int(min(r.uvarint(), math.MaxUint32))
	}
	if r.err == nil && (r.customers > r.runs || r.runs > r.lines || r.positions > r.lines || r.lines > len(r.b)) {
		r.err = errBlock
	}
	return r, r.err
}

func (r *blockReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b)-blockPadding {
		r.err = errBlock
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *blockReader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errBlock
		return 0
	}
	r.b = r.b[n:]
	return x
}

// packed is a column of whole numbers as it stands in a block.
type packed struct {
	low, scale int64
	width      int
	b          []byte // from the first number to the end of the block
}

// column passes a column of n numbers.
func (r *blockReader) column(n int) packed {
	low, size := binary.Varint(r.b)
	if size <= 0 {
		r.err = errBlock
		return packed{}
	}
	r.b = r.b[size:]
	c := packed{low: low, scale: int64(r.uvarint())}
	if width := r.take(1); len(width) == 1 && width[0] <= 8 {
		c.width = int(width[0])
	} else {
		r.err = errBlock
	}
	c.b = r.b
	r.take(n * c.width)
	if r.err != nil {
		return packed{}
	}
	return c
}

// whole is any type that a column can be unpacked to.
type whole interface {
	~int64 | ~uint64 | ~int32 | ~uint32 | ~uint8
}

// unpack reads the first len(out) numbers of a column.
func unpack[T whole](c packed, out []T) {
	b, low, scale := c.b, T(c.low), T(c.scale)
	switch c.width {
	case 0:
		for i := range out {
			out[i] = low
		}
	case 1:
		b = b[:len(out)]
		for i, x := range b {
			out[i] = low + T(x)*scale
		}
	case 8:
		for i := range out {
			out[i] = low + T(binary.LittleEndian.Uint64(b[8*i:]))*scale
		}
	default:
		mask := uint64(1)<<(8*c.width) - 1
		for i := range out {
			out[i] = low + T(binary.LittleEndian.Uint64(b)&mask)*scale
			b = b[c.width:]
		}
	}
}

// ids passes the ids and returns their common prefix, the lengths of their
// rests and the bytes of these.
func (r *blockReader) ids(lengths []int32) (prefix []byte, ends []int32, rests []byte) {
	prefix = r.take(int(min(r.uvarint(), math.MaxInt32)))
	lengths = columns.Resize(lengths, r.customers)
	unpack(r.column(r.customers), lengths)
	total := int64(0)
	for i, n := range lengths {
		total += int64(n)
		if n < 0 || total > int64(len(r.b)) {
			r.err = errBlock
			return nil, lengths, nil
		}
		lengths[i] = int32(total)
	}
	return prefix, lengths, r.take(int(total))
}
