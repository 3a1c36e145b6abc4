package learn

import (
	"context"
	"math"
	"slices"

	"winback/internal/parallel"
	"winback/models"
)

// treesTried are the numbers of trees that a boosted model is tried with.
var treesTried = []int{50, 100, mostTrees}

// betterAUC is the gain in mean AUC that another setting than the usual or
// smaller one has to bring.
const betterAUC = 0.0005

// leastProbability keeps the log-odds of probabilities finite.
const leastProbability = 1e-9

// settleSeason asks, once the models were fitted on cuts, whether the snapshots
// of a year ago do harm, as they may in a shop that has changed since: where
// boosted trees rank better without them on each of the newest cuts, by more than
// betterAUC, no model learns from them.
func (l *Learner) settleSeason(ctx context.Context, cuts []int) error {
	c, near := l.candidate(ModelBoost), *l
	near.withoutSeason, near.predicted, near.trees = true, map[string]map[int]scored{}, map[string]int{c.Name: usualTrees}
	cuts = slices.DeleteFunc(slices.Clone(cuts), func(cut int) bool {
		return cut > 2*l.Lag || len(l.window(c, cut+l.Lag)) == len(near.window(c, cut+l.Lag))
	})
	var tasks []task
	for _, cut := range cuts {
		tasks = append(tasks, task{c, cut})
	}
	if err := near.fitAhead(ctx, tasks); err != nil || len(cuts) == 0 {
		return err
	}
	for _, cut := range cuts {
		if near.usualAUC(c, cut) <= l.usualAUC(c, cut)+betterAUC {
			return nil
		}
	}
	l.withoutSeason = true
	for _, c := range l.known {
		if c.season {
			delete(l.predicted, c.Name)
		}
	}
	return nil
}

// usualAUC is how a boosted model of the usual size ranks at a cut.
func (l *Learner) usualAUC(c candidate, cut int) float64 {
	x := l.snapshots.Training(l.form(c), cut, cut+1)
	return models.AUC(l.predicted[c.Name][cut].grown.Staged(x.X, []int{usualTrees})[0], x.Y, nil)
}

// settleTrees finds the number of trees with which a model ranked best on all
// cuts together, the smallest within betterAUC of the best, and predicts with it
// at these cuts.
func (l *Learner) settleTrees(name string, cuts []int) {
	margins := make([][][]float64, len(cuts)) // by cut, number and row
	parallel.EachOf(len(cuts), l.workers, func(i int) {
		x := l.snapshots.Training(l.form(l.candidate(name)), cuts[i], cuts[i]+1).X
		margins[i] = l.predicted[name][cuts[i]].grown.Staged(x, treesTried)
	})
	mean := make([]float64, len(treesTried))
	for k := range mean {
		for i, cut := range cuts {
			mean[k] += models.AUC(margins[i][k], l.came(cut), nil) / float64(len(cuts))
		}
	}
	best, chosen := slices.Max(mean), 0
	for mean[chosen] < best-betterAUC {
		chosen++
	}
	l.trees[name] = treesTried[chosen]
	for i, cut := range cuts {
		p := margins[i][chosen]
		for row, z := range p {
			p[row] = min(max(1/(1+math.Exp(-z)), leastProbability), 1-leastProbability)
		}
		l.remember(name, cut, scored{p, l.predicted[name][cut].grown})
	}
}

// blendParts are the models whose log-odds the blend averages.
var blendParts = []string{ModelLogistic, ModelBoostRelative, ModelBoost}

// blendShare is the step between the weights of a blend that are tried.
const blendShare = 4

func evenly(n int) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1 / float64(n)
	}
	return weights
}

// settleBlend finds the weights with which the blend ranked best on all cuts
// together; even ones, unless others were better by more than betterAUC.
func (l *Learner) settleBlend(cuts []int) {
	choices := [][]float64{evenly(len(blendParts))}
	for a := range blendShare + 1 {
		for b := range blendShare + 1 - a {
			choices = append(choices, []float64{float64(a) / blendShare, float64(b) / blendShare, float64(blendShare-a-b) / blendShare})
		}
	}
	means := make([]float64, len(choices))
	parallel.EachOf(len(choices), l.workers, func(k int) {
		for _, cut := range cuts {
			var parts [][]float64
			for _, name := range blendParts {
				parts = append(parts, l.predicted[name][cut].p)
			}
			means[k] += models.AUC(blendOf(choices[k], parts...), l.came(cut), nil) / float64(len(cuts))
		}
	})
	best := 0
	for k := range choices {
		if means[k] > means[best] {
			best = k
		}
	}
	if means[best] > means[0]+betterAUC {
		l.blend = choices[best]
	}
}

// blendOf is the weighted mean of log-odds, as probabilities. Weights sum to 1.
func blendOf(weights []float64, parts ...[]float64) []float64 {
	out := make([]float64, len(parts[0]))
	for i := range out {
		sum := 0.0
		for k, p := range parts {
			if weights[k] > 0 {
				sum += weights[k] * math.Log(p[i]/(1-p[i]))
			}
		}
		out[i] = 1 / (1 + math.Exp(-sum))
	}
	return out
}
