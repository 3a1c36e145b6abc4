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
	l := g.Lapsed
	for i := range l.IDs {
		at := values[len(rows)*len(names) : (len(rows)+1)*len(names)]
		for k, name := range names {
			at[k] = tonight.Score(name, i)
		}
		hold, until := l.HoldOf(i)
		rows = append(rows, tables.ScoreRow{Hold: hold, HoldUntil: until, CustomerID: l.IDs[i], Group: g.Ranking.GroupOfLeaf(l.Leaf[i]), Probability: l.Probability[i],
			Scores: at, Stage: l.Stage[i].String(), Suppressed: l.IsSuppressed(int32(i))})
		if len(rows) == batch || i == len(l.IDs)-1 {
			if err := out.Write(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return out.Close()
}
