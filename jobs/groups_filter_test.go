package jobs

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkFilters proves that the filter of each group finds all of its customers
// in features.parquet and nobody else: rows are those of the file, whose amounts
// are ten-thousandths.
func checkFilters(t *testing.T, groups, scores, rows []map[string]any) {
	groupOf := map[any]any{}
	for _, s := range scores {
		groupOf[s["customer_id"]] = s["group"]
	}
	names := map[any]bool{}
	for _, g := range groups {
		name, filter := g["name"].(string), g["rule_sql"].(string)
		if n := len(strings.Fields(name)); n == 0 || n > 5 || names[name] {
			t.Errorf("group %v is called %q", g["group"], name)
		}
		names[name] = true
		conditions := strings.Split(filter, " AND ")
		asked := map[string]bool{}
		for _, c := range conditions {
			asked[strings.Fields(strings.Trim(c, "("))[0]] = true
		}
		if len(asked) > 4 {
			t.Errorf("group %v: %d conditions: %s", g["group"], len(asked), filter)
		}
		for i, row := range rows {
			found := !slices.ContainsFunc(conditions, func(c string) bool { return !meets(t, row, c) })
			if found != (groupOf[row["customer_id"]] == g["group"]) {
				t.Fatalf("group %v: row %d of group %v: found by %s: %v", g["group"], i, groupOf[row["customer_id"]], filter, found)
			}
		}
	}
}

var comparison = regexp.MustCompile(`^(\w+) (<=|>=|>|=) (-?[0-9.]+)$`)

// meets evaluates one condition of a filter as a database does: amounts as
// decimals, other numbers in double precision.
func meets(t *testing.T, row map[string]any, condition string) bool {
	t.Helper()
	if alternatives := strings.Split(strings.Trim(condition, "()"), " OR "); len(alternatives) == 2 && condition[0] == '(' {
		return meets(t, row, alternatives[0]) || meets(t, row, alternatives[1])
	}
	if condition == "TRUE" {
		return true
	}
	words := strings.Fields(condition)
	value, known := row[words[0]]
	if !known {
		t.Fatalf("no column for %q", condition)
	}
	switch rest := strings.Join(words[1:], " "); {
	case rest == "IS NULL":
		return value == nil
	case rest == "IS NOT NULL" || value == nil:
		return value != nil
	case words[1] == "IN":
		return strings.Contains(condition, "'"+value.(string)+"'")
	}
	parts := comparison.FindStringSubmatch(condition)
	if parts == nil {
		t.Fatalf("condition %q", condition)
	}
	bound, _ := new(big.Rat).SetString(parts[3])
	sign := compared(value, words[0], bound)
	return map[string]bool{"<=": sign <= 0, ">=": sign >= 0, ">": sign > 0, "=": sign == 0}[parts[2]]
}

func compared(value any, column string, bound *big.Rat) int {
	switch v := value.(type) {
	case float64:
		b, _ := bound.Float64()
		return new(big.Rat).SetFloat64(v).Cmp(new(big.Rat).SetFloat64(b))
	case int64:
		unit := int64(1)
		if slices.Contains([]string{"monetary", "max_order_value", "first_order_value", "last_order_value", "spend_365d", "returned_amount", "units"}, column) {
			unit = 10_000
		}
		return big.NewRat(v, unit).Cmp(bound)
	}
	panic("a number is of another type")
}
