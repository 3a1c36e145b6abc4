package jobs

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/ledger"
)

// TestDemoCampaign_TruthLiesWithinTheLimits plays the campaign of the default seed
// twice.
var playTwice = flag.Bool("play-twice", false, "play the demo's campaign again and want the same")

func TestDemoCampaign_TruthLiesWithinTheLimits(t *testing.T) {
	out := t.TempDir()
	played := func() string {
		s := defaults[DemoSettings]()
		s.Out = out
		var said bytes.Buffer
		must(t, demoCampaign(t.Context(), &s, console.UI{Out: &said}))
		return said.String()
	}
	first := played()
	t.Log(first)
	for _, want := range []string{"Wave 1 of 2025-12-31", "Wave 2 of ", "Wave 3 of ", "wave 3 is launched", "; stopped after ", "Group 1: letter, voucher to 10 % of its contacts", "Group 2: voucher, letter to 10 %", "Group 4: do not contact, wave 1 of 2",
		"Forecasts that are settled", "came for each that was foretold", "What wave 2 has taught: "} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if held, missed := strings.Count(first, "   yes\n"), strings.Count(first, "   no\n"); 9*missed > held || strings.Contains(first, "stopped after 5 of 5") {
		t.Errorf("the truth is within %d limits and outside of %d, or all groups were sent", held, missed)
	}
	l, err := ledger.Read(fsys.OS(), out+"/campaign")
	if err != nil || len(l.InForce("2026-07-01", ledger.Launch)) != 3 || len(l.InForce("2026-07-01", ledger.Stop)) < 2 {
		t.Errorf("the ledger: %v, want three launches and two stops", err)
	}
	if *playTwice {
		if again := played(); again != first {
			t.Errorf("played again, it says\n%s", again)
		}
	}
}
