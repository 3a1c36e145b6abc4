package report

import (
	"fmt"
	"math"
	"time"

	"winback/pipeline/diagnose"
	"winback/pipeline/wording"
)

// goodsChart draws the windows of goods on an axis of days.
func goodsChart(goods []diagnose.GoodsWindow) *chart {
	const most = 16
	var rows []diagnose.GoodsWindow
	longest := 0.0
	for _, g := range goods {
		if known(g.End) && g.End > 0 && len(rows) < most {
			rows = append(rows, g)
			longest = math.Max(longest, g.End)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	c := &chart{Label: "Windows of use and of running out, in days after a purchase", Width: chartWidth, Height: px(86 + 28*len(rows))}
	f := frame{left: 118, top: 34, width: chartWidth - 130, height: 28 * float64(len(rows))}
	f.top += c.key(6, 16, [2]string{inkGreen, "in use"}, [2]string{inkOrange, "running out: the time to write"}, [2]string{"#eef1f4", "dormant"}, [2]string{inkText, "most usual day"})
	for i, g := range rows {
		y := f.top + 28*float64(i) + 4
		x := func(day float64) float64 { return f.left + f.width*day/(longest*1.1) }
		c.word(f.left-10, y+15, "end", inkText, shorten(g.Name, 16))
		c.rect(f.left, y, f.width, 20, "#eef1f4", "")
		c.rect(f.left, y, x(g.Use)-f.left, 20, inkGreen, fmt.Sprintf("in use to day %.0f", g.Use))
		c.rect(x(g.Use), y, x(g.End)-x(g.Use), 20, inkOrange, fmt.Sprintf("running out to day %.0f", g.End))
		if known(g.Typical) {
			c.line(x(g.Typical), y-2, x(g.Typical), y+22, inkText, 2.5, "")
		}
	}
	c.days(f, longest*1.1, "days after the purchase")
	return c
}

// seasonChart draws the months in which goods with a yearly clock are bought.
func seasonChart(goods []diagnose.GoodsWindow) *chart {
	const most = 16
	var rows []diagnose.GoodsWindow
	for _, g := range goods {
		if g.SeasonMonth >= 1 && g.SeasonMonth <= 12 && len(rows) < most {
			rows = append(rows, g)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	c := &chart{Label: "Months in which goods with a yearly season are bought", Width: chartWidth, Height: px(66 + 28*len(rows))}
	f := frame{left: 118, top: 34, width: chartWidth - 130, height: 28 * float64(len(rows))}
	f.top += c.key(6, 16, [2]string{inkOrange, "in season"}, [2]string{"#eef1f4", "out of season"})
	step := f.width / 12
	for i, g := range rows {
		y := f.top + 28*float64(i) + 4
		c.word(f.left-10, y+15, "end", inkText, shorten(g.Name, 16))
		c.rect(f.left, y, f.width, 20, "#eef1f4", "")
		for m := range 3 {
			c.rect(f.left+step*float64((g.SeasonMonth-1+m)%12), y, step-1, 20, inkOrange, "")
		}
	}
	for m := range 12 {
		c.word(f.left+step*(float64(m)+0.5), f.top+f.height+20, "middle", inkSoft, time.Month(m + 1).String()[:1])
	}
	return c
}

// rfmChart draws the cells of recency and frequency, the darker the likelier to
// return. Scores that nobody can have are left out.
func rfmChart(p diagnose.RFMPicture) *chart {
	most := 0.0
	for _, s := range p.Squares {
		most = math.Max(most, weight(s.Rate))
	}
	if len(p.Squares) == 0 {
		return nil
	}
	const left, top, high = 104.0, 18.0, 52.0
	column, columns := places(p.Frequency, false)
	row, rows := places(p.Recency, true)
	wide := math.Min(110, (chartWidth-left-10)/float64(max(columns, 1)))
	c := &chart{Label: "Customers and rate of return by scores of recency and frequency", Width: chartWidth, Height: px(top + high*float64(rows) + 66)}
	for _, s := range p.Squares {
		if column[s.F-1] < 0 || row[s.R-1] < 0 {
			continue
		}
		x, y := left+wide*float64(column[s.F-1]), top+high*float64(row[s.R-1])
		fill := "#f4f6f8"
		if known(s.Rate) && most > 0 {
			fill = shade(s.Rate / most)
		}
		c.rect(x+1, y+1, wide-2, high-2, fill, "")
		c.word(x+wide/2, y+22, "middle", inkText, wording.Thousands(s.Customers))
		rate := dash
		if known(s.Rate) {
			rate = percent(s.Rate) + " %"
		}
		c.word(x+wide/2, y+40, "middle", inkSoft, rate)
	}
	for k, at := range row {
		if at >= 0 {
			y := top + high*float64(at)
			c.word(left-10, y+22, "end", inkText, fmt.Sprintf("recency %d", k+1))
			c.word(left-10, y+40, "end", inkSoft, p.Recency[k])
		}
	}
	bottom := top + high*float64(rows)
	for k, at := range column {
		if at >= 0 {
			x := left + wide*(float64(at)+0.5)
			c.word(x, bottom+18, "middle", inkText, fmt.Sprintf("freq. %d", k+1))
			c.word(x, bottom+35, "middle", inkSoft, p.Frequency[k])
		}
	}
	c.word(left, bottom+58, "start", inkSoft, "5 is best; customers and rate of return")
	return c
}

// places numbers the scores that have words, from the end where reversed; -1
// for those that have none.
func places(words []string, reversed bool) (place []int, count int) {
	place = make([]int, len(words))
	for k := range words {
		if reversed {
			k = len(words) - 1 - k
		}
		place[k] = -1
		if words[k] != "" {
			place[k] = count
			count++
		}
	}
	return place, count
}
