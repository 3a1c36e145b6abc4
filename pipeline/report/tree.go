package report

import (
	"fmt"
	"math"
	"strconv"

	"winback/pipeline/wording"
)

// px is a length in a picture, written with at most one decimal.
type px float64

// String writes the length for an SVG attribute.
func (p px) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64)
}

// Measures of the tree picture.
const (
	treeWidth   = 1108 // of the page; deeper trees scroll
	boxGapX     = 34
	boxGapY     = 10
	boxMinWidth = 138
	boxMaxWidth = 230
	boxPadding  = 9
	lineHeight  = 16
	fontSize    = 12.5
	ruleLines   = 4
)

// treePicture is the tree laid out from left to right.
type treePicture struct {
	Width, Height px
	Boxes         []treeBox
	Edges         []treeEdge
}

// treeBox is one node: its condition over its figures.
type treeBox struct {
	X, Y, Width, Height px
	Condition           string // whole text, for the tooltip
	Lines               []treeLine
	Fill, Ink           string
	Leaf                bool
}

// treeLine is one line of text, by the left end of its base line.
type treeLine struct {
	X, Y  px
	Text  string
	Class string
}

// treeEdge joins the right side of a parent to the left side of a child.
type treeEdge struct{ X1, Y1, X2, Y2, Mid px }

// treeLayout carries what the boxes share.
type treeLayout struct {
	picture   treePicture
	boxWidth  float64
	low, high float64 // probabilities of the palest and the darkest leaf
}

// layTree places the nodes of a tree; nil for no tree.
func layTree(root *Node) *treePicture {
	if root == nil {
		return nil
	}
	columns := float64(depth(root))
	t := &treeLayout{low: math.Inf(1), high: math.Inf(-1)}
	t.span(root)
	t.boxWidth = math.Floor((treeWidth - boxGapX*(columns-1)) / columns)
	t.boxWidth = math.Min(math.Max(t.boxWidth, boxMinWidth), boxMaxWidth)
	height, _ := t.place(root, 0, 1, true)
	t.picture.Width = px(columns*(t.boxWidth+boxGapX) - boxGapX + 2)
	t.picture.Height = px(height + 2)
	return &t.picture
}

// depth counts the columns of a tree.
func depth(n *Node) int {
	deepest := 0
	for _, c := range n.Children {
		deepest = max(deepest, depth(c))
	}
	return deepest + 1
}

// span notes the range of the leaves' probabilities.
func (t *treeLayout) span(n *Node) {
	if len(n.Children) == 0 && known(n.Probability) {
		t.low, t.high = math.Min(t.low, n.Probability), math.Max(t.high, n.Probability)
	}
	for _, c := range n.Children {
		t.span(c)
	}
}

// place lays out n and all below it from top on, in the given column. It
// returns the height that the whole takes and the middle of n's own box.
func (t *treeLayout) place(n *Node, column int, top float64, root bool) (height, middle float64) {
	box := t.box(n, root)
	own := float64(box.Height)
	x := float64(column)*(t.boxWidth+boxGapX) + 1
	var middles []float64
	childTop := top
	for i, c := range n.Children {
		if i > 0 {
			childTop += boxGapY
		}
		h, m := t.place(c, column+1, childTop, false)
		middles = append(middles, m)
		childTop += h
	}
	height, middle = math.Max(own, childTop-top), top+own/2
	if len(middles) > 0 {
		middle = math.Max((middles[0]+middles[len(middles)-1])/2, middle)
		middle = math.Min(middle, top+height-own/2)
	}
	t.add(box, x, middle-own/2)
	right := x + t.boxWidth
	for _, m := range middles {
		t.picture.Edges = append(t.picture.Edges, treeEdge{X1: px(right), Y1: px(middle),
			X2: px(right + boxGapX), Y2: px(m), Mid: px(right + boxGapX/2)})
	}
	return height, middle
}

// box fills in the texts and colours of a node, with line positions relative
// to its corner.
func (t *treeLayout) box(n *Node, root bool) treeBox {
	b := treeBox{Width: px(t.boxWidth), Condition: n.Condition, Fill: "#ffffff", Ink: "#1d2733"}
	if root && b.Condition == "" {
		b.Condition = "all lapsed customers"
	}
	room := (t.boxWidth - 2*boxPadding) / fontSize
	b.Leaf = len(n.Children) == 0
	if b.Leaf {
		b.Fill, b.Ink = t.shade(n.Probability)
		b.Lines = append(b.Lines, treeLine{Text: fmt.Sprintf("Group %d", n.Group), Class: "strong"})
	}
	for _, line := range wrap(b.Condition, room, ruleLines) {
		b.Lines = append(b.Lines, treeLine{Text: line})
	}
	chance := percent(n.Probability)
	if chance != dash {
		chance += " %"
	}
	figures := chance + " of " + wording.Thousands(n.Customers)
	for _, line := range wrap(figures, room, 2) {
		b.Lines = append(b.Lines, treeLine{Text: line, Class: "strong"})
	}
	for i := range b.Lines {
		b.Lines[i].X, b.Lines[i].Y = boxPadding, px(boxPadding+3+fontSize*0.75+float64(i*lineHeight))
	}
	b.Height = px(2*boxPadding + lineHeight*len(b.Lines))
	return b
}

// add moves a box to its place and keeps it.
func (t *treeLayout) add(b treeBox, x, y float64) {
	b.X, b.Y = px(x), px(y)
	for i := range b.Lines {
		b.Lines[i].X += b.X
		b.Lines[i].Y += b.Y
	}
	t.picture.Boxes = append(t.picture.Boxes, b)
}

// shade colours a leaf: the likelier a return, the darker.
func (t *treeLayout) shade(probability float64) (fill, ink string) {
	strength := 0.0
	if known(probability) && t.high > t.low {
		strength = (probability - t.low) / (t.high - t.low)
	}
	mix := func(pale, dark float64) int { return int(math.Round(pale + (dark-pale)*strength)) }
	fill = fmt.Sprintf("#%02x%02x%02x", mix(0xe9, 0x1f), mix(0xf1, 0x5f), mix(0xf7, 0x8b))
	if strength > 0.68 {
		return fill, "#ffffff"
	}
	return fill, "#1d2733"
}
