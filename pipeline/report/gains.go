package report

import (
	"html/template"
	"image/color"
	"slices"
	"sort"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// randomName is the curve of an order that knows nothing.
const randomName = "random"

// curvePoints is how many points of a curve are drawn at most.
const curvePoints = 160

// usable returns the curves that can be drawn: points of known numbers within
// [0, 1] in ascending order, at least two of them, thinned; with a random order
// at the end.
func usable(curves []Curve) []Curve {
	var drawn []Curve
	random := Curve{Name: randomName, Points: []Point{{0, 0}, {1, 1}}}
	for _, c := range curves {
		var points []Point
		for _, p := range c.Points {
			if p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1 {
				points = append(points, p)
			}
		}
		slices.SortStableFunc(points, func(a, b Point) int {
			switch {
			case a.X < b.X:
				return -1
			case a.X > b.X:
				return 1
			}
			return 0
		})
		points = thin(points)
		switch {
		case len(points) < 2:
		case c.Name == randomName:
			random.Points = points
		default:
			drawn = append(drawn, Curve{Name: shorten(c.Name, 20), Points: points})
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	return append(drawn, random)
}

// thin keeps the first and last point and evenly spaced ones between.
func thin(points []Point) []Point {
	n := len(points)
	if n <= curvePoints {
		return points
	}
	kept := make([]Point, curvePoints)
	for i := range kept {
		kept[i] = points[i*(n-1)/(curvePoints-1)]
	}
	return kept
}

// gainsPicture draws the curves; nothing if there is none.
func gainsPicture(curves []Curve) (template.HTML, error) {
	if len(curves) == 0 {
		return "", nil
	}
	p := newPlot("customers contacted, best first (%)", "share of all returns reached (%)")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Marker, p.Y.Tick.Marker = evenTicks{scale: 100}, evenTicks{scale: 100}
	p.Legend.YOffs, p.Legend.XOffs = 8, -8
	colors := []color.Color{blueColor, greenColor, orangeColor, purpleColor}
	lines := make([]*plotter.Line, len(curves))
	for i, c := range curves {
		points := make(plotter.XYs, len(c.Points))
		for j, pt := range c.Points {
			points[j] = plotter.XY{X: pt.X, Y: pt.Y}
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return "", err
		}
		line.Color, line.Width = colors[i%len(colors)], 1.6
		if i == 0 {
			line.Width = 2.6
		}
		if c.Name == randomName {
			line.Color, line.Dashes = greyColor, []vg.Length{5, 4}
		}
		lines[i] = line
		p.Legend.Add(c.Name, line)
	}
	for i := len(lines) - 1; i >= 0; i-- { // the first curve lies on top
		p.Add(lines[i])
	}
	return render(p, 400, 330, "Gains curves: share of returns reached by share of customers contacted")
}

// reachedRow is how much of all returns each curve reaches at one share of contacts.
type reachedRow struct {
	Contacted float64
	Reached   []float64 // one per curve
}

// reached reads the curves at a few shares of contacts.
func reached(curves []Curve) []reachedRow {
	if len(curves) == 0 {
		return nil
	}
	var rows []reachedRow
	for _, x := range []float64{0.05, 0.1, 0.2, 0.3, 0.5} {
		row := reachedRow{Contacted: x}
		for _, c := range curves {
			row.Reached = append(row.Reached, at(c.Points, x))
		}
		rows = append(rows, row)
	}
	return rows
}

// at interpolates a curve at x, within its ends.
func at(points []Point, x float64) float64 {
	i := sort.Search(len(points), func(i int) bool { return points[i].X >= x })
	switch {
	case i == len(points):
		return points[i-1].Y
	case i == 0 || points[i].X == x:
		return points[i].Y
	}
	a, b := points[i-1], points[i]
	return a.Y + (b.Y-a.Y)*(x-a.X)/(b.X-a.X)
}
