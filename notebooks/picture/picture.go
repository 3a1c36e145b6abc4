// Package picture draws the notebooks' pictures.
package picture

import (
	"bytes"
	"image/color"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours tell the series of a picture apart.
var Colours = []color.Color{
	color.RGBA{R: 0x1f, G: 0x5f, B: 0x8b, A: 0xff},
	color.RGBA{R: 0xd9, G: 0x7b, B: 0x29, A: 0xff},
	color.RGBA{R: 0x2a, G: 0x9d, B: 0x8f, A: 0xff},
}

var gridColour = color.RGBA{R: 0xe6, G: 0xea, B: 0xee, A: 0xff}

// New returns an empty picture. Values on both axes are as labelled.
func New(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	sans := func(size vg.Length) font.Font {
		return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
	}
	p.Title.TextStyle.Font = sans(14)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Tick.Label.Font = sans(12), sans(11)
		axis.Label.Padding = 4
	}
	p.Legend.TextStyle.Font = sans(12)
	// To the right of the middle; names run to the right, where a wider font
	// than the one laid out for has room.
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.Padding = true, true, 330, 3
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = gridColour, gridColour
	p.Add(grid)
	return p
}

// Point is a value with its interval.
type Point struct{ X, Y, Low, High float64 }

// Observed draws points with their intervals.
func Observed(p *plot.Plot, name string, c color.Color, points []Point) error {
	at := make(plotter.XYs, len(points))
	spread := make(plotter.YErrors, len(points))
	for i, q := range points {
		at[i] = plotter.XY{X: q.X, Y: q.Y}
		spread[i].Low, spread[i].High = q.Y-q.Low, q.High-q.Y
	}
	dots, err := plotter.NewScatter(at)
	if err != nil {
		return err
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: c, Radius: 3, Shape: draw.CircleGlyph{}}
	bars, err := plotter.NewYErrorBars(struct {
		plotter.XYer
		plotter.YErrorer
	}{at, spread})
	if err != nil {
		return err
	}
	bars.Color = c
	p.Add(bars, dots)
	p.Legend.Add(name, dots)
	return nil
}

// Line draws a line through the points; their intervals are not drawn.
func Line(p *plot.Plot, name string, c color.Color, points []Point) error {
	at := make(plotter.XYs, len(points))
	for i, q := range points {
		at[i] = plotter.XY{X: q.X, Y: q.Y}
	}
	line, err := plotter.NewLine(at)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, 1.2
	line.Dashes = []vg.Length{4, 3}
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
	return nil
}

// Save writes the picture as SVG, both axes from 0. Texts are laid out for
// Liberation Sans; Arial and Helvetica have the same widths.
func Save(p *plot.Plot, path string) error {
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.02*p.X.Max, 0, 1.05*p.Y.Max
	c := vgsvg.New(660, 420)
	p.Draw(draw.Crop(draw.New(c), 8, -12, 8, -10))
	var text bytes.Buffer
	if _, err := c.WriteTo(&text); err != nil {
		return err
	}
	svg := bytes.ReplaceAll(text.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	return os.WriteFile(path, svg, 0o644)
}

// Percent writes a share with one decimal, in percent.
func Percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }
