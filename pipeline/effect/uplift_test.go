package effect

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"winback/models"
)

// mailed are the customers of Hillstrom's test of two mails against none, even
// rows to learn from and odd rows to judge.
type mailed struct {
	x         *models.Matrix
	customers []Outcome
}

// TestUplift_OnHillstromsMails: who wants the women's mail can be told better
// than by who comes anyway, who wants the men's cannot.
func TestUplift_OnHillstromsMails(t *testing.T) {
	for _, c := range []struct {
		mail             string
		value, low, high float64
		chosen           bool
	}{{"Womens E-Mail", .0066, .0003, .0128, true}, {"Mens E-Mail", -.0015, -.0066, .0035, false}} {
		learn, judge := readMailed(t, c.mail)
		u, err := FitUplift(learn.x, learn.customers)
		if err != nil {
			t.Fatal(err)
		}
		probability := make([]float64, len(judge.customers))
		u.HeldOut.Predict(judge.x, probability)
		for i := range probability {
			judge.customers[i].Probability = probability[i]
		}
		worth, chosen := JudgeUplift(u, judge.x, judge.customers)
		// Fitted by another regression than those figures, so not to the digit.
		near(t, c.mail+" worth", worth.Value, c.value, .001)
		near(t, c.mail+" low", worth.Low, c.low, .001)
		near(t, c.mail+" high", worth.High, c.high, .001)
		if chosen != c.chosen {
			t.Errorf("%s: chosen %v", c.mail, chosen)
		}
	}
}

func readMailed(t *testing.T, mail string) (learn, judge mailed) {
	t.Helper()
	file, err := os.Open("../../../shared/data/hillstrom_dev.csv.gz")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("../shared/data/hillstrom_dev.csv.gz is not there: this test needs the shared data beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows [2][][]string
	for i, r := range records[1:] {
		if r[8] == mail || r[8] == "No E-Mail" {
			rows[i%2] = append(rows[i%2], r)
		}
	}
	return mailedOf(rows[0], mail), mailedOf(rows[1], mail)
}

func mailedOf(rows [][]string, mail string) mailed {
	m := mailed{x: &models.Matrix{}}
	add := func(name string, levels []string, cell func(r []string) float32) {
		column := make([]float32, len(rows))
		for i, r := range rows {
			column[i] = cell(r)
		}
		m.x.Names, m.x.Levels, m.x.Columns = append(m.x.Names, name), append(m.x.Levels, levels), append(m.x.Columns, column)
	}
	for _, c := range []struct {
		at   int
		name string
	}{{0, "recency"}, {2, "history"}, {3, "mens"}, {4, "womens"}, {6, "newbie"}} {
		add(c.name, nil, func(r []string) float32 { x, _ := strconv.ParseFloat(r[c.at], 32); return float32(x) })
	}
	for _, c := range []struct {
		at     int
		name   string
		levels []string
	}{{5, "zip_code", []string{"Rural", "Surburban", "Urban"}}, {7, "channel", []string{"Multichannel", "Phone", "Web"}}} {
		add(c.name, c.levels, func(r []string) float32 { return float32(slices.Index(c.levels, r[c.at])) })
	}
	for _, r := range rows {
		m.customers = append(m.customers, Outcome{Contacted: r[8] == mail, Returned: r[9] == "1", Share: .5})
	}
	return m
}

// TestUplift_IsChosenOnlyWhereThereIsOne: two kinds of customers return equally
// often by themselves; in the first shop a contact moves one kind, in the
// second both alike.
func TestUplift_IsChosenOnlyWhereThereIsOne(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	shop := func(n int, first, second float64) (*models.Matrix, []Outcome) {
		kind, customers := make([]float32, n), make([]Outcome, n)
		for i := range customers {
			customers[i] = Outcome{Contacted: draw.Float64() < .7, Share: .7, Probability: .1}
			kind[i] = float32(i % 2)
			p := .1
			if customers[i].Contacted {
				p += []float64{first, second}[i%2]
			}
			customers[i].Returned = draw.Float64() < p
		}
		return &models.Matrix{Names: []string{"kind"}, Columns: [][]float32{kind}, Levels: [][]string{nil}}, customers
	}
	for _, c := range []struct {
		first, second float64
		want          bool
	}{{.1, 0, true}, {.05, .05, false}} {
		x, customers := shop(20_000, c.first, c.second)
		u, err := FitUplift(x, customers)
		if err != nil {
			t.Fatal(err)
		}
		x, customers = shop(20_000, c.first, c.second)
		worth, chosen := JudgeUplift(u, x, customers)
		if chosen != c.want {
			t.Errorf("lifts %v and %v: chosen %v at %+v, want %v", c.first, c.second, chosen, worth, c.want)
		}
		// Half of the customers, at ¼ on average: an eighth of the difference.
		near(t, "worth", worth.Value, (c.first-c.second)/8, .004)
	}
}

func TestUplift_NeedsReturnsOnBothSides(t *testing.T) {
	x := &models.Matrix{Names: []string{"a"}, Columns: [][]float32{{1, 2, 3, 4}}, Levels: [][]string{nil}}
	customers := []Outcome{{Contacted: true, Returned: true}, {Contacted: true}, {}, {}}
	if _, err := FitUplift(x, customers); err == nil || err.Error() != "uplift, held out: 0 of 2 returned, want some of both" {
		t.Errorf("error %v", err)
	}
	if _, err := FitUplift(x, customers[:3]); err == nil {
		t.Error("four rows of features for three customers")
	}
}
