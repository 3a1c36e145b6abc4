package columns

import (
	"context"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/internal/fsys"
)

// Clocks are where times stand that name their zone, and such that do not: a file, or a
// text as found; "" for none. Those of days alone are neither.
type Clocks struct {
	Zoned, Local string
	Offset       string // of a text, other than that of UTC
}

// LookAtClocks looks at the types of the times of all files, and of texts at a sample.
func LookAtClocks(ctx context.Context, fsy fsys.FS, files []File, found Readings, s Settings) (c Clocks, err error) {
	texts := false
	for i := range files {
		col := files[i].Roles[data.Time]
		if !col.IsLeaf {
			continue
		}
		switch l := col.Leaf; {
		case l.means(guard.Date):
		case l.means(guard.Timestamp):
			c.note(l.Logical.UTC, files[i].Path)
		case l.Physical == guard.Int96:
			c.note(false, files[i].Path)
		case l.countsTime():
			if order := found.timeOrder(l, s.DateOrder); order.Zoned() {
				c.note(true, files[i].Path)
			}
		default:
			texts = texts || found.numbers == parse.AnyDateOrder
		}
	}
	if !texts {
		return c, nil
	}
	return c, eachSampled(ctx, fsy, files, data.Time, s.MemoryBytes, func(text []byte) { c.see(strings.TrimSpace(string(text)), s.DateOrder) })
}

func (c *Clocks) note(zoned bool, where string) {
	if at := map[bool]*string{true: &c.Zoned, false: &c.Local}[zoned]; *at == "" {
		*at = where
	}
}

func (c *Clocks) see(text string, order parse.DateOrder) {
	t, ok := parse.ParseWrittenTime(text, order)
	if !ok || !t.HasTime {
		return
	}
	c.note(t.Zoned, text)
	if at := strings.LastIndexAny(text, "+-"); t.Zoned && at > len("2006-01-02") && c.Offset == "" && strings.Trim(text[at:], "+-0:") != "" {
		c.Offset = text[at:]
	}
}
