package jobs

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// orderLine is a line of an invented shop as its owner would store it.
type orderLine struct {
	CustomerID string  `parquet:"customer_id"`
	OrderID    string  `parquet:"order_id"`
	OrderedAt  int64   `parquet:"ordered_at,timestamp(microsecond:local)"`
	Amount     int64   `parquet:"amount,decimal(2:18)"`
	Quantity   int32   `parquet:"quantity"`
	SKU        *string `parquet:"sku,optional"`
	Category   *string `parquet:"category,optional"`
	Channel    *string `parquet:"channel,optional"`
}

const (
	shopOpens = data.Day(18_990) // 2021-12-29
	shopDays  = 640
)

// asOfDay is the as-of day of most runs: some lines follow it.
const asOfDay = shopOpens + 600

// plantedShop invents customers who buy by telephone again far more often than
// those of the web, who buy again more often after a large first order, and of
// whom some leave. Lines are in the order of time.
func plantedShop(customers int, seed uint64) []orderLine {
	rng := rand.New(rand.NewPCG(seed, 1))
	channels, categories := []string{"phone", "shop", "web"}, []string{"books", "lamps", "tea"}
	text := func(s string) *string { return &s }
	var lines []orderLine
	orders := 0
	for c := range customers {
		id := fmt.Sprintf("K%06d", c)
		channel, size := rng.IntN(3), rng.ExpFloat64()
		pause := []float64{80, 160, 320}[channel] / (0.3 + size)
		leaves := []int{25, 6, 2}[channel]
		day := shopDays * (rng.Float64()*1.2 - 0.2)
		for left := false; day < shopDays; day += 3 + pause*rng.ExpFloat64() {
			if day < 0 {
				continue
			}
			at := (shopOpens + data.Day(day)).Micros() + int64(9+rng.IntN(10))*3_600_000_000
			orders++
			for line := range 1 + rng.IntN(3) {
				l := orderLine{CustomerID: id, OrderID: fmt.Sprintf("O%07d", orders), OrderedAt: at, Quantity: int32(1 + rng.IntN(2)),
					Amount: int64(500 + 4000*size*rng.Float64()), Channel: text(channels[channel]), SKU: text(fmt.Sprintf("P%03d", 40*line+rng.IntN(40)))}
				if rng.IntN(10) > 0 {
					l.Category = text(categories[(c+rng.IntN(2))%3])
				}
				if rng.IntN(40) == 0 {
					l.Quantity, l.Amount = -l.Quantity, -l.Amount
				}
				lines = append(lines, l)
			}
			if left = left || rng.IntN(leaves) == 0; left {
				break
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b orderLine) int { return int((a.OrderedAt - b.OrderedAt) / 1_000_000) })
	return lines
}

// before is the lines of the days before one.
func before(lines []orderLine, day data.Day) []orderLine {
	at, _ := slices.BinarySearchFunc(lines, day, func(l orderLine, d data.Day) int {
		if l.OrderedAt < d.Micros() {
			return -1
		}
		return 1
	})
	return lines[:at]
}

// writeLines writes lines of any form as so many files of a folder, which it
// returns.
func writeLines[T any](t testing.TB, lines []T, files int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range files {
		part := lines[len(lines)*i/files : len(lines)*(i+1)/files]
		if err := parquet.WriteFile(filepath.Join(dir, fmt.Sprintf("part-%d.parquet", i)), part); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// defaults are the settings of a command where nobody sets any.
func defaults[S any, P interface {
	*S
	settings.Command
}]() S {
	var s S
	settings.Default(P(&s))
	return s
}

// quickly are settings that keep a run short.
func quickly(out string) RunSettings {
	s := defaults[RunSettings]()
	s.Out, s.AsOf, s.LapsedAfterDays, s.Workers = out, asOfDay, 60, 2
	return s
}

// published runs the batch and returns the folder of the run.
func published(t testing.TB, s RunSettings, sources ...string) string {
	t.Helper()
	return publishedSaying(t, s, console.UI{}, sources...)
}

func publishedSaying(t testing.TB, s RunSettings, ui console.UI, sources ...string) string {
	t.Helper()
	if err := Run(context.Background(), s, sources, ui); err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Join(s.Out, "current"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// contentOf reads all files below a folder, by path, without the manifest.
func contentOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == "manifest.json" {
			return err
		}
		bytes, err := os.ReadFile(path)
		content[filepath.ToSlash(name)] = string(bytes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// differing lists the files in which two runs differ.
func differing(a, b map[string]string) string {
	var names []string
	for name, content := range a {
		if other, ok := b[name]; !ok || other != content {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
