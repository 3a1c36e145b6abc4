package models

import "math"

// stopper watches a validation set while trees are added.
type stopper struct {
	settings  *BoostSettings
	data      *Binned
	margin    []float64
	trees     int
	best      float64 // loss, smaller is better
	bestTrees int
}

// newStopper returns nil where there is no validation set.
func newStopper(s *BoostSettings, data *Binned, prior float64) *stopper {
	if s.Validation == nil {
		return nil
	}
	p := &stopper{settings: s, data: data.apply(s.Validation.X, workersOf(s.Workers))}
	p.margin = make([]float64, len(s.Validation.Y))
	for i := range p.margin {
		p.margin[i] = prior
	}
	p.best = p.loss()
	return p
}

// rankEvery is after how many trees the AUC is taken: it needs a sort.
const rankEvery = 5

// after adds a tree and says whether the best is long enough ago.
func (p *stopper) after(nodes []grownNode, value func(*grownNode) float64) bool {
	if p == nil {
		return false
	}
	p.data.addLeaves(nodes, value, p.margin, workersOf(p.settings.Workers))
	p.trees++
	if p.settings.StopOn == StopOnAUC && p.trees%rankEvery != 0 {
		return false
	}
	if loss := p.loss(); loss < p.best {
		p.best, p.bestTrees = loss, p.trees
	}
	return p.trees-p.bestTrees >= p.settings.Patience
}

func (p *stopper) loss() float64 {
	v := p.settings.Validation
	if p.settings.StopOn == StopOnAUC {
		if auc := AUC(p.margin, v.Y, v.Weight); !math.IsNaN(auc) {
			return -auc
		}
	}
	parts := make([]float64, blocksOf(len(p.margin)))
	eachBlock(workersOf(p.settings.Workers), len(p.margin), func(block, from, to int) {
		for i := from; i < to; i++ {
			parts[block] += weightOf(v.Weight, i) * marginLoss(p.margin[i], v.Y[i])
		}
	})
	var sum float64
	for _, x := range parts {
		sum += x
	}
	return sum
}

// marginLoss is the log loss of log-odds z: ln(1 + e^z) − y·z.
func marginLoss(z float64, y uint8) float64 {
	loss := math.Log1p(math.Exp(-math.Abs(z)))
	if (z > 0) != (y == 1) {
		loss += math.Abs(z)
	}
	return loss
}
