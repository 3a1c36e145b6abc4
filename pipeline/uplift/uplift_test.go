package uplift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys/fsystest"
	"winback/models"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// customer is a row of features as a run keeps it: of its two kinds, a contact moves
// the second more.
type customer struct {
	CustomerID string  `parquet:"customer_id"`
	Kind       int64   `parquet:"kind"`
	Spent      int64   `parquet:"spent,decimal(4:18)"`
	Colour     *string `parquet:"colour,optional"`
	Old        float64 `parquet:"old"` // no feature of tonight's
	Known      bool    `parquet:"known"`
}

const launched = data.Day(20_000)

// shop plays waves of a campaign, a hundred days apart: lifts are those of the two kinds.
type shop struct {
	t     *testing.T
	draw  *rand.Rand
	files *fsystest.Mem
	lifts [2]float64
	size  int
}

func newShop(t *testing.T, size int, lifts [2]float64) *shop {
	return &shop{t, rand.New(rand.NewPCG(7, 7)), fsystest.NewMem(), lifts, size}
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// launch writes a wave, its features with colours of its own, and that it was sent.
func (s *shop) launch(number int, colours ...string) {
	day := launched + data.Day(100*number)
	plan := campaign.Plan{Run: "a-run", AsOf: day.String(), HorizonDays: 60, Margin: .4, ContactCost: .1, Holdout: .4, Arms: campaign.OneArm(), Tau: .3, Groups: []campaign.PlannedGroup{{Group: 1}}}
	var rows []tables.AssignmentRow
	var features []customer
	for i := range s.size {
		arm := "contact"
		if s.draw.Float64() < .4 {
			arm = tables.HoldoutArm
		}
		id := fmt.Sprintf("c%05d", i)
		rows = append(rows, tables.AssignmentRow{CustomerID: id, Group: 1, Arm: arm, Probability: .1, ExpectedSpend: 10 + float64(i%5)})
		features = append(features, customer{id, int64(i % 2), int64(i%7) * 10_000, &colours[i%len(colours)], s.draw.Float64(), true})
	}
	plan.Fill(rows)
	var planText, assigned, known bytes.Buffer
	s.must(run.WriteJSON(&planText, plan))
	s.must(tables.WriteAssignments(&assigned, rows))
	s.must(parquet.Write(&known, features))
	s.append(ledger.Entry{Kind: ledger.Launch, Day: day.String(), Campaign: "spring", Wave: number},
		ledger.File{Path: campaign.PlanFile, Content: planText.Bytes()}, ledger.File{Path: campaign.AssignmentsFile, Content: assigned.Bytes()}, ledger.File{Path: run.FeaturesFile, Content: known.Bytes()})
	settings, err := json.Marshal(campaign.DeclaredSend{Groups: []int{1}, On: day.String()})
	s.must(err)
	s.append(ledger.Entry{Kind: ledger.Sent, Day: day.String(), Campaign: "spring", Wave: number, Settings: settings})
}

func (s *shop) append(e ledger.Entry, files ...ledger.File) {
	w, err := ledger.Begin(s.files, "/out")
	s.must(err)
	defer w.Release()
	_, _, err = w.Append(e, files)
	s.must(err)
}

// measured measures the waves as of a day.
func (s *shop) measured(asOf data.Day) (seen []*campaign.Measured) {
	l, err := ledger.Read(s.files, "/out")
	s.must(err)
	waves, err := campaign.Load(l, "", asOf)
	s.must(err)
	for _, w := range waves {
		draw := rand.New(rand.NewPCG(uint64(w.Number), 1))
		outcomes := w.NewOutcomes()
		for i, r := range w.Rows {
			p := .1
			if r.Arm != tables.HoldoutArm {
				p += s.lifts[i%2]
			}
			var bought []campaign.Happening
			if draw.Float64() < p {
				bought = []campaign.Happening{{At: (w.Day + 5).Micros(), Amount: 100_000}}
			}
			outcomes.Set(w, i, bought, nil)
		}
		seen = append(seen, w.Measure(outcomes, campaign.Look{AsOf: asOf, Newest: asOf, Amounts: true}, seen))
	}
	return seen
}

// tonight are two customers, one of each kind.
func tonight() *models.Matrix {
	return &models.Matrix{Names: []string{"spent", "kind", "colour", "new"}, Levels: [][]string{nil, nil, {"blue", "green", "red"}, nil}, Columns: [][]float32{{0, 0}, {0, 1}, {0, float32(math.NaN())}, {1, 1}}}
}

// TestJudge_RanksByUpliftWhereItWon: in the first shop a contact moves one kind of
// customers, in the second both alike.
func TestJudge_RanksByUpliftWhereItWon(t *testing.T) {
	for _, c := range []struct {
		lifts  [2]float64
		chosen bool
	}{{[2]float64{0, .12}, true}, {[2]float64{.06, .06}, false}} {
		s := newShop(t, 6000, c.lifts)
		s.launch(1, "red", "blue")
		s.launch(2, "blue", "yellow")
		s.launch(3, "blue", "red")
		seen := s.measured(launched + 400)
		proof, inside, err := Judge(seen, tonight())
		s.must(err)
		if proof == nil || proof.Customers != 6000 || proof.Chosen != c.chosen || (inside != nil) != c.chosen || proof.Low > proof.Q || proof.Q > proof.High || proof.Chosen != (proof.Low > 0) {
			t.Fatalf("lifts %v: %+v", c.lifts, proof)
		}
		var names []string
		for _, r := range proof.Rankings {
			names = append(names, r.Ranking)
		}
		if !slices.Equal(names, []string{"probability", "expected margin", "learned profit", "uplift"}) {
			t.Errorf("rankings %v", names)
		}
		if !c.chosen {
			if !strings.Contains(proof.Why, "ranked by probability inside groups: on wave 3 of campaign spring") {
				t.Errorf("why: %s", proof.Why)
			}
			continue
		}
		// Half of the customers, at ¼ on average, as against nobody's order.
		if math.Abs(float64(proof.Q)-.12/8) > .006 {
			t.Errorf("worth %v, want near %v", proof.Q, .12/8)
		}
		if score := inside.Of(tonight()); score[1]-score[0] < .08 {
			t.Errorf("uplift of the two kinds %v", score)
		}
		again, _, err := Judge(s.measured(launched+400), tonight())
		if s.must(err); fmt.Sprint(*again) != fmt.Sprint(*proof) {
			t.Errorf("judged again: %+v, before %+v", again, proof)
		}
	}
}

// TestJudge_NeedsTwoSettledWavesAndAHundredReturns of the held-out.
func TestJudge_NeedsTwoSettledWavesAndAHundredReturns(t *testing.T) {
	s := newShop(t, 2000, [2]float64{0, .12})
	s.launch(1, "red")
	s.launch(2, "blue")
	few := newShop(t, 1000, [2]float64{0, .12})
	few.launch(1, "red")
	few.launch(2, "blue")
	for name, c := range map[string]struct {
		seen []*campaign.Measured
		want bool
	}{
		"two settled":                        {s.measured(launched + 200 + 90), true},
		"the second is closed a day too few": {s.measured(launched + 200 + 89), false},
		"too few returns":                    {few.measured(launched + 290), false},
		"no campaign":                        {nil, false},
	} {
		proof, inside, err := Judge(c.seen, tonight())
		if s.must(err); (proof != nil) != c.want || proof == nil && inside != nil {
			t.Errorf("%s: %+v", name, proof)
		}
	}
}

func TestJudge_NamesAWaveWhoseFeaturesAreDamaged(t *testing.T) {
	s := newShop(t, 2000, [2]float64{0, .12})
	s.launch(1, "red")
	s.launch(2, "blue")
	seen := s.measured(launched + 290)
	path := seen[0].Entry.Path(run.FeaturesFile)
	s.must(s.files.Remove(path))
	f, err := s.files.Create(path)
	s.must(err)
	_, err = f.Write([]byte("PAR1 no more"))
	s.must(err)
	s.must(f.Close())
	if _, _, err := Judge(seen, tonight()); err == nil || !strings.Contains(err.Error(), "000001-launch/features.parquet") {
		t.Errorf("error %v", err)
	}
}
