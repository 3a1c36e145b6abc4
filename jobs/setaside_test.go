package jobs

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/jobs/console"
	"winback/jobs/settings"
)

// A feature table of what is left of a misread column is not written unasked.
func TestFeatures_StopWhereAmountsAreUnreadableInBulk(t *testing.T) {
	type row struct {
		CustomerID string `parquet:"customer_id"`
		OrderDate  string `parquet:"order_date"`
		Amount     string `parquet:"amount"`
	}
	var rows []row
	for i := range 100 {
		rows = append(rows, row{"c", "2025-03-01", []string{"#REF", "1.50", "2.50"}[i%3]})
	}
	dir := t.TempDir()
	orders, out := filepath.Join(dir, "orders.parquet"), filepath.Join(dir, "f.parquet")
	if err := parquet.WriteFile(orders, rows); err != nil {
		t.Fatal(err)
	}
	var s FeaturesSettings
	settings.Default(&s)
	s.Output = out
	err := Features(context.Background(), s, []string{orders}, console.UI{Out: io.Discard})
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != ExitGate || !strings.Contains(err.Error(), `column "amount"`) || !strings.Contains(err.Error(), `"#REF"`) {
		t.Errorf("want a stop that names column and value, have %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("the table was written")
	}
	s.Accept, s.RejectsFile = true, filepath.Join(dir, "r.parquet")
	if err := Features(context.Background(), s, []string{orders}, console.UI{Out: io.Discard}); err != nil {
		t.Fatal(err)
	}
	rejected, err := parquet.ReadFile[struct {
		Row    int64  `parquet:"row"`
		Amount string `parquet:"amount,optional"`
	}](s.RejectsFile)
	if err != nil || len(rejected) != 34 || rejected[1].Row != 4 || rejected[1].Amount != "#REF" {
		t.Errorf("%v, %v", rejected, err)
	}
}
