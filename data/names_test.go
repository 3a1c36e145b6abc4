package data

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestFormat_NamesEveryRoleWithItsCommonNames compares the table of roles in
// FORMAT.md with the names that the reader knows. Tiers are parted by
// semicolons there.
func TestFormat_NamesEveryRoleWithItsCommonNames(t *testing.T) {
	text, err := os.ReadFile("orders/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| .* \\| ([^|]*) \\|$").FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = m[2]
	}
	for r := Role(0); r < RoleCount; r++ {
		var tiers []string
		for _, tier := range commonNames[r] {
			tiers = append(tiers, strings.Join(tier, ", "))
		}
		if want := strings.Join(tiers, "; "); rows[r.String()] != want {
			t.Errorf("FORMAT.md: role %s: want the names\n%s\nfound\n%s", r, want, rows[r.String()])
		}
	}
}
