package effect

import (
	"fmt"
	"math"

	"winback/pipeline/wording"
)

// TargetKind is what a campaign is run for.
type TargetKind int

const (
	NoTarget      TargetKind = iota
	TargetReturns            // returns of the contacted, natural ones included
	TargetExtra              // returns that the contacts cause
)

// Target is a number of returns at which a campaign may stop.
type Target struct {
	Kind  TargetKind
	Count float64
}

// Standing is what is known of a wave tonight, all arms together.
type Standing struct {
	Stopped  bool // by hand
	Target   Target
	Returned int64    // of the contacted so far
	SoFar    Estimate // extra returns so far, of Anytime
	// ExtraShare is the part of the extra returns that should have come by now:
	// the response's share, without one that of the natural returns, at most 1.
	ExtraShare float64
	// BreakEvenExtra are the extra returns by the end that pay for the contacts
	// that were sent; NaN where margins or costs are unknown.
	BreakEvenExtra float64
	// LikelyReturns and LikelyExtra are what the end exceeds 9 times in 10, see
	// the functions of that name; NaN where unknown.
	LikelyReturns, LikelyExtra float64
	Plan                       []int32 // all groups, in order of sending
	Sent                       int     // the first of Plan that were sent
	DaysSinceSent, Pace        int     // since the last group was sent, and from group to group
	Closed                     bool    // the windows of all groups sent are over
}

// Decisions of a night.
const (
	Stopped    = "stopped"
	Reached    = "reached"
	DoesNotPay = "does not pay"
	Wait       = "wait"
	SendGroup  = "send group"
	Finished   = "finished"
)

// Decision is what to do tonight, with the reason in numbers. Group is the one
// to send where Name is SendGroup, else 0.
type Decision struct {
	Name  string
	Group int32
	Why   string
}

// tenth is the 90 % quantile of the normal distribution.
const tenth = 1.2815515655446004

// LikelyReturns is what the returns of the contacted exceed by the end 9 times
// in 10 even if contacts cause nothing more: y₁ + the 10 % quantile of natural.
func LikelyReturns(y1 int64, natural Natural) float64 {
	return float64(y1) + natural.Quantile(.1)
}

// LikelyExtra is what the extra returns exceed by the end 9 times in 10:
// I/G − 1.2816 se, and without a response the low limit of Anytime.
func LikelyExtra(soFar Sum, response *Response, anytime Estimate) float64 {
	if response == nil {
		return anytime.Low
	}
	extra, se := response.Final(soFar)
	return extra - tenth*se
}

// Decide is the decision of a night: the first that fits of stopped, reached,
// does not pay, wait, send the next group, finished. Returns are counted, extra
// returns proved by the interval that holds on any night, and only waiting
// trusts a forecast, which the next night may take back.
func Decide(s Standing) Decision {
	if s.Stopped {
		return Decision{Stopped, 0, "no list is handed out any more; groups that were sent are measured to the end of their windows"}
	}
	for _, rule := range []func(Standing) (Decision, bool){reached, doesNotPay, waitForTarget, waitForPace} {
		if d, fits := rule(s); fits {
			return d
		}
	}
	switch {
	case s.Sent < len(s.Plan):
		return Decision{SendGroup, s.Plan[s.Sent], s.standsAt()}
	case s.Closed:
		return Decision{Finished, 0, fmt.Sprintf("the windows of %s are over: %s", wording.Counted(s.Sent, "group"), s.standsAt())}
	}
	return Decision{Wait, 0, "all groups were sent; " + s.standsAt()}
}

// reached: returns are counted; extra returns must be there whenever one looks.
func reached(s Standing) (Decision, bool) {
	switch {
	case s.Target.Kind == TargetReturns && float64(s.Returned) >= s.Target.Count:
		return Decision{Reached, 0, fmt.Sprintf("%s so far, the target is %s", returns(s.Returned), whole(s.Target.Count))}, true
	case s.Target.Kind == TargetExtra && s.SoFar.Low >= s.Target.Count:
		return Decision{Reached, 0, fmt.Sprintf("at least %s extra returns so far, whenever one looks; the target is %s", down(s.SoFar.Low), whole(s.Target.Count))}, true
	}
	return Decision{}, false
}

// doesNotPay sets the most that there can be so far against the part that
// should be there by now of what pays by the end.
func doesNotPay(s Standing) (Decision, bool) {
	need := s.BreakEvenExtra * min(1, s.ExtraShare)
	if s.Sent == 0 || !(s.SoFar.High < need) {
		return Decision{}, false
	}
	return Decision{DoesNotPay, 0, fmt.Sprintf("at most %s extra returns so far, whenever one looks; %s by now and %s by the end would pay for what was sent",
		up(s.SoFar.High), up(need), up(s.BreakEvenExtra))}, true
}

func waitForTarget(s Standing) (Decision, bool) {
	switch {
	case s.Target.Kind == TargetReturns && s.Sent > 0 && s.LikelyReturns >= s.Target.Count:
		return Decision{Wait, 0, fmt.Sprintf("%s so far, by the end %s or more 9 times in 10; the target is %s",
			returns(s.Returned), down(s.LikelyReturns), whole(s.Target.Count))}, true
	case s.Target.Kind == TargetExtra && s.Sent > 0 && s.LikelyExtra >= s.Target.Count:
		return Decision{Wait, 0, fmt.Sprintf("by the end %s extra returns or more 9 times in 10; the target is %s",
			down(s.LikelyExtra), whole(s.Target.Count))}, true
	}
	return Decision{}, false
}

func waitForPace(s Standing) (Decision, bool) {
	if s.Sent == 0 || s.Sent == len(s.Plan) || s.DaysSinceSent >= s.Pace {
		return Decision{}, false
	}
	return Decision{Wait, 0, fmt.Sprintf("group %d was sent %s ago; groups are sent %s apart",
		s.Plan[s.Sent-1], wording.Counted(s.DaysSinceSent, "day"), wording.Counted(s.Pace, "day"))}, true
}

// standsAt says how far the campaign is.
func (s Standing) standsAt() string {
	if s.Sent == 0 {
		return "nothing was sent yet"
	}
	text := returns(s.Returned) + " so far"
	if s.Target.Kind == TargetExtra {
		text = "extra returns are not measurable"
		if s.SoFar.Known() {
			text = fmt.Sprintf("%s extra returns so far (%s to %s)", whole(s.SoFar.Value), whole(s.SoFar.Low), whole(s.SoFar.High))
		}
	}
	if s.Target.Kind == NoTarget {
		return text
	}
	return text + "; the target is " + whole(s.Target.Count)
}

func returns(n int64) string { return wording.Counted(n, "return") }

func whole(x float64) string { return wording.Prose.Fixed(x, 0) }

// down and up write a limit so that rounding does not promise more.
func down(x float64) string { return whole(math.Floor(x)) }
func up(x float64) string   { return whole(math.Ceil(x)) }
