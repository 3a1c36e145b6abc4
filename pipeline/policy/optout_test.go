package policy

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
)

// told is a world of customers and what was told of them.
type told struct {
	suppressed, consented map[string]bool // nil: no such list
	logs                  [][]tables.LoggedContact
	voided                []bool // by log
}

var worldStatuses = []string{"sent", "delivered", "bounced", "opened", "opted_out", "complained"}

func someWorld(rng *rand.Rand, customers int) told {
	w := told{}
	some := func(share float64) map[string]bool {
		chosen := map[string]bool{}
		for i := range customers {
			if rng.Float64() < share {
				chosen[strconv.Itoa(i)] = true
			}
		}
		return chosen
	}
	if rng.IntN(2) == 0 {
		w.suppressed = some(.1)
	}
	if rng.IntN(2) == 0 {
		w.consented = some(.7)
	}
	for range rng.IntN(4) {
		var log []tables.LoggedContact
		for range 1 + rng.IntN(customers/4) {
			log = append(log, tables.LoggedContact{CustomerID: strconv.Itoa(rng.IntN(customers)), SentAt: data.Day(rng.IntN(60)).Micros(), Status: worldStatuses[rng.IntN(len(worldStatuses))]})
		}
		w.logs, w.voided = append(w.logs, log), append(w.voided, rng.IntN(4) == 0)
	}
	return w
}

// ledgerOf tells the logs, and takes some back.
func (w told) ledgerOf(t *testing.T) *ledger.Ledger {
	files := fsystest.NewMem()
	add := func(e ledger.Entry, list []ledger.File) *ledger.Entry {
		writer, err := ledger.Begin(files, "/out")
		if err != nil {
			t.Fatal(err)
		}
		defer writer.Release()
		added, _, err := writer.Append(e, list)
		if err != nil {
			t.Fatal(err)
		}
		return added
	}
	for i, log := range w.logs {
		var content bytes.Buffer
		if err := tables.WriteContactLog(&content, log); err != nil {
			t.Fatal(err)
		}
		e := add(ledger.Entry{Kind: ledger.Sent, Day: data.Day(0).String()}, []ledger.File{{Path: campaign.ContactsFile, Content: content.Bytes()}})
		if w.voided[i] {
			add(ledger.Entry{Kind: ledger.Void, Day: e.Day, Settings: fmt.Appendf(nil, `{"entry":%d}`, e.Number)}, nil)
		}
	}
	l, err := ledger.Read(files, "/out")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func listOf(ids map[string]bool) *plan.Suppressions {
	if ids == nil {
		return nil
	}
	var list []string
	for id := range ids {
		list = append(list, id)
	}
	return plan.NewSuppressions(list)
}

// mustNot says, as simply as can be, whether a customer may be in no list.
func (w told) mustNot(id string) bool {
	if w.suppressed[id] || w.consented != nil && !w.consented[id] {
		return true
	}
	for i, log := range w.logs {
		for _, r := range log {
			if !w.voided[i] && r.CustomerID == id && (r.Status == "opted_out" || r.Status == "complained") {
				return true
			}
		}
	}
	return false
}

// optOutWorlds times 200 customers are looked at; 500 are 100,000 cases.
var optOutWorlds = flag.Int("opt-out-worlds", 25, "random worlds of suppression lists, consent, logs and logs taken back")

// TestPolicy_NobodyWhoOptedOutIsFree compares customers of random worlds of
// suppression lists, consent, logs and logs taken back.
func TestPolicy_NobodyWhoOptedOutIsFree(t *testing.T) {
	const customers, asOf = 200, data.Day(100)
	rng := rand.New(rand.NewPCG(1, 2))
	cases, held := 0, 0
	for range *optOutWorlds {
		w := someWorld(rng, customers)
		l := w.ledgerOf(t)
		waves, err := campaign.Load(l, "", asOf)
		if err != nil {
			t.Fatal(err)
		}
		known, err := Know(l, waves, Lists{Suppressed: listOf(w.suppressed), Consent: listOf(w.consented)}, asOf)
		if err != nil {
			t.Fatal(err)
		}
		for i := range customers {
			cases++
			id := strconv.Itoa(i)
			hold := Policy{}.Of(known.Facts(id, "silent", 10), asOf)
			if free := hold == (Hold{}); free == w.mustNot(id) {
				t.Fatalf("customer %s: hold %q, must not be contacted: %t, in %+v", id, hold.Why, w.mustNot(id), w)
			}
			if hold.Why != "" {
				held++
			}
		}
	}
	t.Logf("%d cases, %d held", cases, held)
}
