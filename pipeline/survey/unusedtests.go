package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// Words of places and accounts in which nobody buys, what may stand beside them, and parts
// of the names of columns that say where an order comes from. Words of experiments say that
// a test is one of customers.
var (
	staffWords      = []string{"employee", "employees", "staff", "mitarbeiter"}
	testWords       = []string{"test", "tests", "testing", "sandbox", "staging", "dev", "development", "uat", "qa", "demo", "dummy"}
	besideTestWords = []string{"order", "orders", "internal", "account", "accounts", "system", "env", "environment", "mode", "store", "shop", "site", "customer", "user", "channel", "web", "only", "data", "sale", "sales", "purchase", "discount", "member", "members"}
	placeParts      = []string{"env", "mode", "source", "origin", "channel", "platform", "tenant", "instance", "system", "site", "shop", "store", "account", "usertype", "customertype", "ordertype", "group", "segment"}
	trialWords      = []string{"experiment", "variant", "split", "arm", "cohort", "campaign", "ab", "utm", "treatment", "bucket", "fold", "set"}
	trialValues     = []string{"control", "train", "training", "holdout", "variant", "validation", "treatment", "a", "b"}
)

// isTestPlace says whether a name is one of tests, of those who build the shop, or of its
// people, and of nothing beside.
func isTestPlace(name string) bool {
	nobody := slices.Concat(testWords, staffWords)
	other := func(w string) bool { return !slices.Contains(nobody, w) && !slices.Contains(besideTestWords, w) }
	return hasWord(name, nobody) && !slices.ContainsFunc(orders.Words(name), other)
}

// isTrialArm says whether a value is that of customers who are tried something on, such as
// test-group-b, whose orders are bought.
func isTrialArm(value string) bool {
	return hasWord(value, testWords) && (hasWord(value, trialWords) || hasWord(value, []string{"variant", "group", "gruppe", "groupe", "grupo", "gruppo", "groep"}))
}

// unusedTests finds orders of tests and of staff by where they come from.
func unusedTests(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Numbers || len(u.Values) < 2 || !hasPart(u.Name, placeParts) || hasWord(u.Name, trialWords) {
		return ""
	}
	var named, values []string
	rows := 0
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		if hasWord(value, trialValues) {
			return ""
		}
		if isTestPlace(value) {
			rows += u.Values[value]
			named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
			values = append(values, value)
		}
	}
	if rows == 0 || 10*rows > 9*u.Rows {
		return ""
	}
	return fmt.Sprintf("column %q has rows that read as those of staff or tests, and they count as bought: %s of %s looked at. Leave them out with --map %s --exclude-status %s", u.Name,
		strings.Join(named, ", "), wording.Counted(int64(u.Rows), "row"), shellList([]string{"status=" + u.Name}), shellList(values))
}

// noShop names channels that are none of a shop: those of its own people, and of tests.
func noShop(o *orders.Table) string {
	var named []string
	for _, name := range o.Names[data.Channel] {
		if hasWord(name, markWords) || hasWord(name, []string{"test", "testing", "demo", "sample", "samples"}) || isTestPlace(name) {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return ""
	}
	column := o.Column(data.Channel)
	return fmt.Sprintf("channels that read as those of staff or tests count as bought: %s. Leave them out with --map %s --exclude-status %s", wording.List(named, "and"),
		shellList([]string{"status=" + column, "channel=" + column}), shellList(named))
}
