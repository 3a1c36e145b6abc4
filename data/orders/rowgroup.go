package orders

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"winback/data"
	"winback/data/columns"
	"winback/data/parse"
	"winback/internal/readahead"
)

// mostBatchRows bounds the rows that are normalised in one step.
const mostBatchRows = 1 << 16

// rowGroupReader decodes row groups of order files and hands their lines on. A
// worker owns one and uses it for one row group after the other.
type rowGroupReader struct {
	shared  *reading
	norm    normaliser
	texts   [data.RoleCount]columns.TextCursor
	numbers [data.RoleCount]columns.NumberCursor
	facts   [data.RoleCount]entryFacts
	known   [len(data.NamedRoles)]nameCache
	zeros   []int32      // entries of a partition value
	nothing []int32      // entries of a role that the table lacks
	sameDay []int64      // times of a partition value
	free    []int64      // prices of 0, where the table has no money
	headers *fileHeaders // of the file at hand; nil: nothing is carried
	fetched readahead.Fetched

	pooled    func(id []byte) []byte // of the file at hand; nil: customers keep their ids
	customers columns.Entries        // of the row group, as pooled
}

// read normalises all rows of a row group.
func (r *rowGroupReader) read(cols *columns.ByRole, group *columns.RowGroup, position uint64) error {
	err := r.eachBatch(cols, group, position, func(b *batch) error {
		r.norm.rows(b)
		return errors.Join(r.norm.err, r.shared.progress(b.rows))
	})
	if err == nil {
		r.noteNames()
	}
	return err
}

// eachBatch decodes all rows of a row group, stretch after stretch.
func (r *rowGroupReader) eachBatch(cols *columns.ByRole, group *columns.RowGroup, position uint64, do func(*batch) error) error {
	r.norm.excludes = false
	r.norm.withoutIDs = !cols[data.OrderID].IsPresent
	r.norm.versions = r.shared.opts.versions
	group.Fetch(&r.fetched, leavesOf(cols), r.shared.opts.memory()/fetchShare/int64(max(r.shared.opts.Workers, 1)))
	r.norm.marks = slices.ContainsFunc(data.MarkRoles[:], func(role data.Role) bool { return cols[role].IsPresent })
	if err := r.openTexts(cols, group); err != nil {
		return err
	}
	if err := r.openNumbers(cols, group); err != nil {
		return err
	}
	for left := group.Rows(); left > 0; {
		b := batch{rows: min(left, mostBatchRows), position: position}
		if err := r.fill(&b, cols); err != nil {
			return err
		}
		if r.headers != nil {
			r.carry(&b, cols)
		}
		if err := do(&b); err != nil {
			return err
		}
		r.advance(cols, b.rows)
		left -= b.rows
		position += uint64(b.rows)
	}
	return r.end(cols)
}

// leavesOf are the columns that are read, each once.
func leavesOf(cols *columns.ByRole) (leaves []columns.Leaf) {
	for role := range cols {
		c := &cols[role]
		if c.IsLeaf && data.Role(role) != data.Discount && !slices.ContainsFunc(leaves, func(l columns.Leaf) bool { return l.Name == c.Leaf.Name }) {
			leaves = append(leaves, c.Leaf)
		}
	}
	return leaves
}

func (r *rowGroupReader) openTexts(cols *columns.ByRole, group *columns.RowGroup) error {
	for _, role := range data.TextRoles {
		c := &r.texts[role]
		facts := &r.facts[role]
		r.norm.facts[role] = facts
		facts.reset(cols[role].IsPresent, role == data.Status || role == data.OrderID && len(r.shared.opts.Returns.OrderPrefixes) > 0, r.shared.opts.excludes(role))
		r.openValues(role, facts)
		if !cols[role].IsPresent {
			continue
		}
		c.Reset()
		c.Mark = role.IsMark()
		learn := func(e *columns.Entries, from int) { r.learn(role, e, from) }
		if !cols[role].IsLeaf {
			c.Entries.Add([]byte(cols[role].Constant))
			learn(&c.Entries, 0)
			continue
		}
		c.OnEntries = learn
		if err := c.Open(group, cols[role].Leaf, cols[role].Name); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowGroupReader) openNumbers(cols *columns.ByRole, group *columns.RowGroup) (err error) {
	for _, role := range [...]data.Role{data.Time, data.Amount, data.Price, data.Quantity, data.Version} {
		col := cols[role]
		if !col.IsLeaf {
			continue
		}
		c := &r.numbers[role]
		if c.Convert, err = r.shared.opts.found.Converter(role, col, r.shared.opts.columns()); err != nil {
			return fmt.Errorf("column %q: %w", col.Name, err)
		}
		if err := c.Open(group, col.Leaf, col.Name); err != nil {
			return err
		}
	}
	return nil
}

// fill decodes the next rows of all columns: as many as all pages at hand
// still hold, at most b.rows.
func (r *rowGroupReader) fill(b *batch, cols *columns.ByRole) error {
	for role := range cols {
		c := &r.texts[role]
		if cols[role].IsLeaf && columns.IsNumber(data.Role(role)) {
			n := &r.numbers[role]
			if err := n.Next(); err != nil {
				return err
			}
			b.rows = min(b.rows, n.Left())
		} else if cols[role].IsLeaf && data.Role(role) != data.Discount {
			if err := c.Next(); err != nil {
				return err
			}
			b.rows = min(b.rows, c.Left())
		}
	}
	number := func(role data.Role) []int64 {
		if !cols[role].IsLeaf {
			return nil
		}
		c := &r.numbers[role]
		return c.Values[c.At : c.At+b.rows]
	}
	b.amount, b.price, b.quantity = number(data.Amount), number(data.Price), number(data.Quantity)
	if b.amount == nil && b.price == nil { // --map amount= says so
		r.free = columns.Resize(r.free, b.rows)
		b.price = r.free
	}
	b.version = number(data.Version)
	if b.time = number(data.Time); b.time == nil {
		r.constantTime(b, cols[data.Time])
	}
	for _, role := range data.TextRoles {
		switch c := &r.texts[role]; {
		case cols[role].IsLeaf:
			b.text[role] = c.RowsAt[c.At : c.At+b.rows]
		case cols[role].IsPresent:
			r.zeros = columns.Resize(r.zeros, mostBatchRows)
			b.text[role] = r.zeros[:b.rows]
		default:
			for len(r.nothing) < b.rows {
				r.nothing = append(r.nothing, columns.NoText)
			}
			b.text[role] = r.nothing[:b.rows]
		}
	}
	return nil
}

// constantTime fills the times of a file whose day is a partition folder.
func (r *rowGroupReader) constantTime(b *batch, col columns.Column) {
	value := col.ConstantTime(r.shared.opts.columns())
	r.sameDay = columns.Resize(r.sameDay, b.rows)
	for i := range r.sameDay {
		r.sameDay[i] = value
	}
	b.time = r.sameDay
}

// end proves what follows the last rows of the columns.
func (r *rowGroupReader) end(cols *columns.ByRole) error {
	for role := range cols {
		c := &r.texts[role].PageCursor
		if columns.IsNumber(data.Role(role)) {
			c = &r.numbers[role].PageCursor
		}
		if !cols[role].IsLeaf || data.Role(role) == data.Discount {
			continue
		}
		if err := c.End(); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowGroupReader) advance(cols *columns.ByRole, rows int) {
	for role := range cols {
		switch {
		case !cols[role].IsLeaf || data.Role(role) == data.Discount:
		case columns.IsNumber(data.Role(role)):
			r.numbers[role].At += rows
		default:
			r.texts[role].At += rows
		}
	}
}

func (f *entryFacts) reset(present, marksReturns, marksExcluded bool) {
	f.present = present
	f.of = append(f.of[:0], entryFact{first: never}, entryFact{first: never})
	f.part = append(f.part[:0], unreadableCustomer, noCustomer)
	f.stages = append(f.stages[:0], 0, 0)
	f.isReturn, f.ownDay, f.excluded = nil, nil, nil
	if present && marksReturns {
		f.isReturn = []bool{false, false}
	}
	if present && marksExcluded {
		f.excluded = []bool{false, false}
	}
}

// learn works out, once per entry, what the lines need of it.
func (r *rowGroupReader) learn(role data.Role, e *columns.Entries, from int) {
	f := &r.facts[role]
	f.entries = e
	if role == data.Customer || role == data.OrderID {
		r.refuseShortened(role, e, from)
	}
	if role == data.Customer {
		e.CleanIDs(from, r.shared.opts.FoldIDs)
		if r.pooled != nil {
			e = r.poolCustomers(e, from)
			f.entries = e
		}
		f.part = slices.Grow(f.part[:from+2], e.Len()-from)[:e.Len()+2]
		for i := from; i < e.Len(); i++ {
			f.part[i+2] = r.partOf(e.At(i))
		}
		return
	}
	name := slices.Index(data.NamedRoles[:], role)
	if name >= 0 {
		r.norm.noteNames(name, from)
	}
	if f.counted != nil {
		r.norm.noteValues(role, from)
	}
	f.of = slices.Grow(f.of[:from+2], e.Len()-from)[:e.Len()+2]
	for i := from; i < e.Len(); i++ {
		fact := &f.of[i+2]
		*fact = entryFact{first: never}
		if value := e.At(i); len(value) > 0 && !blank(value) && !r.isNoName(role, value) {
			fact.hash = columns.TextHash(value)
			if name >= 0 {
				fact.code = r.known[name].code(r.shared.names[name], value, fact.hash)
			}
		}
	}
	if f.isReturn != nil {
		f.isReturn = r.learnReturns(role, e, f.isReturn[:from+2])
		if rules := &r.shared.opts.Returns; role == data.Status && len(rules.Types) > 0 {
			f.ownDay = append(f.ownDay[:min(from+2, len(f.ownDay))], make([]bool, max(from+2-len(f.ownDay), 0))...)
			for i := from; i < e.Len(); i++ {
				f.ownDay = append(f.ownDay, slices.Contains(rules.Types, string(e.At(i))))
			}
		}
	}
	if f.excluded != nil {
		f.excluded = f.excluded[:from+2]
		for i := from; i < e.Len(); i++ {
			f.excluded = append(f.excluded, f.of[i+2].hash != 0 && r.shared.opts.leavesOut(role, e.At(i)))
		}
	}
	r.learnValues(role, f, e, from)
}

// isNoName says whether a value is a word for none, and notes the word.
func (r *rowGroupReader) isNoName(role data.Role, value []byte) bool {
	k := slices.Index(noNameRoles, role)
	if k < 0 {
		return false
	}
	word := r.shared.noName.find(value)
	if word >= 0 {
		r.norm.faults.NoNames[k] |= 1 << word
	}
	return word >= 0
}

// poolCustomers are the entries with the ids of the pool; what stands for nobody stays
// as it is.
func (r *rowGroupReader) poolCustomers(e *columns.Entries, from int) *columns.Entries {
	r.customers.Truncate(from)
	for i := from; i < e.Len(); i++ {
		id := e.At(i)
		if r.partOf(id) >= 0 {
			id = r.pooled(id)
		}
		r.customers.Add(id)
	}
	return &r.customers
}

// refuseShortened makes ids an error that a spreadsheet has shortened, as different
// ones may have become one, and those that are JSON, of which a part is the id.
func (r *rowGroupReader) refuseShortened(role data.Role, e *columns.Entries, from int) {
	for i := from; i < e.Len() && r.norm.err == nil; i++ {
		value := e.At(i)
		if columns.IsJSON(value) {
			r.norm.err = fmt.Errorf("column %q as %s: want ids, found JSON such as %s: have the export write the id into a column of its own, or name another with --map %s=COLUMN", r.texts[role].Name, role, parse.ShortQuote(string(value)), role)
		} else if columns.IsShortened(value) {
			r.norm.err = fmt.Errorf("column %q as %s: want ids as they were written, found %q: a spreadsheet has shortened them, so that different ones may have become one; "+
				"export the column as text, or name another with --map %s=COLUMN", r.texts[role].Name, role, value, role)
		}
	}
}

// noteNames takes up when the names of the row group were first used.
func (r *rowGroupReader) noteNames() {
	for k := range data.NamedRoles {
		r.norm.noteNames(k, 0)
	}
	for _, role := range countedRoles {
		r.norm.noteValues(role, 0)
	}
}

func (r *rowGroupReader) partOf(customer []byte) int32 {
	switch {
	case len(customer) == 0 || blank(customer):
		return noCustomer
	case len(customer) > longestID:
		return unreadableCustomer
	}
	if word := r.shared.nobody.find(customer); word >= 0 {
		return firstPlaceholder - word
	}
	return int32(r.shared.split.of(customer))
}

func (r *rowGroupReader) learnReturns(role data.Role, e *columns.Entries, marks []bool) []bool {
	rules := &r.shared.opts.Returns
	for i := len(marks) - 2; i < e.Len(); i++ {
		value := e.At(i)
		switch {
		case blank(value):
			marks = append(marks, false)
		case role == data.Status:
			marks = append(marks, slices.Contains(rules.Statuses, string(value)) || slices.Contains(rules.Types, string(value)))
		default:
			marks = append(marks, hasAnyPrefix(value, rules.OrderPrefixes))
		}
	}
	return marks
}

// blank says whether a text is nothing but white space, which stands for a
// missing value.
func blank(text []byte) bool {
	return len(text) > 0 && text[0] <= ' ' && len(bytes.TrimSpace(text)) == 0
}

func hasAnyPrefix(value []byte, prefixes []string) bool {
	for _, p := range prefixes {
		if len(value) >= len(p) && string(value[:len(p)]) == p {
			return true
		}
	}
	return false
}
