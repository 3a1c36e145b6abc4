package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"winback/internal/shop"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// smallShop writes the orders of an invented shop and returns their folder.
func smallShop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	_, err := shop.Generate(context.Background(), shop.Options{Customers: 1500, Files: 2, Seed: 3}, func(name string) (io.WriteCloser, error) {
		return os.Create(filepath.Join(dir, name))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func diagnoseOnce(t *testing.T, orders string, change func(*DiagnoseSettings)) (out, text string) {
	t.Helper()
	s := defaults[DiagnoseSettings]()
	s.Out = filepath.Join(t.TempDir(), "diagnosis")
	change(&s)
	var screen bytes.Buffer
	if err := Diagnose(context.Background(), s, []string{orders}, console.UI{Out: &screen}); err != nil {
		t.Fatal(err)
	}
	return s.Out, screen.String()
}

func TestDiagnose_SameBytesForAnyWorkersAndAScreenOf100Columns(t *testing.T) {
	orders := smallShop(t)
	first, text := diagnoseOnce(t, orders, func(s *DiagnoseSettings) { s.Workers = 1 })
	second, _ := diagnoseOnce(t, orders, func(s *DiagnoseSettings) { s.Workers = 3 })
	for _, name := range []string{run.DiagnosisFile, DiagnosisPage, run.CustomersFile, run.DeadlinesFile, run.ProductCyclesFile} {
		a, err := os.ReadFile(filepath.Join(first, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(second, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s differs with the number of workers, or is empty", name)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		// The path of the test's folder is no business of the layout.
		if n := utf8.RuneCountInString(line); n > console.Width && !strings.Contains(line, DiagnosisPage) && !strings.Contains(line, run.DiagnosisFile) {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("blanks at the end of %q", line)
		}
	}
	for _, want := range []string{"When customers come back", "Ladder", "First order", "Stage", "Lapsed is", "Month", "The last 365 days", "Deadlines:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen lacks %q", want)
		}
	}
}

func TestDiagnose_JSONHasTheKeysOfTheContract(t *testing.T) {
	out, _ := diagnoseOnce(t, smallShop(t), func(*DiagnoseSettings) {})
	text, err := os.ReadFile(filepath.Join(out, run.DiagnosisFile))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for key, fields := range map[string]string{
		"stages": "clock stage customers past_value expected_value return_rate", "ladder": "k customers next share share_corrected mean_value mean_units",
		"first_order": "from to customers returned rate rate_low rate_high", "months": "month new_buyers old_buyers new_sales old_sales retained lost regained",
		"lapsed_rules": "rule lapsed_share rate_lapsed rate_others false_alarms"} {
		rows, ok := got[key].([]any)
		if !ok || len(rows) == 0 {
			t.Errorf("%s is no list with rows", key)
			continue
		}
		for _, field := range strings.Fields(fields) {
			if _, ok := rows[0].(map[string]any)[field]; !ok {
				t.Errorf("%s lacks %s", key, field)
			}
		}
	}
	clocks := got["clocks"].(map[string]any)
	own, fixed := clocks["own"].(map[string]any), clocks["fixed"].(map[string]any)
	if len(own["cut_points"].([]any)) != 3 || len(own["corrected"].([]any)) != 3 || len(fixed["edges"].([]any)) != 3 || own["intervals"].(float64) < 1 {
		t.Errorf("clocks are %v", clocks)
	}
	pareto, kind := got["pareto"].(map[string]any), got["shop_type"].(map[string]any)
	if pareto["top20_share"] == nil || pareto["customers_for_80"] == nil || kind["type"] == nil || kind["why"] == nil {
		t.Errorf("pareto %v, shop type %v", pareto, kind)
	}
}

func TestDiagnose_SettingsFilesAndSuppressions(t *testing.T) {
	orders, dir := smallShop(t), t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		change func(*DiagnoseSettings)
		want   string
		code   int
	}{
		"no such events":  {func(s *DiagnoseSettings) { s.Diagnose.EventsFile = filepath.Join(dir, "none.yaml") }, "none.yaml", ExitInput},
		"broken cycles":   {func(s *DiagnoseSettings) { s.Diagnose.CyclesFile = write("cycles.yaml", "norms:\n  - nome: x\n") }, "cycles.yaml:2:5", ExitInput},
		"cost, no margin": {func(s *DiagnoseSettings) { _ = setWhatIf(s, "cost -5%") }, "--margin", ExitUsage},
	} {
		s := defaults[DiagnoseSettings]()
		s.Out = filepath.Join(dir, "out")
		c.change(&s)
		err := Diagnose(context.Background(), s, []string{orders}, console.UI{})
		if err == nil || !strings.Contains(err.Error(), c.want) || Code(err) != c.code {
			t.Errorf("%s: %v (code %d), want %q and %d", name, err, Code(err), c.want, c.code)
		}
	}
	_, text := diagnoseOnce(t, orders, func(s *DiagnoseSettings) {
		s.Diagnose.EventsFile = write("events.yaml", "events:\n  - name: sale\n    from: 11-01\n    to: 11-30\n")
		s.Margin = 0.4
		if err := setWhatIf(s, "returning buyers +10%, cost -5%"); err != nil {
			t.Fatal(err)
		}
	})
	for _, want := range []string{"bought first in an event", "returning buyers +10%", "cost -5%", "margin"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen lacks %q", want)
		}
	}
}

func setWhatIf(s *DiagnoseSettings, text string) error {
	d, asked := settings.NewDraft(), new(DiagnoseSettings)
	err := d.Flag("what-if", []string{text})
	if err == nil {
		err = d.Into(asked)
	}
	s.Diagnose.Levers = asked.Diagnose.Levers
	return err
}

func TestDiagnoseSettings_RefuseWhatMakesNoSense(t *testing.T) {
	for flag, texts := range map[string][]string{
		"clock": {"lunar"}, "rfm-recency": {"30,20,10,5", "1,2,3", "a,b,c,d"}, "follow-share": {"0", "1", "x"}, "what-if": {"weather +5%"}, "deadline-days": {"0"}, "false-alarms": {"0"}, "list": {"everybody"},
	} {
		for _, text := range texts {
			if err := settings.NewDraft().Flag(flag, []string{text}); err == nil {
				t.Errorf("--%s %s is taken", flag, text)
			}
		}
	}
}

func TestPull_DeadlinesNeedARunThatHasThem(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	for _, c := range []struct {
		change func(*PullSettings)
		code   int
	}{
		{func(s *PullSettings) {}, ExitInput},
		{func(s *PullSettings) { s.Groups.Named = []int{1} }, ExitUsage},
		{func(s *PullSettings) { s.Channel = "web" }, ExitUsage},
	} {
		stdout, _, err := pulled(t, out, func(s *PullSettings) {
			s.List = settings.ListDeadlines
			c.change(s)
		})
		if Code(err) != c.code || strings.Contains(stdout, "rank") {
			t.Errorf("code %d (%v), want %d; %q", Code(err), err, c.code, stdout)
		}
	}
}
