package learn

import (
	"context"
	"errors"
	"math"

	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/snapshots"
)

// treesTried are the numbers of trees that a boosted model is tried with.
var treesTried = []int{50, 100, 150}

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
	near.withoutSeason = true
	asked := false
	for _, cut := range cuts {
		if cut > 2*l.Lag || len(l.window(c, cut+l.Lag)) == len(near.window(c, cut+l.Lag)) {
			continue
		}
		without, err := near.fitAt(ctx, c, cut)
		if err != nil || l.smallestAUC(c, cut, without) <= l.smallestAUC(c, cut, l.predicted[c.Name][cut])+betterAUC {
			return err
		}
		asked = true
	}
	if l.withoutSeason = asked; !asked {
		return nil
	}
	for _, c := range l.known {
		if c.season {
			delete(l.predicted, c.Name)
		}
	}
	return nil
}

// smallestAUC is how a boosted model of the smallest size tried ranks at a cut.
func (l *Learner) smallestAUC(c candidate, cut int, s scored) float64 {
	margin := make([]float64, len(l.came(cut)))
	s.grown.Part(0, treesTried[0]).Margin(l.rowsAt(c, cut), margin)
	return models.AUC(margin, l.came(cut), nil)
}

// rowsAt are a snapshot's customers as a candidate sees them.
func (l *Learner) rowsAt(c candidate, cut int) *models.Matrix {
	return snapshots.Window(l.form(c), l.snapshots.Starts[cut], l.snapshots.Starts[cut+1])
}

// growing is a boosted model of which is not known how many trees it needs: the
// log-odds and the mean AUC on all cuts with those that are certain.
type growing struct {
	candidate candidate
	trees     int
	margins   [][]float64 // by cut and row
	auc       float64
}

// settleTrees finds the number of trees of the boosted models, and predicts with
// it at the cuts: they grow for as long as the next number ranks better, by more
// than betterAUC, on all cuts together.
func (l *Learner) settleTrees(ctx context.Context, cuts []int) error {
	var all []*growing
	for _, c := range l.known {
		if l.predicted[c.Name][cuts[0]].grown != nil {
			all = append(all, &growing{candidate: c, margins: make([][]float64, len(cuts))})
		}
	}
	for _, trees := range treesTried {
		larger, err := l.grow(ctx, all, cuts, trees)
		if err != nil {
			return err
		}
		var open []*growing
		for i, g := range larger {
			if all[i].trees == 0 || g.auc > all[i].auc+betterAUC {
				*all[i] = *g
				open = append(open, all[i])
			} else {
				l.settle(all[i], cuts)
			}
		}
		all = open
	}
	for _, g := range all {
		l.settle(g, cuts)
	}
	return nil
}

// grow lets models go on to so many trees.
func (l *Learner) grow(ctx context.Context, all []*growing, cuts []int, trees int) ([]*growing, error) {
	larger := make([]*growing, len(all))
	for i, g := range all {
		larger[i] = &growing{candidate: g.candidate, trees: trees, margins: make([][]float64, len(cuts))}
	}
	aucs, errs := make([]float64, len(all)*len(cuts)), make([]error, len(all)*len(cuts))
	parallel.EachOf(len(aucs), l.workers, func(i int) {
		g, k := all[i/len(cuts)], i%len(cuts)
		model := l.predicted[g.candidate.Name][cuts[k]].grown
		errs[i] = model.Grow(ctx, trees)
		margin := make([]float64, len(l.came(cuts[k])))
		model.Part(g.trees, trees).Margin(l.rowsAt(g.candidate, cuts[k]), margin)
		for row, z := range g.margins[k] {
			margin[row] += z
		}
		larger[i/len(cuts)].margins[k], aucs[i] = margin, models.AUC(margin, l.came(cuts[k]), nil)
	})
	for i, auc := range aucs {
		larger[i/len(cuts)].auc += auc / float64(len(cuts))
	}
	return larger, errors.Join(errs...)
}

// settle notes the number of trees of a model and what it predicts with them.
func (l *Learner) settle(g *growing, cuts []int) {
	name := g.candidate.Name
	l.trees[name] = g.trees
	for k, cut := range cuts {
		p := g.margins[k]
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
	parts := make([][][]float64, len(cuts)) // log-odds by cut and part
	parallel.EachOf(len(cuts), l.workers, func(i int) {
		for _, name := range blendParts {
			parts[i] = append(parts[i], logOdds(l.predicted[name][cuts[i]].p))
		}
	})
	parallel.EachOf(len(choices), l.workers, func(k int) {
		for i, cut := range cuts {
			means[k] += models.AUC(weighted(choices[k], parts[i]), l.came(cut), nil) / float64(len(cuts))
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
	z := make([][]float64, len(parts))
	for k, p := range parts {
		if weights[k] > 0 {
			z[k] = logOdds(p)
		}
	}
	out := weighted(weights, z)
	for i, sum := range out {
		out[i] = 1 / (1 + math.Exp(-sum))
	}
	return out
}

func logOdds(p []float64) []float64 {
	z := make([]float64, len(p))
	for i := range p {
		z[i] = math.Log(p[i] / (1 - p[i]))
	}
	return z
}

// weighted is the sum of the parts that have a weight, each times it.
func weighted(weights []float64, parts [][]float64) []float64 {
	var sum []float64
	for k, part := range parts {
		if weights[k] > 0 {
			if sum == nil {
				sum = make([]float64, len(part))
			}
			for i, z := range part {
				sum[i] += weights[k] * z
			}
		}
	}
	return sum
}
