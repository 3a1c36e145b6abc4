package jobs

import (
	"fmt"
	"strings"
	"testing"

	"winback/jobs/settings"
	"winback/pipeline/campaign"
)

// smallLoop is a campaign of two groups launched as of 2025-07-01: group 1 was sent
// on 2025-07-03, of group 2 nobody is held out.
func smallLoop(t *testing.T) *loop {
	l := newLoop(t)
	l.today = "2025-07-04"
	lines, list := "customer_id,ordered_at,amount\n", "customer_id,group,arm,probability\n"
	for i := range 40 {
		lines += fmt.Sprintf("c%02d,2025-01-15,20\n", i)
		if i%4 == 0 {
			lines += fmt.Sprintf("c%02d,2025-07-%02d,%d\n", i, 3+i/2, 10+i)
		}
		arm := "mail"
		if i%3 == 0 {
			arm = "holdout"
		}
		if i < 30 {
			list += fmt.Sprintf("c%02d,1,%s,0.1\n", i, arm)
		} else {
			list += fmt.Sprintf("c%02d,2,mail,0.05\n", i)
		}
	}
	l.orders(lines)
	l.write("/list.csv", list)
	must(t, l.launch("spring", func(s *LaunchSettings) { s.Margin, s.ContactCost, s.LapsedAfterDays = .4, .1, 90 }))
	must(t, l.sent("spring", func(s *SentSettings) { s.Groups.Named, s.On = []int{1}, day("2025-07-03") }))
	return l
}

func inGroups(on string, groups ...int) func(*SentSettings) {
	return func(s *SentSettings) { s.Groups.Named, s.On = groups, day(on) }
}

func ofLog(path string) func(*SentSettings) {
	return func(s *SentSettings) { s.Logs = []string{path} }
}

func nothing[S any](*S) {}

// TestCampaign_WhatGoesWrongHasItsCodeAndWords takes the cases one by one; none may
// write an entry.
func TestCampaign_WhatGoesWrongHasItsCodeAndWords(t *testing.T) {
	log := func(lines string) string { return "customer_id,sent_at,campaign\n" + lines }
	for _, c := range []struct {
		name string
		do   func(l *loop) error
		code int
		says string
	}{
		{"unknown name", func(l *loop) error { return l.sent("autumn", inGroups("2025-07-04", 1)) }, ExitUsage, `no campaign "autumn"; launched: spring`},
		{"empty name", func(l *loop) error { return l.launch("", nothing[LaunchSettings]) }, ExitUsage, "empty"},
		{"long name", func(l *loop) error { return l.launch(strings.Repeat("x", 65), nothing[LaunchSettings]) }, ExitUsage, "65 bytes"},
		{"name with a slash", func(l *loop) error { return l.launch("a/b", nothing[LaunchSettings]) }, ExitUsage, "neither /"},
		{"name with a control character", func(l *loop) error { return l.launch("a\nb", nothing[LaunchSettings]) }, ExitUsage, "control"},
		{"the same name in another case", func(l *loop) error { return l.launch("Spring", nothing[LaunchSettings]) }, ExitUsage, `a campaign is called "spring": write it so for its next wave`},
		{"both targets", func(l *loop) error {
			return l.launch("x", func(s *LaunchSettings) { s.TargetReturns, s.TargetExtra = 5, 5 })
		}, ExitUsage, "one target"},
		{"no run", func(l *loop) error {
			return l.launch("x", func(s *LaunchSettings) { s.AssignmentsFile, s.AsOf = "", 0 })
		}, ExitInput, "no complete run"},
		{"unknown run", func(l *loop) error {
			return l.launch("x", func(s *LaunchSettings) { s.AssignmentsFile, s.AsOf, s.Run = "", 0, "2025-07-01-9" })
		}, ExitInput, "there is none in /out: winback run makes one"},
		{"unknown group", func(l *loop) error { return l.sent("spring", inGroups("2025-07-04", 3)) }, ExitUsage, "no group 3; it has groups 1-2"},
		{"another day", func(l *loop) error { return l.sent("spring", inGroups("2025-07-04", 1)) }, ExitUsage, "group 1 was sent on 2025-07-03, entry 2; void it first (winback campaign void 2)"},
		{"before the launch", func(l *loop) error { return l.sent("spring", inGroups("2025-06-30", 2)) }, ExitGate, "before 2025-07-01, as of which wave 1 of campaign spring was launched: give the day on which it went out"},
		{"after tomorrow", func(l *loop) error { return l.sent("spring", inGroups("2025-07-06", 2)) }, ExitGate, "after tomorrow"},
		{"frozen long ago", func(l *loop) error { l.today = "2025-09-01"; return l.sent("spring", inGroups("2025-08-15", 2)) }, ExitGate, "over 30 days"},
		{"shares of arms", func(l *loop) error {
			l.write("/arms.yaml", "arms:\n  - name: a\n    share: 0.5\n  - name: b\n    share: 0.4\n")
			return l.launch("x", func(s *LaunchSettings) { s.AssignmentsFile, s.AsOf, s.ArmsFile = "", 0, "/arms.yaml" })
		}, ExitUsage, "sum to 0.9, want 1"},
		{"log of others", func(l *loop) error {
			l.write("/log.csv", log("x1,2025-07-03,\nx2,2025-07-03,\n"))
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitGate, "nobody in it is of campaign spring; is it the log of another campaign"},
		{"log mostly of others", func(l *loop) error {
			l.write("/log.csv", log("x1,2025-07-03,\nx2,2025-07-03,\nc01,2025-07-03,\n"))
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitGate, "1 of 3 contacts is of campaign spring"},
		{"log before the launch", func(l *loop) error {
			l.write("/log.csv", log("c01,2025-06-03,spring\n"))
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitGate, "before its launch"},
		{"log after tomorrow", func(l *loop) error {
			l.write("/log.csv", log("c31,2025-07-13,spring\n"))
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitGate, "after tomorrow"},
		{"log without times", func(l *loop) error {
			l.write("/log.csv", "customer_id,when\nc1,2025-07-03\n")
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitInput, `column "sent_at" is missing; found customer_id, when`},
		{"log with a time that is none", func(l *loop) error {
			l.write("/log.csv", log("c31,yesterday,\n"))
			return l.sent("spring", ofLog("/log.csv"))
		}, ExitInput, `row 2: column "sent_at": want a day or time`},
		{"measured before the launch", func(l *loop) error { return l.measure("2025-06-15", nothing[MeasureSettings]) }, ExitUsage, "nothing was launched by 2025-06-15"},
		{"nothing to measure with", func(l *loop) error { return l.measure("", func(s *MeasureSettings) { s.Orders = nil }) }, ExitUsage, "needs order files"},
		{"other customers", func(l *loop) error {
			l.orders("customer_id,ordered_at,amount\nx1,2025-01-15,5\nx2,2025-07-03,5\n")
			return l.measure("2025-07-04", func(s *MeasureSettings) { s.Accept = false })
		}, ExitGate, "do not know 40 of its 40 customers"},
		{"responses of the contacted alone", func(l *loop) error {
			l.today = "2025-12-01"
			l.write("/r.csv", "customer_id,responded_at\n"+strings.Repeat("", 0)+"c01,2025-07-05\nc02,2025-07-05\nc04,2025-07-05\nc05,2025-07-05\nc07,2025-07-05\nc08,2025-07-05\nc10,2025-07-05\nc11,2025-07-05\nc13,2025-07-05\nc14,2025-07-05\nc16,2025-07-05\n")
			return l.measure("2025-07-20", func(s *MeasureSettings) { s.Orders, s.ResponsesFile = nil, "/r.csv" })
		}, ExitGate, "must cover those too who were not contacted"},
		{"void of nothing", func(l *loop) error {
			return l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), "9")
		}, ExitUsage, `no entry "9"; there are 1 to 2`},
		{"stop of an unknown campaign", func(l *loop) error {
			return l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/out" }), "x")
		}, ExitUsage, `no campaign "x"`},
	} {
		l := smallLoop(t)
		err := c.do(l)
		if Code(err) != c.code || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: code %d, %v; want code %d and %q", c.name, Code(err), err, c.code, c.says)
		}
		if n := l.entries(); n != 2 {
			t.Errorf("%s: %d entries, want those of before", c.name, n)
		}
	}
}

// TestCampaign_DamagedLedgerStopsEveryCommand since nobody knows then who opted out.
func TestCampaign_DamagedLedgerStopsEveryCommand(t *testing.T) {
	for name, do := range map[string]func(l *loop) error{
		"launch":  func(l *loop) error { return l.launch("x", nothing[LaunchSettings]) },
		"sent":    func(l *loop) error { return l.sent("spring", inGroups("2025-07-04", 2)) },
		"measure": func(l *loop) error { return l.measure("2025-07-04", nothing[MeasureSettings]) },
		"status": func(l *loop) error {
			return l.campaigner().status(with(func(s *StatusSettings) { s.Out = "/out" }), "")
		},
		"stop": func(l *loop) error {
			return l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/out" }), "spring")
		},
	} {
		l := smallLoop(t)
		must(t, l.files.Remove("/out/ledger/000001-launch/plan.json"))
		if err := do(l); Code(err) != ExitInput || !strings.Contains(fmt.Sprint(err), "000001-launch") {
			t.Errorf("%s: code %d, %v", name, Code(err), err)
		}
	}
}

func TestCampaign_AcceptGoesOn(t *testing.T) {
	l := smallLoop(t)
	l.write("/log.csv", "customer_id,sent_at\nx1,2025-07-03\nx2,2025-07-03\nc01,2025-07-03\n")
	must(t, l.sent("spring", func(s *SentSettings) { s.Logs, s.Accept = []string{"/log.csv"}, true }))
	l.today = "2025-09-01"
	must(t, l.sent("spring", func(s *SentSettings) { s.Groups.Named, s.On, s.Accept = []int{2}, day("2025-08-15"), true }))
	if !strings.Contains(l.said.String(), "group 2 of campaign spring, wave 1, sent on 2025-08-15") {
		t.Errorf("said %q", l.said.String())
	}
}

// TestCampaign_VoidTakesBackAndSentAgainCounts follows a send day that was wrong.
func TestCampaign_VoidTakesBackAndSentAgainCounts(t *testing.T) {
	l := smallLoop(t)
	void := func() error {
		return l.campaigner().void(with(func(s *VoidSettings) { s.Out, s.Telling.Reason = "/out", "wrong day" }), "2")
	}
	must(t, void())
	must(t, void())
	if l.said.String() != "already entry 3\n" {
		t.Errorf("void for the second time: %q", l.said.String())
	}
	must(t, l.sent("spring", inGroups("2025-07-02", 1)))
	l.today = "2025-12-01"
	must(t, l.measure("2025-07-05", func(s *MeasureSettings) { s.Form = settings.FormCSV }))
	for _, row := range table(t, l.said.String()) {
		if row["group"] == "1" && row["send_day"] != "2025-07-02" {
			t.Errorf("send day %s", row["send_day"])
		}
	}
}

// TestCampaign_GroupWithoutHeldOutIsInNoSum launches and says so.
func TestCampaign_GroupWithoutHeldOutIsInNoSum(t *testing.T) {
	l := smallLoop(t)
	must(t, l.sent("spring", inGroups("2025-07-03", 2)))
	l.today = "2025-12-01"
	must(t, l.measure("2025-11-01", func(s *MeasureSettings) { s.Form = settings.FormCSV }))
	extra := map[string]string{}
	for _, row := range table(t, l.said.String()) {
		if row["arm"] == "all" {
			extra[row["group"]] = row["extra_returns"]
			if row["group"] == "2" && (row["extra_returns"] != "" || !strings.Contains(row["note"], "not measurable")) {
				t.Errorf("group 2: %v", row)
			}
		}
	}
	if extra[""] != extra["1"] || extra["1"] == "" {
		t.Errorf("extra returns %v: want those of group 1 for the wave", extra)
	}
}

// TestCampaign_FewerPurchasesOfAClosedWindowStop keeps an old extract out.
func TestCampaign_FewerPurchasesOfAClosedWindowStop(t *testing.T) {
	l := smallLoop(t)
	l.today = "2025-12-01"
	must(t, l.measure("2025-11-01", nothing[MeasureSettings]))
	if l.entries() != 3 {
		t.Fatalf("%d entries, want the result", l.entries())
	}
	lines := "customer_id,ordered_at,amount\n"
	for i := range 40 {
		lines += fmt.Sprintf("c%02d,2025-01-15,20\n", i)
	}
	must(t, l.files.RemoveAll("/orders"))
	l.orders(lines + "c00,2025-07-03,10\n")
	if err := l.measure("2025-11-02", nothing[MeasureSettings]); Code(err) != ExitGate || !strings.Contains(err.Error(), "fewer than in entry 3") {
		t.Errorf("code %d, %v", Code(err), err)
	}
	must(t, l.measure("2025-11-02", func(s *MeasureSettings) { s.Accept = true }))
	if l.entries() != 3 {
		t.Errorf("%d entries: a result is written once", l.entries())
	}
}

// TestCampaign_FewerPurchasesOfTheForgottenAreFine: a wave that was settled is still
// measured once one of its customers is forgotten.
func TestCampaign_FewerPurchasesOfTheForgottenAreFine(t *testing.T) {
	l := smallLoop(t)
	l.today = "2025-12-01"
	must(t, l.measure("2025-11-01", nothing[MeasureSettings]))
	c := l.campaigner()
	f := &forgetter{c.files, c.ui, c.now}
	must(t, f.forget(with(func(s *ForgetSettings) { s.Out = "/out" }), []string{"c04", "c08"}))
	must(t, l.measure("2025-11-02", nothing[MeasureSettings]))
	if !strings.Contains(l.noted.String(), "entry 3 stays as it was written") {
		t.Errorf("noted %q", l.noted.String())
	}
}

// TestCampaign_StoppedHandsOutNothingAndIsMeasured holds for groups that were sent.
func TestCampaign_StoppedHandsOutNothingAndIsMeasured(t *testing.T) {
	l := smallLoop(t)
	pull := func() error {
		s := with(func(s *PullSettings) { s.Out, s.Campaign = "/out", "spring" })
		return l.campaigner().pullCampaign(t.Context(), s, "csv", nil)
	}
	l.today = "2025-07-12"
	must(t, pull())
	if n := strings.Count(l.said.String(), "\n"); n != 11 {
		t.Errorf("%d lines of group 2, want a line of names and 10 customers: %q", n, l.said.String())
	}
	must(t, l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/out" }), "spring"))
	if err := pull(); Code(err) != ExitUsage || !strings.Contains(err.Error(), "stopped by entry 3") {
		t.Errorf("code %d, %v", Code(err), err)
	}
	l.today = "2025-07-20"
	must(t, l.measure("2025-07-20", nothing[MeasureSettings]))
	if text := l.said.String(); !strings.Contains(text, "Next: stopped") || !strings.Contains(text, "1 of 2 groups sent") {
		t.Errorf("said %q", text)
	}
}

// A status under another heading would be an opt-out that nobody hears of: case does not
// count, and what is not read is told.
func TestSent_ColumnsInAnotherCaseCountAndUnknownOnesAreTold(t *testing.T) {
	l := smallLoop(t)
	l.write("/log.csv", "Customer_ID,Sent_At,STATUS,Subject,state\nc31,2025-07-04,Opted out,hello,x\nc32,2025-07-04,sent,hello,x\n")
	must(t, l.sent("", ofLog("/log.csv")))
	if said := l.noted.String(); !strings.Contains(said, "not read: the columns Subject and state; known are customer_id, sent_at, campaign, channel, status, arm, cost") {
		t.Errorf("said %s", said)
	}
	all, err := l.campaigner().read("/out")
	must(t, err)
	gone, err := campaign.OptedOut(all, forever)
	if err != nil || !gone.Has("c31") || gone.Has("c32") {
		t.Errorf("opted out: c31 %t, c32 %t, %v", gone.Has("c31"), gone.Has("c32"), err)
	}
}
