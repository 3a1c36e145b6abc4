package models

// histogram holds the packed sums of every bin of one column. Its size is
// fixed so that a byte as index needs no check.
type histogram [256]packed

// chunkColumns is how many histograms are filled at a time: they stay in the
// nearest cache together.
const chunkColumns = 16

// smallNode is the number of rows below which sharing out the work costs more
// than it saves.
const smallNode = 4096

// histograms fills into with the sums of the given rows, one histogram per
// column of the tree, in the order of g.columns.
func (g *grower) histograms(rows []uint32, into []histogram) {
	clear(into)
	size := chunkColumns
	if g.workers > 1 && len(rows) >= smallNode {
		size = min(size, (len(into)+g.workers-1)/g.workers)
	}
	chunks := (len(into) + size - 1) / size
	workers := g.workers
	if len(rows) < smallNode {
		workers = 1
	}
	each(workers, chunks, func(i int) {
		from, to := i*size, min((i+1)*size, len(into))
		g.fillChunk(rows, into[from:to], from)
	})
}

func (g *grower) fillChunk(rows []uint32, into []histogram, first int) {
	stride := len(g.data.columns)
	if len(g.columns) == stride {
		fillAdjacent(into, g.data.bins[first:], stride, rows, g.values)
		return
	}
	fillChosen(into, g.data.bins, stride, rows, g.values, g.columns[first:first+len(into)])
}

// fillAdjacent adds rows to the histograms of adjacent columns, of which bins
// starts at the first.
func fillAdjacent(into []histogram, bins []uint8, stride int, rows []uint32, values []packed) {
	width := len(into)
	for _, r := range rows {
		v := values[r]
		at := int(r) * stride
		row := bins[at : at+width]
		h := into[:len(row)]
		for k, bin := range row {
			h[k][bin] += v
		}
	}
}

// fillChosen adds rows to the histograms of the chosen columns.
func fillChosen(into []histogram, bins []uint8, stride int, rows []uint32, values []packed, columns []int32) {
	into = into[:len(columns)]
	for _, r := range rows {
		v := values[r]
		at := int(r) * stride
		row := bins[at : at+stride]
		for k, c := range columns {
			into[k][row[c]] += v
		}
	}
}

// subtract turns the histograms of a parent into those of the child whose
// sibling is given.
func subtract(parent, sibling []histogram, columns []int32, data *Binned) {
	for k := range parent {
		p, s := &parent[k], &sibling[k]
		for bin := range data.columns[columns[k]].count + 1 {
			p[bin] -= s[bin]
		}
	}
}
