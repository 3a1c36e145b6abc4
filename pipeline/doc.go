// Package pipeline is what happens in which order between orders and contact
// groups: the survey of the history, snapshots of the past, learning and its
// proof, tonight's scores, groups, lists and the plan. Each stage is a function
// from the result of the one before; jobs calls them.
package pipeline
