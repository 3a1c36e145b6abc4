package campaign

import (
	"winback/data/tables"
	"winback/pipeline/effect"
	"winback/pipeline/run"
)

// Subject is a customer of a closed wave, to judge rankings by.
type Subject struct {
	ID            string
	Group         int32
	ExpectedSpend float64 // of one who returns, in currency; NaN: unknown
	effect.Outcome
}

// Subjects are the customers of the groups that were sent and have both sides, by
// id, without those who bought between launch and sending. What they did is known
// once their windows are closed.
func (m *Measured) Subjects() (subjects []Subject) {
	for i := range m.Wave.Rows {
		r := &m.Wave.Rows[i]
		c, h := m.all.contacted[r.Group], m.all.heldOut[r.Group]
		if state, _ := m.State(r.Group, m.Look); c == nil || c.customers == 0 || h.customers == 0 || state == Waiting || m.outcomes[i].Excluded {
			continue
		}
		subjects = append(subjects, Subject{r.CustomerID, r.Group, r.ExpectedSpend, effect.Outcome{
			Contacted: r.Arm != tables.HoldoutArm, Returned: m.outcomes[i].Returned,
			Share: float64(c.customers) / float64(c.customers+h.customers), Probability: r.Probability,
		}})
	}
	return subjects
}

// HasFeatures says whether the launch kept what was known of its customers, and
// their probabilities: that of a run does, a list drawn elsewhere does not.
func (w *Wave) HasFeatures() bool { return w.Plan.Run != "" && w.Entry.Has(run.FeaturesFile) }
