package report

import (
	"math"
	"strings"
)

// chart is a picture made of plain shapes, for the page's template to write.
type chart struct {
	Label         string // what it shows, for those who cannot see it
	Width, Height px
	Back          []chartLine // behind the rectangles
	Rects         []chartRect
	Lines         []chartLine
	Words         []chartWord
}

type chartRect struct {
	X, Y, Width, Height px
	Fill, Title         string
}

type chartLine struct {
	X1, Y1, X2, Y2, Stroke px
	Color, Dash            string
}

type chartWord struct {
	X, Y         px
	Anchor, Fill string // start, middle, end
	Text         string
}

// Inks of charts.
const (
	inkText   = "#1d2733"
	inkSoft   = "#4a5560"
	inkGrid   = "#e6eaee"
	inkAxis   = "#9aa5b1"
	inkBlue   = "#1f5f8b"
	inkOrange = "#d97b29"
	inkGreen  = "#2a9d8f"
	inkGrey   = "#c3ccd4"
)

// chartFont is the size of the words in a chart.
const chartFont = 13

func (c *chart) rect(x, y, width, height float64, fill, title string) {
	c.Rects = append(c.Rects, chartRect{px(x), px(y), px(math.Max(width, 0)), px(math.Max(height, 0)), fill, title})
}

func (c *chart) line(x1, y1, x2, y2 float64, color string, stroke float64, dash string) {
	c.Lines = append(c.Lines, chartLine{px(x1), px(y1), px(x2), px(y2), px(stroke), color, dash})
}

// grid draws a line of a value behind everything.
func (c *chart) grid(f frame, y float64) {
	c.Back = append(c.Back, chartLine{px(f.left), px(y), px(f.left + f.width), px(y), 1, inkGrid, ""})
}

func (c *chart) word(x, y float64, anchor, fill, text string) {
	c.Words = append(c.Words, chartWord{px(x), px(y), anchor, fill, text})
}

// keyRow is the height of a line of a legend.
const keyRow = 18

// key writes a legend from the left, a coloured square before each text, in as many
// lines as it takes, and returns how far down they push what is below the first.
func (c *chart) key(left, y float64, entries ...[2]string) (down float64) {
	x := left
	for _, e := range entries {
		if width := 16 + textWidth(e[1])*chartFont; x > left && x+width > float64(c.Width) {
			x, down = left, down+keyRow
		}
		c.rect(x, y+down-10, 11, 11, e[0], "")
		c.word(x+16, y+down, "start", inkSoft, e[1])
		x += 16 + textWidth(e[1])*chartFont + 18
	}
	c.Height += px(down)
	return down
}

// frame is the area of a chart with an axis of values on its left.
type frame struct {
	left, top, width, height float64
	most                     float64 // value at the top
}

// values draws round marks of the value axis. scale is what values are
// multiplied by for the labels.
func (c *chart) values(f frame, scale float64, unit string) {
	for _, t := range (evenTicks{scale: scale}).Ticks(0, f.most) {
		y := f.y(t.Value)
		c.grid(f, y)
		c.word(f.left-7, y+4.5, "end", inkSoft, t.Label)
	}
	c.word(f.left-7, f.top-12, "end", inkSoft, unit)
	c.line(f.left, f.top+f.height, f.left+f.width, f.top+f.height, inkAxis, 1, "")
}

func (f frame) y(v float64) float64 { return f.top + f.height*(1-v/f.most) }

// days draws round marks of an axis of days below the frame.
func (c *chart) days(f frame, most float64, label string) {
	for _, t := range (evenTicks{scale: 1, whole: true}).Ticks(0, most) {
		x := f.left + f.width*t.Value/most
		c.line(x, f.top+f.height, x, f.top+f.height+4, inkAxis, 1, "")
		c.word(x, f.top+f.height+18, "middle", inkSoft, t.Label)
	}
	c.word(f.left+f.width/2, f.top+f.height+36, "middle", inkSoft, label)
}

// whisker draws the interval of a rate.
func (c *chart) whisker(x1, y1, x2, y2 float64) {
	c.line(x1, y1, x2, y2, inkText, 1.3, "")
	if x1 == x2 {
		c.line(x1-3, y1, x1+3, y1, inkText, 1.3, "")
		c.line(x1-3, y2, x1+3, y2, inkText, 1.3, "")
		return
	}
	c.line(x1, y1-3, x1, y1+3, inkText, 1.3, "")
	c.line(x2, y1-3, x2, y1+3, inkText, 1.3, "")
}

// shade mixes white and the report's blue; 1 is full.
func shade(share float64) string {
	share = math.Min(math.Max(share, 0), 1)
	mix := func(to float64) byte { return byte(math.Round(255 + share*(to-255))) }
	const digits = "0123456789abcdef"
	var b strings.Builder
	b.WriteByte('#')
	for _, v := range []byte{mix(0x5b), mix(0x9b), mix(0xc4)} {
		b.WriteByte(digits[v>>4])
		b.WriteByte(digits[v&15])
	}
	return b.String()
}
