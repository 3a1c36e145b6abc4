package learn

import (
	"context"
	"sync"

	"winback/models"
)

// model is a fitted model as the night sees it: what it can do beside scoring.
// It is made by byRule, learned, boosted or grown, so that a kind of model that lacks
// what the night needs of it does not compile.
type model struct {
	models.Model                     // scores customers
	explainer    explainer           // says why; nil: a rule that speaks for itself
	saved        models.Saved        // goes into the model files; nil: a rule has nothing to keep
	growth       growth              // can go on growing; nil: its size is no question
	prepare      func() models.Model // the same, made ready for many small matrices; nil: it is
}

// prepared is the model as it scores fastest, once it grows no more.
func (m model) prepared() models.Model {
	if m.prepare == nil {
		return m.Model
	}
	return m.prepare()
}

// explainer says what each column adds to the log-odds of each row of x: into
// out, one entry per row and column. base is the log-odds that they add to.
type explainer interface {
	Contributions(x *models.Matrix, out [][]float64, workers int) (base float64)
}

// growth is a model that grows by trees. Part are some of them alone.
type growth interface {
	Grow(ctx context.Context, trees int) error
	Part(from, to int) *models.Ensemble
}

// learnedModel is what the night needs of a model that learns.
type learnedModel interface {
	models.Saved
	explainer
}

func byRule(m models.Model) model { return model{Model: m} }

func learned(m learnedModel, err error) (model, error) {
	return model{Model: m, explainer: m, saved: m}, err
}

// boosted is an ensemble of trees that grows no more.
func boosted(e *models.Ensemble) model {
	return model{Model: e, explainer: e, saved: e, prepare: sync.OnceValue(e.Prepared)}
}

func grown(b *models.Booster) model {
	m := boosted(b.Ensemble)
	m.growth = b
	return m
}
