package jobs

import (
	"fmt"

	"winback/data/orders"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/scoring"
	"winback/pipeline/sendtime"
	"winback/pipeline/wording"
)

// sendTimes are what the night finds out about when to contact. Its walks are those
// of other stages.
type sendTimes struct {
	judge  *sendtime.Judge
	lapsed *sendtime.Tonight
}

// sending is what is asked about when to contact.
func (n *nightly) sending(a asked) sendtime.Settings {
	return sendtime.Settings{LapsedAfter: a.LapsedAfter, Horizon: a.Horizon, Window: n.s.SendMinutes, Wait: n.s.Wait}
}

// newSendTimes ends the first walk, which counted for tonight and for the test cut, and
// readies the second.
func newSendTimes(counted [2]*sendtime.Counter) *sendTimes {
	return &sendTimes{sendtime.NewJudge(counted[1]), sendtime.NewTonight(counted[0])}
}

// look is the second walk, which says of the lapsed of a partition when to contact them.
func (s *sendTimes) look(h *orders.Histories, l *scoring.Lapsed) error {
	s.judge.Add(h)
	l.Weekday, l.WaitDays = s.lapsed.Of(h)
	if found, want := len(l.Weekday), l.Len(); found != want {
		return fmt.Errorf("send times of %d lapsed customers: want those of %d", found, want)
	}
	return nil
}

// record ends it, and says what was found.
func (s *sendTimes) record(e *learn.Evaluation, workers int) []string {
	e.SendTime, e.Weekday, e.Channel = s.judge.Trials(workers)
	return []string{wording.Sentence(s.lapsed.Shop().Words(e.SendTime))}
}

// fill puts what was found into the groups and their lists.
func (s *sendTimes) fill(groups *plan.Groups, e *learn.Evaluation) error {
	groups.When = s.lapsed.When(e.Weekday.OwnChosen())
	return groups.NoteSending()
}
