package columns

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/internal/fsys"
)

// candidate is a column that a role could take, and what a sample shows of it.
type candidate struct {
	role    data.Role
	name    string
	tier    int
	order   parse.DateOrder // of times that are numbers, where that is known
	folder  bool            // a partition key in all files
	filled  float64         // share of the rows that hold something
	groups  [][]int64       // by sampled row group: its first rows; nil where its file lacks the column
	counted counted         // of its sample
	out     string          // why another is better; "": nothing speaks against it
}

// contest are the candidates of each role over all files, the better name first.
type contest [data.RoleCount][]*candidate

// newContest finds the candidates among the names of all files. Those of a mapped
// role are the mapped column alone.
func newContest(files []File, m data.Mapping) (c contest) {
	names, leaves := namesOfAll(files)
	taken := map[string]bool{}
	for r, want := range m {
		if at, err := data.FindMapped(r, want, names); err == nil && want != "" {
			c[r] = []*candidate{{role: r, name: names[at], folder: at >= leaves}}
			taken[names[at]] = true
		}
	}
	for r := range c {
		if _, mapped := m[data.Role(r)]; mapped {
			continue
		}
		for _, found := range data.Candidates(data.Role(r), names) {
			if !taken[names[found.At]] {
				c[r] = append(c[r], &candidate{role: data.Role(r), name: names[found.At], tier: found.Tier, folder: found.At >= leaves})
			}
		}
		slices.SortStableFunc(c[r], func(a, b *candidate) int {
			switch {
			case a.tier != b.tier:
				return a.tier - b.tier
			case a.folder == b.folder:
				return 0
			case a.folder:
				return 1
			}
			return -1
		})
	}
	return c
}

// namesOfAll joins the names of all files, those that are columns in any of them
// first.
func namesOfAll(files []File) (names []string, leaves int) {
	known := map[string]bool{}
	add := func(more []string) {
		for _, name := range more {
			if !known[name] {
				known[name] = true
				names = append(names, name)
			}
		}
	}
	for i := range files {
		add(files[i].names[:len(files[i].leaves)])
	}
	leaves = len(names)
	for i := range files {
		add(files[i].names[len(files[i].leaves):])
	}
	return names, leaves
}

const (
	judgedGroups = 24     // at most
	judgedRows   = 24_000 // over all row groups
	fewGroups    = 4
)

// judgedTasks are row groups spread over the rows of all files: few large ones, as
// a page may be as long as its row group, and more for times, which differ over
// the history.
func judgedTasks(files []File, times bool) []rowGroupOf {
	var tasks []rowGroupOf
	var ends []int64 // rows up to the end of each
	rows := int64(0)
	for f := range files {
		for g := range files[f].Footer.RowGroups {
			if n := files[f].Footer.RowGroups[g].Rows; n > 0 {
				rows += n
				tasks, ends = append(tasks, rowGroupOf{f, g}), append(ends, rows)
			}
		}
	}
	budget, least := int64(judgedRows), int64(1)
	if times {
		budget, least = max(6*judgedRows, rows/50), 2
	}
	groups := min(max(budget*int64(len(tasks))/max(rows, 1), least), judgedGroups)
	var picked []rowGroupOf
	for k := range groups {
		at, _ := slices.BinarySearch(ends, (2*k+1)*rows/(2*groups)+1)
		if at < len(tasks) && (len(picked) == 0 || picked[len(picked)-1] != tasks[at]) {
			picked = append(picked, tasks[at])
		}
	}
	return picked
}

// sampleCandidates reads the first rows of row groups spread over the files.
func sampleCandidates(ctx context.Context, fsy fsys.FS, files []File, wanted []*candidate, s Settings) ([]rowGroupOf, error) {
	times := slices.ContainsFunc(wanted, func(c *candidate) bool { return c.role == data.Time })
	tasks := judgedTasks(files, times)
	// Rows mostly stand in the order of time: the first of few row groups say
	// nothing of its days.
	spread := times && len(tasks) < fewGroups
	for _, t := range tasks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f := &files[t.file]
		if err := guard.Run(f.Path, func() error { return sampleGroup(fsy, f, t.group, judgedRows/len(tasks), spread, wanted, s) }); err != nil {
			return nil, &data.InputError{Path: f.Path, Err: err}
		}
	}
	for _, c := range wanted {
		c.filled = c.filledShare(files)
	}
	return tasks, nil
}

func sampleGroup(fsy fsys.FS, f *File, group, rows int, spread bool, wanted []*candidate, s Settings) error {
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return err
	}
	defer handle.Close()
	open := f.RowGroup(handle, group, s.MemoryBytes)
	rows = min(rows, open.Rows())
	every := 1
	if spread {
		every = max(open.Rows()/max(rows, 1), 1)
	}
	for _, c := range wanted {
		col := f.column(slices.Index(f.names, c.name))
		var values []int64
		switch {
		case !col.IsPresent || col.IsLeaf && col.Leaf.Physical == guard.Boolean:
		case col.IsLeaf:
			if values, err = sampleValues(open, col, c.converter(col, s), rows, every); err != nil {
				return err
			}
		default:
			values = slices.Repeat([]int64{c.textValue([]byte(col.Constant), s)}, rows)
		}
		c.groups = append(c.groups, values)
	}
	return nil
}

// sampleValues converts rows of a column, of every so many stretches the first;
// nulls are absent.
func sampleValues(group *RowGroup, col Column, convert Converter, rows, every int) ([]int64, error) {
	const stretch = 64 // rows that stand together, so that orders stay whole
	var cursor NumberCursor
	cursor.Convert = func(v guard.Values, out []int64) error {
		if every == 1 && !cursor.Page.Dictionary {
			out = out[:min(len(out), rows)] // the others of a long page are not looked at
		}
		return convert(v, out)
	}
	if err := cursor.Open(group, col.Leaf, col.Name); err != nil {
		return nil, err
	}
	values := make([]int64, 0, rows)
	for at := 0; len(values) < rows && at < group.Rows(); at += cursor.Rows {
		cursor.At = cursor.Rows
		if err := cursor.Next(); err != nil {
			return nil, err
		}
		if every == 1 {
			values = append(values, cursor.Values[:min(cursor.Rows, rows-len(values))]...)
			continue
		}
		for i, v := range cursor.Values[:cursor.Rows] {
			if (at+i)/stretch%every == 0 && len(values) < rows {
				values = append(values, v)
			}
		}
	}
	return values, nil
}

// word marks a value without a digit where a number is wanted.
const word = math.MaxInt64

// nothing marks a value that stands for none, such as an empty text.
const nothing = Placeholder

// Converter gives days for times, Money units for amounts, prices and quantities,
// and for texts and what cannot be read a number that tells values apart.
func (c *candidate) converter(col Column, s Settings) Converter {
	text := fromBytes(func(b []byte) int64 { return c.textValue(b, s) })
	var convert Converter
	var err error
	switch {
	case !IsNumber(c.role) || col.Leaf.Physical == guard.ByteArray && !col.Leaf.means(guard.Decimal):
		return text
	case c.role == data.Time:
		convert, err = timeConverter(col.Leaf, time.UTC, cmp.Or(c.order, s.DateOrder))
	default:
		decimals := 0
		if c.role != data.Quantity {
			decimals = col.moneyDecimals(s)
		}
		convert, err = fixedConverter(col.Leaf, moneyPoint, decimals)
	}
	if err != nil {
		return text
	}
	return func(v guard.Values, out []int64) error {
		if err := convert(v, out); err != nil {
			return err
		}
		for i, value := range out {
			switch {
			case value == Unreadable:
				out[i] = tellApart(v.At(i))
			case value > nothing && c.role == data.Time:
				out[i] = int64(data.DayOfMicros(value))
			}
		}
		return nil
	}
}

func tellApart(b []byte) int64 { return int64(TextHash(b) >> 1) }

// textValue is the number for a value as text, or as bytes of another type.
func (c *candidate) textValue(text []byte, s Settings) int64 {
	text = bytes.TrimSpace(text)
	if len(text) <= 4 && parse.IsMissing(string(text)) || c.role == data.Customer && len(bytes.Trim(text, "\x000")) == 0 {
		return nothing
	}
	switch c.role {
	case data.Time:
		if t, ok := parse.ParseWrittenTime(string(text), s.DateOrder); ok {
			return int64(data.DayOfMicros(t.Micros))
		}
		text = text[:min(len(text), len("2006-01-02"))]
	case data.Amount, data.Price, data.Quantity:
		for _, sign := range [...]parse.DecimalSign{s.Decimal, parse.DecimalComma} { // the whole column is not known here
			if value := parseFixed(text, moneyPoint.written(sign)); value != Unreadable {
				return value
			}
		}
		if !bytes.ContainsAny(text, "0123456789") {
			return word
		}
	}
	return tellApart(text)
}

// filledShare is the share of rows that hold something: nulls by the footers where
// they state them, empty texts by the sample.
func (c *candidate) filledShare(files []File) float64 {
	rows, nulls, empty := 0, 0, 0
	for _, values := range c.groups {
		rows += len(values)
		for _, v := range values {
			switch v {
			case Absent:
				nulls++
			case nothing:
				empty++
			}
		}
	}
	if rows == 0 {
		return 1
	}
	null := float64(nulls) / float64(rows)
	if stated, ok := c.statedNulls(files); ok {
		null = stated
	}
	return (1 - null) * (1 - float64(empty)/float64(max(rows-nulls, 1)))
}

// statedNulls is the share of nulls by the footers of the files that have the
// column; false where one of them does not say it.
func (c *candidate) statedNulls(files []File) (share float64, ok bool) {
	var rows, nulls int64
	for i := range files {
		col := files[i].column(slices.Index(files[i].names, c.name))
		if !col.IsLeaf || col.Leaf.Physical == guard.Float || col.Leaf.Physical == guard.Double { // in which NaN is none
			if col.IsLeaf {
				return 0, false
			}
			continue
		}
		for g := range files[i].Footer.RowGroups {
			chunk := &files[i].Footer.RowGroups[g].Chunks[col.Leaf.index]
			if !chunk.NullsStated || chunk.Nulls < 0 || chunk.Nulls > chunk.Values {
				return 0, false
			}
			rows, nulls = rows+chunk.Values, nulls+chunk.Nulls
		}
	}
	return float64(nulls) / float64(max(rows, 1)), rows > 0
}
