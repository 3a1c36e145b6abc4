package report

// stageFills colours the stages from the most recent to the longest silent.
var stageFills = []string{"#2a9d8f", "#8ab17d", "#e9c46a", "#c9cfd6"}

// barWidth is the length of a full stacked bar.
const barWidth = 960

// stageRow is one stage with its part in the stacked bars of heads and value.
type stageRow struct {
	Stage
	Fill         string
	Heads, Value barPart
}

// barPart is a segment of a stacked bar.
type barPart struct {
	Share         float64 // of the whole bar
	X, Width, Mid px
	Labelled      bool // wide enough for its percentage
}

// stageRows lays out the stages; nil if there is no customer in any.
func stageRows(stages []Stage) []stageRow {
	var heads, value float64
	for _, s := range stages {
		heads += weight(float64(s.Customers))
		value += weight(s.PastValue)
	}
	if heads == 0 {
		return nil
	}
	rows := make([]stageRow, len(stages))
	var headsBefore, valueBefore float64
	for i, s := range stages {
		rows[i] = stageRow{Stage: s, Fill: stageFills[i%len(stageFills)],
			Heads: part(weight(float64(s.Customers)), headsBefore, heads),
			Value: part(weight(s.PastValue), valueBefore, value)}
		headsBefore += weight(float64(s.Customers))
		valueBefore += weight(s.PastValue)
	}
	return rows
}

// weight is x where it can be drawn as a length, else 0.
func weight(x float64) float64 {
	if known(x) && x > 0 {
		return x
	}
	return 0
}

// part places a segment of a bar of total length after what came before it.
func part(length, before, total float64) barPart {
	if total == 0 {
		return barPart{}
	}
	p := barPart{Share: length / total}
	p.X, p.Width = px(barWidth*before/total), px(barWidth*p.Share)
	p.Mid = p.X + p.Width/2
	p.Labelled = p.Width >= 54
	return p
}
