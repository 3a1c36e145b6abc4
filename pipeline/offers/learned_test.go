package offers

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/models"
)

// weighing is a learned order of these weights, by term.
func weighing(weights map[int]float64) *models.Logistic {
	m := &models.Logistic{Names: termNames[:], Levels: make([][]string, terms), Terms: make([]models.Term, terms)}
	for c := range m.Terms {
		m.Terms[c] = models.Term{Low: -1e6, High: 1e6, Weight: weights[c], Missing: -.7 * weights[c]}
	}
	return m
}

// randomWeights are of both signs, so that no bound holds by luck.
func randomWeights(seed uint64) map[int]float64 {
	r, weights := rand.New(rand.NewPCG(seed, 3)), map[int]float64{}
	for c := range terms {
		weights[c] = r.NormFloat64()
	}
	return weights
}

// The order by the terms of all candidates, without bounds or tables.
func plainly(s *Scorer, m *models.Logistic, l lesson, n int) (codes []uint32) {
	chance := make([]float64, len(l.codes))
	m.Predict(matrixOf([]lesson{l}), chance)
	at := make([]int, len(l.codes))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(chance[b], chance[a]) })
	for _, i := range at[:min(n, len(at))] {
		codes = append(codes, l.codes[i])
	}
	return codes
}

func TestLikeliest_IsTheOrderOfAllCandidatesByTheModel(t *testing.T) {
	for seed := range uint64(6) {
		g, histories := learned(randomLines(seed, 300, 150), usual(), 1, 1)
		m := weighing(randomWeights(seed))
		g.Use(&Choice{Order: OrderLearned, Model: m})
		s, compared := g.NewScorer(), 0
		for i, id := range histories[0].IDs {
			known := histories[0].Customer(i).Before(g.Day)
			if known.To == known.From {
				continue
			}
			want := plainly(s, m, s.lesson(known, nil), 10)
			var got []uint32
			for _, show := range s.Chosen(known, 10) {
				got = append(got, show.Product)
				if show.Score < 0 || show.Score > 1 || (show.From > 0) != (show.Kind == GoesWith && len(got) <= 3) || (show.BoughtDays > 0) != (show.Kind == Again) {
					t.Fatalf("seed %d, %s is shown %+v", seed, id, show)
				}
			}
			if compared++; len(want) == 10 && !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s: %v, want %v", seed, id, got, want)
			}
		}
		if compared < 250 {
			t.Errorf("%d compared", compared)
		}
	}
}

// fashionable is a shop whose customers come back for what most buy then, a few
// products that change with the days, whatever they had.
func fashionable(customers int) (lines []bought) {
	r := rand.New(rand.NewPCG(5, 5))
	for c := range customers {
		id := fmt.Sprintf("c%05d", c)
		for day := asOf - data.Day(600+r.IntN(200)); day < asOf+60; day += data.Day(95 + r.IntN(160)) {
			product := fmt.Sprintf("new%03d", int(day/60)*5+min(r.IntN(5), r.IntN(5)))
			lines = append(lines, bought{id, day, product, false}, bought{id, day, fmt.Sprintf("old%03d", r.IntN(40)), false})
		}
	}
	return lines
}

// choose studies a shop in so many partitions.
func choose(t *testing.T, lines []bought, parts, workers int) (*Choice, *Study) {
	t.Helper()
	histories, names := invented(lines, parts)
	s := NewStudy(usual(), names[data.Product], asOf, asOf-700, 60, 100)
	for _, h := range histories {
		s.Count(h)
	}
	s.Learn(workers, func(data.Day) (lapsed, returned int64) { return 0, 100 })
	for _, h := range slices.Backward(histories) {
		s.Gather(h)
	}
	c, err := s.Choose(workers)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func TestChoose_LeavesRWhereWhatSellsNowIsBetter(t *testing.T) {
	c, _ := choose(t, fashionable(5000), 2, 1)
	if c.Order == OrderR || c.Model == nil || !strings.Contains(c.Why, "earlier days: +") {
		t.Errorf("chose %s: %s", c.Order, c.Why)
	}
}

// faithful is a shop whose customers always buy the same product, and on most days
// four that all buy.
func faithful(customers int) (lines []bought) {
	r := rand.New(rand.NewPCG(6, 6))
	for c := range customers {
		id := fmt.Sprintf("c%05d", c)
		for day := asOf - data.Day(600+r.IntN(200)); day < asOf+60; day += data.Day(95 + r.IntN(160)) {
			lines = append(lines, bought{id, day, fmt.Sprintf("own%03d", c%25), false})
			for k := range 4 * min(1, r.IntN(10)/3) {
				lines = append(lines, bought{id, day, fmt.Sprintf("top%d", k), false})
			}
		}
	}
	return lines
}

func TestChoose_TakesTheCustomersMostBoughtWhereThatIsBetter(t *testing.T) {
	lines := faithful(700)
	c, study := choose(t, lines, 2, 1)
	if c.Order != OrderOwn || !strings.Contains(c.Why, "better than the order of own purchases on earlier days: +") || c.Check() != nil {
		t.Fatalf("chose %s: %s", c.Order, c.Why)
	}
	if again, _ := choose(t, lines, 5, 3); again.Why != c.Why {
		t.Errorf("other partitions and workers: %s, want %s", again.Why, c.Why)
	}
	for i := range study.days[0].all {
		study.days[0].all[i].byOwn = study.days[0].all[i].byR
	}
	for i := range study.days[1].all {
		study.days[1].all[i].byOwn = study.days[1].all[i].byR
	}
	if other, err := study.Choose(1); err != nil || other.Order != OrderR {
		t.Errorf("no better than R, chose %s: %s, %v", other.Order, other.Why, err)
	}
}

func TestLists_ShowOwnMostBoughtWhereThatWasChosen(t *testing.T) {
	lines := append(crowd(5, filler(20)), crowd(5, map[string]int{"y": 9})...)
	for _, day := range []data.Day{100, 130, 160} {
		lines = append(lines, bought{"a", asOf - day, "z02", false})
	}
	lines = append(lines, bought{"a", asOf - 100, "y", false})
	g, h := learned(lines, usual(), 1, 1)
	g.Use(&Choice{Order: OrderOwn})
	l := NewLists(g, 3, NewListing([]Listed{{"a", 1}}, nil, 1), 1)
	l.Add(h[0])
	if c := l.OfRank(1); c.Products[0] != "z02" || c.Products[1] != "y" || c.Kinds != [3]string{"again", "again", "hot"} || c.Reason == "" {
		t.Errorf("shown %+v", c)
	}
	if group := l.OfGroup(1); group[0] != "z02" || group[1] != "y" {
		t.Errorf("the group is shown %v", group)
	}
}

func TestChoose_StaysWithRWhereLittleIsKnown(t *testing.T) {
	c, _ := choose(t, fashionable(60), 1, 1)
	if c.Order != OrderR || c.Model != nil || !strings.Contains(c.Why, "too little was bought") {
		t.Errorf("chose %s: %s", c.Order, c.Why)
	}
}

func TestChoose_IsTheSameForAnyPartitionsAndWorkers(t *testing.T) {
	lines := fashionable(5000)
	one, study := choose(t, lines, 1, 1)
	many, _ := choose(t, lines, 9, 4)
	var a, b bytes.Buffer
	if err := cmp.Or(models.Write(&a, one.Model), models.Write(&b, many.Model)); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() || one.Why != many.Why || one.Order != many.Order {
		t.Errorf("one partition and worker: %s\n%s\nseveral: %s\n%s", one.Why, &a, many.Why, &b)
	}
	for _, d := range study.days {
		if d.j.g.Day+60 > asOf {
			t.Errorf("day %v is not over at the test cut", d.j.g.Day)
		}
	}
}

func TestChoose_KnowsNothingOfTheTestCutAndLater(t *testing.T) {
	lines := fashionable(5000)
	before := slices.DeleteFunc(slices.Clone(lines), func(l bought) bool { return l.day >= asOf })
	all, _ := choose(t, lines, 1, 1)
	known, _ := choose(t, before, 1, 1)
	if all.Why != known.Why || !slices.EqualFunc(all.Model.Terms, known.Model.Terms, func(a, b models.Term) bool { return a.Weight == b.Weight }) {
		t.Errorf("with later lines %s, without %s", all.Why, known.Why)
	}
}

func TestLessons_StayWithinTheRows(t *testing.T) {
	g, histories := learned(fashionable(5000), usual(), 1, 1)
	l := newLessons(g, 60, 1)
	l.add(histories[0])
	much := l.all[0]
	much.terms, much.codes, much.took = make([]row, 30_000), make([]uint32, 30_000), make([]uint8, 30_000)
	for i := range uint64(20) {
		much.customer = i << 40
		l.keep([]lesson{much})
	}
	l.settle()
	if l.rows > mostLessonRows || len(l.all) == 0 || l.limit.Load() == math.MaxUint64 {
		t.Errorf("%d rows of %d customers, limit %d", l.rows, len(l.all), l.limit.Load())
	}
}

func TestChoiceCheck_RefusesAModelOfOtherTerms(t *testing.T) {
	good := &Choice{Order: OrderLearned, Model: weighing(nil)}
	other := weighing(nil)
	other.Names = append([]string{"shoe_size"}, other.Names[1:]...)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []*Choice{{Order: "best"}, {Order: OrderLearned}, {Order: OrderR, Model: other}} {
		if bad.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if err := Unchosen().Check(); err != nil {
		t.Error(err)
	}
}

func TestLists_ShowMostBoughtWhereThatWasChosen(t *testing.T) {
	lines := append(crowd(5, filler(20)), crowd(5, map[string]int{"y": 9})...)
	lines = append(lines, bought{"a", asOf - 100, "z02", false})
	g, h := learned(lines, usual(), 1, 1)
	g.Use(&Choice{Order: OrderHot})
	l := NewLists(g, 1, NewListing([]Listed{{"a", 1}}, nil, 1), 1)
	l.Add(h[0])
	if c := l.OfRank(1); c.Products[0] != "y" || c.Kinds[0] != "hot" {
		t.Errorf("shown %+v", c)
	}
}
