package pipeline

import "fmt"

// Stage is the phase of the customer life cycle by days since the last
// purchase.
type Stage uint8

// The stages, from the newest purchase to the oldest.
const (
	StageActive Stage = iota
	StageSilent
	StageSleeping
	StageLost
)

// String is the name of the stage as it stands in the tables.
func (s Stage) String() string {
	switch s {
	case StageActive:
		return "active"
	case StageSilent:
		return "silent"
	case StageSleeping:
		return "sleeping"
	}
	return "lost"
}

// StageEdges are the last days of the first three stages, in days since the
// last purchase; whoever is beyond the third is lost.
type StageEdges struct {
	ActiveDays, SilentDays, SleepingDays int
}

// DefaultStageEdges are the fixed clock's 45, 90 and 180 days.
func DefaultStageEdges() StageEdges { return StageEdges{45, 90, 180} }

// Validate says whether the edges are positive and ascending.
func (e StageEdges) Validate() error {
	if e.ActiveDays < 1 || e.SilentDays <= e.ActiveDays || e.SleepingDays <= e.SilentDays {
		return fmt.Errorf("stage edges %d, %d, %d: want three ascending numbers of days, from 1", e.ActiveDays, e.SilentDays, e.SleepingDays)
	}
	return nil
}

// Of returns the stage of a customer by recency (as-of day minus the last
// purchase day).
func (e StageEdges) Of(recencyDays int) Stage {
	switch {
	case recencyDays <= e.ActiveDays:
		return StageActive
	case recencyDays <= e.SilentDays:
		return StageSilent
	case recencyDays <= e.SleepingDays:
		return StageSleeping
	}
	return StageLost
}
