package models

import (
	"math"
	"slices"
)

// Contributions writes what each column adds to the log-odds of each row of x
// into out, one entry per row and column: base, the mean log-odds of the
// training rows, and the entries of a row sum to its Margin but for rounding.
// They are exact Shapley values of the trees, where a column that is not known
// is averaged over the training rows of a node: the path-dependent TreeSHAP of
// Lundberg et al. (2020). Workers are goroutines, 0 for all processors, and
// change no result. It panics when the number of columns differs from the
// training's.
//
// Trees are taken one after the other, so that what was found out about one
// stays near while all rows ask for it, and columns one after the other.
func (e *Ensemble) Contributions(x *Matrix, out [][]float64, workers int) (base float64) {
	checkWidth(x, len(e.Levels))
	for i := range out {
		clear(out[i])
	}
	workers = min(workersOf(workers), 1+len(out)/256)
	coding := newCoding(e.Levels, e.Trees)
	var codes [][]uint8
	var sums [][]float64 // by column
	if coding != nil {
		codes = coding.codesOf(x, len(out), workers)
		sums = make([][]float64, len(x.Columns))
		for column := range sums {
			sums[column] = make([]float64, len(out))
		}
	}
	for _, nodes := range e.Trees {
		var answers *answerTables
		if coding != nil {
			answers = newAnswerTables(coding.questions(nodes, e.Levels))
		}
		each(workers, workers, func(w int) {
			g := newTreeGame(nodes, e.Levels)
			if w == 0 {
				base += g.mean()
			}
			from, to := len(out)*w/workers, len(out)*(w+1)/workers
			if answers != nil {
				g.addByCodes(answers, codes, from, to, sums)
				return
			}
			for row := from; row < to; row++ {
				g.answer(x, row)
				g.addAnswered(out[row])
			}
		})
	}
	if coding != nil {
		each(workers, workers, func(w int) { byRow(sums, out, len(out)*w/workers, len(out)*(w+1)/workers) })
	}
	return e.Prior + base
}

// byRow copies what stands in sums[column][row] for a stretch of rows to out[row][column].
func byRow(sums, out [][]float64, from, to int) {
	const few = 64 // rows that stay near while all columns are read
	for ; from < to; from += few {
		for column, sum := range sums {
			for row := from; row < min(from+few, to); row++ {
				out[row][column] = sum[row]
			}
		}
	}
}

// answerTables gives the answers of a row to all questions of a tree from the codes
// of its cells: bit k is set where the k-th question is answered by left.
type answerTables struct {
	columns []int32       // that the tree asks about
	bits    [][256]uint64 // of each of them, the answers to its questions by code
}

func newAnswerTables(nodes []binQuestion) *answerTables {
	t := &answerTables{}
	question := 0
	for i := range nodes {
		if nodes[i].column < 0 {
			continue
		}
		at := slices.Index(t.columns, nodes[i].column)
		if at < 0 {
			at = len(t.columns)
			t.columns, t.bits = append(t.columns, nodes[i].column), append(t.bits, [256]uint64{})
		}
		for code := range t.bits[at] {
			if nodes[i].goesLeft.has(uint8(code)) {
				t.bits[at][code] |= 1 << question
			}
		}
		question++
	}
	return t
}

// fill writes the answers of rows whose codes stand in codes[column][first:].
func (t *answerTables) fill(codes [][]uint8, first int, out []uint64) {
	clear(out)
	for k, column := range t.columns {
		of, table := codes[column][first:][:len(out)], &t.bits[k]
		for i := range out {
			out[i] |= table[of[i]]
		}
	}
}

// treeGame is one tree as a sum of games, one for each leaf: whoever knows a
// column multiplies the leaf's value by 1 or 0, as the row meets the leaf's
// condition on it or not, and whoever does not by the share of training rows
// that meet it. What a leaf adds is kept by the conditions that hold (as in Yang
// 2021), and what the tree adds by the row's answers to all questions.
type treeGame struct {
	nodes   []Node
	levels  [][]string
	answers []uint8 // of each question to the row at hand: 1 for left
	leaves  []leafGame
	columns []int32 // that the tree asks about
}

// leafGame is a leaf as a set of conditions, one per column on its path.
type leafGame struct {
	value   float64
	columns []int32   // positions in the columns of the tree
	shares  []float64 // of each column: training rows that meet its condition
	steps   []pathStep
	holds   []bool    // of each column: the row at hand meets it
	known   []int32   // by the conditions that hold, as bits: where parts has the answer, from 1
	parts   []float64 // one number per column each
}

// pathStep is one question on the way to a leaf.
type pathStep struct {
	node   int32
	answer uint8 // that leads on to the leaf
	column int32 // index into the leaf's columns
}

// mostConditions bounds the columns on a path of which is kept what they add.
const mostConditions = 10

func newTreeGame(nodes []Node, levels [][]string) *treeGame {
	g := &treeGame{nodes: nodes, levels: levels, answers: make([]uint8, len(nodes))}
	for i := range nodes {
		if f := nodes[i].Feature; f >= 0 && !slices.Contains(g.columns, f) {
			g.columns = append(g.columns, f)
		}
	}
	g.collect(0, leafGame{})
	return g
}

// collect lists the leaves under a node; path is the way there.
func (g *treeGame) collect(at int32, path leafGame) {
	n := &g.nodes[at]
	if n.Feature < 0 {
		path.value, path.holds = n.Value, make([]bool, len(path.columns))
		if d := len(path.columns); d <= mostConditions {
			path.known = make([]int32, 1<<d)
		}
		g.leaves = append(g.leaves, path)
		return
	}
	l, r := math.Max(g.nodes[n.Left].Rows, 0), math.Max(g.nodes[n.Right].Rows, 0)
	share := 0.5
	if l+r > 0 {
		share = l / (l + r)
	}
	column := int32(slices.Index(g.columns, n.Feature))
	g.collect(n.Left, path.with(column, at, 1, share))
	g.collect(n.Right, path.with(column, at, 0, 1-share))
}

// with returns the path with one more condition.
func (l leafGame) with(column, node int32, answer uint8, share float64) leafGame {
	l.columns, l.shares = slices.Clone(l.columns), slices.Clone(l.shares)
	k := slices.Index(l.columns, column)
	if k < 0 {
		k = len(l.columns)
		l.columns, l.shares = append(l.columns, column), append(l.shares, 1)
	}
	l.shares[k] *= share
	l.steps = append(slices.Clone(l.steps), pathStep{node, answer, int32(k)})
	return l
}

// mean is the output of the tree where nothing is known.
func (g *treeGame) mean() float64 {
	mean := 0.0
	for i := range g.leaves {
		share := 1.0
		for _, s := range g.leaves[i].shares {
			share *= s
		}
		mean += share * g.leaves[i].value
	}
	return mean
}

// addByCodes adds the contributions of rows, whose codes stand in codes[column][from:to],
// to the sums of the columns.
func (g *treeGame) addByCodes(t *answerTables, codes [][]uint8, from, to int, sums [][]float64) {
	var room [maskRows]uint64
	var at [maskRows]int32
	kept := map[uint64]int32{} // where the parts of answers begin
	var parts []float64
	for ; from < to; from += maskRows {
		answers := room[:min(maskRows, to-from)]
		t.fill(codes, from, answers)
		for i, key := range answers {
			begin, ok := kept[key]
			if !ok {
				g.setAnswers(key)
				begin = int32(len(parts))
				parts = append(parts, g.parts()...)
				kept[key] = begin
			}
			at[i] = begin
		}
		for k, c := range g.columns {
			column := sums[c][from:][:len(answers)]
			for i := range column {
				column[i] += parts[int(at[i])+k]
			}
		}
	}
}

// setAnswers takes the answers to the questions from bits.
func (g *treeGame) setAnswers(bits uint64) {
	for k := range g.nodes {
		if g.nodes[k].Feature >= 0 {
			g.answers[k] = uint8(bits & 1)
			bits >>= 1
		}
	}
}

// answer asks a row all questions.
func (g *treeGame) answer(x *Matrix, row int) {
	for k := range g.nodes {
		if n := &g.nodes[k]; n.Feature >= 0 {
			g.answers[k] = uint8(b2u(n.goesLeft(x.Columns[n.Feature][row], g.levels[n.Feature])))
		}
	}
}

// addAnswered adds what the tree contributes for the answers to a row of out.
func (g *treeGame) addAnswered(out []float64) {
	for k, part := range g.parts() {
		out[g.columns[k]] += part
	}
}

// parts are the contributions of the tree's columns for the answers.
func (g *treeGame) parts() []float64 {
	parts := make([]float64, len(g.columns))
	for k := range g.leaves {
		g.leaves[k].addContributions(g.answers, parts)
	}
	return parts
}

// addContributions adds what the leaf contributes for a row with the given
// answers.
func (l *leafGame) addContributions(answers []uint8, out []float64) {
	if l.known == nil {
		l.hold(answers)
		for k, part := range l.shapley() {
			out[l.columns[k]] += part
		}
		return
	}
	fails := uint32(0)
	for _, s := range l.steps {
		fails |= uint32(answers[s.node]^s.answer) << (s.column & 31)
	}
	pattern := int(^fails) & (len(l.known) - 1)
	if l.known[pattern] == 0 {
		l.hold(answers)
		l.known[pattern] = int32(len(l.parts)) + 1
		l.parts = append(l.parts, l.shapley()...)
	}
	parts := l.parts[l.known[pattern]-1:][:len(l.columns)]
	for k, c := range l.columns {
		out[c] += parts[k]
	}
}

// hold notes which conditions a row with the given answers meets.
func (l *leafGame) hold(answers []uint8) {
	for k := range l.holds {
		l.holds[k] = true
	}
	for _, s := range l.steps {
		if answers[s.node] != s.answer {
			l.holds[s.column] = false
		}
	}
}

// shapley returns the Shapley values of the leaf's game. For column j that is
// value × (holds − share) × the sum over the sets of the others of
// |S|! (d−1−|S|)! / d! × what they multiply by, in which the sets of one size
// are a coefficient of the product of (share + holds × z) over the others.
func (l *leafGame) shapley() []float64 {
	d := len(l.columns)
	parts := make([]float64, d)
	sizes := make([]float64, d) // coefficients by number of known columns
	for j := range parts {
		known := l.product(j, sizes)
		sum, weight := 0.0, 1/float64(d) // 0! (d−1)! / d!
		for k := 0; k <= known; k++ {
			sum += weight * sizes[k]
			weight *= float64(k+1) / math.Max(float64(d-1-k), 1)
		}
		own := -l.shares[j]
		if l.holds[j] {
			own++
		}
		parts[j] = l.value * own * sum
	}
	return parts
}

// product multiplies out the columns but j and returns the degree.
func (l *leafGame) product(j int, sizes []float64) (known int) {
	clear(sizes)
	sizes[0] = 1
	for i, share := range l.shares {
		if i == j {
			continue
		}
		if !l.holds[i] {
			for k := 0; k <= known; k++ {
				sizes[k] *= share
			}
			continue
		}
		known++
		for k := known; k > 0; k-- {
			sizes[k] = sizes[k]*share + sizes[k-1]
		}
		sizes[0] *= share
	}
	return known
}
