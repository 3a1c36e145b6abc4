package learn

import (
	"context"
	"fmt"
	"slices"

	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// Choice says which model ranks tonight's list, and why.
type Choice struct {
	Name string
	Why  string // a sentence
	// MeanAUC of the candidates over the cuts of the choice; empty where
	// there were none.
	MeanAUC map[string]float64
	Cuts    int

	cuts  []int
	byCut map[string][]CutAUC // of the candidates, in the order of cuts
}

// choose tries all rankers on the cuts that close before the test cut and takes
// the simplest that gives up less than betterAUC to the best. It is no stricter:
// all that learn are learned anyway, and the gate still falls back to recency.
// Without such cuts the gate decides between an even blend and recency.
func (l *Learner) choose(ctx context.Context) (Choice, error) {
	cuts := slices.DeleteFunc(l.choiceCuts(), l.oneSided)
	if len(cuts) == 0 {
		return Choice{Name: ModelBlend, Why: "There is too little history to choose a model on past days: an even blend of all is taken, if it beats sorting by recency at the test cut."}, nil
	}
	if err := l.fitRankers(ctx, cuts); err != nil {
		return Choice{}, err
	}
	if err := l.settleTrees(ctx, cuts); err != nil {
		return Choice{}, err
	}
	l.settleBlend(cuts)
	for _, cut := range cuts {
		if _, err := l.at(ctx, l.candidate(ModelBlend), cut); err != nil {
			return Choice{}, err
		}
	}
	choice := Choice{MeanAUC: map[string]float64{}, Cuts: len(cuts), cuts: cuts, byCut: l.rankersByCut(cuts)}
	best := ""
	for _, c := range l.known {
		if values, ok := choice.byCut[c.Name]; ok {
			choice.MeanAUC[c.Name] = snapshots.MeanOf(aucsOf(values))
			if best == "" || choice.MeanAUC[c.Name] > choice.MeanAUC[best] {
				best = c.Name
			}
		}
	}
	choice.Name = l.simplest(choice.MeanAUC, best)
	choice.Why = whyChosen(choice, best, l)
	return choice, nil
}

// simplest is the first candidate that ranks next to as well as the best.
func (l *Learner) simplest(meanAUC map[string]float64, best string) string {
	return l.known[slices.IndexFunc(l.known, func(c candidate) bool {
		auc, ok := meanAUC[c.Name]
		return ok && auc >= meanAUC[best]-betterAUC
	})].Name
}

// fitRankers fits all rankers on the cuts of the choice.
func (l *Learner) fitRankers(ctx context.Context, cuts []int) error {
	l.trying = true
	defer func() { l.trying = false }()
	if err := l.fitAhead(ctx, l.rankersAt(cuts)); err != nil {
		return err
	}
	if err := l.settleSeason(ctx, cuts); err != nil || !l.withoutSeason {
		return err
	}
	return l.fitAhead(ctx, l.rankersAt(cuts))
}

// rankersAt are the fits that a choice needs; models whose size is found here
// begin with the fewest trees.
func (l *Learner) rankersAt(cuts []int) []task {
	var tasks []task
	for _, c := range l.known {
		l.trees[c.Name] = treesTried[0]
		for _, cut := range cuts {
			if c.ranker && c.fit != nil {
				tasks = append(tasks, task{c, cut})
			}
		}
	}
	return tasks
}

// came says who of a snapshot's customers returned.
func (l *Learner) came(cut int) []uint8 {
	return l.snapshots.Returned[l.snapshots.Starts[cut]:l.snapshots.Starts[cut+1]]
}

// rankersByCut are the AUCs of the rankers on each cut.
func (l *Learner) rankersByCut(cuts []int) map[string][]CutAUC {
	rankers := slices.DeleteFunc(slices.Clone(l.known), func(c candidate) bool { return !c.ranker })
	all := make([]CutAUC, len(rankers)*len(cuts))
	parallel.EachOf(len(all), l.workers, func(i int) {
		cut := cuts[i%len(cuts)]
		rows, p := l.snapshots.Training(l.snapshots.Raw, cut, cut+1), l.predicted[rankers[i/len(cuts)].Name][cut].p
		interval := models.BootstrapAUC(p, rows.Y, rows.Group, Resampling(1))
		all[i] = CutAUC{Figure(models.AUC(p, rows.Y, nil)), Figure(interval.Low), Figure(interval.High)}
	})
	byCut := map[string][]CutAUC{}
	for k, c := range rankers {
		byCut[c.Name] = all[k*len(cuts) : (k+1)*len(cuts)]
	}
	return byCut
}

// beatsChance says whether the chosen model ranked better than chance on the
// cuts of the choice, beyond the noise of one of them: they show the same
// customers.
func (c *Choice) beatsChance() bool {
	cuts := c.byCut[c.Name]
	noise := 0.0
	for _, a := range cuts {
		noise += float64(a.High-a.Low) / 2 / float64(len(cuts))
	}
	return len(cuts) == 0 || snapshots.MeanOf(aucsOf(cuts))-noise > 0.5
}

func aucsOf(cuts []CutAUC) []float64 {
	aucs := make([]float64, len(cuts))
	for i, c := range cuts {
		aucs[i] = float64(c.AUC)
	}
	return aucs
}

// oneSided says whether all or none of a snapshot's customers returned.
func (l *Learner) oneSided(cut int) bool {
	y := l.came(cut)
	return !slices.Contains(y, 0) || !slices.Contains(y, 1)
}

func whyChosen(c Choice, best string, l *Learner) string {
	words := modelWords(best, l.blend)
	cuts := wording.Counted(c.Cuts, "earlier cut")
	if c.Name != best {
		return fmt.Sprintf("On %s, %s (mean AUC %.3f) ranked next to as well as the best, %s (%.3f); the simpler one is taken.",
			cuts, modelWords(c.Name, l.blend), c.MeanAUC[c.Name], words, c.MeanAUC[best])
	}
	why := fmt.Sprintf("Of all models tried, %s ranked best on %s (mean AUC %.3f; sorting by recency %.3f).", words, cuts, c.MeanAUC[c.Name], c.MeanAUC[ModelRecency])
	if l.withoutSeason {
		why += " They learned from the newest months alone: with those of a year ago they ranked worse."
	}
	return why
}
