package plan

import (
	"io"

	"winback/data/tables"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
)

// WriteScores writes the scores.
func WriteScores(create run.Create, g *Groups, tonight *scoring.Scored) error {
	return create.Write(run.ScoresFile, func(w io.Writer) error { return writeScores(w, g, tonight) })
}

func writeScores(w io.Writer, g *Groups, tonight *scoring.Scored) error {
	names := tonight.Models
	out, err := tables.NewScoresWriter(w, names)
	if err != nil {
		return err
	}
	const batch = 4096
	rows := make([]tables.ScoreRow, 0, batch)
	values := make([]float64, batch*len(names))
	err = g.Lapsed.Each(func(l *scoring.Lapsed) error {
		for i := range l.Len() {
			at := values[len(rows)*len(names) : (len(rows)+1)*len(names)]
			tonight.ScoresOf(l, i, at)
			hold, until := l.HoldOf(i)
			rows = append(rows, tables.ScoreRow{Hold: hold, HoldUntil: until, CustomerID: l.IDs[i], Group: g.Ranking.GroupOfLeaf(l.Leaf[i]), Probability: l.Probability[i],
				Scores: at, Stage: l.Stage[i].String(), Suppressed: l.IsSuppressed(int32(i))})
			if len(rows) < batch {
				continue
			}
			if err := out.Write(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
		return nil
	})
	if err == nil {
		err = out.Write(rows)
	}
	if err != nil {
		return err
	}
	return out.Close()
}
