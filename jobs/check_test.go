package jobs

import (
	"context"
	"strings"
	"testing"

	"winback/jobs/console"
	"winback/jobs/settings"
)

// checked runs Check and returns what it prints.
func checked(t *testing.T, s CheckSettings, dir string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := Check(context.Background(), s, []string{dir}, console.UI{Out: &out})
	return out.String(), err
}

func TestCheck_ProfilesAndWritesNothing(t *testing.T) {
	lines := plantedShop(300, 8)
	lines = append(lines, lines[:20]...)
	dir := writeLines(t, lines, 2)
	had := contentOf(t, dir)
	s := defaults[CheckSettings]()
	s.AsOf = asOfDay
	text, err := checked(t, s, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Files                  2, ", "customer=customer_id", "20 duplicate", "after as-of", "2021-12-29 to", "120 products, 3 categories, 3 channels",
		"First to second buy    30, 60, 90 %", "Lapsed after", "Next: winback run"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "K000") {
			t.Errorf("a customer is named: %s", line)
		}
	}
	if differing(had, contentOf(t, dir)) != "" {
		t.Error("the orders changed")
	}
}

func TestCheck_SaysWhatStopsARun(t *testing.T) {
	returns := plantedShop(50, 8)
	for i := range returns {
		returns[i].Quantity, returns[i].Amount = -1, -100
	}
	s := defaults[CheckSettings]()
	text, err := checked(t, s, writeLines(t, returns, 1))
	if Code(err) != ExitGate || !strings.Contains(err.Error(), "no purchase in ") || !strings.Contains(text, "read") {
		t.Errorf("returns alone: %v\n%s", err, text)
	}
	early := defaults[CheckSettings]()
	early.AsOf = shopOpens - 10
	if _, err := checked(t, early, writeLines(t, plantedShop(50, 8), 1)); Code(err) != ExitGate || !strings.Contains(err.Error(), "no purchase before the as-of day") {
		t.Errorf("an early as-of day: %v", err)
	}
	unusable := []orderLine{{OrderID: "a", OrderedAt: shopOpens.Micros(), Quantity: 1}}
	if _, err := checked(t, s, writeLines(t, unusable, 1)); Code(err) != ExitGate {
		t.Errorf("no line with a customer: %v", err)
	}
}

// The line that says how to go on repeats what was asked, and no secret.
func TestCheck_NextLineCarriesFlagsAndSettingsFile(t *testing.T) {
	d, s := settings.NewDraft(), new(CheckSettings)
	if err := d.File("our shop.yaml", []byte("horizon: 90\nholdout-key: geheim\n")); err != nil {
		t.Fatal(err)
	}
	for flag, text := range map[string]string{"as-of": "2026-06-30", "map": "customer=client no,time=day", "accept": "true", "log-format": "json"} {
		if err := d.Flag(flag, []string{text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Into(s); err != nil {
		t.Fatal(err)
	}
	want := "Next: winback run 'my orders' --map 'customer=client no,time=day' --accept --as-of 2026-06-30 --log-format json --config 'our shop.yaml'"
	if got := nextRun(*s, []string{"my orders"}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
