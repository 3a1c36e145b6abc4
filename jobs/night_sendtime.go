package jobs

import (
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/sendtime"
	"winback/pipeline/wording"
)

// sendTimes are what the night finds out about when to contact. Its walks are those
// of other stages.
type sendTimes struct {
	tonight, tested *sendtime.Counter
	judge           *sendtime.Judge
	lapsed          *sendtime.Tonight
}

// beginSendTimes readies the first walk.
func (n *nightly) beginSendTimes(a asked) *sendTimes {
	s := sendtime.Settings{LapsedAfter: a.LapsedAfter, Horizon: a.Horizon, Window: n.s.SendMinutes, Wait: n.s.Wait}
	channels := len(a.orders.Names[data.Channel])
	return &sendTimes{tonight: sendtime.NewCounter(s, channels, a.AsOf), tested: sendtime.NewCounter(s, channels, a.TestCut())}
}

// count is the first walk.
func (s *sendTimes) count(h *orders.Histories) {
	s.tonight.Add(h)
	s.tested.Add(h)
}

// learn ends the first walk and readies the second.
func (s *sendTimes) learn() {
	s.judge, s.lapsed = sendtime.NewJudge(s.tested), sendtime.NewTonight(s.tonight)
}

// look is the second walk.
func (s *sendTimes) look(part int, h *orders.Histories) {
	s.judge.Add(h)
	s.lapsed.Add(part, h)
}

// record ends it, and says what was found.
func (s *sendTimes) record(e *learn.Evaluation, workers int) []string {
	e.SendTime, e.Weekday, e.Channel = s.judge.Trials(workers)
	return []string{wording.Sentence(s.lapsed.Shop().Words(e.SendTime))}
}

// fill puts what was found into the groups and their lists.
func (s *sendTimes) fill(groups *plan.Groups, e *learn.Evaluation) error {
	groups.When = s.lapsed.Lapsed(e.Weekday.OwnChosen())
	if found, want := groups.When.Len(), len(groups.Lapsed.IDs); found != want {
		return fmt.Errorf("send times of %d lapsed customers: want those of %d", found, want)
	}
	groups.NoteSending()
	return nil
}
