package models

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// The words that open a model file; FORMAT.md describes what follows.
const (
	formatName    = "winback-model"
	formatVersion = "1"

	kindTree       = "tree"
	kindEnsemble   = "ensemble"
	kindForest     = "forest"
	kindLogistic   = "logistic"
	kindCalibrated = "calibrated"
)

// Write saves a model as text, as described in FORMAT.md. The same model gives
// the same bytes, and Read gives back every number exactly.
func Write(w io.Writer, m Model) error {
	p := &printer{out: bufio.NewWriter(w)}
	if err := p.model(m, true); err != nil {
		return err
	}
	p.line("end")
	return p.out.Flush()
}

// printer writes lines of words. Errors of the writer stay in out until the
// flush.
type printer struct {
	out  *bufio.Writer
	word bool // the line has a word
	room []byte
}

func (p *printer) text(s string) *printer {
	if p.word {
		p.out.WriteByte(' ')
	}
	p.word = true
	p.out.WriteString(s)
	return p
}

func (p *printer) int(i int) *printer { return p.text(strconv.Itoa(i)) }

func (p *printer) quoted(s string) *printer { return p.text(strconv.Quote(s)) }

func (p *printer) number(x float64) *printer {
	p.room = strconv.AppendFloat(p.room[:0], x, 'g', -1, 64)
	return p.text(string(p.room))
}

func (p *printer) flag(b bool, yes, no string) *printer {
	if b {
		return p.text(yes)
	}
	return p.text(no)
}

func (p *printer) end() {
	p.out.WriteByte('\n')
	p.word = false
}

func (p *printer) line(words ...string) {
	for _, w := range words {
		p.text(w)
	}
	p.end()
}

// model writes the body of a model; only the outermost may be calibrated.
func (p *printer) model(m Model, outermost bool) error {
	kind := ""
	switch m := m.(type) {
	case *Tree:
		kind = kindTree
		p.line(formatName, formatVersion, kind)
		p.tree(m)
	case *Ensemble:
		kind = kindEnsemble
		p.line(formatName, formatVersion, kind)
		p.ensemble(m)
	case *Forest:
		kind = kindForest
		p.line(formatName, formatVersion, kind)
		p.columns(m.Names, m.Levels, nil)
		p.trees(m.Trees, m.Levels)
	case *Logistic:
		kind = kindLogistic
		p.line(formatName, formatVersion, kind)
		p.logistic(m)
	case *Calibrated:
		if !outermost {
			return fmt.Errorf("write model: a calibrated model inside another")
		}
		p.line(formatName, formatVersion, kindCalibrated)
		if err := p.steps(m.Steps); err != nil {
			return err
		}
		return p.model(m.Model, false)
	default:
		return fmt.Errorf("write model: kind %T has no format", m)
	}
	return nil
}

// columns writes names and levels. missing is nil, or says which columns had
// missing values.
func (p *printer) columns(names []string, levels [][]string, missing []bool) {
	p.text("columns").int(len(names)).end()
	for i, name := range names {
		if levels[i] == nil {
			p.text("numeric").quoted(name)
		} else {
			p.text("category").quoted(name).int(len(levels[i]))
		}
		if missing != nil && missing[i] {
			p.text("missing")
		}
		p.end()
		for _, level := range levels[i] {
			p.text("level").quoted(level).end()
		}
	}
}

func (p *printer) tree(t *Tree) {
	p.columns(t.Names, t.Levels, t.Missing)
	p.nodes(t.Nodes, t.Levels)
}

func (p *printer) ensemble(e *Ensemble) {
	p.columns(e.Names, e.Levels, nil)
	p.text("prior").number(e.Prior).end()
	p.trees(e.Trees, e.Levels)
}

func (p *printer) trees(trees [][]Node, levels [][]string) {
	p.text("trees").int(len(trees)).end()
	for _, nodes := range trees {
		p.nodes(nodes, levels)
	}
}

func (p *printer) nodes(nodes []Node, levels [][]string) {
	p.text("nodes").int(len(nodes)).end()
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.Feature < 0:
			p.text("leaf")
		case levels[n.Feature] == nil:
			p.text("number").question(n).number(n.Threshold)
		default:
			p.text("levels").question(n).int(len(n.LeftLevels))
			for _, level := range n.LeftLevels {
				p.int(int(level))
			}
		}
		p.number(n.Value).number(n.Rows).number(n.Positives).end()
	}
}

// question writes what both kinds of question have.
func (p *printer) question(n *Node) *printer {
	return p.int(int(n.Feature)).int(int(n.Left)).int(int(n.Right)).flag(n.MissingLeft, "left", "right").number(n.Gain)
}

func (p *printer) logistic(l *Logistic) {
	p.columns(l.Names, l.Levels, nil)
	p.text("intercept").number(l.Intercept).end()
	for i := range l.Terms {
		t := &l.Terms[i]
		p.text("term").number(t.Missing)
		if l.Levels[i] == nil {
			p.flag(t.Log, "log", "plain").number(t.Low).number(t.High).number(t.Mean).number(t.Weight)
		}
		p.end()
		for _, w := range t.LevelWeights {
			p.text("weight").number(w).end()
		}
	}
}

func (p *printer) steps(steps []Calibration) error {
	if len(steps) > maxSteps {
		return fmt.Errorf("write model: %d calibrations, want at most %d", len(steps), maxSteps)
	}
	p.text("steps").int(len(steps)).end()
	for _, step := range steps {
		switch c := step.(type) {
		case *Platt:
			p.text("platt").number(c.Intercept).number(c.Slope).end()
		case *Shift:
			p.text("shift").number(c.Logit).end()
		case *Isotonic:
			p.text("isotonic").int(len(c.X)).end()
			for i := range c.X {
				p.text("point").number(c.X[i]).number(c.Y[i]).end()
			}
		default:
			return fmt.Errorf("write model: calibration %T has no format", step)
		}
	}
	return nil
}
