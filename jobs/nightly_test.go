package jobs

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/jobs/console"
)

// columnsOf writes the columns of a Parquet file as name type, with a question
// mark where values may be missing.
func columnsOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(strings.NewReader(string(content)), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, c := range f.Schema().Fields() {
		text := c.Name() + " " + c.Type().String()
		if c.Optional() {
			text += "?"
		}
		columns = append(columns, text)
	}
	return strings.Join(columns, "\n")
}

// rowsOf reads a Parquet file as one map per row.
func rowsOf(t *testing.T, path string) []map[string]any {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := parquet.NewReader(f)
	defer r.Close()
	var rows []map[string]any
	for range r.NumRows() {
		row := map[string]any{}
		if err := r.Read(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func keysOf(t *testing.T, object json.RawMessage) []string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range fields {
		keys = append(keys, k)
	}
	return keys
}

// contactColumns, groupColumns and scoreColumns are the tables of the contract.
const contactColumns = `rank INT(64,true)
group INT(32,true)
rank_in_group INT(64,true)
customer_id STRING
probability DOUBLE
expected_spend DOUBLE?
expected_margin DOUBLE?
recency_days INT(64,true)
orders INT(64,true)
monetary DECIMAL(18,4)
last_purchase_day DATE
stage STRING
preferred_channel STRING?
reason STRING?
preferred_hour INT(32,true)?
show_1 STRING?
show_2 STRING?
show_3 STRING?
show_kind_1 STRING?
show_kind_2 STRING?
show_kind_3 STRING?
show_reason STRING?
preferred_weekday STRING?
wait_until DATE?
wait_reason STRING?`

const groupColumns = `group INT(32,true)
rule STRING
rule_json STRING
customers INT(64,true)
contact_customers INT(64,true)
holdout_customers INT(64,true)
suppressed_customers INT(64,true)
probability DOUBLE?
probability_low DOUBLE?
probability_high DOUBLE?
test_customers INT(64,true)?
test_returned INT(64,true)?
test_rate DOUBLE?
lift DOUBLE?
expected_returns DOUBLE?
cumulative_contacts INT(64,true)
cumulative_expected_returns DOUBLE?
expected_spend DOUBLE?
expected_margin DOUBLE?
contact_cost DOUBLE?
break_even_lift DOUBLE?
detectable_lift DOUBLE?
recommended BOOLEAN
note STRING
recommended_contacts INT(64,true)
name STRING
rule_sql STRING
recommended_to_rank INT(64,true)?
show_1 STRING?
show_2 STRING?
show_3 STRING?
resting_customers INT(64,true)
send_from INT(32,true)?
send_to INT(32,true)?
send_weekday STRING?
top_channel STRING?
top_channel_share DOUBLE?`

const scoreColumns = `customer_id STRING
group INT(32,true)
hold STRING?
hold_until DATE?
probability DOUBLE
score_blend DOUBLE?
score_boost DOUBLE?
score_boost_relative DOUBLE?
score_logistic DOUBLE?
score_recency DOUBLE?
score_rfm DOUBLE?
score_tree10 DOUBLE?
stage STRING
suppressed BOOLEAN`

// naiveLapsed lists the customers of a shop who bought before the as-of day and
// not within the last days, each with the last purchase day.
func naiveLapsed(lines []orderLine, asOf data.Day, lapsedAfter int) map[string]data.Day {
	last := map[string]data.Day{}
	for _, l := range lines {
		if day := data.DayOfMicros(l.OrderedAt); day < asOf && l.Quantity > 0 && l.CustomerID != "" {
			last[l.CustomerID] = max(last[l.CustomerID], day)
		}
	}
	for id, day := range last {
		if int(asOf-day) < lapsedAfter {
			delete(last, id)
		}
	}
	return last
}

func TestRun_WritesWhatTheContractSays(t *testing.T) {
	lines := plantedShop(2000, 1)
	lines = append(lines, lines[100:130]...) // duplicates
	for range 7 {
		lines = append(lines, orderLine{OrderID: "nobody", OrderedAt: lines[0].OrderedAt, Amount: 100, Quantity: 1})
	}
	lapsed := naiveLapsed(lines, asOfDay, 60)
	var ids []string
	for id := range lapsed {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	optOut := ids[:len(ids)/10]
	s := quickly(t.TempDir())
	s.SuppressFile = filepath.Join(t.TempDir(), "optout.txt")
	if err := os.WriteFile(s.SuppressFile, []byte(strings.Join(optOut, "\n")+"\nstranger\nstranger@shop.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Holdout, s.Capacity, s.Margin, s.ContactCost = 0.2, 300, 0.4, 0.5
	s.HoldoutKey = "a well kept secret"
	var out, said strings.Builder
	dir := publishedSaying(t, s, console.New(&out, &said, false, false, console.Text), writeLines(t, lines, 3))

	if want := fmt.Sprintf("1 of %d entries of %s is an e-mail address or phone number, which fits no customer id: this person is not left out; winback pull --join contacts.csv leaves them out", len(optOut)+2, s.SuppressFile); !strings.Contains(said.String(), want) {
		t.Errorf("said %s, want %q", said.String(), want)
	}
	scores, groups, contacts, holdout := rowsOf(t, dir+"/scores.parquet"), rowsOf(t, dir+"/groups.parquet"), []map[string]any{}, rowsOf(t, dir+"/holdout.parquet")
	t.Run("columns", func(t *testing.T) {
		for name, want := range map[string]string{"contacts/group-01/part-0.parquet": contactColumns, "holdout.parquet": contactColumns, "groups.parquet": groupColumns, "scores.parquet": scoreColumns} {
			if got := columnsOf(t, filepath.Join(dir, name)); got != want {
				t.Errorf("%s has the columns\n%s\nwant\n%s", name, got, want)
			}
		}
	})
	t.Run("files", func(t *testing.T) {
		want := []string{"evaluation.json", "features.parquet", "groups.parquet", "holdout.parquet", "model/boost.txt", "model/boost_relative.txt", "model/index.json",
			"model/logistic.txt", "model/tree10.txt", "report.html", "brief.html", "scores.parquet", "diagnosis.json", "customers.parquet", "deadlines.parquet", "product_cycles.parquet",
			"referrals.parquet", "shows.parquet", "product_pairs.parquet", "hot_products.parquet"}
		for g := range groups {
			want = append(want, fmt.Sprintf("contacts/group-%02d/part-0.parquet", g+1))
		}
		content := contentOf(t, dir)
		for _, name := range want {
			if _, ok := content[name]; !ok {
				t.Errorf("%s is missing", name)
			}
		}
		if len(content) != len(want) {
			t.Errorf("%d files, want %d", len(content), len(want))
		}
		manifest, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		content["manifest.json"], content["what is printed"], content["what is told"] = string(manifest), out.String(), said.String()
		for name, text := range content {
			if strings.Contains(text, s.HoldoutKey) {
				t.Errorf("%s holds the secret of the holdout", name)
			}
			if !strings.HasSuffix(name, ".parquet") && slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(text, id) }) {
				t.Errorf("%s names a customer", name)
			}
		}
	})
	for g := range groups {
		contacts = append(contacts, rowsOf(t, fmt.Sprintf("%s/contacts/group-%02d/part-0.parquet", dir, g+1))...)
	}
	t.Run("every lapsed customer is scored once", func(t *testing.T) {
		if len(scores) != len(lapsed) {
			t.Fatalf("%d scored, %d lapsed", len(scores), len(lapsed))
		}
		for i, row := range scores {
			if row["customer_id"] != ids[i] || row["suppressed"] != slices.Contains(optOut, ids[i]) {
				t.Fatalf("row %d: %v, want customer %s in order of ids", i, row, ids[i])
			}
			for name, value := range row {
				if strings.HasPrefix(name, "score_") || name == "probability" {
					if p := value.(float64); !(p > 0 && p < 1) {
						t.Fatalf("row %d: %s is %v", i, name, p)
					}
				}
			}
		}
	})
	t.Run("lists", func(t *testing.T) { checkLists(t, scores, groups, contacts, holdout, lapsed, optOut) })
	t.Run("shows", func(t *testing.T) { checkShows(t, dir, append(contacts, holdout...), optOut) })
	t.Run("features", func(t *testing.T) {
		rows := rowsOf(t, dir+"/features.parquet")
		for i, row := range rows {
			if row["customer_id"] != ids[i] || row["recency_days"] != int64(asOfDay-lapsed[ids[i]]) {
				t.Fatalf("row %d: %v", i, row["recency_days"])
			}
		}
		if len(rows) != len(ids) {
			t.Errorf("%d rows, want %d", len(rows), len(ids))
		}
		checkFilters(t, groups, scores, rows)
	})
	t.Run("evaluation", func(t *testing.T) { checkEvaluation(t, dir, groups) })
	t.Run("manifest", func(t *testing.T) { checkManifest(t, dir, lines) })
	t.Run("plan", func(t *testing.T) {
		reached := false
		for _, g := range groups {
			if reached && g["recommended"].(bool) || g["note"] == "" {
				t.Errorf("group %v: recommended %v, note %q", g["group"], g["recommended"], g["note"])
			}
			reached = reached || g["cumulative_contacts"].(int64) >= 300
		}
	})
}

func checkLists(t *testing.T, scores, groups, contacts, holdout []map[string]any, lapsed map[string]data.Day, optOut []string) {
	groupOf, chance := map[any]any{}, map[any]float64{}
	for _, row := range scores {
		groupOf[row["customer_id"]], chance[row["customer_id"]] = row["group"], row["probability"].(float64)
	}
	if len(groups) == 0 || len(groups) > 10 {
		t.Fatalf("%d groups", len(groups))
	}
	all := slices.Concat(contacts, holdout)
	slices.SortFunc(all, func(a, b map[string]any) int { return int(a["rank"].(int64) - b["rank"].(int64)) })
	if len(all) != len(lapsed)-len(optOut) {
		t.Errorf("%d in the lists, want %d lapsed less %d suppressed", len(all), len(lapsed), len(optOut))
	}
	inGroup := map[any]int64{}
	for i, row := range all {
		id := row["customer_id"]
		inGroup[row["group"]]++
		day := lapsed[id.(string)]
		switch {
		case row["rank"] != int64(i+1):
			t.Fatalf("rank %v in place %d", row["rank"], i+1)
		case slices.Contains(optOut, id.(string)):
			t.Fatal("a suppressed customer is in a list")
		case day == 0 || row["last_purchase_day"] != int32(day) || row["recency_days"] != int64(asOfDay-day):
			t.Fatalf("place %d: last bought on day %v, %v days ago, want %d", i, row["last_purchase_day"], row["recency_days"], day)
		case row["group"] != groupOf[id] || row["probability"] != chance[id]:
			t.Fatalf("place %d: group %v at %v, scores say %v at %v", i, row["group"], row["probability"], groupOf[id], chance[id])
		case i > 0 && row["group"].(int32) < all[i-1]["group"].(int32):
			t.Fatalf("place %d is of group %v after %v", i, row["group"], all[i-1]["group"])
		case row["rank_in_group"] != inGroup[row["group"]]:
			t.Fatalf("place %d: rank in group %v, want %d", i, row["rank_in_group"], inGroup[row["group"]])
		case i > 0 && row["group"] == all[i-1]["group"] && (chance[id] > chance[all[i-1]["customer_id"]] ||
			chance[id] == chance[all[i-1]["customer_id"]] && id.(string) < all[i-1]["customer_id"].(string)):
			t.Fatalf("place %d is before a better one", i)
		case math.Abs(row["expected_margin"].(float64)-0.4*chance[id]*row["expected_spend"].(float64)) > 1e-9:
			t.Fatalf("place %d: margin %v", i, row["expected_margin"])
		case !regexp.MustCompile(`^(For|Against): .{5,190}\.$`).MatchString(row["reason"].(string)):
			t.Fatalf("place %d: reason %q", i, row["reason"])
		}
	}
	var customers, cumulative int64
	last := 2.0
	for i, g := range groups {
		n := g["contact_customers"].(int64)
		cumulative += n
		customers += g["customers"].(int64)
		p := g["probability"].(float64)
		switch {
		case g["group"] != int32(i+1) || n+g["holdout_customers"].(int64) != inGroup[g["group"]] || n+g["holdout_customers"].(int64)+g["suppressed_customers"].(int64) != g["customers"]:
			t.Errorf("group %v: %v customers, lists have %d", g["group"], g["customers"], inGroup[g["group"]])
		case g["cumulative_contacts"] != cumulative:
			t.Errorf("group %v: %v contacts so far, want %d", g["group"], g["cumulative_contacts"], cumulative)
		case p > last || p < g["probability_low"].(float64) || p > g["probability_high"].(float64):
			t.Errorf("group %v: probability %v within %v to %v, after %v", g["group"], p, g["probability_low"], g["probability_high"], last)
		case g["rule"] == "" || !json.Valid([]byte(g["rule_json"].(string))):
			t.Errorf("group %v: rule %q, %q", g["group"], g["rule"], g["rule_json"])
		}
		last = p
	}
	if customers != int64(len(lapsed)) {
		t.Errorf("groups hold %d customers, %d lapsed", customers, len(lapsed))
	}
	if share := float64(len(holdout)) / float64(len(all)); share < 0.15 || share > 0.25 {
		t.Errorf("%.3f are held out, want about 0.2", share)
	}
}

func checkEvaluation(t *testing.T, dir string, groups []map[string]any) {
	text, err := os.ReadFile(filepath.Join(dir, "evaluation.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"as_of", "horizon_days", "lapsed_after_days", "test_cut", "rows", "returned", "base_rate", "chosen", "why", "models", "groups", "capture_by_group"} {
		if !slices.Contains(keysOf(t, text), key) {
			t.Errorf("%s is missing", key)
		}
	}
	var e struct {
		AsOf     string             `json:"as_of"`
		TestCut  string             `json:"test_cut"`
		Rows     int64              `json:"rows"`
		Returned int64              `json:"returned"`
		BaseRate float64            `json:"base_rate"`
		Models   map[string]figures `json:"models"`
		Groups   []struct {
			Group     int
			Customers int64
			Predicted float64
			Returned  int64
			Rate      float64
		} `json:"groups"`
		Capture []float64 `json:"capture_by_group"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	if e.AsOf != asOfDay.String() || e.TestCut != (asOfDay-60).String() || math.Abs(e.BaseRate-float64(e.Returned)/float64(e.Rows)) > 1e-7 {
		t.Errorf("evaluation of %s at %s: %d of %d, %v", e.AsOf, e.TestCut, e.Returned, e.Rows, e.BaseRate)
	}
	for _, name := range []string{"recency", "rfm", "tree10"} {
		if e.Models[name] == nil {
			t.Errorf("no model %s", name)
		}
	}
	for name, m := range e.Models {
		for _, key := range []string{"auc", "auc_low", "auc_high", "average_precision", "log_loss", "brier", "ece", "calibration_slope", "lift_top10", "capture_top10", "capture_top20", "mean_probability"} {
			if _, ok := m[key]; !ok {
				t.Errorf("model %s has no %s", name, key)
			}
		}
		if !(m["auc_low"] <= m["auc"] && m["auc"] <= m["auc_high"]) {
			t.Errorf("model %s: AUC %v within %v to %v", name, m["auc"], m["auc_low"], m["auc_high"])
		}
	}
	// What was planted is found: channel and size of orders say more than recency.
	if gain := e.Models["boost"]["auc"] - e.Models["recency"]["auc"]; gain < 0.03 {
		t.Errorf("AUC of boost is %.3f, of recency %.3f", e.Models["boost"]["auc"], e.Models["recency"]["auc"])
	}
	var customers, returned int64
	for _, g := range e.Groups {
		customers, returned = customers+g.Customers, returned+g.Returned
	}
	if customers != e.Rows || returned != e.Returned || len(e.Capture) != len(e.Groups) || math.Abs(e.Capture[len(e.Capture)-1]-1) > 1e-7 {
		t.Errorf("the groups hold %d customers and %d returns at the test cut, want %d and %d; captured %v", customers, returned, e.Rows, e.Returned, e.Capture)
	}
	var atTest int64
	for _, g := range groups {
		atTest += g["test_customers"].(int64)
	}
	if atTest > e.Rows {
		t.Errorf("tonight's groups had %d customers at the test cut, of %d", atTest, e.Rows)
	}
}

// figures are those of one model; null is no number.
type figures map[string]float64

func checkManifest(t *testing.T, dir string, lines []orderLine) {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		RunID    string `json:"run_id"`
		Settings map[string]any
		Inputs   []struct {
			Path, SHA256 string
			Size, Rows   int64
		}
		Rows struct {
			Read, Used int64
			SetAside   map[string]int64 `json:"set_aside"`
		}
		Counts []struct{ Stage, Name string }
		Files  []struct{ Path, SHA256 string }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	setAside := int64(0)
	for _, n := range m.Rows.SetAside {
		setAside += n
	}
	after := int64(0)
	for _, l := range lines {
		if data.DayOfMicros(l.OrderedAt) >= asOfDay {
			after++
		}
	}
	if m.Rows.Read != int64(len(lines)) || m.Rows.Read != m.Rows.Used+setAside || m.Rows.SetAside["duplicate"] != 30 || m.Rows.SetAside["no customer"] != 7 || m.Rows.SetAside["after as-of"] != after {
		t.Errorf("rows %+v of %d, %d after as-of", m.Rows, len(lines), after)
	}
	if m.RunID != filepath.Base(dir) || len(m.Inputs) != 3 || len(m.Inputs[0].SHA256) != 64 || m.Settings["lapsed-after"] != "60" || len(m.Counts) == 0 {
		t.Errorf("manifest of %s with %d inputs, settings %v", m.RunID, len(m.Inputs), m.Settings)
	}
	if len(m.Files) != len(contentOf(t, dir)) {
		t.Errorf("%d files listed", len(m.Files))
	}
}

func TestRun_SameBytesForAnyOrderOfFilesAndRowsAndAnyWorkers(t *testing.T) {
	lines := plantedShop(900, 2)
	want := contentOf(t, published(t, quickly(t.TempDir()), writeLines(t, lines, 3)))
	shuffled := slices.Clone(lines)
	rand.New(rand.NewPCG(9, 9)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for name, c := range map[string]struct {
		dir     string
		workers int
	}{"again, one worker": {writeLines(t, lines, 3), 1}, "five workers, rows shuffled, in one file": {writeLines(t, shuffled, 1), 5}, "many files": {writeLines(t, shuffled, 13), 16}} {
		s := quickly(t.TempDir())
		s.Workers = c.workers
		if names := differing(want, contentOf(t, published(t, s, c.dir))); names != "" {
			t.Errorf("%s: other bytes in %s", name, names)
		}
	}
}
