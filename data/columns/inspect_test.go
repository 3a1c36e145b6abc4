package columns

import (
	"testing"

	"winback/data/guard"
)

func TestIsResult_KnowsTablesOfResultsAndNoOrders(t *testing.T) {
	for name, c := range map[string]struct {
		by      string
		columns []string
		want    bool
	}{
		"features":        {"winback version 1 (build features)", []string{"customer_id", "recency_days"}, true},
		"a list":          {"winback version 1 (build 0)", []string{"rank", "customer_id", "probability"}, true},
		"imported orders": {"winback version 1 (build 0)", []string{"customer_id", "order_date", "amount"}, false},
		"another shop's":  {"parquet-cpp-arrow version 15", []string{"customer_id", "recency_days"}, false},
	} {
		f := &guard.Footer{CreatedBy: c.by}
		for _, column := range c.columns {
			f.Columns = append(f.Columns, guard.Column{Name: column})
		}
		if isResult(f) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}

func TestIsPaimon_KnowsDataFilesAndNoOthers(t *testing.T) {
	for name, c := range map[string]struct {
		columns []string
		want    bool
	}{
		"a data file": {[]string{"_KEY_order_id", "_SEQUENCE_NUMBER", "_VALUE_KIND", "customer_id"}, true},
		"an export":   {[]string{"_SEQUENCE_NUMBER", "customer_id"}, false},
	} {
		f := &guard.Footer{}
		for _, column := range c.columns {
			f.Columns = append(f.Columns, guard.Column{Name: column})
		}
		if isPaimon(f) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}
