package diagnose

import (
	"fmt"
	"slices"
	"testing"

	"winback/data"
)

// referralShop has customers of whom the rules say which list they are on, among
// many others who bought long ago.
func referralShop() (lines []line, asOf data.Day) {
	asOf = 15800
	buy := func(id string, ago data.Day, product string, quantity float64) {
		price := map[string]float64{"soap": 10, "sofa": 100}[product]
		lines = append(lines, line{customer: id, day: asOf - ago, product: product, quantity: quantity, amount: price * quantity})
	}
	for i := range 400 {
		buy(fmt.Sprintf("other%03d", i), data.Day(450+i%250), "sofa", 1)
		for k := range 3 {
			buy(fmt.Sprintf("other%03d", i), data.Day(450+i%250+k*(20+i%30)), "soap", float64(1+i%3))
		}
	}
	buy("rich", 200, "soap", 900)
	for _, ago := range []data.Day{12, 100, 200, 300} {
		buy("content", ago, "soap", 1)
	}
	for _, id := range []string{"gave", "kept off"} { // one line of fifty comes back, and one of forty-nine
		for i := range 49 {
			buy(id, data.Day(20+i), "soap", 1)
		}
		lines = append(lines, line{customer: id, day: asOf - 10, product: "soap", quantity: 1, amount: 10, isReturn: true})
	}
	buy("once", 12, "soap", 1)
	buy("late", 91, "soap", 1)
	buy("late", 200, "soap", 1)
	for _, ago := range []data.Day{5, 50, 100} {
		buy("bulk", ago, "soap", 10)
		buy("nearly", ago, "soap", 9)
	}
	buy("sofa", 300, "sofa", 1)
	buy("sofa back", 300, "sofa", 1)
	lines = append(lines, line{customer: "sofa back", day: asOf - 290, product: "sofa", quantity: 1, amount: 10, isReturn: true})
	return lines, asOf
}

func TestReferrals_AreWhoTheRulesName(t *testing.T) {
	lines, asOf := referralShop()
	s := settingsAt(asOf)
	s.KeepOff = func(id string) bool { return id == "kept off" }
	on := map[string][]string{}
	reasons := map[string]string{}
	for _, r := range referralsOf(diagnoseLines(t, s, lines).d) {
		if len(r.CustomerID) < 5 || r.CustomerID[:5] != "other" {
			on[r.CustomerID] = append(on[r.CustomerID], r.List)
			reasons[r.CustomerID+" "+r.List] = r.Reason
		}
	}
	for id, want := range map[string][]string{"content": {"content"}, "bulk": {"content", "loyal", "reseller"}, "nearly": {"content", "loyal"}, "sofa": {"durable"}} {
		if !slices.Equal(on[id], want) {
			t.Errorf("%s is on %q, want %q", id, on[id], want)
		}
		delete(on, id)
	}
	if len(on) > 0 {
		t.Errorf("on lists too: %q", on)
	}
	for key, want := range map[string]string{"content content": "bought 4 times, last 12 days ago, nothing returned", "bulk reseller": "bought 3 times, last 5 days ago, 100.0 % of the lines in bulk",
		"sofa durable": "bought sofa 300 days ago, which few buy again, not returned"} {
		if reasons[key] != want {
			t.Errorf("%s: %q, want %q", key, reasons[key], want)
		}
	}
}
