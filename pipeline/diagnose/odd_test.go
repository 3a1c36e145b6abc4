package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"winback/data"
)

// oddShop has customers who all buy every so many days (0: once) over 700 days.
func oddShop(customers, every int, amount float64) []line {
	var lines []line
	for c := range customers {
		day := 15000 + c*7%700
		for ; day < 15700; day += every {
			lines = append(lines, line{customer: fmt.Sprintf("c%04d", c), day: data.Day(day), amount: amount})
			if every == 0 {
				break
			}
		}
	}
	return lines
}

func TestDiagnosis_SaysWhatOddShopsCannotTell(t *testing.T) {
	for name, c := range map[string]struct {
		lines []line
		want  string // in the words about rules
	}{
		"nobody returns":  {oddShop(500, 0, 10), "nobody came back"},
		"all return":      {oddShop(1, 1, 10), "everybody came back"},
		"a single buyer":  {oddShop(1, 0, 10), "nobody came back"},
		"without a value": {oddShop(500, 0, 0), "nobody came back"},
	} {
		d := diagnoseLines(t, settingsAt(15700), c.lines).d
		if !strings.Contains(d.RuleFacts.Words, c.want) {
			t.Errorf("%s: rules: %s", name, d.RuleFacts.Words)
		}
		if d.RuleFacts.Recency.Holds != nil || !strings.Contains(d.RuleFacts.Recency.Words, c.want) {
			t.Errorf("%s: a longer silence is judged: %s", name, d.RuleFacts.Recency.Words)
		}
		if d.ShopType.Type != typeFew {
			t.Errorf("%s: the shop is %s: %s", name, d.ShopType.Type, d.ShopType.Why)
		}
		for _, h := range d.Headlines() {
			if strings.Contains(h.Answer, "nknown") || strings.Contains(h.Answer, " 1 customers") || strings.Contains(h.Answer, "1 intervals") {
				t.Errorf("%s: %s", name, h.Answer)
			}
		}
	}
}

func TestOwnClock_IsNullWithoutIntervals(t *testing.T) {
	var b bytes.Buffer
	if err := diagnoseLines(t, settingsAt(15700), oddShop(500, 0, 10)).d.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Clocks struct {
			Own map[string]json.RawMessage `json:"own"`
		} `json:"clocks"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"cut_points", "cut_points_95", "corrected", "corrected_95", "difference", "corrected_after_fill_up", "tau_after_fill_up_days"} {
		if text := string(got.Clocks.Own[key]); text != "null" {
			t.Errorf("%s is %s", key, text)
		}
	}
}

func TestLadder_OnePointIsWorthSomethingOnlyAfterAYear(t *testing.T) {
	lines := oddShop(300, 40, 10)
	for asOf, known := range map[data.Day]bool{15300: false, 15364: false, 15365: true, 15700: true} {
		d := diagnoseLines(t, settingsAt(asOf), lines).d
		worth := float64(d.Ladder[0].OnePointWorth)
		if known == math.IsNaN(worth) || known != strings.Contains(d.LadderFacts.Words, "is worth about") {
			t.Errorf("after %d days: %v; %s", asOf-15000, worth, d.LadderFacts.Words)
		}
	}
}

func TestLadder_FewCustomersSayNothingOfWhatAPointIsWorth(t *testing.T) {
	lines, asOf := randomShop(4, 150)
	d := diagnoseLines(t, settingsAt(asOf), lines).d
	thin := 0
	for _, r := range d.Ladder {
		if r.Customers < fewForWorth {
			thin++
		}
		if known := r.OnePointWorth.Known(); known != (r.Customers >= fewForWorth && r.ReachedLastYear > 0) {
			t.Errorf("step %d: %d customers, one point is worth %v", r.K, r.Customers, r.OnePointWorth)
		}
	}
	if thin == 0 || thin == len(d.Ladder) {
		t.Fatalf("%d of %d steps have few customers, which proves nothing", thin, len(d.Ladder))
	}
}
