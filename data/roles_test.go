package data

import (
	"strings"
	"testing"
)

func TestAssignRoles_MappingIgnoresCaseAndSuggests(t *testing.T) {
	names := []string{"Customer_ID", "created_at", "total"}
	found, err := AssignRoles(names, len(names), Mapping{Customer: "customer_id"}, new(PassedOver))
	if err != nil || found[Customer] != 0 {
		t.Errorf("customer in column %d, %v", found[Customer], err)
	}
	for want, m := range map[string]Mapping{
		`no column "Custmer ID"; did you mean "Customer_ID"?`: {Customer: "Custmer ID"},
		`column "buyer": not found`:                           {Customer: "buyer"},
	} {
		if _, err := AssignRoles(names, len(names), m, new(PassedOver)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %s", err, want)
		}
	}
	if _, err := AssignRoles([]string{"A", "a", "total"}, 3, Mapping{Customer: "a"}, new(PassedOver)); err != nil {
		t.Errorf("the column of just this name: %v", err)
	}
	if _, err := AssignRoles([]string{"Aa", "aA"}, 2, Mapping{Customer: "aa"}, new(PassedOver)); err == nil || !strings.Contains(err.Error(), "case alone") {
		t.Errorf("two columns: %v", err)
	}
}
