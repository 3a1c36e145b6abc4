package jobs

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"winback/pipeline/plan"
)

// optOutWorlds times 100 customers are looked at; 1,000 are 100,000 cases.
var optOutWorlds = flag.Int("opt-out-worlds", 20, "random campaigns from which customers opt out")

// TestPull_NobodyWhoOptedOutIsHandedOut pulls lists of random campaigns, of which
// customers opted out by logs of this campaign and of none, some taken back, and by a
// suppression list.
func TestPull_NobodyWhoOptedOutIsHandedOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	cases, out := 0, 0
	for world := range *optOutWorlds {
		l := newLoop(t)
		l.today = "2025-07-10"
		list := "customer_id,group,arm\n"
		for i := range 100 {
			list += fmt.Sprintf("c%02d,%d,%s\n", i, 1+i%2, []string{"letter", "mail", "holdout"}[rng.IntN(3)])
		}
		l.write("/list.csv", list)
		must(t, l.launch("spring", nothing[LaunchSettings]))
		gone := map[string]bool{}
		for entry := range rng.IntN(4) {
			log, name, told := "customer_id,sent_at,status\n", []string{"spring", ""}[rng.IntN(2)], map[string]bool{}
			for range 1 + rng.IntN(30) {
				id, status := fmt.Sprintf("c%02d", rng.IntN(100)), []string{"sent", "opened", "opted_out", "complained"}[rng.IntN(4)]
				log += fmt.Sprintf("%s,2025-07-0%d,%s\n", id, 2+rng.IntN(8), status)
				told[id] = told[id] || status == "opted_out" || status == "complained"
			}
			path := fmt.Sprintf("/log%d.csv", entry)
			l.write(path, log)
			before := l.entries()
			if err := l.sent(name, func(s *SentSettings) { s.Logs, s.Accept = []string{path}, true }); err != nil {
				continue // a log of held-out customers alone is refused
			}
			if l.entries() > before && rng.IntN(4) == 0 {
				must(t, l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), fmt.Sprint(before+1)))
				continue
			}
			for id, optedOut := range told {
				gone[id] = gone[id] || optedOut
			}
		}
		var suppressed *plan.Suppressions
		if rng.IntN(2) == 0 {
			var ids []string
			for range 10 {
				id := fmt.Sprintf("c%02d", rng.IntN(100))
				ids, gone[id] = append(ids, id), true
			}
			suppressed = plan.NewSuppressions(ids)
		}
		s := with(func(s *PullSettings) { s.Out, s.Campaign, s.Groups.All = "/out", "spring", true })
		must(t, l.campaigner().pullCampaign(t.Context(), s, "csv", suppressed))
		handed := map[string]bool{}
		for _, line := range strings.Split(l.said.String(), "\n")[1:] {
			id, _, _ := strings.Cut(line, ",")
			handed[id] = true
		}
		for i, line := range strings.Split(strings.TrimSpace(list), "\n")[1:] {
			id := fmt.Sprintf("c%02d", i)
			cases++
			if gone[id] {
				out++
			}
			if want := !gone[id] && !strings.HasSuffix(line, "holdout"); handed[id] != want {
				t.Fatalf("world %d, customer %s: handed out %t, want %t", world, id, handed[id], want)
			}
		}
	}
	t.Logf("%d cases, %d opted out", cases, out)
}
