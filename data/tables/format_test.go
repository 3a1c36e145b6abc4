package tables

import (
	"os"
	"strings"
	"testing"

	"winback/data/orders"
)

func TestFormat_NamesEveryReason(t *testing.T) {
	text, err := os.ReadFile("../orders/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range orders.Reasons()[1:] {
		if !strings.Contains(string(text), "\n| "+why.String()+" |") {
			t.Errorf("FORMAT.md: no line for the reason %q", why)
		}
	}
}
