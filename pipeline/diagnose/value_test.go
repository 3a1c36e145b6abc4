package diagnose

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/features"
)

func TestScoreCuts_NeverPartEqualValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var ties []tie
		var all int64
		value := 0.0
		for range 1 + r.IntN(12) {
			value += 1 + r.Float64()
			n := int64(r.IntN(1000))
			ties = append(ties, tie{value, n})
			all += n
		}
		cuts := scoreCuts(slices.Values(ties), all)
		if len(cuts) != rfmScores-1 || !slices.IsSorted(cuts) {
			t.Fatalf("cuts are %v", cuts)
		}
		last := 1
		var below int64
		for _, tie := range ties {
			s := score(cuts, tie.value)
			if s < last || s > rfmScores {
				t.Fatalf("%v scores %d after %d", tie.value, s, last)
			}
			middle := (float64(below) + float64(tie.customers)/2) / float64(max(all, 1))
			if tie.customers > 0 && s != min(int(middle*rfmScores), rfmScores-1)+1 {
				t.Fatalf("the middle of %v lies at %v, but it scores %d", tie.value, middle, s)
			}
			last, below = s, below+tie.customers
		}
	}
}

func TestRFM_SetEdgesAreTaken(t *testing.T) {
	lines, asOf := randomShop(2, 300)
	s := settingsAt(asOf)
	s.RFMCuts = [3][]float64{{30, 90, 180, 365}, {2, 3, 5, 10}, {50, 100, 200, 500}}
	rows := diagnoseLines(t, s, lines).rows
	for i := range rows.IDs {
		whole := func(column int) float64 { return float64(rows.Columns[column].Ints[i]) }
		r := 5.0
		for _, edge := range []float64{30, 90, 180, 365} {
			if whole(colRecency) >= edge {
				r--
			}
		}
		f, m := score([]float64{2, 3, 5, 10}, whole(colPurchaseDays)), score([]float64{50, 100, 200, 500}, whole(colValue)/data.MoneyScale)
		if whole(colR) != r || whole(colF) != float64(f) || whole(colM) != float64(m) {
			t.Fatalf("customer %d scores %v, %v, %v, want %v, %d, %d", i, whole(colR), whole(colF), whole(colM), r, f, m)
		}
	}
}

func TestValueClasses_EqualValuesStayTogether(t *testing.T) {
	w := worth{total: 100 * data.MoneyScale}
	for range 10 {
		w.values = append(w.values, 10*data.MoneyScale)
	}
	for _, limits := range []valueLimits{w.byValue([2]float64{0.8, 0.95}), w.byCustomers([2]float64{0.2, 0.5})} {
		if classes := w.classes(limits, abcNames); classes[0].Customers != 10 {
			t.Errorf("equal customers are parted: %+v", classes)
		}
	}
	p := w.pareto()
	same(t, "share of the best fifth", float64(p.Top20Share), 0.2)
	same(t, "customers for 80 %", float64(p.CustomersFor80), 0.8)
}

func TestTypes_ByWrittenRules(t *testing.T) {
	for name, c := range map[string]struct {
		m     manner
		stage features.Stage
		best  bool
		want  customerType
		bound bound
	}{
		"once":               {manner{days: 1}, features.StageActive, true, customerOneOff, boundNone},
		"silent for long":    {manner{days: 9}, features.StageSleeping, false, customerOneOff, boundNone},
		"twice":              {manner{days: 2}, features.StageSilent, false, customerLoyal, boundNone},
		"sends back":         {manner{days: 2, returns: 1}, features.StageActive, false, customerService, boundNone},
		"spends much":        {manner{days: 2}, features.StageActive, true, customerService, boundNone},
		"cheap lines":        {manner{days: 3, knownLines: 4, reducedLines: 2}, features.StageActive, true, customerSwitching, boundPrice},
		"too few lines":      {manner{days: 3, knownLines: 2, reducedLines: 2}, features.StageActive, false, customerLoyal, boundNone},
		"events only":        {manner{days: 3, eventDays: 3, firstInEvent: true}, features.StageActive, false, customerLoyal, boundEvent},
		"first in an event":  {manner{days: 3, eventDays: 2, firstInEvent: true}, features.StageActive, false, customerLoyal, boundNone},
		"one event purchase": {manner{days: 1, eventDays: 1, firstInEvent: true}, features.StageLost, false, customerOneOff, boundEvent},
	} {
		if got := c.m.bound(); got != c.bound {
			t.Errorf("%s: bound to %q, want %q", name, boundNames[got], boundNames[c.bound])
		}
		if got := c.m.typeOf(c.stage, c.m.bound(), c.best); got != c.want {
			t.Errorf("%s: %s, want %s", name, customerTypes[got], customerTypes[c.want])
		}
	}
}

func TestTypes_CheapBuyersAreFoundByPrice(t *testing.T) {
	var lines []line
	for c := range 60 {
		id := string(rune('a'+c%26)) + string(rune('a'+c/26))
		price := 10.0
		if c < 5 {
			price = 8
		}
		for k := range 4 {
			lines = append(lines, line{customer: id, day: data.Day(15000 + 20*k), product: "p", amount: 2 * price, quantity: 2})
		}
	}
	s := settingsAt(15100)
	s.Events = []data.Event{{Name: "opening", From: 15000, To: 15001}}
	d := diagnoseLines(t, s, lines).d
	if d.Types.PriceBound != 5 || d.Types.FirstInEvent != 60 || d.Types.EventBound != 0 {
		t.Errorf("%+v", d.Types)
	}
}

func TestLevers_ParseAndMove(t *testing.T) {
	levers, err := ParseLevers("returning buyers +10%, Returns -5%")
	if err != nil || len(levers) != 2 || levers[0] != (Lever{LeverReturning, 0.1}) || levers[1] != (Lever{LeverReturns, -0.05}) {
		t.Fatalf("%v, %v", levers, err)
	}
	for _, l := range levers {
		again, err := ParseLevers(l.String())
		if err != nil || again[0] != l {
			t.Errorf("%s is read as %v, %v", l, again, err)
		}
	}
	for _, text := range []string{"", "returns", "weather +3%", "returns 5", "returns +5 %", "returns +5%, returns +6%", "returns NaN%", "returns -200%"} {
		if got, err := ParseLevers(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	m := yearModel{newBuyers: 100, returning: 50, frequency: 2, firstValue: 10, repeatValue: 20, returned: 0.1, margin: 0.4}
	same(t, "net sales", m.netSales(), 0.9*(1000+2000))
	for lever, want := range map[string]float64{LeverNew: 0.9 * 3100, LeverReturning: 0.9 * 3200, LeverConversion: 0.9 * 3300, LeverFrequency: 0.9 * 3200, LeverValue: 0.9 * 3300, LeverReturns: 0.89 * 3000, LeverCost: 2700} {
		moved := m
		moved.move(Lever{lever, 0.1})
		same(t, "net sales with "+lever, moved.netSales(), want)
	}
	m.move(Lever{LeverCost, -0.1})
	same(t, "margin with lower cost", float64(m.profit()), 2700*(1-0.54))
}

func TestShopType_ByTheLastThreeMonths(t *testing.T) {
	year := func(newThen, oldThen, newNow, oldNow int64) []Month {
		var rows []Month
		for m := range 16 {
			row := Month{Month: data.Day(15000 + 31*m).String()[:7], Complete: m > 0, NewBuyers: newThen, OldBuyers: oldThen, NewSales: Number(newThen), OldSales: Number(oldThen)}
			if m >= 13 {
				row.NewBuyers, row.OldBuyers = newNow, oldNow
			}
			rows = append(rows, row)
		}
		return rows
	}
	for want, rows := range map[string][]Month{
		typeGrowing:  year(100, 50, 120, 60),
		typeLeaky:    year(100, 50, 120, 40),
		typeRegulars: year(100, 150, 100, 160),
		typeFading:   year(100, 50, 80, 40),
		typeLoyal:    year(100, 50, 80, 60),
		typeSteady:   year(100, 50, 100, 50),
		typeYoung:    year(1, 1, 1, 1)[:5],
		typeFew:      year(15, 14, 15, 15),
	} {
		if got := shopType(rows); got.Type != want || !strings.Contains(got.Why, " ") {
			t.Errorf("%s (%s), want %s", got.Type, got.Why, want)
		}
	}
}
