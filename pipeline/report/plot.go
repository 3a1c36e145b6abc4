package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours of all pictures.
var (
	inkColor    = color.RGBA{R: 0x4a, G: 0x55, B: 0x60, A: 0xff}
	gridColor   = color.RGBA{R: 0xe6, G: 0xea, B: 0xee, A: 0xff}
	blueColor   = color.RGBA{R: 0x1f, G: 0x5f, B: 0x8b, A: 0xff}
	greenColor  = color.RGBA{R: 0x2a, G: 0x9d, B: 0x8f, A: 0xff}
	orangeColor = color.RGBA{R: 0xd9, G: 0x7b, B: 0x29, A: 0xff}
	purpleColor = color.RGBA{R: 0x7d, G: 0x5b, B: 0xa6, A: 0xff}
	greyColor   = color.RGBA{R: 0x9a, G: 0xa5, B: 0xb1, A: 0xff}
)

// plotFont is a sans serif of the metrics of Arial. The page names fonts that
// every system has; canvas keeps each text to the width measured here.
func plotFont(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// newPlot returns an empty plot in the report's style.
func newPlot(xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color = greyColor
		axis.Label.TextStyle.Font = plotFont(13.5)
		axis.Label.TextStyle.Color = inkColor
		axis.Label.Padding = 5
		axis.Tick.Label.Font = plotFont(13.5)
		axis.Tick.Label.Color = inkColor
		axis.Tick.Color = greyColor
		axis.Tick.Length = 4
	}
	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	p.Legend.TextStyle.Font = plotFont(13)
	p.Legend.TextStyle.Color = inkColor
	p.Legend.Padding = 3
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = gridColor, gridColor
	p.Add(grid)
	return p
}

// canvas is an SVG canvas that remembers the width of each text it draws.
type canvas struct {
	*vgsvg.Canvas
	widths []float64
}

// FillString draws a text and notes its width.
func (c *canvas) FillString(face font.Face, at vg.Point, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	c.widths = append(c.widths, face.Width(text).Points())
	c.Canvas.FillString(face, at, text)
}

// render draws p as an SVG element to stand inside a page. Every text gets the
// width it was laid out for, so that another font neither clips nor overlaps.
func render(p *plot.Plot, width, height vg.Length, label string) (template.HTML, error) {
	c := &canvas{Canvas: vgsvg.NewWith(vgsvg.UseWH(width, height))}
	p.Draw(draw.Crop(draw.New(c), 2, -10, 2, -6))
	var raw bytes.Buffer
	if _, err := c.WriteTo(&raw); err != nil {
		return "", fmt.Errorf("draw %s: %w", label, err)
	}
	_, body, found := strings.Cut(raw.String(), "<g")
	if !found {
		return "", fmt.Errorf("draw %s: the picture is empty", label)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" role="img" aria-label="%s" viewBox="0 0 %g %g">`+"\n<g",
		template.HTMLEscapeString(label), width.Points(), height.Points())
	for i, part := range strings.Split(body, "<text ") {
		if i > 0 {
			fmt.Fprintf(&b, `<text textLength="%.1f" lengthAdjust="spacingAndGlyphs" `, c.widths[i-1])
		}
		b.WriteString(part)
	}
	return template.HTML(b.String()), nil
}

// evenTicks marks round values, about five of them.
type evenTicks struct {
	scale float64 // values are multiplied by it for the label
	whole bool    // only whole numbers
}

// Ticks returns the marks within [low, high].
func (e evenTicks) Ticks(low, high float64) []plot.Tick {
	step := roundStep((high - low) * e.scale / 5)
	if e.whole {
		step = math.Max(step, 1)
	}
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var ticks []plot.Tick
	for i := math.Ceil(low*e.scale/step - 1e-9); i*step <= high*e.scale+step*1e-9; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step / e.scale, Label: number(i*step, decimals)})
	}
	return ticks
}

// roundStep returns the smallest of 1, 2, 5 × 10^k that is at least x.
func roundStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*base >= x*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// known says whether x is a number that can be drawn.
func known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
