package pipeline

import (
	"math"

	"winback/models"
)

// treeStep is how many trees lie between the numbers that are tried, up to
// mostTrees.
const treeStep = 50

// betterAUC is how much more mean AUC is worth another setting than the usual
// or smaller one.
const betterAUC = 0.0005

// leastProbability keeps the log-odds of probabilities finite.
const leastProbability = 1e-9

// settleTrees finds the number of trees with which a boosted model ranked best
// on all cuts together, the smallest within next to nothing of the best, and
// cuts its models at these days to it.
func (l *learner) settleTrees(name string, cuts []int) {
	const steps = mostTrees / treeStep
	grown := make([]*models.Ensemble, len(cuts))
	margins := make([][steps][]float64, len(cuts))
	eachOf(len(cuts), l.workers, func(i int) {
		x := l.snapshots.training(l.form(l.candidate(name)), cuts[i], cuts[i]+1).X
		s := l.predicted[name][cuts[i]]
		if grown[i] = s.grown; grown[i] == nil {
			grown[i] = s.model.(*models.Ensemble)
		}
		margins[i] = [steps][]float64(stagedMargins(grown[i], x, steps))
	})
	var mean [steps]float64
	best := 0
	for k := range mean {
		for i, cut := range cuts {
			mean[k] += models.AUC(margins[i][k], l.came(cut), nil) / float64(len(cuts))
		}
		if mean[k] > mean[best] {
			best = k
		}
	}
	chosen := 0
	for mean[chosen] < mean[best]-betterAUC {
		chosen++
	}
	l.trees[name] = (chosen + 1) * treeStep
	for i, cut := range cuts {
		e := *grown[i]
		e.Trees = e.Trees[:min(len(e.Trees), l.trees[name])]
		p := margins[i][chosen]
		for row, z := range p {
			p[row] = min(max(1/(1+math.Exp(-z)), leastProbability), 1-leastProbability)
		}
		l.remember(name, cut, scored{&e, p, grown[i]})
	}
}

// stagedMargins are the log-odds after each treeStep trees.
func stagedMargins(e *models.Ensemble, x *models.Matrix, steps int) [][]float64 {
	stages := make([][]float64, steps)
	part := *e
	for k := range stages {
		from, to := min(k*treeStep, len(e.Trees)), min((k+1)*treeStep, len(e.Trees))
		part.Trees = e.Trees[from:to]
		stages[k] = make([]float64, x.Rows())
		part.Margin(x, stages[k])
		if k > 0 {
			for i, z := range stages[k-1] {
				stages[k][i] += z
			}
		}
		part.Prior = 0
	}
	return stages
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
// together; even ones, unless others were better by more than next to nothing.
func (l *learner) settleBlend(cuts []int) {
	choices := [][]float64{evenly(len(blendParts))}
	for a := range blendShare + 1 {
		for b := range blendShare + 1 - a {
			choices = append(choices, []float64{float64(a) / blendShare, float64(b) / blendShare, float64(blendShare-a-b) / blendShare})
		}
	}
	means := make([]float64, len(choices))
	eachOf(len(choices), l.workers, func(k int) {
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
