package models

// partition brings the rows that go left before those that go right, each in
// ascending order, and returns where the right ones begin.
func (g *grower) partition(n *grownNode) int {
	var goesLeft [256]uint8
	for bin := range goesLeft {
		if n.split.left.has(uint8(bin)) {
			goesLeft[bin] = 1
		}
	}
	rows := g.rows[n.from:n.to]
	if len(rows) < 2*blockRows || g.workers == 1 {
		return n.from + g.partitionAlone(rows, n.split.column, &goesLeft)
	}
	return n.from + g.partitionShared(rows, n.split.column, &goesLeft)
}

func (g *grower) room(n int) {
	for i := range g.scratch {
		if len(g.scratch[i]) < n {
			g.scratch[i] = make([]uint32, n)
		}
	}
}

func (g *grower) partitionAlone(rows []uint32, column int32, goesLeft *[256]uint8) int {
	g.room(len(rows))
	left := g.part(rows, column, goesLeft, rows, g.scratch[1])
	copy(rows[left:], g.scratch[1][:len(rows)-left])
	return left
}

// part writes the rows that go left to left, the others to right, and returns
// how many go left. left may be rows itself.
func (g *grower) part(rows []uint32, column int32, goesLeft *[256]uint8, left, right []uint32) int {
	if g.place != nil {
		return partDrawn(rows, g.drawn, g.data.byColumn[column], goesLeft, left, right)
	}
	bins := g.data.byColumn[column]
	left, right = left[:len(rows)], right[:len(rows)]
	l := 0
	for i, row := range rows {
		left[l], right[i-l] = row, row
		l += int(goesLeft[bins[row]])
	}
	return l
}

// partDrawn is part for rows that are numbers into others.
func partDrawn(rows, drawn []uint32, bins []uint8, goesLeft *[256]uint8, left, right []uint32) int {
	left, right = left[:len(rows)], right[:len(rows)]
	l := 0
	for i, row := range rows {
		left[l], right[i-l] = row, row
		l += int(goesLeft[bins[drawn[row]]])
	}
	return l
}

// partitionShared parts block by block and then moves the pieces together.
func (g *grower) partitionShared(rows []uint32, column int32, goesLeft *[256]uint8) int {
	g.room(len(g.rows))
	lefts := make([]int, blocksOf(len(rows))+1)
	eachBlock(g.workers, len(rows), func(block, from, to int) {
		lefts[block+1] = g.part(rows[from:to], column, goesLeft, g.scratch[0][from:to], g.scratch[1][from:to])
	})
	for i := 1; i < len(lefts); i++ {
		lefts[i] += lefts[i-1]
	}
	middle := lefts[len(lefts)-1]
	eachBlock(g.workers, len(rows), func(block, from, to int) {
		n := lefts[block+1] - lefts[block]
		copy(rows[lefts[block]:], g.scratch[0][from:from+n])
		copy(rows[middle+from-lefts[block]:], g.scratch[1][from:to-n])
	})
	return middle
}
