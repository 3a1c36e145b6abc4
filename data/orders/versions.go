package orders

import (
	"cmp"
	"slices"

	"winback/data"
	"winback/data/columns"
)

// versionRule says how several rows of one order line are distinguished.
type versionRule uint8

const (
	noVersions       versionRule = iota
	versionsCounted              // several rows of an order line are counted
	versionsByStage              // the one whose status has moved on furthest counts
	versionsByColumn             // the newest by the version column counts
)

// versionsOf finds the rule that the columns of the files allow.
func versionsOf(files []columns.File, m data.Mapping) versionRule {
	has := func(r data.Role) bool {
		return slices.ContainsFunc(files, func(f columns.File) bool { return f.Roles[r].IsPresent })
	}
	switch {
	case !has(data.OrderID) || !has(data.Line) && !has(data.Product):
		return noVersions
	case has(data.Version) && (has(data.Line) || has(data.Change) || m[data.Version] != "" || !data.IsLoadTime(versionName(files))):
		return versionsByColumn
	case has(data.Version): // by their product alone, rows that were loaded one after the other may be lines of one order
		return versionsCounted
	case has(data.Line) && has(data.Status):
		return versionsByStage
	case has(data.Line):
		return versionsCounted
	}
	return noVersions
}

func versionName(files []columns.File) string {
	for i := range files {
		if c := files[i].Roles[data.Version]; c.IsPresent {
			return c.Name
		}
	}
	return ""
}

// lineKey identifies the order line of a row within its order, shifted by one;
// the lowest bit says that the status of the row is excluded. It is 0 where there
// is nothing to identify it by. What was given back is a line of its own.
func (n *normaliser) lineKey(b *batch, i int, v *values) uint64 {
	excluded := uint64(0)
	if n.left(b, i) {
		excluded = 1
	}
	key := uint64(0)
	if f := n.facts[data.Line]; f.present {
		if entry := b.text[data.Line][i]; entry >= 0 {
			key = shortKey(f.entries.At(int(entry)), f.of[entry+2].hash)
		}
	} else {
		key = n.facts[data.Product].of[b.text[data.Product][i]+2].hash
	}
	if key == 0 || v.order == 0 {
		return excluded
	}
	if v.quantity < 0 || n.negative(b, i) {
		key = ^key
	}
	return key<<1 | excluded
}

// shortKey is a line number plus one where it is short, so that it takes a byte
// or two; else the hash.
func shortKey(text []byte, hash uint64) uint64 {
	if len(text) == 0 || len(text) > 4 || text[0] == '0' {
		return hash
	}
	number := uint64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return hash
		}
		number = 10*number + uint64(c-'0')
	}
	return number + 1
}

func (n *normaliser) negative(b *batch, i int) bool { return b.amount != nil && b.amount[i] < 0 }

// left says whether a row is staged only to stand for the newest version of its
// line: its status is excluded.
func (n *normaliser) left(b *batch, i int) bool {
	return n.versions != noVersions && n.excludes && n.notBought(b, i)
}

// version is that of a row: higher is newer.
func (n *normaliser) version(b *batch, i int) int64 {
	switch n.versions {
	case versionsByColumn:
		if b.version != nil && b.version[i] > columns.Placeholder {
			return b.version[i]
		}
	case versionsByStage:
		return int64(n.facts[data.Status].stages[b.text[data.Status][i]+2])
	}
	return 0
}

// lateCounts are what is found when histories are built.
type lateCounts struct {
	older, excluded int64
	// unsettled are lines beyond the first of one order line that nothing tells
	// the newest of.
	unsettled int64
}

const lateCountCount = 3

func (c *lateCounts) list() [lateCountCount]int64 {
	return [...]int64{c.older, c.excluded, c.unsettled}
}

func lateCountsOf(l [lateCountCount]int64) lateCounts { return lateCounts{l[0], l[1], l[2]} }

// lineVersion is a line of the histories with what tells versions apart.
type lineVersion struct {
	order, key uint64
	version    int64
	at         int32 // in the order of the histories
}

// openVersions reads identities, keys and versions of the lines.
func (b *historyBuilder) openVersions(opts *buildOptions) error {
	b.late = lateCounts{}
	if err := b.nextColumn(); err != nil { // identities
		return err
	}
	lines := 0
	if opts.versions != noVersions {
		lines = b.lines
	}
	b.lineKeys, b.versions = columns.Resize(b.lineKeys, lines), columns.Resize(b.versions, lines)
	at := 0
	for i := range b.blocks {
		r := &b.blocks[i]
		keys, versions := r.column(r.lines), r.column(r.lines)
		if r.err != nil {
			return r.err
		}
		if lines > 0 {
			unpack(keys, b.lineKeys[at:at+r.lines])
			unpack(versions, b.versions[at:at+r.lines])
			at += r.lines
		}
	}
	return nil
}

// mostCounted is up to how many lines of one customer other versions are counted:
// more are no person's.
const mostCounted = 1 << 14

// newest drops the older versions of order lines among the lines [from, to) of a
// customer, then those of excluded statuses, and returns where the rest ends.
func (b *historyBuilder) newest(from, to int32, opts *buildOptions) int32 {
	if opts.versions == versionsCounted && to-from > mostCounted {
		return to
	}
	h := &b.out
	b.sameLine = slices.Grow(b.sameLine[:0], int(to-from))
	excluded := false
	for i := from; i < to; i++ {
		key := b.lineKeys[b.order[i]]
		excluded = excluded || key&1 != 0
		if key>>1 != 0 {
			b.sameLine = append(b.sameLine, lineVersion{h.Order[i], key >> 1, b.versions[b.order[i]], i})
		}
	}
	slices.SortFunc(b.sameLine, func(x, y lineVersion) int {
		return cmp.Or(cmp.Compare(x.order, y.order), cmp.Compare(x.key, y.key), cmp.Compare(x.at, y.at))
	})
	gone := map[int32]bool(nil)
	for rest := b.sameLine; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].order == rest[0].order && rest[n].key == rest[0].key {
			n++
		}
		if n > 1 {
			gone = b.dropOlder(rest[:n], gone, opts)
		}
		rest = rest[n:]
	}
	if len(gone) == 0 && !excluded {
		return to
	}
	kept := from
	for i := from; i < to; i++ {
		line := b.order[i]
		why := Used
		if gone[i] {
			why = OlderVersion
			b.late.older++
		} else if b.lineKeys[line]&1 != 0 {
			why = ExcludedStatus
			b.late.excluded++
		}
		if why == Used {
			b.order[kept], h.Time[kept], h.Order[kept] = line, h.Time[i], h.Order[i]
			kept++
		} else if opts.onLate != nil {
			opts.onLate(why, b.positions[line])
		}
	}
	return kept
}

// dropOlder marks the lines of one order line that are not of the newest version.
// A status tells it only among rows of one moment: later ones may be events.
func (b *historyBuilder) dropOlder(same []lineVersion, gone map[int32]bool, opts *buildOptions) map[int32]bool {
	newest, oldest := same[0].version, same[0].version
	moments := false
	for _, l := range same[1:] {
		newest, oldest = max(newest, l.version), min(oldest, l.version)
		moments = moments || b.out.Time[l.at] != b.out.Time[same[0].at]
	}
	settled := opts.versions == versionsByColumn || opts.versions == versionsByStage && !moments && oldest > 0 && oldest < newest
	left := int64(0)
	for _, l := range same {
		if !settled || l.version == newest {
			left++
			continue
		}
		if gone == nil {
			gone = map[int32]bool{}
		}
		gone[l.at] = true
	}
	if opts.versions != versionsByColumn {
		b.late.unsettled += left - 1
	}
	return gone
}

// noteLate takes up what the building of a partition found.
func (o *Table) noteLate(c *lateCounts) {
	o.rejectsMu.Lock()
	defer o.rejectsMu.Unlock()
	o.late.older += c.older
	o.late.excluded += c.excluded
	o.late.unsettled += c.unsettled
}

// countLate adds what the first whole walk has found to what was set aside.
func (o *Table) countLate() {
	if o.lateKnown {
		return
	}
	o.lateKnown = true
	o.SetAside[OlderVersion] += o.late.older
	o.SetAside[ExcludedStatus] += o.late.excluded
}

// UnsettledVersions are lines beyond the first of one order and line number of
// which nothing tells the newest, so that all count. A walk finds them.
func (o *Table) UnsettledVersions() int64 { return o.late.unsettled }

// stageWords are how far orders of a status have come.
var stageWords = [...][]string{
	{"pending", "created", "placed", "new", "open", "draft", "hold", "unpaid", "received", "neu", "offen", "pendiente", "attente", "attesa", "nieuw"},
	{"paid", "processing", "process", "authorized", "approved", "confirmed", "invoiced", "progress", "accepted", "bezahlt", "bestatigt", "pagado", "paye", "pagato", "betaald"},
	{"shipped", "dispatched", "sent", "transit", "versandt", "versendet", "expedie", "enviado", "spedito", "verzonden"},
	{"delivered", "completed", "complete", "fulfilled", "closed", "done", "finished", "geliefert", "zugestellt", "abgeschlossen", "livre", "entregado", "completado", "consegnato", "completato", "geleverd", "voltooid"},
	{"cancelled", "canceled", "refunded", "returned", "voided", "failed", "rejected", "declined", "expired", "storniert", "erstattet", "annule", "cancelado", "reembolsado", "devuelto", "annullato", "rimborsato", "geannuleerd", "terugbetaald"},
}

// statusStage is how far an order of a status has come, 1 to 5; 0 where its words
// do not say.
func statusStage(status []byte) (stage uint8) {
	for _, word := range Words(string(status)) {
		for i, known := range stageWords {
			if slices.Contains(known, word) {
				stage = max(stage, uint8(i+1))
			}
		}
	}
	return stage
}
