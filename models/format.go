package models

import (
	"bufio"
	"errors"
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
	kindLogistic   = "logistic"
	kindCalibrated = "calibrated"
)

// Saved is a model that has a place in the format.
type Saved interface {
	Model
	save(p *printer) // writes its header, its columns and what was learned
}

// Write saves a model as text, as described in FORMAT.md. The same model gives
// the same bytes, and Read gives back every number exactly. It fails where the
// writer does, and on a Calibrated that the format cannot hold: one inside
// another, or one of more than 8 steps.
func Write(w io.Writer, m Saved) error {
	p := &printer{out: bufio.NewWriter(w)}
	m.save(p)
	if p.err != nil {
		return fmt.Errorf("write model: %w", p.err)
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
	err  error // the model has no place in the format
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

// header opens a model.
func (p *printer) header(kind string) { p.line(formatName, formatVersion, kind) }

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

func (t *Tree) save(p *printer) {
	p.header(kindTree)
	p.columns(t.Names, t.Levels, t.Missing)
	p.nodes(t.Nodes, t.Levels)
}

func (e *Ensemble) save(p *printer) {
	p.header(kindEnsemble)
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

func (l *Logistic) save(p *printer) {
	p.header(kindLogistic)
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

func (c *Calibrated) save(p *printer) {
	if _, twice := c.Model.(*Calibrated); twice {
		p.err = errors.New("a calibrated model inside another")
		return
	}
	if len(c.Steps) > maxSteps {
		p.err = fmt.Errorf("%d calibrations, want at most %d", len(c.Steps), maxSteps)
		return
	}
	p.header(kindCalibrated)
	p.text("steps").int(len(c.Steps)).end()
	for _, step := range c.Steps {
		step.save(p)
	}
	c.Model.save(p)
}

func (c *Platt) save(p *printer) { p.text("platt").number(c.Intercept).number(c.Slope).end() }

func (c *Shift) save(p *printer) { p.text("shift").number(c.Logit).end() }
