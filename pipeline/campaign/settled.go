package campaign

import (
	"fmt"
	"math"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// ReadResults reads the results of an entry.
func ReadResults(e *ledger.Entry) (rows []tables.ResultRow, err error) {
	file, size, err := e.Open(ResultsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for row, err := range tables.ReadResults(file, size) {
		if err != nil {
			return nil, &data.InputError{Path: run.LedgerFolder + "/" + e.Name() + "/" + ResultsFile, Err: err}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// AllSettled says whether every group that was sent is settled by what is known.
func (m *Measured) AllSettled() bool {
	for group := range m.Sends {
		if state, _ := m.State(group, m.Look); state != Settled {
			return false
		}
	}
	return true
}

// Against holds the rows against those of an earlier result: fewer says where fewer
// purchases are known now of a closed window, "" for nowhere; differences say what
// else has moved.
func (m *Measured) Against(earlier []tables.ResultRow) (fewer string, differences []string) {
	for _, now := range m.Rows {
		for _, then := range earlier {
			if now.Group == nil || then.Group == nil || *now.Group != *then.Group || now.Arm != AllArms || then.Arm != AllArms || now.Returns == nil || then.Returns == nil {
				continue
			}
			a, b := *then.Returns+*then.HeldOutReturns, *now.Returns+*now.HeldOutReturns
			if b < a {
				fewer = fmt.Sprintf("group %d has %s in its window, fewer", *now.Group, wording.Counted(b, "return"))
			}
			if a != b || moved(then.Revenue, now.Revenue) || moved(then.HeldOutRevenue, now.HeldOutRevenue) {
				differences = append(differences, fmt.Sprintf("group %d has %s in its window now, %s when it was settled", *now.Group, wording.Counted(b, "return"), wording.Thousands(a)))
			}
		}
	}
	return fewer, differences
}

func moved(a, b *float64) bool {
	return a != nil && b != nil && math.Abs(*a-*b) > 1e-9*math.Max(1, math.Abs(*a))
}

// HeldOutAnswers are the returns that were to be expected of the held-out by now,
// from the frozen probabilities, else from the rate of the contacted, and those
// that were found.
func (w *Wave) HeldOutAnswers(outcomes Outcomes, look Look) (expected float64, found int64) {
	t := w.count(outcomes, w.view(AllArms), look)
	for _, number := range w.GroupNumbers() {
		g := t.group(number)
		state, day := w.State(number, look)
		if state == Waiting || !g.Measurable() {
			continue
		}
		found += g.HeldOutReturned
		rate := g.Probability * curveAt(w.Plan.NaturalCurve, day, 0)
		if state != Open {
			rate = g.Probability
		}
		if math.IsNaN(rate) {
			rate = g.Rate()
		}
		expected += rate * float64(g.HeldOut)
	}
	return expected, found
}
