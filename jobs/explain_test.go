package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/run"
)

// explainedRun publishes a run of four lapsed customers: C1 and C2 on the list
// of group 1, C3 held out of it and C4 suppressed.
func explainedRun(t *testing.T, out string) {
	t.Helper()
	draft, err := run.Begin(fsys.OS(), out, "2007-11-15", run.Options{Keep: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	contact := func(rank int64, id string) tables.ContactRow {
		return tables.ContactRow{Rank: rank, Group: 1, RankInGroup: rank, CustomerID: id, Probability: 0.1, ExpectedSpend: 47.11, ExpectedMargin: math.NaN(),
			RecencyDays: 100, Orders: 2, Monetary: 990000, LastPurchaseDay: 13_732, Stage: "sleeping", Reason: "bought 2 times in the last year"}
	}
	contacts := func(name string, rows ...tables.ContactRow) {
		file, err := draft.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w := tables.NewContactsWriter(file, data.MoneyDecimal)
		if err := errors.Join(w.Write(rows), w.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	contacts("contacts/group-01/part-0.parquet", contact(1, "C1"), contact(3, "C2"))
	contacts("holdout.parquet", contact(2, "C3"))

	scores, err := draft.Create("scores.parquet")
	if err != nil {
		t.Fatal(err)
	}
	w, err := tables.NewScoresWriter(scores, []string{"blend", "recency"})
	if err != nil {
		t.Fatal(err)
	}
	row := func(id string, p float64, suppressed bool) tables.ScoreRow {
		return tables.ScoreRow{CustomerID: id, Group: 1, Probability: p, Scores: []float64{p, math.NaN()}, Stage: "sleeping", Suppressed: suppressed}
	}
	rows := []tables.ScoreRow{row("C1", 0.12, false), row("C2", 0.06, false), row("C3", 0.04, false), row("C4", 0.02, true)}
	if err := errors.Join(w.Write(rows), w.Close(), scores.Close()); err != nil {
		t.Fatal(err)
	}
	groups, err := draft.Create("groups.parquet")
	if err != nil {
		t.Fatal(err)
	}
	rule := tables.GroupRow{Group: 1, Rule: "at least 2 orders", RuleJSON: "[]", Customers: 4, Probability: 0.06, ProbabilityLow: 0.04, ProbabilityHigh: 0.08, TestCustomers: 1200, TestReturned: 60,
		TestRate: 0.05, Recommended: false, Note: "capacity of 0 is used up."}
	if err := errors.Join(tables.WriteGroups(groups, []tables.GroupRow{rule}), groups.Close()); err != nil {
		t.Fatal(err)
	}
	evaluation, err := draft.Create("evaluation.json")
	if err != nil {
		t.Fatal(err)
	}
	_, err = evaluation.Write([]byte(`{"horizon_days": 60, "lapsed_after_days": 90, "chosen": "blend"}`))
	if err := errors.Join(err, evaluation.Close()); err != nil {
		t.Fatal(err)
	}
	customers, err := draft.Create("customers.parquet")
	if err != nil {
		t.Fatal(err)
	}
	type customer struct {
		ID    string `parquet:"customer_id"`
		Days  int64  `parquet:"recency_days"`
		Times int64  `parquet:"purchase_days"`
		Value int64  `parquet:"value,decimal(4:18)"`
		Stage string `parquet:"stage,dict"`
	}
	var all []customer
	for i := range 5 {
		all = append(all, customer{fmt.Sprintf("C%d", i+1), 100, 2, 990000, "sleeping"})
	}
	all[4].Days, all[4].Stage = 20, "active"
	if err := errors.Join(parquet.Write(customers, all), customers.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Publish(run.Manifest{}); err != nil {
		t.Fatal(err)
	}
}

// explained is what Explain prints, in single blanks and with a full stop.
func explained(out, customer string) (string, error) {
	s := defaults[ExplainSettings]()
	s.Out = out
	var o bytes.Buffer
	err := Explain(context.Background(), s, customer, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
	return strings.Join(strings.Fields(o.String()), " ") + " .", err
}

func TestExplain_SaysWhereACustomerStandsAndWhy(t *testing.T) {
	out := t.TempDir()
	explainedRun(t, out)
	text, err := explained(out, "C1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Run 2007-11-15-1, as of 2007-11-15",
		"12.0 % from 2007-11-15 to 2008-01-13, 2.0x the mean of all 4 lapsed customers (6.0 %)",
		"Group 1: at least 2 orders",
		"6.0 % on average, 4.0 to 8.0 % to be expected; at the test cut 5.0 % of 1,200 customers came back",
		"List contacts, in a group that the plan does not recommend (capacity of 0 is used up); rank 1, number 1 of its group",
		"Why bought 2 times in the last year",
		"2 orders worth 99.00, the last one on 2007-08-07, 100 days before the as-of day",
		"spends 47.11 on average",
		"By model blend 12.0 % .", // recency has none
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for customer, want := range map[string]string{"C3": "holdout, to measure what contacts achieve; rank 2", "C4": "none: suppressed. The opt-out list of that run names this customer"} {
		if text, err := explained(out, customer); err != nil || !strings.Contains(text, "List "+want) {
			t.Errorf("%s: %v, want %q in\n%s", customer, err, want, text)
		}
	}
}

func TestExplain_SaysWhenAnActiveCustomerWouldCountAsLapsed(t *testing.T) {
	out := t.TempDir()
	explainedRun(t, out)
	text, err := explained(out, "C5")
	want := "Customer C5 Run 2007-11-15-1, as of 2007-11-15 List in no list: not lapsed; counts as lapsed from 2008-01-24 on, 90 days after the last purchase, without a purchase until then " +
		"So far bought on 2 days for 99.00, the last time on 2007-10-26, 20 days before the as-of day Stage active ."
	if err != nil || text != want {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
}

// People type ids by hand: the only customer who fits but for case is meant.
func TestExplain_FindsAnIDInAnotherCase(t *testing.T) {
	out := t.TempDir()
	explainedRun(t, out)
	for typed, want := range map[string]string{"c1": "Customer C1 ", " c5": "Customer C5 "} {
		if text, err := explained(out, typed); err != nil || !strings.HasPrefix(text, want) {
			t.Errorf("%q: %v, %s", typed, err, text)
		}
	}
}

func TestExplain_SaysWhyItCannot(t *testing.T) {
	out := t.TempDir()
	if _, err := explained(out, "C1"); Code(err) != ExitInput {
		t.Errorf("without a run: %v", err)
	}
	explainedRun(t, out)
	_, err := explained(out, "secret@example.org")
	if Code(err) != ExitUsage || !strings.Contains(err.Error(), "not among the 4 lapsed customers of run 2007-11-15-1, nor among its other 1: no purchase before 2007-11-15 in its orders, or another kind of id") || strings.Contains(err.Error(), "secret") {
		t.Errorf("an unknown customer: %v", err)
	}
	if err := os.WriteFile(out+"/runs/2007-11-15-1/scores.parquet", []byte("no table"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := explained(out, "C1"); Code(err) != ExitInput {
		t.Errorf("a damaged run: %v", err)
	}
}
