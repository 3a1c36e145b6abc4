package buyers

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// cdnow are the 2,357 customers of the 1/10 CDNOW sample: 39 weeks to fit on
// and 39 to judge by.
type cdnow struct {
	frequency, recency, age []float64 // weeks
	later                   []float64 // purchase days in the second 39 weeks
}

func readCDNOW(t *testing.T) cdnow {
	t.Helper()
	const samples = "../../../shared/data"
	if _, err := os.Stat(samples); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no sample data beside the repository")
	}
	f, err := os.Open(filepath.Join(samples, "cdnow_sample.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	bought := map[string]map[int]bool{} // customer, day
	var names []string
	origin := time.Date(1997, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, line := range lines[1:] {
		day, err := time.Parse("20060102", line[2])
		if err != nil {
			t.Fatal(err)
		}
		if bought[line[1]] == nil {
			bought[line[1]] = map[int]bool{}
			names = append(names, line[1])
		}
		bought[line[1]][int(day.Sub(origin).Hours()/24)] = true
	}
	var c cdnow
	end := int(time.Date(1997, 9, 30, 0, 0, 0, 0, time.UTC).Sub(origin).Hours() / 24)
	for _, name := range names {
		c.addCustomer(bought[name], end)
	}
	return c
}

func (c *cdnow) addCustomer(bought map[int]bool, end int) {
	var days []int
	for day := range bought {
		days = append(days, day)
	}
	slices.Sort(days)
	x, later, last := 0.0, 0.0, days[0]
	for _, day := range days[1:] {
		if day > end {
			later++
			continue
		}
		x++
		last = day
	}
	c.frequency, c.recency = append(c.frequency, x), append(c.recency, float64(last-days[0])/7)
	c.age, c.later = append(c.age, float64(end-days[0])/7), append(c.later, later)
}

func (c *cdnow) histories(t *testing.T) []History {
	t.Helper()
	h, err := Collapse(c.frequency, c.recency, c.age)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestCDNOW_FitsAsPublished(t *testing.T) {
	c := readCDNOW(t)
	if len(c.age) != 2357 {
		t.Fatalf("%d customers, want 2,357", len(c.age))
	}
	m, h := mustFit(t, c.frequency, c.recency, c.age), c.histories(t)
	got, want := []float64{m.R, m.Alpha, m.A, m.B}, []float64{.525, 6.183, .891, 1.614}
	for i := range want {
		near(t, "parameter over the published one", got[i]/want[i], 1, 0.005)
	}
	near(t, "log likelihood", m.LogLikelihood(h), -9582.14, 0.01)
}

func TestCDNOW_AliveMeansBoughtLater(t *testing.T) {
	c := readCDNOW(t)
	m := mustFit(t, c.frequency, c.recency, c.age)
	right := 0.0
	for i, later := range c.later {
		alive := m.Alive(History{c.frequency[i], c.recency[i], c.age[i], 1})
		if (alive > 0.5) == (later > 0) {
			right += 1 / 2357.0
		}
	}
	near(t, "alive means bought", right, .775, 0.003)
}
