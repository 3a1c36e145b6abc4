package report

import "math"

const (
	inkBand  = "#d5e4ee"
	inkRange = "#e9c9a6"
)

// progressChart draws a number by day with its limits, the target, and the range
// in which it is foretold to end; nil where there are no days.
func progressChart(label, unit string, p Progress) *chart {
	if len(p.Days) == 0 {
		return nil
	}
	const height = 260
	c := &chart{Label: label, Width: chartWidth, Height: height + 90 + keyRow}
	span := float64(max(int(p.End-p.First)+1, len(p.Days)))
	f := frame{left: 62, top: 40 + keyRow, width: chartWidth - 90, height: height}
	low, high := extent(p)
	y := func(v float64) float64 { return f.top + f.height*(high-v)/(high-low) }
	x := func(day int) float64 { return f.left + f.width*float64(day+1)/span }
	keys := [][2]string{{inkBlue, unit}}
	for i, d := range p.Days {
		if known(d.Low) && known(d.High) {
			if i == 0 {
				keys = append(keys, [2]string{inkBand, "95 %, at any look"})
			}
			c.rect(x(i-1), y(d.High), f.width/span+.3, y(d.Low)-y(d.High), inkBand, "")
		}
	}
	for _, t := range (evenTicks{scale: 1}).Ticks(low, high) {
		c.grid(f, y(t.Value))
		c.word(f.left-7, y(t.Value)+4.5, "end", inkSoft, t.Label)
	}
	c.line(f.left, y(0), f.left+f.width, y(0), inkAxis, 1, "")
	c.curve(p.Days, x, y)
	if known(p.Low) && known(p.High) {
		c.rect(f.left+f.width-7, y(p.High), 7, y(p.Low)-y(p.High), inkRange, "by the end")
		keys = append(keys, [2]string{inkRange, "by the end"})
	}
	if known(p.Target) {
		c.line(f.left, y(p.Target), f.left+f.width, y(p.Target), inkOrange, 1.6, "6 4")
		keys = append(keys, [2]string{inkOrange, "target"})
	}
	c.key(6, 16, keys...)
	c.days(f, span, "days from the first sending, "+(p.First-1).String())
	return c
}

// curve joins the values of the days.
func (c *chart) curve(days []ProgressDay, x func(int) float64, y func(float64) float64) {
	for i := range days {
		before := 0.0
		if i > 0 {
			before = days[i-1].Value
		}
		if known(before) && known(days[i].Value) {
			c.line(x(i-1), y(before), x(i), y(days[i].Value), inkBlue, 2.2, "")
		}
	}
}

// extent are the ends of the value axis: all that is drawn, and 0.
func extent(p Progress) (low, high float64) {
	include := func(values ...float64) {
		for _, v := range values {
			if known(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	include(p.Target, p.Low, p.High)
	for _, d := range p.Days {
		include(d.Value, d.Low, d.High)
	}
	margin := .04 * math.Max(high-low, 1)
	if low < 0 {
		low -= margin
	}
	return low, high + margin
}
