// Command golearn opens a run's features in golearn's own tables and lets two of
// its learners say who came back.
//
//	go run ./notebooks/golearn RUN OUTCOME.parquet
//
// It writes result.md next to itself; make notebooks does it all on the demo shop.
package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/evaluation"
	"github.com/sjwhitworth/golearn/trees"

	"winback/internal/fsys"
	"winback/pipeline/run"
)

const folder = "notebooks/golearn"

// Bounds: golearn's search is quadratic in the rows.
const (
	mostOfAKind = 500 // customers who returned, and as many who did not
	seed        = 1
	depth       = 3
)

func main() {
	if err := execute(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "golearn:", err)
		os.Exit(1)
	}
}

// customer has features of a run as golearn can take them: numbers, and none of
// them missing.
type customer struct {
	ID           string  `parquet:"customer_id"`
	RecencyDays  int64   `parquet:"recency_days"`
	TenureDays   int64   `parquet:"tenure_days"`
	Orders       int64   `parquet:"orders"`
	WeekendShare float64 `parquet:"weekend_share"`
	Orders365    int64   `parquet:"orders_365d"`
	Lines        int64   `parquet:"lines"`
}

var names = []string{"recency_days", "tenure_days", "orders", "weekend_share", "orders_365d", "lines"}

func (c *customer) values() []float64 {
	return []float64{float64(c.RecencyDays), float64(c.TenureDays), float64(c.Orders), c.WeekendShare, float64(c.Orders365), float64(c.Lines)}
}

type outcome struct {
	ID       string `parquet:"customer_id"`
	Returned *bool  `parquet:"returned"`
}

func execute(args []string) error {
	if len(args) != 2 {
		return errors.New("want a run folder and the feature table of its outcome")
	}
	published, err := run.Open(fsys.OS(), "", args[0], run.FeaturesFile)
	if err != nil {
		return err
	}
	customers, err := rowsOf[customer](filepath.Join(published.Dir, run.FeaturesFile))
	if err != nil {
		return err
	}
	outcomes, err := rowsOf[outcome](args[1])
	if err != nil {
		return err
	}
	came := map[string]bool{}
	for _, o := range outcomes {
		if o.Returned == nil {
			return fmt.Errorf("%s: the orders behind it end before the horizon is over", args[1])
		}
		came[o.ID] = *o.Returned
	}
	drawn := draw(customers, came)
	half := len(drawn) / 2
	learn, test := drawn[:half], drawn[half:]
	var lines []string
	for _, l := range []struct {
		name string
		ask  func(learn, test []customer, came map[string]bool) (base.FixedDataGrid, error)
	}{{"CART (entropy, depth 3)", askCART}, {"ID3 (information ratio, a quarter for pruning)", askID3}} {
		said, err := l.ask(learn, test, came)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		truth, err := labelled(test, came)
		if err != nil {
			return err
		}
		matrix, err := evaluation.GetConfusionMatrix(truth, said)
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("| %s | %.1f %% | %.1f %% | %.1f %% |", l.name, 100*evaluation.GetAccuracy(matrix),
			100*evaluation.GetPrecision("1", matrix), 100*evaluation.GetRecall("1", matrix)))
	}
	return os.WriteFile(filepath.Join(folder, "result.md"), []byte(page(published.AsOf.String(), len(learn), len(test), lines)), 0o644)
}

func page(asOf string, learned, tested int, lines []string) string {
	return fmt.Sprintf(`# A run's features in golearn

Made by `+"`make notebooks`"+` from the features of a run as of %s and who came back since.
Of those who did and of those who did not as many were drawn: %d customers to learn from,
%d others to ask about. A coin is right in half of them. The columns: %s.

| Learner | Right | Of those said to return, did | Of those who returned, found |
|---|---:|---:|---:|
%s

Both give a label and no probability that could order a list: enough to see what a
column holds, not to say whom to contact first.
`, asOf, learned, tested, strings.Join(names, ", "), strings.Join(lines, "\n"))
}

// draw takes as many who returned as who did not, in an order of chance.
func draw(customers []customer, came map[string]bool) []customer {
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(customers), func(i, j int) { customers[i], customers[j] = customers[j], customers[i] })
	most := mostOfAKind
	for _, kind := range []bool{true, false} {
		n := 0
		for _, c := range customers {
			if came[c.ID] == kind {
				n++
			}
		}
		most = min(most, n)
	}
	taken, drawn := map[bool]int{}, []customer{}
	for _, c := range customers {
		if kind := came[c.ID]; taken[kind] < most {
			taken[kind]++
			drawn = append(drawn, c)
		}
	}
	r.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn
}

// labelled puts customers in a table of golearn's, the label last.
func labelled(customers []customer, came map[string]bool) (*base.DenseInstances, error) {
	table := base.NewDenseInstances()
	var specs []base.AttributeSpec
	for _, name := range names {
		specs = append(specs, table.AddAttribute(base.NewFloatAttribute(name)))
	}
	label := base.NewCategoricalAttribute()
	label.SetName("returned")
	label.GetSysValFromString("0") // the same codes in every table
	label.GetSysValFromString("1")
	specs = append(specs, table.AddAttribute(label))
	if err := table.AddClassAttribute(label); err != nil {
		return nil, err
	}
	if err := table.Extend(len(customers)); err != nil {
		return nil, err
	}
	for i := range customers {
		for c, v := range customers[i].values() {
			table.Set(specs[c], i, base.PackFloatToBytes(v))
		}
		text := "0"
		if came[customers[i].ID] {
			text = "1"
		}
		table.Set(specs[len(names)], i, label.GetSysValFromString(text))
	}
	return table, nil
}

func askID3(learn, test []customer, came map[string]bool) (base.FixedDataGrid, error) {
	on, err := labelled(learn, came)
	if err != nil {
		return nil, err
	}
	asked, err := labelled(test, came)
	if err != nil {
		return nil, err
	}
	tree := trees.NewID3DecisionTreeFromRule(0.25, new(trees.InformationGainRatioRuleGenerator))
	if err := tree.Fit(on); err != nil {
		return nil, err
	}
	return tree.Predict(asked)
}

// askCART wants its labels as numbers and gives them as such.
func askCART(learn, test []customer, came map[string]bool) (base.FixedDataGrid, error) {
	on, err := numbered(learn, came)
	if err != nil {
		return nil, err
	}
	asked, err := numbered(test, came)
	if err != nil {
		return nil, err
	}
	tree := trees.NewDecisionTreeClassifier(trees.ENTROPY, depth, []int64{0, 1})
	if err := tree.Fit(on); err != nil {
		return nil, err
	}
	said := map[string]bool{}
	for i, label := range tree.Predict(asked) {
		said[test[i].ID] = label == 1
	}
	return labelled(test, said)
}

// numbered is labelled with the label as a number.
func numbered(customers []customer, came map[string]bool) (*base.DenseInstances, error) {
	table := base.NewDenseInstances()
	var specs []base.AttributeSpec
	for _, name := range append(names[:len(names):len(names)], "returned") {
		specs = append(specs, table.AddAttribute(base.NewFloatAttribute(name)))
	}
	if err := table.AddClassAttribute(table.AllAttributes()[len(names)]); err != nil {
		return nil, err
	}
	if err := table.Extend(len(customers)); err != nil {
		return nil, err
	}
	for i := range customers {
		label := 0.0
		if came[customers[i].ID] {
			label = 1
		}
		for c, v := range append(customers[i].values(), label) {
			table.Set(specs[c], i, base.PackFloatToBytes(v))
		}
	}
	return table, nil
}

// rowsOf reads the columns that T names.
func rowsOf[T any](path string) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, column := range parquet.SchemaOf(*new(T)).Columns() {
		if _, ok := file.Schema().Lookup(column...); !ok { // the library would read zeros
			return nil, fmt.Errorf("%s: column %q is missing", path, column[0])
		}
	}
	reader := parquet.NewGenericReader[T](file)
	defer reader.Close()
	rows := make([]T, file.NumRows())
	for at := 0; at < len(rows); {
		n, err := reader.Read(rows[at:])
		if at += n; n == 0 || err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: row %d of %d: %v", path, at, len(rows), err)
		}
	}
	return rows, nil
}
