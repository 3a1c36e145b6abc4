package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/features"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/learn"
	"winback/pipeline/rules"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
)

// randomLapsed makes n customers in the given number of leaves; probabilities
// repeat, so that ties occur.
func randomLapsed(rng *rand.Rand, n, leaves int) *scoring.Lapsed {
	l := &scoring.Lapsed{Channels: []string{"phone1", "web1"}, HeldOut: make([]bool, n), Suppressed: make([]bool, n)}
	for i := range n {
		leaf := rng.IntN(leaves)
		l.IDs = append(l.IDs, fmt.Sprintf("c%07d", i))
		l.Leaf = append(l.Leaf, int32(leaf))
		l.Probability = append(l.Probability, math.Round(100*rng.Float64()/float64(leaf+1))/100)
		l.ExpectedSpend = append(l.ExpectedSpend, []float64{20, 40.5, math.NaN()}[rng.IntN(3)])
		l.RecencyDays = append(l.RecencyDays, int32(90+rng.IntN(400)))
		l.Orders = append(l.Orders, int32(1+rng.IntN(9)))
		l.IntervalMeanDays = append(l.IntervalMeanDays, float32(30+rng.IntN(60)))
		l.Monetary = append(l.Monetary, data.Money(rng.IntN(1_000_0000)))
		l.LastPurchaseDay = append(l.LastPurchaseDay, data.Day(13_000)-data.Day(l.RecencyDays[i]))
		l.Stage = append(l.Stage, features.DefaultStageEdges().Of(int(l.RecencyDays[i])))
		l.PreferredChannel = append(l.PreferredChannel, uint32(rng.IntN(3)))
		l.HeldOut[i], l.Suppressed[i] = rng.IntN(10) == 0, rng.IntN(20) == 0
	}
	return l
}

func plainLeaves(n int) []learn.Leaf {
	leaves := make([]learn.Leaf, n)
	for i := range leaves {
		leaves[i] = learn.Leaf{Rule: rules.Rule{betweenOf("recency_days", float64(90+10*i), float64(100+10*i))}, TestCustomers: 40, TestReturned: int64(i)}
	}
	return leaves
}

func build(t *testing.T, l *scoring.Lapsed, leaves []learn.Leaf, s Settings) *Groups {
	t.Helper()
	g, err := BuildGroups(scoring.StoreOf(l), leaves, s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func listed(g *Groups) (contacts, holdout []tables.ContactRow) {
	for group := 1; group <= g.Ranking.Groups(); group++ {
		contacts = append(contacts, rowsOf(g.Contacts(group))...)
	}
	return contacts, rowsOf(g.Holdout())
}

func rowsOf(list iter.Seq2[tables.ContactRow, error]) (rows []tables.ContactRow) {
	for row, err := range list {
		if err != nil {
			panic(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// rowsInOrder are the rows of the customers in rank order.
func rowsInOrder(t *testing.T, r *Ranking) (rows []int32) {
	t.Helper()
	at := map[string]int32{}
	err := r.store.Each(func(l *scoring.Lapsed) error {
		for _, id := range l.IDs {
			at[id] = int32(len(at))
		}
		return nil
	})
	for group := 1; group <= r.Groups() && err == nil; group++ {
		for c, failed := range r.Group(group) {
			if err = failed; err != nil {
				break
			}
			rows = append(rows, at[c.IDs[c.Row]])
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestGroups_EveryCustomerIsInExactlyOnePlace(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		leaves := 1 + rng.IntN(10)
		l := randomLapsed(rng, rng.IntN(400), leaves)
		g := build(t, l, plainLeaves(leaves), Settings{})
		seen := map[string]string{}
		contacts, holdout := listed(g)
		for _, c := range contacts {
			seen[c.CustomerID] += "contact"
		}
		for _, c := range holdout {
			seen[c.CustomerID] += "holdout"
		}
		for i, id := range l.IDs {
			want := "contact"
			if l.HeldOut[i] {
				want = "holdout"
			}
			if l.Suppressed[i] {
				want = ""
			}
			if seen[id] != want {
				t.Fatalf("seed %d: row %d is in %q, want %q", seed, i, seen[id], want)
			}
			if group := g.Ranking.GroupOfLeaf(l.Leaf[i]); group < 1 || int(group) > len(g.Rows) {
				t.Fatalf("seed %d: row %d is in group %d of %d", seed, i, group, len(g.Rows))
			}
		}
		customers := int64(0)
		for _, row := range g.Rows {
			customers += row.Customers
			if row.ContactCustomers+row.HoldoutCustomers+row.SuppressedCustomers != row.Customers {
				t.Fatalf("seed %d: group %d does not add up", seed, row.Group)
			}
		}
		if customers != int64(len(l.IDs)) {
			t.Fatalf("seed %d: groups hold %d of %d customers", seed, customers, len(l.IDs))
		}
	}
}

func TestGroups_RanksAreWithoutGapsAndInOrder(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 2))
		g := build(t, randomLapsed(rng, 300, 6), plainLeaves(6), Settings{})
		contacts, holdout := listed(g)
		all := slices.Concat(contacts, holdout)
		slices.SortFunc(all, func(a, b tables.ContactRow) int { return int(a.Rank - b.Rank) })
		for i, c := range all {
			if c.Rank != int64(i+1) {
				t.Fatalf("seed %d: rank %d at place %d", seed, c.Rank, i+1)
			}
			if i == 0 || all[i-1].Group != c.Group {
				if c.RankInGroup != 1 {
					t.Fatalf("seed %d: group %d begins with rank %d", seed, c.Group, c.RankInGroup)
				}
				continue
			}
			before := all[i-1]
			if c.RankInGroup != before.RankInGroup+1 || c.Probability > before.Probability ||
				c.Probability == before.Probability && c.CustomerID <= before.CustomerID {
				t.Fatalf("seed %d: rank %d is out of order", seed, c.Rank)
			}
		}
		for i := 1; i < len(g.Rows); i++ {
			if g.Rows[i].Probability > g.Rows[i-1].Probability {
				t.Fatalf("seed %d: group %d is above group %d", seed, i+1, i)
			}
		}
	}
}

func fewLapsed(probability []float64, leaf []int32) *scoring.Lapsed {
	n := len(probability)
	l := &scoring.Lapsed{
		Probability: probability, Leaf: leaf, RecencyDays: make([]int32, n), Orders: make([]int32, n),
		Monetary: make([]data.Money, n), LastPurchaseDay: make([]data.Day, n), Stage: make([]features.Stage, n),
	}
	for i := range n {
		l.IDs = append(l.IDs, fmt.Sprintf("c%d", i))
	}
	return l
}

func TestGroups_EqualProbabilitiesPutTheLargerGroupFirstThenTheRule(t *testing.T) {
	l := fewLapsed([]float64{.25, .25, .25, .25}, []int32{0, 1, 1, 2})
	leaves := []learn.Leaf{{Rule: rules.Rule{atMostOf("orders", 2.5)}}, {}, {Rule: rules.Rule{atMostOf("orders", 1.5)}}}
	var rules []string
	for _, row := range build(t, l, leaves, Settings{}).Rows {
		rules = append(rules, row.Rule)
	}
	if want := []string{"all lapsed customers", "1 order", "at most 2 orders"}; !slices.Equal(rules, want) {
		t.Errorf("order %q, want %q", rules, want)
	}
}

func TestGroups_AScoreOrdersInsteadOfTheProbability(t *testing.T) {
	l := fewLapsed([]float64{.5, .5, .1, .1}, []int32{0, 0, 1, 1})
	l.Score = []float64{-300, -200, math.Copysign(0, -1), 0}
	g := build(t, l, make([]learn.Leaf, 2), Settings{})
	if want := []int32{2, 3, 1, 0}; !slices.Equal(rowsInOrder(t, &g.Ranking), want) {
		t.Errorf("order %v, want %v", rowsInOrder(t, &g.Ranking), want)
	}
}

// TestGroups_InsideOrdersNoGroups: uplift moves customers inside groups, and no group.
func TestGroups_InsideOrdersNoGroups(t *testing.T) {
	l := fewLapsed([]float64{.5, .4, .1, .2}, []int32{0, 0, 1, 1})
	l.Inside = []float64{-.1, .2, .9, .8}
	g := build(t, l, make([]learn.Leaf, 2), Settings{})
	if want := []int32{1, 0, 2, 3}; !slices.Equal(rowsInOrder(t, &g.Ranking), want) {
		t.Errorf("order %v, want %v", rowsInOrder(t, &g.Ranking), want)
	}
}

func TestGroups_EmptyLeavesAreNoGroups(t *testing.T) {
	l := fewLapsed([]float64{.5, .2}, []int32{2, 0})
	g := build(t, l, make([]learn.Leaf, 4), Settings{})
	if len(g.Rows) != 2 || g.Ranking.GroupOfLeaf(1) != 0 || g.Ranking.GroupOfLeaf(2) != 1 || g.Ranking.GroupOfLeaf(0) != 2 {
		t.Errorf("%d groups, leaves in %v", len(g.Rows), g.Ranking.ofLeaf)
	}
}

func TestGroups_NoCustomers(t *testing.T) {
	g := build(t, &scoring.Lapsed{}, plainLeaves(3), Settings{})
	contacts, holdout := listed(g)
	if len(g.Rows)+len(contacts)+len(holdout) != 0 || g.Plan.Summary != "no lapsed customers: nothing to do" {
		t.Errorf("%d groups; %s", len(g.Rows), g.Plan.Summary)
	}
}

func TestGroups_MoneyOfAGroup(t *testing.T) {
	l := fewLapsed([]float64{.4, .2, .2, .4}, []int32{0, 0, 0, 0})
	l.ExpectedSpend = []float64{10, 40, 1000, math.NaN()}
	l.HeldOut = []bool{false, false, true, false}
	margin, cost := .5, .3
	row := build(t, l, []learn.Leaf{{TestCustomers: 8, TestReturned: 2}}, Settings{Margin: &margin, ContactCost: &cost}).Rows[0]
	near(t, "probability", row.Probability, .3, 1e-12)
	near(t, "lift", row.Lift, 1, 1e-12)
	near(t, "expected returns", row.ExpectedReturns, 1, 1e-12)
	near(t, "expected spend", row.ExpectedSpend, (.4*10+.2*40)/.6, 1e-12)
	near(t, "expected margin", row.ExpectedMargin, 10, 1e-12)
	near(t, "contact cost", row.ContactCost, .9, 1e-12)
	near(t, "break-even", row.BreakEvenLift, .03, 1e-12)
	near(t, "test rate", row.TestRate, .25, 0)
}

// The third contact spends more than the two before: a plan that takes these counts with
// what they spend, not with the mean of the group.
func TestGroups_SpendOfThoseWhoAreTaken(t *testing.T) {
	l := fewLapsed([]float64{.4, .3, .2, .1}, []int32{0, 0, 0, 0})
	l.ExpectedSpend = []float64{10, 20, 1000, math.NaN()}
	g := build(t, l, []learn.Leaf{{TestCustomers: 8, TestReturned: 2}}, Settings{})
	for taken, want := range map[int]float64{0: math.NaN(), 1: 10, 2: (.4*10 + .3*20) / .7, 4: g.Rows[0].ExpectedSpend} {
		g.Rows[0].RecommendedContacts = int64(taken)
		facts, err := g.FactsOf(1)
		if err != nil || math.Abs(facts.Spend-want) > 1e-12 || math.IsNaN(facts.Spend) != math.IsNaN(want) {
			t.Errorf("%d taken: %v, %v; want %v", taken, facts.Spend, err, want)
		}
	}
}

func TestGroups_WithoutATestCutItsRateIsUnknown(t *testing.T) {
	row := build(t, fewLapsed([]float64{.4}, []int32{0}), []learn.Leaf{{TestCustomers: tables.Unknown, TestReturned: tables.Unknown}}, Settings{}).Rows[0]
	if row.TestCustomers != tables.Unknown || !math.IsNaN(row.TestRate) || !math.IsNaN(row.ContactCost) || !math.IsNaN(row.DetectableLift) {
		t.Errorf("%+v", row)
	}
}

func TestBuildGroups_RefusesColumnsThatDoNotFit(t *testing.T) {
	for want, spoil := range map[string]func(*scoring.Lapsed){
		"orders has 1 entries":    func(l *scoring.Lapsed) { l.Orders = l.Orders[:1] },
		"held out has 1 entries":  func(l *scoring.Lapsed) { l.HeldOut = []bool{true} },
		"has probability NaN":     func(l *scoring.Lapsed) { l.Probability[1] = math.NaN() },
		"has score +Inf":          func(l *scoring.Lapsed) { l.Score = []float64{1, infinite} },
		"inside its group by NaN": func(l *scoring.Lapsed) { l.Inside = []float64{1, math.NaN()} },
		"in leaf 1 of 1":          func(l *scoring.Lapsed) { l.Leaf[0] = 1 },
		"ascending order of ids":  func(l *scoring.Lapsed) { l.IDs[1] = l.IDs[0] },
		"preferred channel has n": func(l *scoring.Lapsed) { l.PreferredChannel = []uint32{0, 1} },
	} {
		l := fewLapsed([]float64{.1, .2}, []int32{0, 0})
		spoil(l)
		if _, err := BuildGroups(scoring.StoreOf(l), make([]learn.Leaf, 1), Settings{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// memoryFiles keeps what is created.
type memoryFiles map[string]*bytes.Buffer

type memoryFile struct{ *bytes.Buffer }

func (memoryFile) Close() error { return nil }

func (m memoryFiles) create(path string) (io.WriteCloser, error) {
	m[path] = &bytes.Buffer{}
	return memoryFile{m[path]}, nil
}

func (m memoryFiles) rows(t *testing.T, path string) []tables.ContactRow {
	t.Helper()
	var rows []tables.ContactRow
	for row, err := range tables.ReadContacts(bytes.NewReader(m[path].Bytes()), int64(m[path].Len())) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// writeLists writes the lists of groups one behind the other.
func writeLists(g *Groups, create run.Create) error {
	for _, write := range g.ListWriters(create, data.MoneyDecimal) {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func TestListWriters_FilesHoldTheListsAndRepeatByteByByte(t *testing.T) {
	l := randomLapsed(rand.New(rand.NewPCG(1, 3)), 500, 3)
	for i := range l.Suppressed {
		l.Suppressed[i] = l.Suppressed[i] || l.Leaf[i] == 2
	}
	g := build(t, l, plainLeaves(3), Settings{})
	first, second := memoryFiles{}, memoryFiles{}
	for _, m := range []memoryFiles{first, second} {
		if err := writeLists(g, m.create); err != nil {
			t.Fatal(err)
		}
	}
	contacts, holdout := listed(g)
	var written []tables.ContactRow
	for group := 1; group <= 3; group++ {
		written = append(written, first.rows(t, fmt.Sprintf("contacts/group-%02d/part-0.parquet", group))...)
	}
	same := func(a, b []tables.ContactRow) bool {
		return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
	}
	if len(first) != 4 || !same(written, contacts) || !same(first.rows(t, "holdout.parquet"), holdout) {
		t.Errorf("%d files, %d contacts of %d", len(first), len(written), len(contacts))
	}
	for path, file := range first {
		if !bytes.Equal(file.Bytes(), second[path].Bytes()) {
			t.Errorf("%s differs the second time", path)
		}
	}
}

func TestListWriters_EveryFailedWriteIsAnErrorThatNamesTheFile(t *testing.T) {
	g := build(t, randomLapsed(rand.New(rand.NewPCG(1, 4)), 3000, 2), plainLeaves(2), Settings{})
	size := 0
	m := memoryFiles{}
	if err := writeLists(g, m.create); err != nil {
		t.Fatal(err)
	}
	for _, file := range m {
		size += file.Len()
	}
	for room := 0; room < size; room += 1 + size/50 {
		disk, last := &fsystest.FullDisk{Room: room}, ""
		err := writeLists(g, func(path string) (io.WriteCloser, error) {
			last = path
			return disk, nil
		})
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), last) {
			t.Fatalf("room for %d of %d bytes: error %v while writing %s", room, size, err, last)
		}
	}
	refused := func(string) (io.WriteCloser, error) { return nil, syscall.ENOSPC }
	if err := writeLists(g, refused); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that of create", err)
	}
}
