package learn

import (
	"sync"

	"winback/models"
)

// model is a fitted model as the night sees it: what it can do beside scoring.
// It is made by byRule, learned or sized, so that a kind of model that lacks
// what the night needs of it does not compile.
type model struct {
	models.Model                     // scores customers
	explainer    explainer           // says why; nil: a rule that speaks for itself
	saved        models.Saved        // goes into the model files; nil: a rule has nothing to keep
	sizes        sizes               // can be had smaller; nil: its size is no question
	prepare      func() models.Model // the same, made ready for many small matrices; nil: it is
}

// prepared is the model as it scores fastest.
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

// sizes gives the log-odds of every row for several numbers of trees,
// ascending, one result each.
type sizes interface {
	Staged(x *models.Matrix, sizes []int) [][]float64
}

// learnedModel is what the night needs of a model that learns.
type learnedModel interface {
	models.Saved
	explainer
}

// sizedModel is what it needs of one whose size is found on past cuts.
type sizedModel interface {
	learnedModel
	sizes
	Prepared() models.Model
}

func byRule(m models.Model) model { return model{Model: m} }

func learned(m learnedModel, err error) (model, error) {
	return model{Model: m, explainer: m, saved: m}, err
}

func sized(m sizedModel, err error) (model, error) {
	return model{Model: m, explainer: m, saved: m, sizes: m, prepare: sync.OnceValue(func() models.Model { return m.Prepared() })}, err
}
