package buyers

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// cdnow are the 2,357 customers of the 1/10 CDNOW sample: 39 weeks to fit on
// and 39 to judge by.
type cdnow struct {
	frequency, recency, age []float64 // weeks
	repeats, meanSpend      []float64 // orders after the first day, and their mean value
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
	spends := map[string]map[int]float64{} // customer, day
	var names []string
	origin := time.Date(1997, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, line := range lines[1:] {
		day, err := time.Parse("20060102", line[2])
		if err != nil {
			t.Fatal(err)
		}
		value, err := strconv.ParseFloat(line[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		if spends[line[1]] == nil {
			spends[line[1]] = map[int]float64{}
			names = append(names, line[1])
		}
		spends[line[1]][int(day.Sub(origin).Hours()/24)] += value
	}
	var c cdnow
	end := int(time.Date(1997, 9, 30, 0, 0, 0, 0, time.UTC).Sub(origin).Hours() / 24)
	for _, name := range names {
		c.add(spends[name], end)
	}
	return c
}

func (c *cdnow) add(spends map[int]float64, end int) {
	var days []int
	for day := range spends {
		days = append(days, day)
	}
	slices.Sort(days)
	x, spent, later, last := 0.0, 0.0, 0.0, days[0]
	for _, day := range days[1:] {
		if day > end {
			later++
			continue
		}
		x++
		spent += spends[day]
		last = day
	}
	c.frequency, c.recency = append(c.frequency, x), append(c.recency, float64(last-days[0])/7)
	c.age, c.later = append(c.age, float64(end-days[0])/7), append(c.later, later)
	c.repeats, c.meanSpend = append(c.repeats, x), append(c.meanSpend, spent/math.Max(x, 1))
}

func (c *cdnow) histories(t *testing.T) []History {
	t.Helper()
	h, err := Collapse(c.frequency, c.recency, c.age)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// published checks parameters to half a percent and the log likelihood to .01.
func published(t *testing.T, name string, got, want []float64, likelihood, wantLikelihood float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]/want[i]-1) > 0.005 {
			t.Errorf("%s: parameter %d is %.4f, published %.4f", name, i, got[i], want[i])
		}
	}
	if math.Abs(likelihood-wantLikelihood) > 0.01 {
		t.Errorf("%s: log likelihood %.3f, published %.2f", name, likelihood, wantLikelihood)
	}
}

func TestCDNOW_ModelsFitAsPublished(t *testing.T) {
	c := readCDNOW(t)
	h := c.histories(t)
	if len(c.age) != 2357 {
		t.Fatalf("%d customers", len(c.age))
	}
	nbd, err := FitNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	published(t, "NBD", []float64{nbd.R, nbd.Alpha}, []float64{.3848, 12.072}, nbd.LogLikelihood(h), -9763.66)
	bg, err := FitBGNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	published(t, "BG/NBD", []float64{bg.R, bg.Alpha, bg.A, bg.B}, []float64{.2426, 4.4136, .7929, 2.4259}, bg.LogLikelihood(h), -9582.43)
	mbg, err := FitMBGNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	published(t, "MBG/NBD", []float64{mbg.R, mbg.Alpha, mbg.A, mbg.B}, []float64{.525, 6.183, .891, 1.614}, mbg.LogLikelihood(h), -9582.14)
	pareto, err := FitParetoNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	published(t, "Pareto/NBD", []float64{pareto.R, pareto.Alpha, pareto.S, pareto.Beta}, []float64{.5532, 10.576, .6063, 11.672}, pareto.LogLikelihood(h), -9594.98)
	for i, se := range pareto.StandardErrors(h) {
		if want := []float64{.0476, .8427, .1873, 6.2105}[i]; math.Abs(se/want-1) > 0.02 {
			t.Errorf("Pareto/NBD: standard error %d is %.4f, published %.4f", i, se, want)
		}
	}
}

func TestCDNOW_SpendFitsAsPublished(t *testing.T) {
	c := readCDNOW(t)
	m, err := FitGammaGamma(c.repeats, c.meanSpend)
	if err != nil {
		t.Fatal(err)
	}
	published(t, "Gamma-Gamma", []float64{m.P, m.Q, m.Gamma}, []float64{6.25, 3.744, 15.444}, m.LogLikelihood(c.repeats, c.meanSpend), -4055.92)
	for i, want := range []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17} {
		near(t, "expected spend", m.Expected(c.repeats[i], c.meanSpend[i]), want, 0.05)
	}
}

func TestCDNOW_AliveMeansBoughtLater(t *testing.T) {
	c := readCDNOW(t)
	h := c.histories(t)
	pareto, err := FitParetoNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	mbg, err := FitMBGNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	bg, err := FitBGNBD(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		name                string
		model               Model
		right, auc, absence float64
	}{{"Pareto/NBD", pareto, .774, .779, .755}, {"BG/NBD", bg, .339, .773, .786}, {"MBG/NBD", mbg, .775, 0, 0}} {
		f, err := Foretell(m.model, c.frequency, c.recency, c.age, 39, 2)
		if err != nil {
			t.Fatal(err)
		}
		right, away := 0.0, 0.0
		for i, later := range c.later {
			if (f.Alive[i] > 0.5) == (later > 0) {
				right += 1 / 2357.0
			}
			away += math.Abs(f.Expected[i]-later) / 2357
		}
		near(t, m.name+": alive means bought", right, m.right, 0.003)
		if m.auc > 0 {
			near(t, m.name+": AUC of any purchase", aucOf(f.Expected, c.later), m.auc, 0.003)
			near(t, m.name+": mean absolute error", away, m.absence, 0.003)
		}
	}
}

// aucOf is the chance that one who bought has a higher score than one who did
// not.
func aucOf(score, later []float64) float64 {
	won, pairs := 0.0, 0.0
	for i := range score {
		for k := range score {
			if later[i] > 0 && later[k] == 0 {
				pairs++
				switch {
				case score[i] > score[k]:
					won++
				case score[i] == score[k]:
					won += 0.5
				}
			}
		}
	}
	return won / pairs
}
