// Command recency shows how the rate of return depends on the days since the
// last purchase and on the number of orders, in a run whose horizon is over.
//
//	go run ./notebooks/recency RUN OUTCOME.parquet
//
// It writes result.md and recency.svg next to itself; make notebooks does it all
// on the demo shop.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"winback/notebooks/picture"
	"winback/notebooks/settled"
)

const folder = "notebooks/recency"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "recency:", err)
		os.Exit(1)
	}
}

// edges are the last days of the bands of recency; the last one is open.
var edges = []int64{180, 270, 365, 545, 730}

var orderClasses = []string{"1 order", "2 orders", "3 or more orders"}

func band(days int64) int {
	for i, edge := range edges {
		if days <= edge {
			return i
		}
	}
	return len(edges)
}

func bandWords(i, lapsedAfter int) string {
	switch {
	case i == 0:
		return fmt.Sprintf("%d–%d", lapsedAfter, edges[0])
	case i == len(edges):
		return fmt.Sprintf("over %d", edges[i-1])
	}
	return fmt.Sprintf("%d–%d", edges[i-1]+1, edges[i])
}

// cell is one band of recency of one class of orders.
type cell struct {
	settled.Rate
	days int64 // sum of the recency
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want a run folder and the feature table of its outcome")
	}
	past, err := settled.Read(args[0], args[1])
	if err != nil {
		return err
	}
	cells := make([][]cell, len(orderClasses))
	for k := range cells {
		cells[k] = make([]cell, len(edges)+1)
	}
	for _, c := range past.Customers {
		at := &cells[min(max(c.Orders, 1), 3)-1][band(c.RecencyDays)]
		at.Add(c)
		at.days += c.RecencyDays
	}
	if err := draw(cells); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "result.md"), []byte(page(past, cells)), 0o644)
}

func draw(cells [][]cell) error {
	p := picture.New("Return rate by days since the last purchase", "days since the last purchase (mean of the band)", "returned within the horizon, %")
	for k, row := range cells {
		var seen, foretold []picture.Point
		for _, c := range row {
			if c.Customers == 0 {
				continue
			}
			low, high := c.Interval()
			x := float64(c.days) / float64(c.Customers)
			seen = append(seen, picture.Point{X: x, Y: 100 * c.Observed(), Low: 100 * low, High: 100 * high})
			foretold = append(foretold, picture.Point{X: x, Y: 100 * c.Foretold()})
		}
		if len(seen) == 0 {
			continue
		}
		if err := picture.Observed(p, orderClasses[k], picture.Colours[k], seen); err != nil {
			return err
		}
		if err := picture.Line(p, "", picture.Colours[k], foretold); err != nil {
			return err
		}
	}
	return picture.Save(p, filepath.Join(folder, "recency.svg"))
}

func page(past *settled.Run, cells [][]cell) string {
	e := &past.Evaluation
	var b strings.Builder
	fmt.Fprintf(&b, "# Return rate by recency and number of orders\n\n")
	fmt.Fprintf(&b, "Made by `make notebooks` from a run as of %s: %d customers without a purchase for %d days or more, and who of them bought within the %d days from then on.\n\n",
		e.AsOf, len(past.Customers), e.LapsedAfter, e.Horizon)
	fmt.Fprintf(&b, "![Return rate by recency](recency.svg)\n\nDots: what came, with 95 %% intervals. Dashed: the mean probability that the run had published.\n\n")
	fmt.Fprintf(&b, "| Orders | Days since the last purchase | Customers | Returned | 95 %% interval | Foretold |\n|---|---|---:|---:|---|---:|\n")
	for k, row := range cells {
		for i, c := range row {
			if c.Customers == 0 {
				continue
			}
			low, high := c.Interval()
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s to %s | %s |\n", orderClasses[k], bandWords(i, e.LapsedAfter), c.Customers,
				picture.Percent(c.Observed()), picture.Percent(low), picture.Percent(high), picture.Percent(c.Foretold()))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(lessons(cells, e.LapsedAfter), "\n"))
	return b.String()
}

// lessons say what the table shows, as far as it is beyond noise.
func lessons(cells [][]cell, lapsedAfter int) []string {
	var lines []string
	for k, row := range cells {
		rising := ""
		for i := 1; i < len(row); i++ {
			if row[i-1].Customers == 0 || row[i].Customers == 0 {
				continue
			}
			_, before := row[i-1].Interval()
			if low, _ := row[i].Interval(); low > before {
				rising = fmt.Sprintf("- %s: the longer ago, the less likely does not hold throughout: after %s days the rate is higher again, beyond noise.",
					orderClasses[k], bandWords(i, lapsedAfter))
			}
		}
		if rising == "" {
			rising = fmt.Sprintf("- %s: no band of recency has a higher rate than the band before it, beyond noise.", orderClasses[k])
		}
		lines = append(lines, rising)
	}
	first, last := cells[0][0], cells[len(cells)-1][0]
	if first.Customers > 0 && last.Customers > 0 && first.Returned > 0 {
		lines = append(lines, fmt.Sprintf("- In the newest band, customers with %s returned %.1f times as often as those with %s.",
			orderClasses[len(cells)-1], last.Observed()/first.Observed(), orderClasses[0]))
	}
	return lines
}
