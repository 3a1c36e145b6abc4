package models

// histogram holds the packed sums of every bin of one column. Its size is
// fixed so that a byte as index needs no check.
type histogram [256]packed

// groupColumns is how many histograms are filled at a time: they stay in the
// nearest cache together, and their bins stand in one machine word.
const groupColumns = 8

// tileRows is how many rows are added to one group after the other, so that
// what was fetched for the first group is still near for the last.
const tileRows = 1024

// smallNode is the number of rows below which sharing out the work costs more
// than it saves.
const smallNode = 4096

// histograms fills into with the sums of the given rows, one histogram per
// place. Workers take a share of the rows each; sums of whole
// numbers do not depend on how they are shared.
func (g *grower) histograms(rows []uint32, into []histogram) {
	workers := g.workers
	if len(rows) < smallNode {
		workers = 1
	}
	parts := make([][]histogram, workers)
	parts[0] = into
	for i := 1; i < workers; i++ {
		parts[i] = g.take()
	}
	each(workers, workers, func(i int) {
		clear(parts[i])
		g.addRows(parts[i], rows[len(rows)*i/workers:len(rows)*(i+1)/workers])
	})
	for _, part := range parts[1:] {
		addHistograms(into, part)
		g.spare = append(g.spare, part)
	}
}

// addRows adds rows to the histograms of all groups with a chosen column.
func (g *grower) addRows(into []histogram, rows []uint32) {
	var values [tileRows]packed
	for len(rows) > 0 {
		tile := rows[:min(tileRows, len(rows))]
		rows = rows[len(tile):]
		of := values[:len(tile)]
		if first, last := int(tile[0]), int(tile[len(tile)-1]); last-first == len(tile)-1 {
			of = g.values[first : last+1] // no row is left out: they come by themselves
		} else {
			g.fetch(tile, of)
		}
		for _, first := range g.groups {
			addGroup((*[groupColumns]histogram)(into[first:]), g.bins[first:], g.stride, tile, of)
		}
	}
}

// fetch copies the values of rows and looks at their bins once. With so little
// to do for each row the processor waits for many rows at a time, where
// addGroup would wait for one after the other. What it returns is of no use
// but to keep the looking.
//
//go:noinline
func (g *grower) fetch(rows []uint32, values []packed) (seen uint8) {
	stride, bins := g.stride, g.bins
	values = values[:len(rows)]
	for i, r := range rows {
		values[i] = g.values[r]
		seen ^= bins[int(r)*stride]
	}
	return seen
}

// addGroup adds rows, with their values, to the histograms of the group whose
// bins stand first in every row.
func addGroup(into *[groupColumns]histogram, bins []uint8, stride int, rows []uint32, values []packed) {
	values = values[:len(rows)]
	for i, r := range rows {
		v := values[i]
		at := int(r) * stride
		row := bins[at : at+groupColumns : at+groupColumns]
		into[0][row[0]] += v
		into[1][row[1]] += v
		into[2][row[2]] += v
		into[3][row[3]] += v
		into[4][row[4]] += v
		into[5][row[5]] += v
		into[6][row[6]] += v
		into[7][row[7]] += v
	}
}

func addHistograms(into, part []histogram) {
	for k := range into {
		a, b := &into[k], &part[k]
		for bin := range a {
			a[bin] += b[bin]
		}
	}
}

// subtract turns the histograms of a parent into those of the child whose
// sibling is given.
func (g *grower) subtract(parent, sibling []histogram) {
	for _, c := range g.columns {
		p, s := &parent[g.at(c)], &sibling[g.at(c)]
		for bin := range g.data.columns[c].count + 1 {
			p[bin] -= s[bin]
		}
	}
}
