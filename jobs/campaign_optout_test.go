package jobs

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/settings"
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

// TestCampaign_LaunchRefusesAnOptOutListOfOtherCustomers: one of another kind of id would
// leave out nobody. Of a list of ids and addresses it says that the latter are left out later.
func TestCampaign_LaunchRefusesAnOptOutListOfOtherCustomers(t *testing.T) {
	l := shopLoop(t, launchDay)
	ids := slices.Sorted(maps.Keys(l.pulledLists(t, "")))
	for i, c := range []struct {
		list string
		code int
		says string
	}{
		{"customer_id\nnobody1\nnobody2\n", ExitGate, "0 of 2 ids in /optout0.csv belong to a customer of this run"},
		{"email\nann@example.org\nbob@example.org\n", ExitGate, "0 of 2 ids in /optout1.csv"},
		{"customer_id\n" + ids[0] + "\n" + ids[1] + "\nann@example.org\n", 0, "winback pull --join contacts.csv leaves them out"},
	} {
		path := fmt.Sprintf("/optout%d.csv", i)
		l.write(path, c.list)
		err := l.fromRun("spring", func(s *LaunchSettings) { s.SuppressFile = path })
		if said := fmt.Sprint(err) + l.noted.String(); Code(err) != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%q: code %d, %s; want code %d and %q", c.list, Code(err), said, c.code, c.says)
		}
	}
	if n := l.entries(); n != 1 {
		t.Errorf("%d entries, want the launch alone", n)
	}
}

// TestCampaign_LaunchLeavesOptOutsOffAListDrawnElsewhere, of all its arms alike.
func TestCampaign_LaunchLeavesOptOutsOffAListDrawnElsewhere(t *testing.T) {
	l := newLoop(t)
	l.today = "2025-07-01"
	l.write("/list.csv", "customer_id,group,arm\nc1,1,mail\nc2,1,mail\nc3,1,holdout\nc4,1,holdout\n")
	l.write("/optout.csv", "customer_id\nc2\nc4\n")
	must(t, l.launch("spring", func(s *LaunchSettings) { s.SuppressFile = "/optout.csv" }))
	if said := l.said.String(); !strings.Contains(said, "2 customers in 1 group: 1 to contact, 1 held out") {
		t.Errorf("said %q", said)
	}
}

// TestPull_NobodyWhoOptedOutIsOnAListOfARun launches campaigns with two arms from one run,
// has customers opt out by logs, of which some are taken back, and by a list, and pulls each
// arm, the recall list, the deadlines and the referrals.
func TestPull_NobodyWhoOptedOutIsOnAListOfARun(t *testing.T) {
	l := shopLoop(t, launchDay)
	l.night(launchDay, func(s *RunSettings) { s.Diagnose.DeadlineDays = 90 })
	l.write("/arms.yaml", twoArms)
	everyone := l.pulledLists(t, "")
	ids := slices.Sorted(maps.Keys(everyone))
	if len(ids) < 200 || len(l.deadlines()) < 20 {
		t.Fatalf("%d customers on lists, %d of them with a deadline: the shop shows nothing", len(ids), len(l.deadlines()))
	}
	rng := rand.New(rand.NewPCG(5, 6))
	cases, out := 0, 0
	for world := range max(1, *optOutWorlds/5) {
		must(t, l.files.RemoveAll("/out/ledger"))
		must(t, l.fromRun("spring", func(s *LaunchSettings) { s.ArmsFile = "/arms.yaml" }))
		gone := l.someOptOut(t, rng, ids)
		suppress := ""
		if rng.IntN(2) == 0 {
			suppress = fmt.Sprintf("/optout%d.csv", world)
			list := "customer_id\n"
			for range 10 {
				id := ids[rng.IntN(len(ids))]
				list += strings.ToLower(id) + "\n"
				gone[id] = true
			}
			l.write(suppress, list)
		}
		now := l.pulledLists(t, suppress)
		waves := l.waves("spring")
		for _, arm := range []string{"mail", "offer"} {
			handed := l.pulledIDs(t, func(s *PullSettings) { s.Campaign, s.Arm, s.Groups.All, s.SuppressFile = "spring", arm, true, suppress })
			for _, row := range waves[0].Rows {
				if handed[row.CustomerID] != (row.Arm == arm && !gone[row.CustomerID]) {
					t.Fatalf("world %d, arm %s: %s of arm %s is handed out: %t", world, arm, row.CustomerID, row.Arm, handed[row.CustomerID])
				}
			}
		}
		for _, id := range ids {
			if cases++; gone[id] {
				out++
			}
			if now[id] != !gone[id] {
				t.Fatalf("world %d: %s is on a list: %t", world, id, now[id])
			}
		}
	}
	t.Logf("%d cases, %d opted out", cases, out)
}

// someOptOut tells random logs, of this campaign and of none, and takes some back.
func (l *loop) someOptOut(t *testing.T, rng *rand.Rand, ids []string) map[string]bool {
	t.Helper()
	gone := map[string]bool{}
	for entry := range rng.IntN(4) {
		log, told := "customer_id,sent_at,status\n", map[string]bool{}
		for range 1 + rng.IntN(60) {
			id, status := ids[rng.IntN(len(ids))], []string{"sent", "opened", "opted_out", "complained"}[rng.IntN(4)]
			log += fmt.Sprintf("%s,%s,%s\n", id, launchDay-data.Day(rng.IntN(2)), status)
			told[id] = told[id] || status == "opted_out" || status == "complained"
		}
		path := fmt.Sprintf("/log%d-%d.csv", rng.Int64(), entry)
		l.write(path, log)
		before := l.entries()
		must(t, l.sent("", ofLog(path)))
		if l.entries() > before && rng.IntN(4) == 0 {
			must(t, l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), fmt.Sprint(before+1)))
			continue
		}
		for id, optedOut := range told {
			gone[id] = gone[id] || optedOut
		}
	}
	return gone
}

// pulledLists are the customers of all lists of the newest run.
func (l *loop) pulledLists(t *testing.T, suppress string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, list := range []settings.ContactList{settings.ListContacts, settings.ListDeadlines, settings.ListReferrals} {
		maps.Copy(all, l.pulledIDs(t, func(s *PullSettings) {
			s.List, s.SuppressFile = list, suppress
			s.Groups.All = list == settings.ListContacts
		}))
	}
	return all
}

func (l *loop) pulledIDs(t *testing.T, change func(*PullSettings)) map[string]bool {
	t.Helper()
	must(t, l.campaigner().pull(t.Context(), with(func(s *PullSettings) { s.Out, s.Format = "/out", "csv"; change(s) })))
	rows, err := csv.NewReader(strings.NewReader(l.said.String())).ReadAll()
	must(t, err)
	ids := map[string]bool{}
	for _, row := range rows[1:] {
		ids[row[slices.Index(rows[0], "customer_id")]] = true
	}
	return ids
}
