package orders

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
)

// mostValues is how many different values a column of statuses or currencies
// may have. What has more is none, and is not counted.
const mostValues = 1000

// valueCounts are the rows with each value of a column. A column of more than
// mostValues values has none, and many is true.
type valueCounts struct {
	rows map[string]int64
	many bool
}

func (c *valueCounts) add(value string, rows int64) {
	if c.many || rows == 0 {
		return
	}
	if c.rows == nil {
		c.rows = map[string]int64{}
	}
	c.rows[value] += rows
	if len(c.rows) > mostValues {
		c.rows, c.many = nil, true
	}
}

func (c *valueCounts) addAll(o *valueCounts) {
	for value, rows := range o.rows {
		c.add(value, rows)
	}
	if o.many {
		c.rows, c.many = nil, true
	}
}

// MarshalJSON writes null where there are too many values to count.
func (c valueCounts) MarshalJSON() ([]byte, error) {
	if c.many {
		return []byte("null"), nil
	}
	if c.rows == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(c.rows)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *valueCounts) UnmarshalJSON(text []byte) error {
	*c = valueCounts{}
	err := json.Unmarshal(text, &c.rows)
	c.many = c.rows == nil
	if len(c.rows) == 0 {
		c.rows = nil
	}
	return err
}

// ValueCount is a value of a column and how many rows have it; "" stands for
// rows without one.
type ValueCount struct {
	Value string
	Rows  int64
}

// list gives the values, the most frequent first.
func (c *valueCounts) list() []ValueCount {
	all := make([]ValueCount, 0, len(c.rows))
	for _, value := range slices.Sorted(maps.Keys(c.rows)) {
		all = append(all, ValueCount{value, c.rows[value]})
	}
	slices.SortStableFunc(all, func(a, b ValueCount) int { return cmp.Compare(b.Rows, a.Rows) })
	return all
}

// Statuses are the values of the status column in all rows, the most frequent
// first; none where there is no such column, or where it has more than a
// thousand values.
func (o *Table) Statuses() []ValueCount { return o.statuses.list() }

// Currencies are the values of the currency column in all rows, in upper case,
// the most frequent first; none where there is no such column.
func (o *Table) Currencies() []ValueCount { return o.currencies.list() }

// Settings are those that the orders were read with.
func (o *Table) Settings() Options { return o.opts }

// Column is the name of the column of a role in the first file that has one; ""
// where none has.
func (o *Table) Column(r data.Role) string {
	for _, f := range o.Files {
		if f.Roles[r].IsPresent {
			return f.Roles[r].Name
		}
	}
	return ""
}

// ManyStatuses says that the status column has so many values that they were
// not counted.
func (o *Table) ManyStatuses() bool { return o.statuses.many }

// excludes says whether lines are set aside for their value of a role.
func (opts *Options) excludes(r data.Role) bool {
	switch r {
	case data.Product:
		return len(opts.ExcludeProducts) > 0
	case data.Status:
		return len(opts.ExcludeStatuses) > 0
	case data.Currency:
		return opts.Currency != "" && opts.Rates == nil
	case data.Change:
		return true
	}
	return opts.marks[r]
}

// leavesOut says whether lines with a value are set aside.
func (opts *Options) leavesOut(r data.Role, value []byte) bool {
	switch r {
	case data.Product:
		return opts.ExcludeProducts.matches(value)
	case data.Status:
		return slices.Contains(opts.ExcludeStatuses, string(value))
	case data.Change:
		return takesBack(value)
	}
	if r.IsMark() {
		return true // entries without a text are no values
	}
	return currencyCode(value) != opts.Currency
}

// currencyCode folds the spellings of a currency.
func currencyCode(value []byte) string { return strings.ToUpper(string(bytes.TrimSpace(value))) }

func (f *entryFacts) excludes(entry int32) bool { return f.excluded != nil && f.excluded[entry+2] }

// openValues makes ready for what is noted of the values of statuses and
// currencies.
func (r *rowGroupReader) openValues(role data.Role, f *entryFacts) {
	f.counted, f.rates = nil, nil
	r.norm.excludes = r.norm.excludes || f.excluded != nil
	if !f.present || !slices.Contains(countedRoles[:], role) {
		return
	}
	f.counted = []int64{0, 0}
	if role != data.Currency {
		return
	}
	if f.excluded != nil { // a line without a currency is not in the one that is asked for
		f.excluded[0], f.excluded[1] = true, true
	}
	if r.shared.opts.Rates != nil {
		none := r.shared.opts.rateOf("")
		f.rates = []rateDays{none, none}
	}
}

// learnValues makes room for what is noted of new entries, and looks at what the
// values of statuses and currencies say.
func (r *rowGroupReader) learnValues(role data.Role, f *entryFacts, e *columns.Entries, from int) {
	if f.counted != nil {
		f.counted = append(f.counted[:from+2], make([]int64, e.Len()-from)...)
	}
	if role == data.Status {
		f.stages = f.stages[:from+2]
		for i := from; i < e.Len(); i++ {
			f.stages = append(f.stages, statusStage(e.At(i)))
		}
	}
	if f.rates != nil {
		f.rates = f.rates[:from+2]
		for i := from; i < e.Len(); i++ {
			f.rates = append(f.rates, r.shared.opts.rateOf(currencyCode(e.At(i))))
		}
	}
}

// countedRoles are those whose values are counted.
var countedRoles = [...]data.Role{data.Status, data.Currency, data.Change}

// countValues counts the statuses, currencies and changes of a batch.
func (n *normaliser) countValues(b *batch) {
	for _, role := range countedRoles {
		f := n.facts[role]
		if f.counted == nil {
			continue
		}
		for _, entry := range b.text[role] {
			f.counted[entry+2]++
		}
	}
}

// noteValues takes up the counts of the entries from one on. The marks are taken
// up with them.
func (n *normaliser) noteValues(role data.Role, from int) {
	f := n.facts[role]
	if f.counted == nil {
		return
	}
	counts := &n.statuses
	switch role {
	case data.Currency:
		counts = &n.currencies
	case data.Change:
		counts = &n.changes
	}
	counts.add("", f.counted[0]+f.counted[1])
	f.counted[0], f.counted[1] = 0, 0
	for i, rows := range f.counted[from+2:] {
		if rows == 0 {
			continue
		}
		value := f.entries.At(from + i)
		if role == data.Currency {
			counts.add(currencyCode(value), rows)
		} else {
			counts.add(string(bytes.TrimSpace(value)), rows)
		}
		f.counted[from+2+i] = 0
	}
}

// Snapshot is a file or folder that has lines of the whole history.
type Snapshot struct {
	Path  string
	Rows  int64
	Until int64 // the time of its last line
}

// Snapshots are the folders, or else the files, if each of them has lines from the first
// days of the history on up to its last tenth, and not far fewer than the others; the
// newest is the last. None where they are parts of the history.
func (o *Table) Snapshots() (all []Snapshot) {
	type reach struct{ rows, first, last int64 }
	place := func(f *ReadFile) string { return filepath.Dir(f.Path) }
	if len(o.Files) > 0 && !slices.ContainsFunc(o.Files, func(f ReadFile) bool { return place(&f) != place(&o.Files[0]) }) {
		place = func(f *ReadFile) string { return f.Path }
	}
	places := map[string]reach{}
	first, last, most := int64(math.MaxInt64), int64(math.MinInt64), int64(0)
	for i := range o.Files {
		f := &o.Files[i]
		if f.counts.firstTime > f.counts.lastTime {
			continue // no line of it counts
		}
		r, known := places[place(f)]
		if !known {
			r = reach{0, math.MaxInt64, math.MinInt64}
		}
		r = reach{r.rows + f.Rows, min(r.first, f.counts.firstTime), max(r.last, f.counts.lastTime)}
		places[place(f)] = r
		first, last, most = min(first, r.first), max(last, r.last), max(most, r.rows)
	}
	for _, path := range slices.Sorted(maps.Keys(places)) {
		r := places[path]
		if r.first-first > (last-first)/50 || last-r.last > (last-first)/10 || 2*r.rows < most || last-first < 60*data.MicrosPerDay {
			return nil
		}
		all = append(all, Snapshot{path, r.rows, r.last})
	}
	slices.SortStableFunc(all, func(a, b Snapshot) int { return cmp.Compare(a.Until, b.Until) })
	return all
}

// CopiedFiles are pairs of files with the same lines, the earlier first, where
// equal lines are not dropped.
func (o *Table) CopiedFiles() (pairs [][2]string) {
	type digest struct {
		lines uint64
		rows  int64
	}
	if o.build.dropDuplicates {
		return nil
	}
	first := map[digest]string{}
	for _, f := range o.Files {
		d := digest{f.counts.lines, f.Rows}
		if d.lines == 0 {
			continue
		}
		if path, known := first[d]; known {
			pairs = append(pairs, [2]string{path, f.Path})
		} else {
			first[d] = f.Path
		}
	}
	return pairs
}
