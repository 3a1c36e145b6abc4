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
	for _, want := range []string{"Wave 1 of 2025-12-31", "Wave 2 of ", "; stopped after ", "letter", "voucher", "What to do next: voucher to group"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if strings.Contains(first, "   no\n") || strings.Contains(first, "stopped after 5 of 5") {
		t.Error("a truth is outside of its limits, or all groups were sent")
	}
	l, err := ledger.Read(fsys.OS(), out+"/campaign")
	if err != nil || len(l.InForce("2026-07-01", ledger.Launch)) != 2 || len(l.InForce("2026-07-01", ledger.Stop)) != 2 {
		t.Errorf("the ledger: %v, want two launches and two stops", err)
	}
	if *playTwice {
		if again := played(); again != first {
			t.Errorf("played again, it says\n%s", again)
		}
	}
}
