package models

import "math"

// design is the standardised matrix behind a logistic regression: numeric
// columns with mean 0 and spread 1 (0 where missing), an indicator for columns
// with missing values, and one indicator per level with enough rows.
type design struct {
	width  int // dense ones first, then the levels
	dense  int
	texts  int       // columns with levels
	cells  []float32 // row-major, dense
	levels []int32   // row-major: which level each column with levels has, -1 for none
	terms  []Term    // Low, High, Log, Mean of numeric columns
	parts  []designPart
}

// designPart says where the numbers of one column stand; -1: nowhere.
type designPart struct {
	value   int
	spread  float64
	missing int
	levels  []int
	text    int // among the columns with levels
}

func newDesign(t *Training, s *LogisticSettings) *design {
	d := &design{terms: make([]Term, len(t.X.Columns)), parts: make([]designPart, len(t.X.Columns))}
	workers := workersOf(s.Workers)
	present := make([][]float64, len(d.parts))
	each(workers, len(d.parts), func(c int) {
		if t.X.Levels[c] != nil {
			present[c] = levelWeights(t.X.Columns[c], len(t.X.Levels[c]), t.Weight)
			return
		}
		d.terms[c], d.parts[c].spread, present[c] = describe(t.X.Columns[c], t.Weight)
	})
	for c := range d.parts {
		if t.X.Levels[c] == nil {
			d.place(c, nil, present[c], s.MinRows)
		}
	}
	d.dense = d.width
	for c := range d.parts {
		if t.X.Levels[c] != nil {
			d.place(c, t.X.Levels[c], present[c], s.MinRows)
			d.parts[c].text = d.texts
			d.texts++
		}
	}
	d.cells = make([]float32, t.X.Rows()*d.dense)
	d.levels = make([]int32, t.X.Rows()*d.texts)
	eachBlock(workers, t.X.Rows(), func(_, from, to int) {
		for c := range d.parts {
			d.fill(c, t.X.Columns[c], from, to)
		}
	})
	return d
}

// place gives a column its numbers. present is the weight of each level, or of
// the known rows, and last of the missing ones.
func (d *design) place(c int, levels []string, present []float64, minRows float64) {
	part := &d.parts[c]
	part.value, part.missing = -1, -1
	next := func() int { d.width++; return d.width - 1 }
	known := present[:len(present)-1]
	if levels != nil {
		part.levels = make([]int, len(levels))
		for i, weight := range known {
			part.levels[i] = -1
			if weight >= minRows {
				part.levels[i] = next()
			}
		}
		if present[len(known)] >= minRows {
			part.missing = next()
		}
		return
	}
	if part.spread > 0 {
		part.value = next()
	}
	if min(present[0], present[1]) >= minRows {
		part.missing = next()
	}
}

// fill writes one column of a stretch of rows.
func (d *design) fill(c int, cells []float32, from, to int) {
	part, term := &d.parts[c], &d.terms[c]
	if part.levels != nil {
		for r := from; r < to; r++ {
			at := part.missing
			if level := levelIndex(cells[r], len(part.levels)); level >= 0 {
				at = part.levels[level]
			}
			d.levels[r*d.texts+part.text] = int32(at)
		}
		return
	}
	for r := from; r < to; r++ {
		row, x := d.cells[r*d.dense:(r+1)*d.dense], cells[r]
		switch {
		case x != x:
			if part.missing >= 0 {
				row[part.missing] = 1
			}
		case part.value >= 0:
			row[part.value] = float32((term.value(x) - term.Mean) / part.spread)
		}
	}
}

// levelWeights returns the weight of every level and last of missing.
func levelWeights(cells []float32, levels int, w []float32) []float64 {
	weights := make([]float64, levels+1)
	for r, x := range cells {
		level := levelIndex(x, levels)
		if level < 0 {
			level = levels
		}
		weights[level] += weightOf(w, r)
	}
	return weights
}

// skewed is the skewness above which a column without negative values is taken
// in logarithms: spend and counts, not days.
const skewed = 2

// describe measures a numeric column: how it is transformed, its spread, and
// the weight of known and missing rows. The spread is 0 for a constant.
func describe(cells []float32, w []float32) (t Term, spread float64, present []float64) {
	present = make([]float64, 2)
	t.Low, t.High = math.Inf(1), math.Inf(-1)
	for r, x := range cells {
		weight := weightOf(w, r)
		if x != x {
			present[1] += weight
			continue
		}
		present[0] += weight
		if weight > 0 {
			v := min(max(float64(x), -math.MaxFloat32), math.MaxFloat32)
			t.Low, t.High = min(t.Low, v), max(t.High, v)
		}
	}
	if !(t.Low < t.High) {
		return Term{}, 0, present
	}
	room := make([]float64, len(cells))
	mean, spread, skew := moments(&t, cells, w, room)
	if t.Low >= 0 && skew > skewed {
		t.Log = true
		mean, spread, _ = moments(&t, cells, w, room)
	}
	t.Mean = mean
	return t, spread, present
}

// moments returns mean, standard deviation and skewness of the known values.
// room has space for all of them.
func moments(t *Term, cells, w []float32, room []float64) (mean, spread, skew float64) {
	var weight, sum, squares, cubes float64
	for r, x := range cells {
		if x == x {
			room[r] = t.value(x)
			weight += weightOf(w, r)
			sum += weightOf(w, r) * room[r]
		}
	}
	mean = sum / weight
	for r, x := range cells {
		if x == x {
			away := room[r] - mean
			square := weightOf(w, r) * away * away
			squares += square
			cubes += square * away
		}
	}
	spread = math.Sqrt(squares / weight)
	if spread == 0 || math.IsInf(spread, 0) {
		return mean, 0, 0
	}
	return mean, spread, cubes / weight / (spread * spread * spread)
}
