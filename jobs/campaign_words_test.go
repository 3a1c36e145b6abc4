package jobs

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"winback/jobs/console"
	"winback/pipeline/ledger"
)

// TestCampaign_SuggestedCommandsNameTheirFolder so that they can be copied.
func TestCampaign_SuggestedCommandsNameTheirFolder(t *testing.T) {
	l := smallLoop(t)
	must(t, l.launch("late spring", nothing[LaunchSettings]))
	if !strings.Contains(l.said.String(), "winback pull --campaign 'late spring' --out /out, then winback campaign sent 'late spring' --groups 1 --on DAY --out /out") {
		t.Errorf("launch: %q", l.said.String())
	}
	l.today = "2025-07-20"
	must(t, l.measure("2025-07-20", func(s *MeasureSettings) { s.Campaign = "late spring" }))
	if !strings.Contains(l.said.String(), "--groups 1 --out /out, then winback campaign sent 'late spring' --groups 1 --on DAY --out /out") {
		t.Errorf("measure: %q", l.said.String())
	}
	must(t, l.campaigner().status(with(func(s *StatusSettings) { s.Out = "/out" }), "late spring"))
	if !strings.Contains(l.said.String(), "winback measure ORDERS --campaign 'late spring' --out /out\n") {
		t.Errorf("status: %q", l.said.String())
	}
}

// TestMeasure_GroupsSentAfterTheOrdersAreSent although nothing is known of them yet.
func TestMeasure_GroupsSentAfterTheOrdersAreSent(t *testing.T) {
	l := smallLoop(t)
	l.today = "2025-07-30"
	must(t, l.sent("spring", inGroups("2025-07-29", 2)))
	must(t, l.measure("2025-07-30", nothing[MeasureSettings]))
	if text := l.said.String(); !strings.Contains(text, "2 of 2 groups sent (1 of them after the newest order, 2025-07-21)") || !strings.Contains(text, "all groups were sent") {
		t.Errorf("said %q", text)
	}
}

func TestCampaign_AMissingFolderStaysMissing(t *testing.T) {
	l := smallLoop(t)
	for name, do := range map[string]func() error{
		"launch": func() error {
			return l.launch("x", func(s *LaunchSettings) { s.Out, s.AssignmentsFile, s.AsOf = "/typo", "", 0 })
		},
		"sent": func() error {
			return l.sent("spring", func(s *SentSettings) { inGroups("2025-07-03", 1)(s); s.Out = "/typo" })
		},
		"stop": func() error {
			return l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/typo" }), "spring")
		},
		"void": func() error {
			return l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/typo" }), "1")
		},
	} {
		if err := do(); Code(err) != ExitUsage || !strings.Contains(err.Error(), "there is no folder /typo") {
			t.Errorf("%s: code %d, %v", name, Code(err), err)
		}
		if _, err := l.files.Stat("/typo"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: left a folder", name)
		}
	}
}

// TestVoid_OfALaunchSaysWhatItLeaves: what was declared as sent is to be taken back
// first, logs stay, a stop goes with its wave and stops no other one.
func TestVoid_OfALaunchSaysWhatItLeaves(t *testing.T) {
	l := smallLoop(t)
	void := func(entry string) error {
		return l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), entry)
	}
	if err := void("1"); Code(err) != ExitUsage || !strings.Contains(err.Error(), "entry 000002-sent speaks of wave 1 of campaign spring: take that one back first") {
		t.Fatalf("code %d, %v", Code(err), err)
	}
	must(t, void("2"))
	l.write("/log.csv", "customer_id,sent_at,status\nc01,2025-07-03,sent\nc01,2025-07-03,opted_out\n")
	must(t, l.sent("spring", ofLog("/log.csv")))                                           // 4
	must(t, l.launch("spring", nothing[LaunchSettings]))                                   // 5: wave 2
	must(t, l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/out" }), "spring")) // 6
	must(t, void("5"))                                                                     // 7
	if !strings.Contains(l.noted.String(), "entry 000006-stop stopped this wave and goes with it") {
		t.Errorf("noted %q", l.noted.String())
	}
	if w := l.waves("spring"); len(w) != 1 || w[0].StoppedBy != nil {
		t.Errorf("wave 1 is stopped by the stop of wave 2")
	}
	must(t, void("1"))
	if !strings.Contains(l.noted.String(), "entry 000004-sent stays: the contacts and opt-outs of its log count, but in no wave") {
		t.Errorf("noted %q", l.noted.String())
	}
	must(t, void("4"))
	if !strings.Contains(l.noted.String(), "1 opt-out of the log does not count any more") {
		t.Errorf("noted %q", l.noted.String())
	}
	read, err := ledger.Read(l.files, "/out")
	must(t, err)
	if left := read.InForce("9999-12-31", ledger.Launch, ledger.Sent); len(left) != 0 {
		t.Errorf("%d entries are in force", len(left))
	}
}

func TestLaunch_CountsWhoIsLeftOutInWordsThatFit(t *testing.T) {
	for n, want := range map[int]string{1: "1 customer is on the suppression list or was forgotten: in no arm, and not held out", 2: "2 customers are on the suppression list or were forgotten: in no arm, and not held out"} {
		var said strings.Builder
		o := &leftOut{}
		o.counts[0] = n
		o.tell(&campaigner{ui: console.New(&strings.Builder{}, &said, false, false, console.Text)})
		if got := strings.Join(strings.Fields(said.String()), " "); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}
