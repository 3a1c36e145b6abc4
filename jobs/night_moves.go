package jobs

import (
	"winback/jobs/console"
	"winback/pipeline/learn"
	"winback/pipeline/page"
	"winback/pipeline/plan"
)

// moves compares the groups with those of the earlier run: both list customers
// by id. nil where there is no such run.
func (e *earlier) moves(groups *plan.Groups) (*learn.Moves, error) {
	if e == nil {
		return nil, nil
	}
	m := &learn.Moves{Run: e.name()}
	l, next := groups.Lapsed, 0
	for row, err := range e.ScoreGroups() {
		if err != nil {
			return nil, unreadableRun(err)
		}
		for next < len(l.IDs) && l.IDs[next] < row.CustomerID {
			m.Came++
			next++
		}
		if next == len(l.IDs) || l.IDs[next] != row.CustomerID {
			m.Left++
			continue
		}
		m.Stayed++
		if groups.Ranking.GroupOfLeaf(l.Leaf[next]) != row.Group {
			m.Moved++
		}
		next++
	}
	m.Came += int64(len(l.IDs) - next)
	return m, nil
}

// movesLines say on the screen who came, left and moved.
func movesLines(d *learn.Learned) []string {
	if d.Evaluation.Since == nil {
		return nil
	}
	return append(console.Wrap(page.MovesWords(&d.Evaluation), console.Width), "")
}
