package diagnose

import (
	"bytes"
	"iter"
	"path/filepath"
	"testing"

	"winback/data"
	"winback/features"
	"winback/internal/golden"
)

func TestDiagnosis_PartitionsAndTheirOrderLeaveNoTrace(t *testing.T) {
	lines, asOf := randomShop(3, 1500)
	for _, clock := range Clocks() {
		s := settingsAt(asOf)
		s.Clock = clock
		whole, names := testShop(lines, 1)
		want := diagnosed(t, s, whole, names, firstDay(lines), []int{0}).text(t)
		parts, names := testShop(lines, 7)
		s.Workers = 3
		for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6}, {6, 2, 0, 5, 1, 4, 3}} {
			if got := diagnosed(t, s, parts, names, firstDay(lines), order).text(t); got != want {
				t.Errorf("clock %s: seven partitions in the order %v tell something else than one", clock, order)
			}
		}
	}
}

func TestDiagnosis_IgnoresTheAsOfDayAndLater(t *testing.T) {
	lines, asOf := randomShop(4, 800)
	var before []line
	for _, l := range lines {
		if l.day < asOf {
			before = append(before, l)
		}
	}
	if len(before) == len(lines) {
		t.Fatal("the shop ends too early for this test")
	}
	parts, names := testShop(lines, 2)
	with := diagnosed(t, settingsAt(asOf), parts, names, firstDay(lines), []int{0, 1}).text(t)
	parts, _ = testShop(before, 2)
	if without := diagnosed(t, settingsAt(asOf), parts, names, firstDay(lines), []int{0, 1}).text(t); with != without {
		t.Error("lines of the as-of day and later change the diagnosis")
	}
}

func TestDiagnosis_ShortAndEmptyHistories(t *testing.T) {
	one := line{customer: "a", day: 15000, product: "p", category: "k", amount: 10}
	free := line{customer: "b", day: 15001}
	for name, c := range map[string]struct {
		lines []line
		asOf  data.Day
	}{
		"nothing":               {nil, 15010},
		"one purchase":          {[]line{one}, 15001},
		"one purchase long ago": {[]line{one}, 17000},
		"before the first":      {[]line{one}, 14999},
		"on the first day":      {[]line{one}, 15000},
		"free goods only":       {[]line{free}, 15100},
		"returns only":          {[]line{{customer: "a", day: 15000, amount: 5, isReturn: true}}, 15010},
		"two equal days":        {[]line{one, {customer: "a", day: 15001, amount: 1}, free, {customer: "b", day: 15002, amount: 1}}, 15400},
	} {
		first := data.Day(15000)
		parts, names := testShop(c.lines, 2)
		for _, clock := range Clocks() {
			s := settingsAt(c.asOf)
			s.Clock = clock
			got := diagnosed(t, s, parts, names, first, []int{0, 1})
			got.d.Headlines()
			got.d.Goods()
			got.d.RFMPicture()
			if int(got.d.Customers) != got.rows.Rows() {
				t.Errorf("%s: %d customers, %d rows", name, got.d.Customers, got.rows.Rows())
			}
			if text := got.text(t); len(text) < 100 {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

func TestDiagnosis_GoldenOfASmallShop(t *testing.T) {
	lines, asOf := randomShop(5, 60)
	var b bytes.Buffer
	if err := diagnoseLines(t, settingsAt(asOf), lines).d.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "small.json")
	golden.Compare(t, path, b.String())
}

func TestDiagnosis_ExpectedValuesGoToTheStagesOfTheLapsed(t *testing.T) {
	lines, asOf := randomShop(6, 400)
	parts, names := testShop(lines, 3)
	s := settingsAt(asOf)
	c, err := NewCollector(s, History{FirstDay: firstDay(lines), Customers: 400, Lines: 400, Parts: 3, Names: names})
	if err != nil {
		t.Fatal(err)
	}
	for p, h := range parts {
		c.Add(p, h)
	}
	people := c.Learn(nil)
	var expected []float64
	want := map[string]float64{}
	i := 0.0
	for customer := range people.f.everyone {
		recency := customer.recency(asOf)
		if recency >= s.LapsedAfter {
			expected = append(expected, i)
			want[s.FixedEdges.Of(recency).String()] += i
		}
		i++
	}
	for p, h := range parts {
		if err := people.Add(p, h); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := people.Diagnosis(valuesOf(expected[1:])); err == nil {
		t.Error("expected values of too few customers are taken")
	}
	d, err := people.Diagnosis(valuesOf(expected))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[Clock]float64{}
	for _, row := range d.Stages {
		if row.ExpectedValue.Known() {
			sums[row.Clock] += float64(row.ExpectedValue)
		}
		if row.Clock != ClockFixed {
			continue
		}
		if value, some := want[row.Stage]; some != row.ExpectedValue.Known() || some && float64(row.ExpectedValue) != value {
			t.Errorf("stage %s: expected value %v, want %v", row.Stage, row.ExpectedValue, value)
		}
	}
	if sums[ClockOwn] != sums[ClockFixed] || sums[ClockProduct] != sums[ClockFixed] {
		t.Errorf("the clocks share out different sums: %v", sums)
	}
}

func TestSettings_WhatCannotBeUsedIsAnError(t *testing.T) {
	for name, spoil := range map[string]func(*Settings){
		"horizon":      func(s *Settings) { s.HorizonDays = 0 },
		"edges":        func(s *Settings) { s.FixedEdges = features.StageEdges{45, 45, 90} },
		"follow share": func(s *Settings) { s.FollowShare = 0 },
		"scores":       func(s *Settings) { s.RFMCuts[1] = []float64{1, 2, 2, 3} },
		"clock":        func(s *Settings) { s.Clock = "moon" },
	} {
		s := settingsAt(15000)
		spoil(&s)
		if _, err := NewCollector(s, History{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func valuesOf(values []float64) iter.Seq2[float64, error] {
	return func(yield func(float64, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}
