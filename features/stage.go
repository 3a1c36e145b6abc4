package features

import "fmt"

// Stage is the phase of the customer life cycle by days since the last
// purchase.
type Stage uint8

// The stages, from the newest purchase to the oldest, and how many there are.
const (
	StageActive Stage = iota
	StageSilent
	StageSleeping
	StageLost
	StageCount
)

var stageNames = [StageCount]string{"active", "silent", "sleeping", "lost"}

// String is the name of the stage as it stands in the tables.
func (s Stage) String() string { return stageNames[s] }

// StageNames lists the names of all stages, the newest first.
func StageNames() []string { return stageNames[:] }

// StageEdges are the last days of the stages active, silent and sleeping, in
// days since the last purchase; whoever is beyond the third is lost.
type StageEdges [3]int

// DefaultStageEdges are the fixed clock's 45, 90 and 180 days.
func DefaultStageEdges() StageEdges { return StageEdges{45, 90, 180} }

// Validate says whether the edges are positive and ascending.
func (e StageEdges) Validate() error {
	if e[0] < 1 || e[1] <= e[0] || e[2] <= e[1] {
		return fmt.Errorf("stage edges %d, %d, %d: want three ascending numbers of days, from 1", e[0], e[1], e[2])
	}
	return nil
}

// Of returns the stage of a customer by recency (as-of day minus the last
// purchase day).
func (e StageEdges) Of(recencyDays int) Stage {
	for s, last := range e {
		if recencyDays <= last {
			return Stage(s)
		}
	}
	return StageLost
}
