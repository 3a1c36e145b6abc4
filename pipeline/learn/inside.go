package learn

import (
	"errors"
	"io"

	"winback/models"
	"winback/pipeline/effect"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
)

// Inside ranks customers inside groups by how much a contact moves them, as settled
// waves have taught it.
type Inside struct{ effect.Uplift }

// Of is the foretold uplift of each row of the features as they are, higher first.
func (u *Inside) Of(raw *models.Matrix) []float64 {
	m := snapshots.Pick(raw, u.Contacted.Names)
	return u.Score(AlignerTo(u.Contacted.Levels, m.Levels).Of(m))
}

// Files of the two models, where what was learned is carried to other machines: a run
// keeps them not, since each night learns them anew.
const (
	insideContacted = "inside/contacted.txt"
	insideHeldOut   = "inside/held-out.txt"
)

func (u *Inside) write(create run.Create) error {
	return errors.Join(
		create.Write(insideContacted, func(w io.Writer) error { return models.Write(w, u.Contacted) }),
		create.Write(insideHeldOut, func(w io.Writer) error { return models.Write(w, u.HeldOut) }))
}

// inside reads what write wrote; the models must know columns of the index alone.
func (r *reread) inside() (*Inside, error) {
	var read [2]*models.Logistic
	for i, path := range []string{insideContacted, insideHeldOut} {
		saved, err := r.saved(path)
		if err != nil {
			return nil, err
		}
		m, ok := saved.(*models.Logistic)
		if !ok || len(snapshots.Pick(r.raw, m.Names).Names) != len(m.Names) {
			return nil, &FileError{path, errors.New("want a logistic regression on columns of " + run.ModelIndexFile)}
		}
		read[i] = m
	}
	return &Inside{effect.Uplift{Contacted: read[0], HeldOut: read[1]}}, r.sameColumns(insideHeldOut, true, &models.Matrix{Names: read[0].Names, Levels: read[0].Levels}, read[1].Names, read[1].Levels)
}
