package report

import (
	"html/template"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// observedRates is what came at the test cut, with intervals, for the plotter.
type observedRates struct {
	plotter.XYs
	plotter.YErrors
}

// groupTicks marks each group by its number.
type groupTicks []TestGroup

// Ticks returns one mark per group, at its position.
func (g groupTicks) Ticks(_, _ float64) []plot.Tick {
	ticks := make([]plot.Tick, len(g))
	for i := range g {
		ticks[i] = plot.Tick{Value: float64(i), Label: strconv.Itoa(g[i].Group)}
	}
	return ticks
}

// calibrationPicture draws forecast and outcome of each group side by side;
// nothing if no group has both.
func calibrationPicture(groups []TestGroup) (template.HTML, error) {
	var predicted plotter.XYs
	var observed observedRates
	for i, g := range groups {
		if !known(g.Predicted) || !known(g.Observed) {
			continue
		}
		x := float64(i)
		predicted = append(predicted, plotter.XY{X: x - 0.14, Y: g.Predicted})
		observed.XYs = append(observed.XYs, plotter.XY{X: x + 0.14, Y: g.Observed})
		observed.YErrors = append(observed.YErrors, struct{ Low, High float64 }{
			below(g.Observed, g.Low), below(g.High, g.Observed)})
	}
	if len(predicted) == 0 {
		return "", nil
	}
	p := newPlot("group", "came back within the horizon (%)")
	forecast, err := plotter.NewScatter(predicted)
	if err != nil {
		return "", err
	}
	forecast.GlyphStyle = draw.GlyphStyle{Color: orangeColor, Radius: 4.2, Shape: draw.PyramidGlyph{}}
	outcome, err := plotter.NewScatter(observed.XYs)
	if err != nil {
		return "", err
	}
	outcome.GlyphStyle = draw.GlyphStyle{Color: blueColor, Radius: 3.6, Shape: draw.CircleGlyph{}}
	bars, err := plotter.NewYErrorBars(observed)
	if err != nil {
		return "", err
	}
	bars.Color, bars.Width, bars.CapWidth = blueColor, 1.4, 6
	p.Add(bars, outcome, forecast)
	p.Legend.Add("predicted", forecast)
	p.Legend.Add("came true, with 95 % interval", outcome)
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, -4, -2
	p.X.Min, p.X.Max = -0.6, float64(len(groups))-0.4
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Marker = groupTicks(groups)
	p.Y.Tick.Marker = evenTicks{scale: 100}
	p.Y.Min, p.Y.Max = 0, math.Max(p.Y.Max, 0.005)*1.2 // room for the legend
	return render(p, 400, 330, "Predicted and observed return rate by group at the test cut")
}

// below returns how far low lies below high; 0 if either is unknown or the order is wrong.
func below(high, low float64) float64 {
	if d := high - low; known(d) && d > 0 {
		return d
	}
	return 0
}
