// Package uplift asks of settled waves whether customers can be ranked by how much a
// contact does to them, and does so inside groups where that is shown.
package uplift

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/models"
	"winback/pipeline/campaign"
	"winback/pipeline/effect"
	"winback/pipeline/learn"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// Bounds of what is read of the features of waves: more customers are sampled by
// their ids.
const (
	mostFit    = 60_000 // of each side, held out or contacted
	mostJudged = 200_000
)

// Judge learns uplift from the settled waves but the newest, and judges it there
// against the ranking by probability; where it is better beyond noise, inside ranks
// tonight's customers by their features, whose columns are those of like. Nothing is
// judged, proof nil, before effect.UpliftWaves are settled and
// effect.UpliftHeldOutReturns of their held-out have returned.
func Judge(seen []*campaign.Measured, like *models.Matrix) (proof *learn.UpliftProof, inside *learn.Inside, err error) {
	waves := settled(seen)
	if len(waves) < effect.UpliftWaves {
		return nil, nil, nil
	}
	var subjects [][]campaign.Subject
	heldOut := 0
	for _, m := range waves {
		subjects = append(subjects, m.Subjects())
		heldOut += returnsOf(subjects[len(subjects)-1])
	}
	if heldOut < effect.UpliftHeldOutReturns {
		return nil, nil, nil
	}
	newest := waves[len(waves)-1]
	proof = &learn.UpliftProof{Q: unknown, Low: unknown, High: unknown, Rankings: rankings(newest, subjects[len(subjects)-1], seen)}
	model, err := fit(waves[:len(waves)-1], subjects, names(like))
	if err != nil {
		return nil, nil, err
	}
	if model == nil {
		proof.Why = "Customers are ranked by probability inside groups: on one side of the earlier waves nobody returned, or everybody did."
		return proof, nil, nil
	}
	if err := judge(model, newest, subjects[len(subjects)-1], proof); err != nil {
		return nil, nil, err
	}
	if !proof.Chosen {
		return proof, nil, nil
	}
	return proof, model, nil
}

// settled are the waves that can teach, the oldest launch first.
func settled(seen []*campaign.Measured) (waves []*campaign.Measured) {
	for _, m := range seen {
		if m.Over(m.Look.AsOf) && m.AllSettled() && m.HasFeatures() {
			waves = append(waves, m)
		}
	}
	slices.SortStableFunc(waves, func(a, b *campaign.Measured) int { return int(a.Day - b.Day) })
	return waves
}

// returnsOf counts the held-out who returned.
func returnsOf(subjects []campaign.Subject) (n int) {
	for _, s := range subjects {
		if !s.Contacted && s.Returned {
			n++
		}
	}
	return n
}

var unknown = learn.Figure(math.NaN())

// fit learns from waves; nil where that is not possible. names are the columns of
// tonight's features: those that all have are looked at.
func fit(waves []*campaign.Measured, subjects [][]campaign.Subject, names map[string]bool) (*learn.Inside, error) {
	var parts []part
	for i, m := range waves {
		p, err := read(m, thinned(subjects[i]))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	x, outcomes := join(parts, names)
	u, err := effect.FitUplift(x, outcomes)
	if errors.Is(err, effect.ErrOneSided) {
		return nil, nil
	}
	return &learn.Inside{Uplift: u}, err
}

// judge compares on the newest wave, which the model has not seen.
func judge(model *learn.Inside, m *campaign.Measured, subjects []campaign.Subject, proof *learn.UpliftProof) error {
	p, err := read(m, sampled(subjects, mostJudged))
	if err != nil {
		return err
	}
	if len(snapshots.Pick(p.x, model.Contacted.Names).Names) < len(model.Contacted.Names) {
		proof.Why = fmt.Sprintf("Customers are ranked by probability inside groups: wave %d of campaign %s has other features than the waves before.", m.Number, m.Name)
		return nil
	}
	score, probability := model.Of(p.x), make([]float64, len(p.outcomes))
	for i, o := range p.outcomes {
		probability[i] = o.Probability
	}
	worth := effect.QiniDifference(p.outcomes, score, probability)
	proof.Q, proof.Low, proof.High = learn.Figure(worth.Value), learn.Figure(worth.Low), learn.Figure(worth.High)
	proof.Customers, proof.Chosen = int64(len(p.outcomes)), worth.Low > 0
	proof.Rankings = append(proof.Rankings, proofOf("uplift", p.outcomes, score))
	by, than := "probability", "is not better beyond noise"
	if proof.Chosen {
		by, than = "uplift", "is better beyond noise"
	}
	proof.Why = fmt.Sprintf("Customers are ranked by %s inside groups: on wave %d of campaign %s, which it has not seen, ranking by uplift %s than by probability (%s more extra returns per 1,000 customers, 95 %% %s to %s).",
		by, m.Number, m.Name, than, perThousand(worth.Value), perThousand(worth.Low), perThousand(worth.High))
	return nil
}

func perThousand(x float64) string { return wording.Prose.Fixed(1000*x, 1) }

// part is what a wave teaches: features and outcomes of customers, row by row.
type part struct {
	x        *models.Matrix
	outcomes []effect.Outcome
}

// read reads the features that a launch kept of customers, by id.
func read(m *campaign.Measured, subjects []campaign.Subject) (part, error) {
	want := make(map[string]int, len(subjects))
	for i := range subjects {
		want[subjects[i].ID] = i
	}
	file, size, err := m.Entry.Open(run.FeaturesFile)
	if err != nil {
		return part{}, err
	}
	defer file.Close()
	ids, columns, err := tables.ReadNumbers(file, size, "customer_id", func(id string) bool { _, in := want[id]; return in })
	if err != nil {
		return part{}, &data.InputError{Path: m.Entry.Name() + "/" + run.FeaturesFile, Err: err}
	}
	p := part{x: &models.Matrix{}}
	for _, c := range columns {
		p.x.Names, p.x.Levels, p.x.Columns = append(p.x.Names, c.Name), append(p.x.Levels, c.Levels), append(p.x.Columns, c.Values)
	}
	for _, id := range ids {
		p.outcomes = append(p.outcomes, subjects[want[id]].Outcome)
	}
	return p, nil
}

// thinned bounds both sides by themselves, so that no held-out customer is lost
// where contacts are many.
func thinned(subjects []campaign.Subject) []campaign.Subject {
	var sides [2][]campaign.Subject
	for _, s := range subjects {
		side := 0
		if s.Contacted {
			side = 1
		}
		sides[side] = append(sides[side], s)
	}
	return slices.Concat(sampled(sides[0], mostFit), sampled(sides[1], mostFit))
}

// sampled are about so many at most.
func sampled(subjects []campaign.Subject, most int) []campaign.Subject {
	if len(subjects) <= most {
		return subjects
	}
	drawn := snapshots.Sampled(float64(most) / float64(len(subjects)))
	return slices.DeleteFunc(slices.Clone(subjects), func(s campaign.Subject) bool { return !drawn(s.ID) })
}
