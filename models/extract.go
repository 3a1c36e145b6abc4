package models

import "encoding/binary"

// extract brings the bins of some rows and columns together, so that a tree
// that may ask about a part of the columns reads no others. From then on the
// grower's rows are numbers into what was brought together; the caller gives
// them values and weights.
func (g *grower) extract(rows []uint32, columns []int32) {
	g.columns, g.drawn = columns, rows
	g.stride = (len(columns) + groupColumns - 1) / groupColumns * groupColumns
	if size := len(rows) * g.stride; cap(g.binRoom) < size {
		g.binRoom = make([]uint8, size)
	}
	g.bins = g.binRoom[:len(rows)*g.stride]
	if g.place == nil {
		g.place = make([]int32, len(g.data.columns))
	}
	for k, c := range columns {
		g.place[c] = int32(k)
	}
	g.rows = g.rows[:0]
	for i := range rows {
		g.rows = append(g.rows, uint32(i))
	}
	eachBlock(g.workers, len(rows), func(_, from, to int) {
		for ; from < to; from += tileRows {
			part := rows[from:min(from+tileRows, to)]
			for first := 0; first < g.stride; first += groupColumns {
				g.extractGroup(part, columns[first:min(first+groupColumns, len(columns))], g.bins[from*g.stride+first:])
			}
		}
	})
}

// extractGroup copies the bins of up to groupColumns columns, a word per row;
// where they are fewer the last one stands for the missing.
func (g *grower) extractGroup(rows []uint32, columns []int32, out []uint8) {
	var from [groupColumns][]uint8
	for k := range from {
		from[k] = g.data.byColumn[columns[min(k, len(columns)-1)]]
	}
	n := g.data.rows
	c0, c1, c2, c3 := from[0][:n], from[1][:n], from[2][:n], from[3][:n]
	c4, c5, c6, c7 := from[4][:n], from[5][:n], from[6][:n], from[7][:n]
	at := 0
	for _, r := range rows {
		low := uint32(c0[r]) | uint32(c1[r])<<8 | uint32(c2[r])<<16 | uint32(c3[r])<<24
		high := uint32(c4[r]) | uint32(c5[r])<<8 | uint32(c6[r])<<16 | uint32(c7[r])<<24
		binary.LittleEndian.PutUint64(out[at:], uint64(low)|uint64(high)<<32)
		at += g.stride
	}
}
