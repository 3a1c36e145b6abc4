package orders

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"winback/data"
)

// writtenOrders are the orders that the files of testdata/writers hold.
func writtenOrders(t *testing.T) []testLine {
	t.Helper()
	f, err := os.Open("testdata/writers/orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []testLine
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateTime, row[3])
		if err != nil {
			t.Fatal(err)
		}
		cents, err := strconv.ParseInt(strings.Replace(row[4], ".", "", 1), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, testLine{customer: row[0], order: row[1], line: row[2], micros: at.UnixMicro(), amount: cents * 100,
			quantity: number(row[5]) * data.MoneyScale, product: row[6], category: row[7], channel: row[8]})
	}
	return lines
}

// The same orders, written by other programs in their many ways, are the same
// histories.
func TestReadOrders_FilesOfOtherWritersHoldTheSameOrders(t *testing.T) {
	lines := writtenOrders(t)
	var purchases []testLine
	for _, l := range lines {
		if l.quantity > 0 {
			purchases = append(purchases, l)
		}
	}
	paths, err := filepath.Glob("testdata/writers/*")
	if err != nil || len(paths) < 20 {
		t.Fatalf("have %d files: %v", len(paths), err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "orders.csv" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var opts Options
			if strings.HasPrefix(name, "berlin-") {
				opts.Zone = berlin(t)
			}
			got, err := readOrders(t, opts, path)
			if err != nil {
				t.Fatal(err)
			}
			want := lines
			if strings.HasPrefix(name, "purchases-") {
				want = purchases
			}
			sameLines(t, got.lines, meant(want))
		})
	}
}
